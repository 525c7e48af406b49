"""What a second person signs beside the close: much cash taken out, and a shift opened by a clock that looks wrong."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from counter_app.clock import new_intent_id
from counter_app.domain.approvals import ApprovalCase, ApprovalKind
from counter_app.domain.shifts import CashCount, Shift, ShiftSheet
from counter_app.services import shifts
from counter_app.services.approvals import Signed
from counter_app.ui.approvals.flow import open_approval
from counter_app.ui.desk import Desk
from counter_app.ui.facts import Fact
from counter_app.ui.formats import day_and_clock
from counter_app.ui.frame import Frame
from counter_app.ui.language import tr
from counter_app.ui.shifts.presenter import OpenAct


def sign_cash(
    desk: Desk,
    frame: Frame,
    case: ApprovalCase,
    on_done: Callable[[], object],
    on_back: Callable[[], object],
    *,
    beside: QWidget,
) -> None:
    """The panel for cash above what the pack leaves to one person; signed, it moves under the case's own intent."""
    hall, who, request, intent_id = desk.hall, desk.who, case.request, case.challenge.nonce
    moved_fen = request.amount_fen if request.kind is ApprovalKind.CASH_IN else -request.amount_fen

    def move(signed: Signed) -> ShiftSheet:
        return shifts.move_cash(hall, who, moved_fen, request.words, intent_id, signed)

    def moved(_sheet: ShiftSheet) -> None:
        desk.changed()
        on_done()

    open_approval(desk, frame, case, move, moved, beside=beside, on_back=on_back)


def sign_clock(
    desk: Desk,
    frame: Frame,
    case: ApprovalCase,
    count: CashCount,
    why: str,
    on_open: Callable[[Shift], object],
    act: OpenAct | None = None,
) -> None:
    """The panel for a clock that cannot be right, `why` in words; signed, the shift is opened by it, with `act` where
    its float came out of the safe.
    """
    hall, who, intent_id = desk.hall, desk.who, new_intent_id()

    def opened(shift: Shift) -> None:
        on_open(shift)
        desk.changed()

    open_approval(
        desk,
        frame,
        case,
        lambda signed: act(count, intent_id, signed) if act else shifts.open_shift(hall, who, count, intent_id, signed),
        opened,
        what=tr("按本机时间 {now} 开班。", now=day_and_clock(hall.clock.now())),
        facts=(Fact(tr("发现"), why, "warn"),),
    )
