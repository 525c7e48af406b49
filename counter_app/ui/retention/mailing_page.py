"""The page 寄资料: who agreed to hear of new services, by interest; the list leaves as a file and is noted as sent."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QWidget

from counter_app.domain.staff import Right
from counter_app.ui.ask import Answer, Choice, Question
from counter_app.ui.blocks import SPACE, Button, Card, Label
from counter_app.ui.choice import DropDown, SegmentedChoice
from counter_app.ui.desk import Desk
from counter_app.ui.export_panel import open_export
from counter_app.ui.fields import TextField
from counter_app.ui.flow import Flow
from counter_app.ui.frame import Frame
from counter_app.ui.keys import Action
from counter_app.ui.language import tr
from counter_app.ui.retention.mailing_panels import SentPanel, TakePanel
from counter_app.ui.retention.period_choice import PeriodChoice
from counter_app.ui.retention.presenter_mailing import (
    WHOSE,
    MailingLine,
    MailingPresenter,
    WaitingList,
    found,
)
from counter_app.ui.retention.presenter_whole import read_whole
from counter_app.ui.retention.reveal import ask_reveal_of
from counter_app.ui.retention.room_page import RoomPage
from counter_app.ui.retention.whole_panel import open_whole
from counter_app.ui.table import Column, Table
from counter_app.ui.theme import px


class MailingPage(RoomPage):
    """F6 period, F7 who, F8 interest, F5 valued customers only; Ctrl+E takes the list away, F9 notes what was sent,
    Ctrl+D takes a consent back, Ctrl+I shows a contact for a purpose, Enter reads the whole case.
    """

    def __init__(self, desk: Desk, frame: Frame) -> None:
        super().__init__(desk, frame)
        self.presenter = MailingPresenter(desk)
        self._lines: tuple[MailingLine, ...] = ()
        self.whose = SegmentedChoice([(key, tr(word)) for key, word in WHOSE.items()], name=tr("哪些客户"))
        self.interest = DropDown(self.presenter.interests(), name=tr("感兴趣的功能"))
        self.valued = QCheckBox(tr("只看高价值客户"))
        self.period = PeriodChoice(lambda: desk.hall.clock.now().date(), name=tr("结果日期"), period="year")
        self.search = TextField(tr("查找：姓名、联系方式、功能、单号"))
        self.withdraw_button = Button(tr("撤回同意"), key="Ctrl+D", kind="quiet")
        self.sent_button = Button(tr("登记寄出"), key="F9")
        self.export_button = Button(tr("导出名单"), key="Ctrl+E")
        self.count = Label(role="muted")
        self.table: Table[MailingLine] = Table(
            (
                Column("who", tr("姓名"), lambda r: r.who, 90),
                Column(
                    "contact",
                    tr("怎样联系"),
                    lambda r: r.contact,
                    150,
                    tone=lambda r: "ink" if r.is_reachable else "warn",
                ),
                Column("interests", tr("感兴趣的功能"), lambda r: r.interests, 180, sort=lambda r: r.interests),
                Column("result", tr("结果"), lambda r: r.result, 160, sort=lambda r: r.result),
                Column("agreed", tr("同意日期"), lambda r: r.agreed, 120, sort=lambda r: r.agreed),
                Column("case_no", tr("同意单号"), lambda r: r.case_no, 205, sort=lambda r: r.case_no),
                Column("owner", tr("责任人"), lambda r: r.owner_no, 90, sort=lambda r: r.owner_no),
                Column("had", tr("最近寄过"), lambda r: r.had, 180, sort=lambda r: r.had),
            ),
            name=tr("同意联系的客户"),
            empty="",
            stretch="interests",
        )
        self._lay_out()
        self._connect()
        self._show_lines()

    def read(self) -> None:
        self.presenter.days = self.period.days()
        self.presenter.lines(self._show, self.say)

    def let_go(self) -> None:
        self.search.entry.clear()
        self.presenter.let_go()
        self._show(())

    def export(self) -> None:
        """Ctrl+E: for what and why, and then where to; whoever may not is told so before anything is asked."""
        shown = self._found()
        why = self.presenter.refusal(Right.REVEAL)
        if not why and not self.period.apply():
            why = tr("日期还没有改好，没有导出。请先改正日期。")
        if not why and not shown:
            why = tr("名单是空的，没有可导出的。请换一段时间或换一项功能。")
        if why:
            self.say(why)
            return

        def take(what: str, purpose: str, is_again: bool) -> None:
            self.frame.panels.close_panel(panel)
            open_export(
                self.desk,
                self.frame,
                name=tr("寄资料名单"),
                lead=self.presenter.told(shown, what, is_again=is_again),
                rows_of=self.presenter.rows(shown, what, purpose, is_again=is_again),
                # who is on a list that is under way is told to the next one
                on_rows=self.read,
            )

        panel = TakePanel(lambda what, is_again: self.presenter.told(shown, what, is_again=is_again), take)
        self.frame.panels.open(panel, actions=panel.shortcuts())

    def note_sent(self) -> None:
        """F9: which list was sent, and when."""
        why = self.presenter.refusal(Right.REVEAL)
        if why:
            self.say(why)
        else:
            self.presenter.waiting(self._ask_sent, self.say)

    def withdraw(self) -> None:
        """Ctrl+D: the customer of the line takes the consent back; asked once."""
        line, why = self.table.current_row(), self.presenter.refusal(Right.RETAIN)
        if why or line is None:
            self.say(why or tr("还没有选客户。请先在名单里选一位。"))
            return
        question = Question(
            tr("{who} 撤回同意？", who=line.who),
            tr(
                "同意是 {agreed} 在挽留单 {no} 里给的。撤回马上生效：不再寄资料，离网客户也不再回访。",
                agreed=line.agreed,
                no=line.case_no,
            ),
            (Choice("yes", tr("撤回同意"), "primary", "F9"), Choice("no", tr("保留同意"))),
        )
        self.frame.ask(question, partial(self._withdrawn, line))

    def reveal(self) -> None:
        """Ctrl+I: the contact of the line in full, for a purpose."""
        line = self.table.current_row()
        if line is None:
            self.say(tr("还没有选客户。请先在名单里选一位。"))
        else:
            ask_reveal_of(self.desk, self.frame, line.case_id, ("later_contact",), self.say)

    def _withdrawn(self, line: MailingLine, answer: Answer) -> None:
        def done(words: str) -> None:
            self.frame.toast.say(words)
            self.read()

        if answer.choice == "yes":
            self.presenter.withdraw(line, done, self.say)

    def _ask_sent(self, lists: tuple[WaitingList, ...]) -> None:
        if not lists:
            self.say(tr("没有等着登记的名单。按 Ctrl+E 导出名单，寄出以后在这里登记。"))
            return

        def note(chosen: WaitingList, sent_on: str, is_sent: bool) -> None:
            failed = partial(self.not_saved, panel, panel.fail)
            self.presenter.note(chosen, sent_on, partial(self.saved, panel), failed, is_sent=is_sent)

        panel = SentPanel(lists, self.desk.hall.clock.now().date().isoformat(), note)
        self.frame.panels.open(panel, actions=panel.shortcuts())

    def _open(self, line: MailingLine | None) -> None:
        if line is not None:
            read_whole(self.desk, line.case_id, lambda case: open_whole(self.frame, case), self.say)

    def _other(self) -> None:
        self.presenter.whose = next(key for key in WHOSE if key == self.whose.choice())
        self.presenter.interest = self.interest.choice()
        self.presenter.is_valued_only = self.valued.isChecked()
        self._show(())
        self.read()

    def _next_interest(self) -> None:
        keys = [key for key, _word in self.presenter.interests()]
        self.interest.choose(keys[(keys.index(self.interest.choice()) + 1) % len(keys)])
        self._other()

    def _toggle_valued(self) -> None:
        self.valued.setChecked(not self.valued.isChecked())
        self._other()

    def _show(self, lines: tuple[MailingLine, ...]) -> None:
        self._lines = lines
        self._show_lines()

    def _found(self) -> tuple[MailingLine, ...]:
        return found(self._lines, self.search.entry.text())

    def _show_lines(self) -> None:
        if self._lines:
            self.table.show_empty_text(tr("没有一行含有这些词。请改查找的词。"))
        else:
            self.table.show_empty_text(
                tr("没有同意联系的客户。挽留单里勾选了“客户同意以后联系”的，办结后会出现在这里。")
            )
        shown = self._found()
        self.table.show_rows(shown)
        self.count.setText(tr("{shown} / {all} 行", shown=len(shown), all=len(self._lines)))

    def _connect(self) -> None:
        self.setFocusProxy(self.search.entry)
        self.search.entry.typed.connect(lambda _text: self._show_lines())
        self.search.entry.entered.connect(lambda: self._open(self.table.current_row()))
        self.table.activated_row.connect(self._open)
        self.whose.chosen.connect(lambda _key: self._other())
        self.interest.chosen.connect(lambda _key: self._other())
        self.valued.clicked.connect(lambda _is_on: self._other())
        self.period.changed.connect(self._other)
        self.export_button.clicked.connect(self.export)
        self.sent_button.clicked.connect(self.note_sent)
        self.withdraw_button.clicked.connect(self.withdraw)
        for action in (
            Action("mailing-period", tr("换一段时间"), "F6", self.period.next_choice),
            Action("mailing-whose", tr("全部 / 离网 / 留下"), "F7", self.whose.next_choice),
            Action("mailing-interest", tr("换一项功能"), "F8", self._next_interest),
            Action("mailing-valued", tr("只看高价值客户"), "F5", self._toggle_valued),
            Action("mailing-export", tr("导出名单"), "Ctrl+E", self.export),
            Action("mailing-sent", tr("登记寄出"), "F9", self.note_sent),
            Action("mailing-withdraw", tr("撤回同意"), "Ctrl+D", self.withdraw),
            Action("mailing-reveal", tr("看联系方式"), "Ctrl+I", self.reveal),
        ):
            self.frame.keys.add(action, page=self)

    def _lay_out(self) -> None:
        card = Card()
        choices = QWidget()
        flow = Flow(choices)
        for widget in (self.whose, self.interest, self.valued, self.period):
            # questions of their own, not answers of one
            widget.setContentsMargins(0, 0, 2 * SPACE, 0)
            flow.addWidget(widget)
        find = QHBoxLayout()
        find.setSpacing(2 * SPACE)
        find.addWidget(self.search, 1)
        self.count.setContentsMargins(0, 0, 0, SPACE)
        find.addWidget(self.count, 0, Qt.AlignmentFlag.AlignBottom)
        acts = QWidget()
        below = Flow(acts)
        for button in (self.export_button, self.sent_button, self.withdraw_button):
            below.addWidget(button)
        card.body.addWidget(choices)
        card.body.addLayout(find)
        card.body.addSpacing(SPACE)
        card.body.addWidget(self.table, 1)
        self.table.setMinimumHeight(px(80))
        card.body.addWidget(acts)
        self.put_card(card)
