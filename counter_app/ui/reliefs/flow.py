"""The way through a relief: what is asked for, who decides, what may be done with it; each Esc goes one step back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from PySide6.QtWidgets import QWidget

from counter_app.domain.approvals import ApprovalCase
from counter_app.domain.payments import OpenBill
from counter_app.services.reliefs import ReliefView
from counter_app.ui.approvals.flow import open_approval
from counter_app.ui.desk import Desk
from counter_app.ui.frame import Frame
from counter_app.ui.language import tr
from counter_app.ui.reliefs.panel import AskPanel, StandingPanel, WaitingPanel
from counter_app.ui.reliefs.presenter import ReliefPresenter, Standing, running
from counter_app.ui.reliefs.screen import ToAsk, TypedRelief, WaitingRow
from counter_app.ui.reliefs.words import ask_screen, done_words, relief_facts, standing_screen, wish_of
from counter_app.ui.wording_reliefs import what_is_asked


class Relieving:
    """Late fees of one customer's bills, let off or put off."""

    def __init__(self, desk: Desk, frame: Frame, *, beside: QWidget | None = None) -> None:
        self._desk, self._frame, self._beside = desk, frame, beside
        self._presenter = ReliefPresenter(desk)

    def begin(self, customer_id: int, pointed: OpenBill, all_bills: Sequence[OpenBill], on: date) -> None:
        """What stands for the bill that is pointed at, or the panel that asks for something."""
        found = [relief.relief_id for relief in running(pointed.bill.reliefs, on)]

        def ask() -> None:
            self._ask(customer_id, pointed, all_bills, on, TypedRelief())

        if found:
            self._read(found, ask)
        else:
            ask()

    def of_paid_bill(self, account_id: int, bill_id: int, on: date) -> None:
        """What was granted for a bill that is not open any more."""

        def found(ids: Sequence[str]) -> None:
            if ids:
                self._read(ids, None)
            else:
                self._say(tr("这张账单已缴清，没有减免或暂缓。"))

        self._presenter.of_bill(account_id, bill_id, on, found, self._say)

    def open(self, relief_id: str) -> None:
        """A relief by its id, as from the list of those that wait."""
        self._read([relief_id], None)

    def waiting(self, on_open: Callable[[int], object]) -> None:
        """What waits for a decision; `on_open` gets the customer of what is picked, before it is shown."""

        def shown(rows: tuple[WaitingRow, ...]) -> None:
            if not rows:
                self._frame.toast.say(tr("没有待审批的违约金申请。"))
                return

            def pick(place: int) -> None:
                self._frame.panels.close_panel(panel)
                on_open(rows[place].customer_id)
                self.open(rows[place].relief_id)

            panel = WaitingPanel(tuple(row.words for row in rows), pick)
            self._frame.panels.open(panel, beside=self._beside)

        self._presenter.waiting(shown, self._say)

    def _ask(
        self, customer_id: int, pointed: OpenBill, all_bills: Sequence[OpenBill], on: date, typed: TypedRelief
    ) -> None:
        screen = ask_screen(pointed, all_bills, on, typed)

        def go(given: TypedRelief) -> None:
            account_id = pointed.bill.account_id
            self._presenter.ask(lambda: ToAsk(customer_id, account_id, wish_of(screen, given)), asked, panel.fail)

        def asked(standing: Standing) -> None:
            self._frame.panels.close_panel(panel)
            self._desk.changed()
            self._sign(standing)

        panel = AskPanel(screen, go)
        self._frame.panels.open(panel, beside=self._beside, actions=panel.shortcuts())

    def _sign(self, standing: Standing) -> None:
        """Somebody who did not ask signs it here; without a signature it stays asked for."""
        view, case = standing
        if case is None:
            return

        def wait() -> None:
            what = what_is_asked(view.first, view.amount_fen)
            self._frame.toast.say(tr("已申请{what}，等主管审批。主管可在自己的登录下批。", what=what))

        relief_id = view.first.relief_id
        open_approval(
            self._desk,
            self._frame,
            case,
            lambda signed: self._presenter.approve(relief_id, signed),
            self._done,
            what=what_is_asked(view.first, view.amount_fen),
            facts=relief_facts(view),
            beside=self._beside,
            on_back=wait,
        )

    def _read(self, ids: Sequence[str], ask: Callable[[], None] | None) -> None:
        """The first of some reliefs of a bill; F5 goes on to the next."""
        self._presenter.read(ids[0], lambda standing: self._show(standing, ids, ask), self._say)

    def _show(self, standing: Standing, ids: Sequence[str], ask: Callable[[], None] | None) -> None:
        view, case = standing
        is_own_desk, relief_id = case is not None and case.challenge.is_own_desk, view.first.relief_id
        screen = standing_screen(view, self._desk.who, is_own_desk=is_own_desk, has_other=len(ids) > 1)

        def done(found: ReliefView) -> None:
            self._frame.panels.close_panel(panel)
            self._done(found)

        def act(key: str, words: str) -> None:
            if key == "decline":
                self._presenter.decline(relief_id, words, done, panel.fail)
            elif key == "withdraw":
                self._presenter.withdraw(relief_id, done, panel.fail)
            elif key == "end" and view.first.way == "defer":
                self._presenter.end_deferral(relief_id, words, done, panel.fail)
            elif key == "end":
                self._end_waiver(panel, standing, words)
            else:
                self._frame.panels.close_panel(panel)
                if key == "sign":
                    self._sign(standing)
                elif key == "other":
                    self._read([*ids[1:], ids[0]], ask)
                elif ask is not None:
                    ask()

        panel = StandingPanel(screen, act)
        self._frame.panels.open(panel, beside=self._beside, actions=panel.shortcuts())

    def _end_waiver(self, before: StandingPanel, standing: Standing, words: str) -> None:
        view, relief_id = standing.view, standing.view.first.relief_id

        def ready(case: ApprovalCase) -> None:
            self._frame.panels.close_panel(before)
            open_approval(
                self._desk,
                self._frame,
                case,
                lambda signed: self._presenter.end_waiver(relief_id, words, signed),
                self._done,
                what=tr("撤销减免：{what}，重新应收。", what=what_is_asked(view.first, view.amount_fen)),
                facts=relief_facts(view),
                beside=self._beside,
            )

        self._presenter.case_of_end(relief_id, words, ready, before.fail)

    def _done(self, found: ReliefView) -> None:
        self._frame.toast.say(done_words(found))
        self._desk.changed()

    def _say(self, words: str) -> None:
        self._frame.toast.say(words, tone="warn")
