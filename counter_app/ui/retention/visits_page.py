"""The room's page 回访: follow-ups that are due, mine first; Enter writes one down."""

from __future__ import annotations

from functools import partial

from counter_app.ui.ask import Answer, Asked, Choice, Question
from counter_app.ui.blocks import SPACE, Card, Label
from counter_app.ui.desk import Desk
from counter_app.ui.frame import Frame
from counter_app.ui.keys import Action
from counter_app.ui.language import tr
from counter_app.ui.retention.presenter_visits import VisitLine, VisitPresenter, VisitScreen, overdue
from counter_app.ui.retention.presenter_whole import read_whole
from counter_app.ui.retention.reveal import ask_reveal_of
from counter_app.ui.retention.room_page import RoomPage
from counter_app.ui.retention.visit_panel import VisitPanel
from counter_app.ui.retention.whole_panel import open_whole
from counter_app.ui.table import Column, Table
from counter_app.ui.theme import px


class VisitsPage(RoomPage):
    """The list; whoever only reads opens the whole case instead."""

    def __init__(self, desk: Desk, frame: Frame) -> None:
        super().__init__(desk, frame)
        self._presenter = VisitPresenter(desk)
        self.note = Label(role="muted", is_wrapped=True)
        self.table: Table[VisitLine] = Table(
            (
                Column("due", tr("应访日期"), lambda r: r.due, 130, sort=lambda r: r.due),
                Column(
                    "late",
                    tr("逾期"),
                    lambda r: r.late,
                    130,
                    sort=lambda r: r.days_late,
                    tone=lambda r: "bad" if r.days_late else "ink",
                ),
                Column("which", tr("第几次"), lambda r: r.which, 150),
                Column("number", tr("号码"), lambda r: r.number, 140),
                Column("who", tr("姓名"), lambda r: r.who, 110),
                Column(
                    "owner",
                    tr("回访人"),
                    lambda r: tr("{no}（我）", no=r.owner_no) if r.is_mine else r.owner_no,
                    110,
                    sort=lambda r: r.owner_no,
                ),
                Column("result", tr("结果"), lambda r: r.result, 150, sort=lambda r: r.result),
                Column("case_no", tr("单号"), lambda r: r.case_no, 210, sort=lambda r: r.case_no),
            ),
            name=tr("到期的回访"),
            empty=tr("没有到期的回访。客户留下，或离网时同意回访，回访日到了会出现在这里。"),
            stretch="case_no",
        )
        self._lay_out()
        self.setFocusProxy(self.table)
        self.table.activated_row.connect(self.open)
        frame.keys.add(Action("visit-customer", tr("看客户"), "F4", self._go_to_customer), page=self)
        frame.keys.add(Action("visit-contact", tr("看联系方式"), "Ctrl+I", self._reveal), page=self)
        frame.keys.add(Action("visit-owner", tr("换回访人"), "F7", self.hand_over), page=self)

    def read(self) -> None:
        self._presenter.lines(self._show, self.say)

    def let_go(self) -> None:
        self._show(())

    def open(self, line: VisitLine) -> None:
        """Write a follow-up down; without that right the whole case is read."""
        if self._presenter.may_visit:
            self._presenter.open(line, self._ask, self.say)
        else:
            read_whole(self.desk, line.case_id, lambda case: open_whole(self.frame, case), self.say)

    def hand_over(self) -> None:
        """F7: the follow-ups of the line's case go to somebody else; whoever may not is told so."""
        line, why = self.table.current_row(), self._presenter.refusal()
        if why:
            self.say(why)
        if why or line is None:
            return
        self._presenter.begin_hand_over()

        def answered(answer: Answer) -> None:
            self._presenter.hand_over(line, answer.text, done, self.say)

        def done(words: str) -> None:
            self.frame.toast.say(words)
            self.read()

        question = Question(
            tr("{no} 的回访交给谁？", no=line.case_no),
            tr("还没做的回访都交给这个工号，以后由这位同事负责；原回访人 {owner} 不再提醒。", owner=line.owner_no),
            (Choice("yes", tr("移交"), "primary", "F9"),),
            Asked(tr("新回访人的工号")),
        )
        self.frame.ask(question, answered)

    def _go_to_customer(self) -> None:
        # where the number to call is, in full, for whoever says what for
        line = self.table.current_row()
        if line is not None:
            self.customer_wanted.emit(line.customer_id)

    def _reveal(self) -> None:
        # a leaver is called at what was left for it, not at the line that is closed
        line = self.table.current_row()
        if line is not None:
            ask_reveal_of(self.desk, self.frame, line.case_id, ("later_contact",), self.say)

    def _ask(self, screen: VisitScreen) -> None:
        def save(outcome: str, next_on: str) -> None:
            failed = partial(self.not_saved, panel, panel.fail)
            self._presenter.save(screen, outcome, next_on, partial(self.saved, panel), failed)

        panel = VisitPanel(screen, save)
        self.frame.panels.open(panel, actions=panel.shortcuts())

    def _show(self, lines: tuple[VisitLine, ...]) -> None:
        self.table.show_rows(lines)
        late, mine = overdue(lines), sum(line.is_mine for line in lines)
        self.note.setText(
            tr(
                "我的 {mine} 次，其中逾期 {late} 次；全厅 {all} 次。Enter 登记，F4 打开客户页，Ctrl+I 看联系方式。",
                mine=mine,
                late=late,
                all=len(lines),
            )
        )
        self.note.setVisible(bool(lines))
        self.counted.emit(late)

    def _lay_out(self) -> None:
        card = Card()
        card.body.addWidget(Label(tr("到期的回访"), role="heading"))
        card.body.addWidget(self.note)
        card.body.addSpacing(SPACE)
        card.body.addWidget(self.table, 1)
        self.table.setMinimumHeight(px(120))
        self.put_card(card)
