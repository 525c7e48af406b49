"""The 待办 room: customers' money to give back, matters to look into, and a machine's data to confirm."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from counter_app.domain.approvals import ApprovalCase
from counter_app.domain.given_payments import GivenPayment
from counter_app.domain.tasks import CreditWay, OpenTask
from counter_app.services import new_epochs, tasks
from counter_app.services.approvals import Signed
from counter_app.ui.approvals.flow import open_approval
from counter_app.ui.blocks import SPACE, Button, Card, Label, page
from counter_app.ui.desk import Desk
from counter_app.ui.frame import Frame
from counter_app.ui.keys import Action
from counter_app.ui.language import tr
from counter_app.ui.printing import Printing
from counter_app.ui.table import Column, Table
from counter_app.ui.tasks.given import GivenPanel
from counter_app.ui.tasks.panels import CreditPanel, DonePanel
from counter_app.ui.tasks.presenter import FILE_WORDS, TaskRow, TasksPresenter, TasksScreen, credit_words, file_facts
from counter_app.ui.tasks.slips import Slips, SlipsPanel
from counter_app.ui.tasks.words import task_facts
from counter_app.ui.theme import Tone, px

ROOM = "tasks"
"""The key under which the frame holds this room."""

_LOOK_MS = 15_000
"""New things come down by themselves; the number in the rail follows them."""


class TasksRoom(QWidget):
    """The list; how much there is to do stands beside the room's word in the rail."""

    def __init__(self, desk: Desk, frame: Frame) -> None:
        super().__init__()
        self._desk, self._frame = desk, frame
        self.presenter, self.slips = TasksPresenter(desk), Slips(desk)
        self._file_words = ""
        self.line = Label(role="muted", is_wrapped=True)
        self.alone = Label(tone="warn", is_wrapped=True)
        self.found = Label(tone="bad", is_wrapped=True)
        self.file_button = Button(tr("班长确认由本机继续"), key="F8")
        self._given: tuple[GivenPayment, ...] = ()
        self.given_button = Button(tr("取回的缴费"), key="F6", kind="quiet")
        self.given_button.hide()
        self.slips_button = Button(tr("退款凭证补打"), key="F7", kind="quiet")
        self.file_card = Card()
        self.table: Table[TaskRow] = Table(
            (
                Column("what", tr("事项"), lambda r: r.what, 140, sort=lambda r: r.what),
                Column("who", tr("姓名"), lambda r: r.who, 100),
                Column("account_no", tr("户号"), lambda r: r.account_no, 130),
                Column("sum", tr("金额"), lambda r: r.sum, 110, align="right", sort=lambda r: r.task.amount_fen or 0),
                Column("why", tr("原因"), lambda r: r.why, 300),
                Column(
                    "due",
                    tr("期限"),
                    lambda r: tr("{on} 已超期", on=r.due) if r.is_late else r.due,
                    170,
                    sort=lambda r: r.due,
                    tone=lambda r: "bad" if r.is_late else "ink",
                ),
            ),
            name=tr("待办"),
            empty=tr("没有待办。客户缴了两次、款项对不上时，上游会把它放到这里。"),
            stretch="why",
        )
        self._lay_out()
        self.setFocusProxy(self.table)
        self.table.activated_row.connect(lambda row: self.open_task(row.task))
        self._connect_keys()
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_MS)
        self._timer.timeout.connect(self.count)
        self._timer.start()
        desk.listen(self.count)

    def count(self) -> None:
        """Read what waits; the rail says how much."""
        self.presenter.read(self._show, lambda _words: None)

    def let_go(self) -> None:
        """The person leaves the counter."""
        self._show(TasksScreen((), "", ""))
        self._show_given(())

    def open_task(self, task: OpenTask) -> None:
        """Enter: what is known of it, and the ways to finish it."""
        if not task.has_credit:
            self._open_matter(task)
            return

        def chosen(way: CreditWay) -> None:
            self._frame.panels.close_panel(panel)
            self.presenter.ask(task, way, lambda case: self._sign_credit(task, way, case), self._say)

        panel = CreditPanel(task, chosen, self.alone.text())
        self._frame.panels.open(panel, actions=panel.shortcuts())

    def confirm_file(self) -> None:
        """F8: a second person says that this machine's data goes on."""
        facts = file_facts(self._file_words, self._desk.hall.clock.now())
        hall, who = self._desk.hall, self._desk.who

        def confirm(signed: Signed) -> None:
            new_epochs.confirm(hall, who, signed)

        def signs(case: ApprovalCase) -> None:
            words = tr(FILE_WORDS)
            open_approval(
                self._desk,
                self._frame,
                case,
                confirm,
                lambda _none: self._end(self.presenter.confirmed()),
                what=words,
                facts=facts,
            )

        self.presenter.ask_file(signs, self._say)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.count()
        self.presenter.given(self._show_given, lambda _words: None)
        self.table.setFocus()

    def _has_file(self) -> bool:
        return bool(self._file_words)

    def _open_matter(self, task: OpenTask) -> None:
        def done(words: str, is_accepted: bool) -> None:
            self.presenter.finish(task, words, self._ends(panel), panel.fail, is_accepted=is_accepted)

        panel = DonePanel(task, done)
        self._frame.panels.open(panel, actions=panel.shortcuts())

    def _sign_credit(self, task: OpenTask, way: CreditWay, case: ApprovalCase) -> None:
        hall, who = self._desk.hall, self._desk.who

        def settle(signed: Signed) -> tasks.Settled:
            return tasks.settle(hall, who, task.task_id, way, signed)

        def settled(given: tasks.Settled) -> None:
            words = self.presenter.settled(given)
            self._end(words)
            if given.slip_no:
                self.slips.print(given.slip_no, lambda more, tone: self._say_slip(words, more, tone))

        words, facts = credit_words(task, way), task_facts(task)
        open_approval(self._desk, self._frame, case, settle, settled, what=words, facts=facts)

    def _ends(self, panel: DonePanel) -> Callable[[str], object]:
        def done(words: str) -> None:
            self._frame.panels.close_panel(panel)
            self._end(words)

        return done

    def _end(self, words: str) -> None:
        self._frame.toast.say(words)
        self._desk.changed()
        self.table.setFocus()

    def _show(self, screen: TasksScreen) -> None:
        self._file_words = screen.file_words
        self.found.setText(screen.file_words)
        self.file_card.setVisible(bool(screen.file_words))
        self.line.setText(screen.line_words)
        self.line.setVisible(bool(screen.line_words))
        self.alone.setText(screen.alone_words)
        self.alone.setVisible(bool(screen.alone_words))
        self.table.show_rows(screen.rows)
        if self._frame.has_room(ROOM):
            self._frame.set_count(ROOM, screen.count)

    def show_slips(self) -> None:
        """F7: the slips for cash given back, to be printed again."""
        panel = SlipsPanel(self.slips)
        self._frame.panels.open(panel, actions=panel.shortcuts())

    def show_given(self) -> None:
        """F6: the payments that came back after a loss."""
        if self._given:
            panel = GivenPanel(self._given, self._desk.hall.clock.now().tzinfo, Printing(self._desk).start)
            self._frame.panels.open(panel, actions=panel.shortcuts())

    def _show_given(self, found: tuple[GivenPayment, ...]) -> None:
        self._given = found
        self.given_button.set_word(tr("取回的缴费 {count}", count=len(found)))
        self.given_button.setVisible(bool(found))

    def _say_slip(self, words: str, more: str, tone: Tone | None) -> None:
        self._frame.toast.say(tr("{words}{do}", words=words, do=more), tone="good" if tone is None else "warn")

    def _say(self, words: str) -> None:
        self._frame.toast.say(words, tone="warn")
        self.count()

    def _connect_keys(self) -> None:
        frame = self._frame
        self.file_button.clicked.connect(self.confirm_file)
        self.slips_button.clicked.connect(self.show_slips)
        self.given_button.clicked.connect(self.show_given)
        frame.keys.add(
            Action("file-goes-on", tr("班长确认由本机继续"), "F8", self.confirm_file, is_possible=self._has_file),
            page=self,
        )
        frame.keys.add(
            Action("given-back", tr("取回的缴费"), "F6", self.show_given, is_possible=lambda: bool(self._given)),
            page=self,
        )
        frame.keys.add(Action("credit-slips", tr("退款凭证补打"), "F7", self.show_slips), page=self)

    def _lay_out(self) -> None:
        ground, column = page()
        row = QHBoxLayout()
        row.setSpacing(2 * SPACE)
        row.addWidget(self.found, 1)
        row.addWidget(self.file_button)
        self.file_card.body.addLayout(row)
        self.file_card.hide()
        column.addWidget(self.file_card)
        card = Card()
        head = QHBoxLayout()
        head.addWidget(Label(tr("待办"), role="heading"), 1)
        head.addWidget(self.given_button)
        head.addWidget(self.slips_button)
        card.body.addLayout(head)
        card.body.addWidget(self.line)
        card.body.addWidget(self.alone)
        card.body.addSpacing(SPACE)
        card.body.addWidget(self.table, 1)
        self.table.setMinimumHeight(px(120))
        column.addWidget(card, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(ground)
