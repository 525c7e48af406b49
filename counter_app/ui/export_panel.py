"""Where a table goes as a file: the folder and name already written, Enter or F9 saves, nothing is overwritten."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QStandardPaths

from counter_app.services.table_files import KINDS, Cell, check_place, write_table
from counter_app.ui.blocks import Label, PrimaryButton
from counter_app.ui.choice import SegmentedChoice
from counter_app.ui.desk import Desk
from counter_app.ui.fields import TextField
from counter_app.ui.formats import day_and_clock
from counter_app.ui.frame import Frame
from counter_app.ui.keys import Action
from counter_app.ui.language import tr
from counter_app.ui.panels import Panel
from counter_app.ui.wording import sentences, trouble_sentences

T = TypeVar("T")
_WIDTH_PX = 520


class ExportPanel(Panel):
    """One line for folder and name; F6 changes between workbook and comma-separated file."""

    def __init__(
        self,
        heading: str,
        lead: str,
        suggested: Path,
        on_save: Callable[[Path], object],
        *,
        kinds: Sequence[str] = KINDS,
    ) -> None:
        super().__init__(heading, width_px=_WIDTH_PX)
        self._on_save, self._kinds = on_save, tuple(kinds)
        self.keeps_typed_text = False
        self.kind = SegmentedChoice(
            [(kind, tr("{kind} 文件", kind=kind[1:].upper())) for kind in kinds], name=tr("格式")
        )
        self.path = TextField(tr("保存到"))
        self.path.entry.setText(str(suggested))
        self.save_button = PrimaryButton(tr("导出"), "F9")
        self.first = self.path.entry
        for widget in (Label(lead, is_wrapped=True), self.kind, self.path, self.save_button):
            self.body.addWidget(widget)
        self.body.addWidget(Label(tr("F6 换格式，Esc 返回"), role="note"))
        self.kind.chosen.connect(self._other_kind)
        self.path.entry.entered.connect(self.press)
        self.save_button.clicked.connect(self.press)

    def press(self) -> None:
        """Save; the button is inert until there is an answer."""
        if self.save_button.isEnabled():
            self.save_button.setEnabled(False)
            self._on_save(Path(self.path.entry.text().strip()).expanduser())

    def fail(self, words: str) -> None:
        """Say why there is no file; the name may be changed."""
        self.save_button.setEnabled(True)
        self.path.show_error(words)
        self.path.entry.setFocus()

    def shortcuts(self) -> tuple[Action, ...]:
        """The keys of the panel."""
        return (
            Action("export-save", tr("导出"), "F9", self.press),
            Action("export-kind", tr("换格式"), "F6", self.kind.next_choice),
        )

    def _other_kind(self, kind: str) -> None:
        text = self.path.entry.text().strip()
        known = next((k for k in self._kinds if text.lower().endswith(k)), "")
        self.path.entry.setText(text[: len(text) - len(known)] + kind)
        self.path.show_error("")


def open_export(
    desk: Desk,
    frame: Frame,
    *,
    name: str,
    lead: str,
    rows_of: Callable[[], Sequence[Sequence[Cell]]],
    on_rows: Callable[[], object] = lambda: None,
) -> ExportPanel:
    """Ask where to, and write the rows there. `rows_of` runs on the writer's lane, where it may write its entry, and
    is asked only for a file that can be; the file itself is made on the long lane, so that no payment waits for it.

    `name` is the sheet's and the file's, the day comes behind it; `on_rows` hears that the rows were made, whatever
    becomes of the file.
    """
    hall, who = desk.hall, desk.who
    now = hall.clock.now()
    note = tr("工号 {no} 于 {at} 导出", no=who.staff_no, at=day_and_clock(now))

    def saving(path: Path) -> None:
        def rows() -> Sequence[Sequence[Cell]]:
            check_place(path)
            return rows_of()

        def written(count: int) -> None:
            frame.panels.close_panel(panel)
            frame.toast.say(tr("已导出 {count} 行到 {path}。", count=count, path=str(path)))

        def write(found: Sequence[Sequence[Cell]]) -> None:
            on_rows()
            on_lane(
                "long", lambda: write_table(path, found, sheet=name, note=note), lambda _none: written(len(found) - 1)
            )

        on_lane("writer", rows, write)

    def failed(words: str) -> None:
        # an answer that comes after Esc is still said
        if frame.panels.current() is panel:
            panel.fail(words)
        else:
            frame.toast.say(words, tone="warn")

    def on_lane(lane: str, job: Callable[[], T], done: Callable[[T], object]) -> None:
        desk.lanes.run(
            lane,
            job,
            done,
            lambda refusal: failed(sentences(refusal)),
            lambda trouble: failed(trouble_sentences(trouble)),
            word=tr("正在导出"),
        )

    panel = ExportPanel(tr("导出“{name}”", name=name), lead, suggested(f"{name} {now:%Y-%m-%d}{KINDS[0]}"), saving)
    frame.panels.open(panel, actions=panel.shortcuts())
    return panel


def suggested(name: str) -> Path:
    """Where a file of that name would go if nobody says otherwise: among the person's documents."""
    documents = Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation))
    return (documents if documents.is_dir() else Path.home()) / name
