"""The room's page of the two libraries: who left and who was saved, by period, searched, sorted, as a file."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from counter_app.ui.blocks import SPACE, Button, Card, Label
from counter_app.ui.choice import SegmentedChoice
from counter_app.ui.desk import Desk
from counter_app.ui.export_panel import open_export
from counter_app.ui.fields import TextField
from counter_app.ui.flow import Flow
from counter_app.ui.frame import Frame
from counter_app.ui.keys import Action
from counter_app.ui.language import later, tr
from counter_app.ui.retention.period_choice import PeriodChoice
from counter_app.ui.retention.presenter_library import LIBRARIES, LibraryLine, LibraryPresenter, found
from counter_app.ui.retention.room_page import RoomPage
from counter_app.ui.retention.whole_panel import open_whole
from counter_app.ui.table import Column, Table
from counter_app.ui.theme import px


class LibraryPage(RoomPage):
    """F7 changes the library, F6 the period, Ctrl+E takes a file away, Enter reads a whole case."""

    def __init__(self, desk: Desk, frame: Frame) -> None:
        super().__init__(desk, frame)
        self.presenter = LibraryPresenter(desk)
        self._lines: tuple[LibraryLine, ...] = ()
        self.library = SegmentedChoice([(key, tr(word)) for key, word in LIBRARIES.items()], name=tr("资料库"))
        self.period = PeriodChoice(lambda: desk.hall.clock.now().date(), name=tr("结果日期"))
        self.search = TextField(tr("查找：号码、姓名、原因、措施、结果"))
        self.export_button = Button(tr("导出"), key="Ctrl+E")
        self.count = Label(role="muted")
        self.table: Table[LibraryLine] = Table(
            (
                Column("number", tr("手机号码"), lambda r: r.number, 150, sort=lambda r: r.number),
                Column("who", tr("姓名"), lambda r: r.who, 110, sort=lambda r: r.who),
                Column("reason", tr("退网原因"), lambda r: r.reason, 200, sort=lambda r: r.reason),
                Column("measures", tr("挽留措施"), lambda r: r.measures, 240, sort=lambda r: r.measures),
                Column("result", tr("挽留结果"), lambda r: r.result, 170, sort=lambda r: r.result),
            ),
            name=tr("资料库"),
            empty="",
            stretch="measures",
        )
        self._lay_out()
        self._connect()
        self._show_lines()

    def read(self) -> None:
        self.presenter.days = self.period.days()
        self.presenter.lines(self._show, self.say)

    def let_go(self) -> None:
        self.search.entry.clear()
        self._show(())

    def export(self) -> None:
        """Take away as a file what is on the screen; whoever may not is told so before anything is asked."""
        refusal = self.presenter.refusal()
        if refusal or not self.period.apply():
            self.say(refusal or tr("日期还没有改好，没有导出。请先改正日期。"))
            return
        shown = self._found()
        is_searched = len(shown) < len(self._lines)
        words = later("{period}的全部 {count} 行，手机号码和姓名是完整的。导出会记下是谁、何时。")
        if is_searched:
            words = later("{period}里查找到的 {count} 行，手机号码和姓名是完整的。导出会记下是谁、何时。")
        open_export(
            self.desk,
            self.frame,
            name=tr(LIBRARIES[self.presenter.library]),
            lead=tr(words, period=self.period.word(), count=len(shown)),
            rows_of=self.presenter.rows(frozenset(line.key for line in shown) if is_searched else None),
        )

    def _open(self, line: LibraryLine | None) -> None:
        if line is not None:
            self.presenter.open(line, lambda case: open_whole(self.frame, case), self.say)

    def _choose(self, _key: str) -> None:
        self.presenter.library = next(key for key in LIBRARIES if key == self.library.choice())
        self._other()

    def _other(self) -> None:
        self._show(())
        self.read()

    def _show(self, lines: tuple[LibraryLine, ...]) -> None:
        self._lines = lines
        self._show_lines()

    def _found(self) -> tuple[LibraryLine, ...]:
        return found(self._lines, self.search.entry.text())

    def _show_lines(self) -> None:
        shown = self._found()
        if self._lines:
            self.table.show_empty_text(tr("没有一行含有这些词。请改查找的词。"))
        else:
            self.table.show_empty_text(tr("这段时间没有记录。按 F6 换一段时间；挽留单办结后会出现在这里。"))
        self.table.show_rows(shown)
        self.count.setText(tr("{shown} / {all} 行", shown=len(shown), all=len(self._lines)))

    def _connect(self) -> None:
        self.setFocusProxy(self.search.entry)
        self.search.entry.typed.connect(lambda _text: self._show_lines())
        self.search.entry.entered.connect(lambda: self._open(self.table.current_row()))
        self.table.activated_row.connect(self._open)
        self.library.chosen.connect(self._choose)
        self.period.changed.connect(self._other)
        self.export_button.clicked.connect(self.export)
        for action in (
            Action("library-period", tr("换一段时间"), "F6", self.period.next_choice),
            Action("library-which", tr("离网库 / 挽留库"), "F7", self.library.next_choice),
            Action("library-export", tr("导出"), "Ctrl+E", self.export),
        ):
            self.frame.keys.add(action, page=self)

    def _lay_out(self) -> None:
        card = Card()
        choices = QWidget()
        flow = Flow(choices)
        flow.addWidget(self.library)
        # two questions, not one of seven answers
        self.library.setContentsMargins(0, 0, 3 * SPACE, 0)
        flow.addWidget(self.period)
        head = QHBoxLayout()
        head.setSpacing(3 * SPACE)
        head.addWidget(choices, 1)
        head.addWidget(self.export_button, 0, Qt.AlignmentFlag.AlignTop)
        find = QHBoxLayout()
        find.setSpacing(2 * SPACE)
        find.addWidget(self.search, 1)
        self.count.setContentsMargins(0, 0, 0, SPACE)
        find.addWidget(self.count, 0, Qt.AlignmentFlag.AlignBottom)
        card.body.addLayout(head)
        card.body.addLayout(find)
        card.body.addSpacing(SPACE)
        card.body.addWidget(self.table, 1)
        self.table.setMinimumHeight(px(120))
        self.put_card(card)
