"""The way through a dispute: contest a line, let it be paid first, or decide and sign; Esc goes one step back."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from counter_app.services.disputes import BillCase, DisputeDone
from counter_app.ui.approvals.flow import open_approval
from counter_app.ui.desk import Desk
from counter_app.ui.disputes.decide_panel import DecideDisputePanel
from counter_app.ui.disputes.open_panel import OpenDisputePanel
from counter_app.ui.disputes.presenter import DecisionToSign, DisputesPresenter
from counter_app.ui.disputes.screen import DisputeChoice, TypedDecision, TypedOpen
from counter_app.ui.disputes.words import (
    decide_screen,
    decided_words,
    decision_facts,
    open_screen,
    opened_words,
    released_words,
    what_is_decided,
)
from counter_app.ui.frame import Frame
from counter_app.ui.language import tr


class Disputing:
    """The disputes of the bill pointed at."""

    def __init__(self, desk: Desk, frame: Frame, *, beside: QWidget | None = None) -> None:
        self._desk, self._frame, self._beside = desk, frame, beside
        self._presenter = DisputesPresenter(desk)

    def begin(self, customer_id: int, bill_id: int) -> None:
        """Ctrl+F6: a dispute that waits is shown for its decision, a bill without one is contested; 0 says that no bill
        is pointed at.
        """
        if not bill_id:
            self._say(tr("请先在“欠费账单”或“全部账单”里选一张。"))
            return

        def shown(of: BillCase) -> None:
            if any(not dispute.is_decided for dispute in of.disputes):
                self._show_waiting(of, TypedDecision())
            else:
                self._show_open(of)

        self._presenter.look(customer_id, bill_id, shown, self._say)

    def _show_open(self, of: BillCase) -> None:
        screen = open_screen(of)
        if not screen.lines:
            self._say(tr("{month} 账单已经没有可以争议的金额。", month=of.bill.month))
            return

        def go(typed: TypedOpen) -> None:
            self._presenter.open(of, screen, typed, done, panel.fail)

        def done(opened: DisputeDone) -> None:
            self._frame.panels.close_panel(panel)
            self._done(opened_words(opened))

        panel = OpenDisputePanel(screen, go)
        self._frame.panels.open(panel, beside=self._beside, actions=panel.shortcuts())

    def _show_waiting(self, of: BillCase, typed: TypedDecision) -> None:
        screen = decide_screen(of)

        def go(given: TypedDecision) -> None:
            self._presenter.check(of, screen, given, lambda asked: ready(asked, given), panel.fail)

        def ready(asked: DecisionToSign, given: TypedDecision) -> None:
            self._frame.panels.close_panel(panel)
            open_approval(
                self._desk,
                self._frame,
                asked.case,
                lambda signed: self._presenter.decide(asked, signed),
                lambda done: self._done(decided_words(done)),
                what=what_is_decided(asked.made),
                facts=decision_facts(asked.made),
                beside=self._beside,
                on_back=lambda: self._show_waiting(of, given),
            )

        def release(chosen: DisputeChoice) -> None:
            self._presenter.release(of, chosen, released, panel.fail)

        def released(done: DisputeDone) -> None:
            self._frame.panels.close_panel(panel)
            self._done(released_words(done))

        def other() -> None:
            self._frame.panels.close_panel(panel)
            self._show_open(of)

        panel = DecideDisputePanel(screen, typed, go, release, other)
        self._frame.panels.open(panel, beside=self._beside, actions=panel.shortcuts())

    def _done(self, words: str) -> None:
        self._frame.toast.say(words)
        self._desk.changed()

    def _say(self, words: str) -> None:
        self._frame.toast.say(words, tone="warn")
