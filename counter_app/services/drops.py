"""Cash that a drawer hands in during its shift (上缴): counted by two, drawer to safe in one commit."""

from __future__ import annotations

from counter_app.domain.approvals import ApprovalCase, ApprovalKind, ApprovalRequest, ApprovalRow, RowKind
from counter_app.domain.journal import Draft, Posting
from counter_app.domain.refusals import Refused
from counter_app.domain.safe import DROP, TURNED_IN, CashIsNothing
from counter_app.domain.shifts import CashCount, DrawerTooLow, Shift
from counter_app.domain.staff import Right, Session
from counter_app.services import approvals, authority, shifts
from counter_app.services.approvals import Signed
from counter_app.services.intents import once
from counter_app.services.payments import own_shift
from counter_app.storage.hall import OpenHall
from counter_app.storage.journal import balance
from counter_app.storage.shifts import DRAWER
from counter_app.storage.sql import Reading, Writing


def look(hall: OpenHall, session: Session, count: CashCount) -> ApprovalCase:
    """What a second person signs who has counted the same notes and puts them into the safe.

    Raises:
        Refused: `NoRight`, `CountIsWrong`, `CashIsNothing`, `NoOpenShift`, `ShiftOfSomebodyElse`, `DrawerTooLow`, and
            those of `approvals.look`.
    """
    session.need(Right.RUN_SHIFT)
    with hall.reading() as reading:
        shift = own_shift(hall, reading, session)
        _check(reading, shift, count)
    return approvals.look(hall, session, _request(shift, count))


def drop(hall: OpenHall, session: Session, count: CashCount, signed: Signed) -> int:
    """Hand the counted notes in, as they were taken over; their sum in fen. The signature's nonce is the intent.

    Raises:
        Refused: as `look`, `SignedOut`, and those of the signature.
        MoneyIsOff: the self-test has findings.
        NotRecorded, CommitUncertain: the file failed; ask again with the same signature.
    """
    session.need(Right.RUN_SHIFT)
    nonce, fen = signed.challenge.nonce, count.total_fen

    def act(work: Writing) -> int:
        authority.still(work, session, Right.RUN_SHIFT)
        shift = own_shift(hall, work, session)
        _check(work, shift, count)
        taker_no = approvals.hold(hall, work, session, signed, _request(shift, count)).first_no
        body = {"shift_no": shift.shift_no, "amount_fen": fen, "count": count.as_rows(), "to_staff_no": taker_no}
        hall.journal.append(
            work,
            Draft(
                DROP,
                body,
                session.staff_no,
                shift.business_date,
                (Posting(DRAWER, shift.shift_id, -fen), Posting(TURNED_IN, shift.shift_id, fen)),
                shift_id=shift.shift_id,
                intent_id=nonce,
                approver_no=taker_no,
            ),
        )
        return fen

    return once(hall, nonce, act, lambda _reading, found: int(found.content["body"]["amount_fen"]))


def _check(reading: Reading, shift: Shift, count: CashCount) -> None:
    shifts.check_count(count)
    fen = count.total_fen
    if not fen:
        raise Refused(CashIsNothing())
    if fen > balance(reading, DRAWER, shift.shift_id):
        raise Refused(DrawerTooLow(fen))


def _request(shift: Shift, count: CashCount) -> ApprovalRequest:
    fen = count.total_fen
    return ApprovalRequest(
        ApprovalKind.DROP,
        shift.shift_id,
        fen,
        facts={"count": count.as_rows()},
        rows=(ApprovalRow(RowKind.CASH, shift.shift_no, shift.business_date, fen, shift.staff_no),),
        since_at=shift.opened_at,
        hands=frozenset((shift.staff_no,)),
        no=shift.shift_no,
    )
