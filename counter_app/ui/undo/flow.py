"""The way through an undo: look, panel, signatures, slip; each Esc goes one step back with what was typed."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from counter_app.domain.refusals import Refusal
from counter_app.domain.undo import UndoPlan
from counter_app.services.moves import MoveDone, MovePlan
from counter_app.services.retenders import RetenderDone
from counter_app.services.undo import UndoDone
from counter_app.ui.approvals.flow import open_approval
from counter_app.ui.desk import Desk
from counter_app.ui.frame import Frame
from counter_app.ui.language import tr
from counter_app.ui.printing import Printing, PrintState
from counter_app.ui.theme import Tone
from counter_app.ui.typed_tender import TypedTender
from counter_app.ui.undo.move_panel import MovePanel
from counter_app.ui.undo.move_presenter import MovePresenter, MoveToSign
from counter_app.ui.undo.move_words import moved_words, to_facts, what_is_moved
from counter_app.ui.undo.panel import RefusedPanel, UndoPanel
from counter_app.ui.undo.presenter import ToSign, UndoPresenter, facts_to_sign, signed_words, what_is_signed
from counter_app.ui.undo.retender_panel import RetenderPanel
from counter_app.ui.undo.retender_presenter import (
    RetenderPresenter,
    RetenderToSign,
    Tenders,
    corrected_words,
    retender_facts,
    what_is_corrected,
)
from counter_app.ui.undo.screen import TypedUndo, WayOut
from counter_app.ui.undo.slips import print_undo_slip
from counter_app.ui.undo.words import undo_screen, way_out
from counter_app.ui.wording import sentences

_TASKS_ROOM = "tasks"


class Undoing:
    """Undoes one payment of a receipt; `on_undone` hears when it is written."""

    def __init__(
        self, desk: Desk, frame: Frame, on_undone: Callable[[], object], *, beside: QWidget | None = None
    ) -> None:
        self._desk, self._frame, self._on_undone, self._beside = desk, frame, on_undone, beside
        self._presenter = UndoPresenter(desk)

    def begin(self, receipt_no: str) -> None:
        """Look what undoing it would do; a refusal says why not, and where to go on."""
        self._presenter.look(
            receipt_no,
            lambda plan: self._show(plan, TypedUndo()),
            lambda refusal: self._refused(receipt_no, refusal),
            self._say,
        )

    def print_slip(self, receipt_no: str) -> None:
        """Print the slip of a payment that was undone once more."""
        self._presenter.slip_of(receipt_no, self._print, self._say)

    def _show(self, plan: UndoPlan, typed: TypedUndo) -> None:
        def go(given: TypedUndo) -> None:
            self._presenter.check(plan, given, lambda asked: self._ask(panel, asked, given), panel.fail)

        def move(given: TypedUndo) -> None:
            self._frame.panels.close_panel(panel)
            self._move(plan.paid.receipt_no, given, lambda: self._show(plan, given))

        def retender(given: TypedUndo) -> None:
            self._frame.panels.close_panel(panel)
            self._retender(plan.paid.receipt_no, lambda: self._show(plan, given))

        reasons = self._desk.hall.pack.undo_reasons(plan.on)
        panel = UndoPanel(undo_screen(plan, reasons), typed, go, move, retender)
        self._frame.panels.open(panel, beside=self._beside, actions=panel.shortcuts())

    def _ask(self, before: UndoPanel, asked: ToSign, typed: TypedUndo) -> None:
        self._frame.panels.close_panel(before)
        open_approval(
            self._desk,
            self._frame,
            asked.case,
            lambda signed: self._presenter.carry_out(asked, signed),
            self._carried,
            what=what_is_signed(asked),
            facts=facts_to_sign(asked),
            beside=self._beside,
            on_back=lambda: self._show(asked.plan, typed),
        )

    def _carried(self, done: UndoDone) -> None:
        words = signed_words(done)
        self._frame.toast.say(words)
        self._desk.changed()
        self._on_undone()
        if done.slip_no:
            print_undo_slip(self._desk, done.slip_no, lambda more, tone: self._printed(f"{words}{more}", tone))

    def _retender(self, receipt_no: str, on_back: Callable[[], object]) -> None:
        """Which tender is wrong, how it was really paid, sign."""
        presenter = RetenderPresenter(self._desk)

        def shown(tenders: Tenders) -> None:
            def go(line: int, typed: TypedTender, reason: str) -> None:
                presenter.check(tenders, line, typed, reason, ready, panel.fail)

            def ready(asked: RetenderToSign) -> None:
                self._frame.panels.close_panel(panel)
                self._sign_retender(presenter, asked, on_back)

            panel = RetenderPanel(tenders, go)
            self._frame.panels.open(panel, beside=self._beside, actions=panel.shortcuts(), on_back=on_back)

        presenter.read(receipt_no, shown, self._say)

    def _sign_retender(
        self, presenter: RetenderPresenter, asked: RetenderToSign, on_back: Callable[[], object]
    ) -> None:
        def corrected(done: RetenderDone) -> None:
            self._frame.toast.say(corrected_words(done))
            self._desk.changed()

        open_approval(
            self._desk,
            self._frame,
            asked.case,
            lambda signed: presenter.carry_out(asked, signed),
            corrected,
            what=what_is_corrected(asked),
            facts=retender_facts(asked),
            beside=self._beside,
            on_back=on_back,
        )

    def _move(self, receipt_no: str, typed: TypedUndo, on_back: Callable[[], object]) -> None:
        """Find the right account, see both sides, sign."""
        presenter = MovePresenter(self._desk)

        def go(plan: MovePlan) -> None:
            presenter.check(plan, typed, lambda asked: self._sign_move(presenter, panel, asked, on_back), panel.fail)

        panel = MovePanel(presenter, receipt_no, go)
        self._frame.panels.open(panel, beside=self._beside, actions=panel.shortcuts(), on_back=on_back)

    def _sign_move(
        self, presenter: MovePresenter, before: MovePanel, asked: MoveToSign, on_back: Callable[[], object]
    ) -> None:
        self._frame.panels.close_panel(before)
        open_approval(
            self._desk,
            self._frame,
            asked.case,
            lambda signed: presenter.carry_out(asked, signed),
            self._moved,
            what=what_is_moved(asked.plan),
            facts=to_facts(asked.plan),
            beside=self._beside,
            on_back=on_back,
        )

    def _moved(self, done: MoveDone) -> None:
        words = moved_words(done)
        self._frame.toast.say(words)
        self._desk.changed()
        self._on_undone()
        Printing(self._desk).start(done.taken.receipt_no, self._receipt_printed)
        if done.slip_no:
            print_undo_slip(self._desk, done.slip_no, lambda more, tone: self._printed(f"{words}{more}", tone))

    def _receipt_printed(self, state: PrintState) -> None:
        if state.state == "failed":
            self._say(tr("收据 {no} 没有打印：{why}", no=state.receipt_no, why=state.why))

    def _print(self, slip_no: str) -> None:
        print_undo_slip(self._desk, slip_no, self._printed)

    def _printed(self, words: str, tone: Tone | None) -> None:
        self._frame.toast.say(words, tone="good" if tone is None else "warn")

    def _refused(self, receipt_no: str, refusal: Refusal) -> None:
        def follow(way: WayOut) -> None:
            self._frame.panels.close_panel(panel)
            if way.to == "undo":
                self.begin(way.no)
            elif way.to == "slip":
                self.print_slip(way.no)
            elif way.to == "move":
                self._move(receipt_no, TypedUndo(), lambda: None)
            else:
                self._frame.show_room(_TASKS_ROOM)

        panel = RefusedPanel(receipt_no, sentences(refusal), way_out(refusal), follow)
        self._frame.panels.open(panel, beside=self._beside, actions=panel.shortcuts())

    def _say(self, words: str) -> None:
        self._frame.toast.say(words, tone="warn")
