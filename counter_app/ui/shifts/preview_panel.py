"""A Z report or a day report as it will come out of the printer, before paper is used."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import QHBoxLayout

from counter_app.services import days, z_reports
from counter_app.ui.blocks import SPACE, Label, PrimaryButton, ScrollColumn
from counter_app.ui.desk import Desk
from counter_app.ui.frame import Frame
from counter_app.ui.keys import Action
from counter_app.ui.language import tr
from counter_app.ui.panels import Panel
from counter_app.ui.papers import Said
from counter_app.ui.printing import PagePicture, page_pictures
from counter_app.ui.shifts.presenter import OnError, answers_no
from counter_app.ui.shifts.z_prints import print_day, print_z
from counter_app.ui.theme import Tone

_PAGE_PX, _LEAST_PX = 640, 240


class PreviewPanel(Panel):
    """Its pages, one below the other; PgUp and PgDn walk through them, F9 prints."""

    def __init__(self, paper_no: str, pages: tuple[PagePicture, ...], on_print: Callable[[Said], object]) -> None:
        super().__init__(paper_no, width_px=_PAGE_PX + 10 * SPACE)
        self._on_print = on_print
        self.column = ScrollColumn()
        self.column.setMinimumHeight(_LEAST_PX)
        for number, page in enumerate(pages, 1):
            self.column.body.addWidget(_picture(page, tr("第 {no} 页的样子", no=number)))
        self.words = Label(is_wrapped=True)
        self.button = PrimaryButton(tr("打印"), "F9")
        self.button.clicked.connect(self.print)
        row = QHBoxLayout()
        row.setSpacing(SPACE)
        row.addWidget(self.words, 1)
        row.addWidget(self.button)
        self.body.addWidget(self.column, 1)
        self.body.addLayout(row)
        self.body.addWidget(Label(tr("PgUp、PgDn 翻看，Esc 返回"), role="note"))
        self.first = self.button

    def print(self) -> None:
        """Print it as it is shown."""
        if self.button.isEnabled():
            self.button.setEnabled(False)
            self._on_print(self._printed)

    def turn(self, step: int) -> None:
        """A screen up or down."""
        bar = self.column.verticalScrollBar()
        bar.setValue(bar.value() + step * bar.pageStep())

    def shortcuts(self) -> tuple[Action, ...]:
        """The keys of the panel."""
        return (
            Action("preview-print", tr("打印"), "F9", self.print),
            Action("preview-down", tr("往下翻"), "PgDown", lambda: self.turn(1)),
            Action("preview-up", tr("往上翻"), "PgUp", lambda: self.turn(-1)),
        )

    def _printed(self, words: str, tone: Tone | None) -> None:
        self.button.setEnabled(True)
        self.words.set_tone(tone)
        self.words.setText(words)


def open_z_preview(desk: Desk, frame: Frame, paper_no: str, on_back: Callable[[], object], on_error: OnError) -> None:
    """Show a Z report in the place of whatever is open."""
    hall, who = desk.hall, desk.who

    def draw() -> tuple[PagePicture, ...]:
        return page_pictures(z_reports.preview(hall, who, paper_no), width_px=_PAGE_PX)

    _open(desk, frame, draw, PreviewOf(paper_no, lambda said: print_z(desk, paper_no, said), on_back), on_error)


def open_day_preview(desk: Desk, frame: Frame, paper_no: str, on_back: Callable[[], object], on_error: OnError) -> None:
    """Show a day report in the place of whatever is open."""
    hall, who = desk.hall, desk.who

    def draw() -> tuple[PagePicture, ...]:
        return page_pictures(days.preview(hall, who, paper_no), width_px=_PAGE_PX)

    _open(desk, frame, draw, PreviewOf(paper_no, lambda said: print_day(desk, paper_no, said), on_back), on_error)


class PreviewOf:
    """Which paper is shown, how it is printed, and where Esc leads."""

    def __init__(self, paper_no: str, on_print: Callable[[Said], object], on_back: Callable[[], object]) -> None:
        self.paper_no, self.on_print, self.on_back = paper_no, on_print, on_back


def _open(
    desk: Desk, frame: Frame, draw: Callable[[], tuple[PagePicture, ...]], of: PreviewOf, on_error: OnError
) -> None:
    def show(pages: tuple[PagePicture, ...]) -> None:
        panel = PreviewPanel(of.paper_no, pages, of.on_print)
        current = frame.panels.current()
        if current is not None:
            frame.panels.close_panel(current)
        frame.panels.open(panel, actions=panel.shortcuts(), on_back=of.on_back)

    desk.lanes.run("paper", draw, show, *answers_no(on_error))


def _picture(page: PagePicture, name: str) -> Label:
    image = QImage(page.rgb, page.width, page.height, 3 * page.width, QImage.Format.Format_RGB888)
    label = Label()
    label.setAlignment(Qt.AlignmentFlag.AlignCenter)
    label.setAccessibleName(name)
    label.setPixmap(QPixmap.fromImage(image))
    return label
