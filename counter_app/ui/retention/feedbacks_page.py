"""The room's page 反馈: what was fed back to the hall manager, and what came back; Enter answers or reads."""

from __future__ import annotations

from functools import partial

from counter_app.ui.blocks import SPACE, Card, Label
from counter_app.ui.desk import Desk
from counter_app.ui.frame import Frame
from counter_app.ui.language import tr
from counter_app.ui.retention.feedback_panel import FeedbackPanel
from counter_app.ui.retention.presenter_feedbacks import FeedbacksPresenter, ProblemLine, ProblemScreen
from counter_app.ui.retention.presenter_whole import read_whole
from counter_app.ui.retention.room_page import RoomPage
from counter_app.ui.retention.whole_panel import open_whole
from counter_app.ui.table import Column, Table
from counter_app.ui.theme import px


class FeedbacksPage(RoomPage):
    """The list; whoever answers none of it reads the case and the answer."""

    def __init__(self, desk: Desk, frame: Frame) -> None:
        super().__init__(desk, frame)
        self._presenter = FeedbacksPresenter(desk)
        self.note = Label(role="muted", is_wrapped=True)
        self.table: Table[ProblemLine] = Table(
            (
                Column("given", tr("反馈时间"), lambda r: r.given, 170, sort=lambda r: r.given_at),
                Column("cause", tr("原因"), lambda r: r.cause, 150, sort=lambda r: r.cause),
                Column("words", tr("客户的问题"), lambda r: r.words, 260),
                Column(
                    "state",
                    tr("答复"),
                    lambda r: r.state,
                    200,
                    sort=lambda r: (not r.is_mine, not r.is_waiting, r.state),
                    tone=lambda r: r.tone,
                ),
                Column("who", tr("姓名"), lambda r: r.who, 100),
                Column("number", tr("号码"), lambda r: r.number, 130),
                Column("staff_no", tr("反馈人"), lambda r: r.staff_no, 90, sort=lambda r: r.staff_no),
                Column("case_no", tr("单号"), lambda r: r.case_no, 200, sort=lambda r: r.case_no),
            ),
            name=tr("反馈给厅经理的问题"),
            empty=tr("没有反馈的问题。营业员在挽留单上按“反馈厅经理”后，会出现在这里。"),
            stretch="words",
        )
        self._lay_out()
        self.setFocusProxy(self.table)
        self.table.activated_row.connect(self.open)

    def read(self) -> None:
        self._presenter.lines(self._show, self.say)

    def let_go(self) -> None:
        self._show(())

    def open(self, line: ProblemLine) -> None:
        """Answer what waits for this person; anything else is read."""
        if line.is_mine:
            self._presenter.open(line, self._ask, self.say)
        else:
            read_whole(self.desk, line.case_id, lambda case: open_whole(self.frame, case), self.say)

    def _ask(self, screen: ProblemScreen) -> None:
        def save(words: str) -> None:
            failed = partial(self.not_saved, panel, panel.fail)
            self._presenter.save(screen, words, partial(self.saved, panel), failed)

        panel = FeedbackPanel(screen, save)
        self.frame.panels.open(panel, actions=panel.shortcuts())

    def _show(self, lines: tuple[ProblemLine, ...]) -> None:
        self.table.show_rows(lines)
        mine, waiting = sum(line.is_mine for line in lines), sum(line.is_waiting for line in lines)
        self.note.setText(
            tr("等您答复 {mine} 条，全厅等答复 {waiting} 条。Enter 看问题和整张挽留单。", mine=mine, waiting=waiting)
        )
        self.note.setVisible(bool(lines))
        self.counted.emit(mine)

    def _lay_out(self) -> None:
        card = Card()
        card.body.addWidget(Label(tr("反馈给厅经理的问题"), role="heading"))
        card.body.addWidget(self.note)
        card.body.addSpacing(SPACE)
        card.body.addWidget(self.table, 1)
        self.table.setMinimumHeight(px(120))
        self.put_card(card)
