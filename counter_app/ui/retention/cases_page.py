"""The room's first page: the cases at the desk, whoever opened them."""

from __future__ import annotations

from counter_app.domain.staff import Right
from counter_app.ui.blocks import SPACE, Card, Label
from counter_app.ui.desk import Desk
from counter_app.ui.fields import TextField
from counter_app.ui.frame import Frame
from counter_app.ui.language import tr
from counter_app.ui.retention.presenter_lists import ListPresenter, matching
from counter_app.ui.retention.room_page import RoomPage
from counter_app.ui.retention.screen import CaseLine
from counter_app.ui.table import Column, Table
from counter_app.ui.theme import px


class CasesPage(RoomPage):
    """A search over the list; Enter goes on with the case."""

    def __init__(self, desk: Desk, frame: Frame) -> None:
        super().__init__(desk, frame)
        self._lists = ListPresenter(desk)
        self._lines: tuple[CaseLine, ...] = ()
        self.search = TextField(tr("查找挽留单：单号、姓名、号码、原因、工号"))
        self.table: Table[CaseLine] = Table(
            (
                Column("case_no", tr("单号"), lambda r: r.case_no, 210, sort=lambda r: r.case_no),
                Column("who", tr("姓名"), lambda r: r.who, 110),
                Column("number", tr("号码"), lambda r: r.number, 140),
                Column("stage", tr("进度"), lambda r: r.stage, 160, sort=lambda r: r.stage),
                Column("reason", tr("原因"), lambda r: r.reason, 180, sort=lambda r: r.reason),
                Column("average", tr("月均"), lambda r: r.average, 110, align="right"),
                Column("opened", tr("受理时间"), lambda r: r.opened, 170, sort=lambda r: r.opened),
                Column("staff_no", tr("经办"), lambda r: r.staff_no, 100),
            ),
            name=tr("在办的挽留单"),
            empty=tr("没有在办的挽留单。客户要离网时，在客户页按 F8 打开。"),
            stretch="reason",
        )
        self._lay_out()
        self.setFocusProxy(self.search.entry)
        self.search.entry.typed.connect(lambda _text: self._show_lines())
        self.search.entry.entered.connect(self._open_current)
        self.table.activated_row.connect(lambda row: self.case_wanted.emit(row.case_id))

    def read(self) -> None:
        self._lists.cases(self._show_cases, self.say)

    def let_go(self) -> None:
        self._lines = ()
        self.search.entry.clear()
        self.table.show_rows(())

    def _show_cases(self, lines: tuple[CaseLine, ...]) -> None:
        self._lines = lines
        who = self.desk.session
        if who is not None and who.may(Right.SEE_RETENTION):
            self._show_lines()

    def _show_lines(self) -> None:
        self.table.show_rows(matching(self._lines, self.search.entry.text()))

    def _open_current(self) -> None:
        row = self.table.current_row()
        if row is not None:
            self.case_wanted.emit(row.case_id)

    def _lay_out(self) -> None:
        card = Card()
        card.body.addWidget(Label(tr("在办的挽留单"), role="heading"))
        card.body.addWidget(self.search)
        card.body.addSpacing(SPACE)
        card.body.addWidget(self.table, 1)
        self.table.setMinimumHeight(px(120))
        self.put_card(card)
