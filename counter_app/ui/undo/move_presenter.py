"""Moving a payment to another account without Qt: find the account, look at both sides, carry out what was signed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from counter_app.domain.approvals import ApprovalCase
from counter_app.domain.undo import UndoWish
from counter_app.domain.undo_reasons import WRONG_ACCOUNT
from counter_app.services import approvals, moves, undo
from counter_app.services.approvals import Signed
from counter_app.services.move_targets import Target, targets
from counter_app.services.moves import MoveDone, MovePlan
from counter_app.services.undo_recording import request
from counter_app.ui.desk import Desk
from counter_app.ui.step_trouble import step_trouble
from counter_app.ui.undo.screen import TargetRow, TypedUndo
from counter_app.ui.wording import sentences

Say = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class MoveToSign:
    """A move that is ready to be signed: both sides, what was given, and the case of whoever signs."""

    plan: MovePlan
    wish: UndoWish
    case: ApprovalCase


class MovePresenter:
    """One payment; of several texts typed one after the other the newest is asked for."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._asked = 0

    def find(self, text: str, show: Callable[[tuple[TargetRow, ...]], object], say: Say) -> None:
        """The accounts that a text finds; an older answer that comes late is dropped."""
        self._asked += 1
        hall, who, count = self._desk.hall, self._desk.who, self._asked

        def done(found: tuple[Target, ...]) -> None:
            if count == self._asked:
                show(
                    tuple(
                        TargetRow(x.account_id, x.account_no, f"{x.name} {x.phone}".strip(), x.address) for x in found
                    )
                )

        self._desk.lanes.run(
            "reader",
            lambda: targets(hall, who, text),
            done,
            lambda refusal: say(sentences(refusal)),
            lambda trouble: say(step_trouble(trouble)),
        )

    def look(self, receipt_no: str, to_account_id: int, show: Callable[[MovePlan], object], say: Say) -> None:
        """What moving the payment there would do now."""
        hall, who = self._desk.hall, self._desk.who
        self._desk.lanes.run(
            "reader",
            lambda: moves.look(hall, who, undo.payment_of(hall, receipt_no)[0], to_account_id),
            show,
            lambda refusal: say(sentences(refusal)),
            lambda trouble: say(step_trouble(trouble)),
        )

    def check(self, plan: MovePlan, typed: TypedUndo, ready: Callable[[MoveToSign], object], say: Say) -> None:
        """Hold what was typed against both accounts as they stand; then it can be signed."""
        hall, who, to_account_id = self._desk.hall, self._desk.who, plan.to.account.id
        code = hall.pack.undo_reasons(plan.undone.on).at(typed.reason_no) or WRONG_ACCOUNT
        wish = UndoWish(code, typed.words, typed.is_receipt_returned, (), typed.red_no)

        def job() -> MoveToSign:
            made = moves.look(hall, who, plan.undone.paid.payment_id, to_account_id, wish)
            case = approvals.look(hall, who, request(made.undone, wish, to_account_id=to_account_id))
            return MoveToSign(made, wish, case)

        self._desk.lanes.run(
            "reader",
            job,
            ready,
            lambda refusal: say(sentences(refusal)),
            lambda trouble: say(step_trouble(trouble)),
        )

    def carry_out(self, asked: MoveToSign, signed: Signed) -> MoveDone:
        """Move the payment as it was shown and signed; for the writer's lane.

        Raises:
            Refused: those of `services.moves.move`.
        """
        return moves.move(self._desk.hall, self._desk.who, asked.plan, asked.wish, (signed,))
