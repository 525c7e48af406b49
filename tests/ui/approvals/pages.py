"""An approval as it is looked at: two people sign a refund of a month that is over, and the first of them has."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from PySide6.QtWidgets import QWidget

from counter_app.domain.approvals import (
    ApprovalCase,
    ApprovalKind,
    ApprovalRequest,
    ApprovalRow,
    Earlier,
    EarlierKind,
    RowKind,
)
from counter_app.domain.staff import Role
from counter_app.services import approvals
from counter_app.services.approvals import Signed
from counter_app.services.hall import OpenHall
from counter_app.storage.staff import add_staff
from counter_app.ui.approvals.flow import open_approval
from counter_app.ui.approvals.panel import SignoffPanel
from counter_app.ui.desk import Desk
from counter_app.ui.frame import Frame
from counter_app.ui.language import tr
from tests.halls import NOW, a_hall, teller, verifier
from tests.ui.counter.rooms import a_folder, lanes
from tests.ui.demonstration import words
from tests.ui.tasks.kit import a_line

RECEIPT = "HZ01-03-2026-000127"
LATE = ApprovalRequest(
    ApprovalKind.REFUND_AFTER_MONTH,
    "p1",
    12_345,
    "refund",
    words="客户在银行已经扣过款，收据已收回",
    rows=(
        ApprovalRow(RowKind.RECEIPT, RECEIPT, NOW.date() - timedelta(days=40), 12_345, "1002"),
        ApprovalRow(RowKind.BILL, "B202608-10002345", NOW.date() - timedelta(days=70), 11_800),
        ApprovalRow(RowKind.LATE_FEE, "B202608-10002345", None, 545),
    ),
    since_at=NOW - timedelta(days=40),
    hands=frozenset({"1002"}),
    no=RECEIPT,
)
BUSY = (
    Earlier("1001", EarlierKind.UNDO, 3, 45_600),
    Earlier("1001", EarlierKind.REPRINT, 4, 0),
    Earlier("1002", EarlierKind.WAIVER, 1, 1_250),
)


def a_hall_of_signers() -> OpenHall:
    """A hall with two supervisors."""
    hall = a_hall(a_folder(), trade="water")
    with hall.writing() as work:
        add_staff(work, "2002", "陈静", Role.SUPERVISOR, verifier())
    return hall


def opened(
    hall: OpenHall,
    request: ApprovalRequest,
    act: Callable[[Signed], str],
    said: Callable[[str], object],
    earlier: tuple[Earlier, ...] = (),
) -> tuple[Frame, SignoffPanel]:
    """The panel over an empty room, before a teller."""
    frame, desk = Frame(), Desk(hall, lanes(), teller(), line=a_line())
    frame.add_room("payments", words("收费", "Payments"), "cash", QWidget())
    frame.set_who(words("王芳", "Wang Fang"), words("3 号台", "Counter 3"))
    frame.show_room("payments")
    frame.show()
    case: ApprovalCase = replace(approvals.look(hall, desk.who, request), earlier=earlier)
    return frame, open_approval(desk, frame, case, act, said)


def half_signed() -> QWidget:
    """The fullest panel there is."""
    frame, panel = opened(a_hall_of_signers(), LATE, lambda _signed: "", lambda _words: None, BUSY)
    panel.next_signature(tr("工号 {no}", no="2001"))
    return frame


def by_code() -> QWidget:
    """Nobody is there to sign, and the hub has been asked."""
    frame, panel = opened(a_hall_of_signers(), replace(LATE, rows=()), lambda _signed: "", lambda _words: None)
    panel.by_code("K7QX2MPA")
    return frame


APPROVAL_PAGES: dict[str, Callable[[], QWidget]] = {"approval-second": half_signed, "approval-code": by_code}
