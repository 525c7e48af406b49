"""Opening, feeding and watching a shift; each act is an entry. It is closed by `shift_close`."""

from __future__ import annotations

import uuid

from counter_app.domain.approvals import ApprovalCase, ApprovalKind, ApprovalRequest
from counter_app.domain.journal import Draft, Posting, nonzero
from counter_app.domain.masks import mask_in_words
from counter_app.domain.refusals import Refused
from counter_app.domain.safe import FloatWaits
from counter_app.domain.shifts import (
    DENOMINATIONS_FEN,
    CashCount,
    CashMoved,
    CountIsWrong,
    DiskTooFull,
    DrawerTooLow,
    Lateness,
    NoOpenShift,
    ReasonMissing,
    Shift,
    ShiftAlreadyOpen,
    ShiftSheet,
    lateness_of,
)
from counter_app.domain.signoffs import SignoffForOther
from counter_app.domain.staff import Right, Session
from counter_app.domain.z_report import IN, OUT
from counter_app.services import approvals, authority, shift_clock
from counter_app.services.approvals import Signed
from counter_app.services.intents import once
from counter_app.services.payments import own_shift
from counter_app.storage import disk_room
from counter_app.storage import shifts as rows
from counter_app.storage.approvals import moved_alone_fen
from counter_app.storage.hall import OpenHall
from counter_app.storage.journal import Found, balance, stamp
from counter_app.storage.safe import float_wanted
from counter_app.storage.shifts import DRAWER
from counter_app.storage.sql import Reading, Writing


def open_shift(
    hall: OpenHall, session: Session, count: CashCount, intent_id: str, signed: Signed | None = None
) -> Shift:
    """Open the counter's shift with a counted float; a clock that cannot be right needs a second person's signature.

    Raises:
        Refused: `NoRight`, `SignedOut`, `CountIsWrong`, `FloatWaits`, and those of `start`.
        MoneyIsOff: the self-test has findings.
        NotRecorded, CommitUncertain: the file failed; ask again under the same intent.
    """
    session.need(Right.RUN_SHIFT)
    check_count(count)

    def act(work: Writing) -> Shift:
        authority.still(work, session, Right.RUN_SHIFT)
        waiting = float_wanted(work)
        if waiting is not None:
            # money that was given out for this drawer would be nobody's
            raise Refused(FloatWaits(waiting.staff_no, waiting.name, waiting.fen, waiting.state))
        return start(hall, work, session, count, intent_id, signed)

    return once(hall, intent_id, act, recorded_shift)


def start(
    hall: OpenHall, work: Writing, session: Session, count: CashCount, intent_id: str, signed: Signed | None
) -> Shift:
    """Open a shift where nothing speaks against it, in the unit of work that allows it.

    Raises:
        Refused: `ShiftAlreadyOpen`, `DiskTooFull`, `ClockOff`, `ClockFarOff`, and those of a signature.
    """
    present = rows.open_shift_of(work, hall.hall.counter_id)
    if present is not None:
        raise Refused(ShiftAlreadyOpen(present.shift_no, present.staff_no))
    free_bytes = disk_room.free_bytes(hall.folder)
    if free_bytes < disk_room.SHIFT_BYTES:
        raise Refused(DiskTooFull(free_bytes, disk_room.SHIFT_BYTES))
    shift_clock.hold(hall, work, session, hall.clock.now(), signed)
    return begin(hall, work, session.staff_no, count, intent_id)


def begin(hall: OpenHall, work: Writing, staff_no: str, count: CashCount, intent_id: str | None) -> Shift:
    """Write a freshly opened shift of somebody with its counted float, in the unit of work that allows it."""
    now, counter_id = hall.clock.now(), hall.hall.counter_id
    on = now.date()
    shift_no = f"{hall.hall.counter_code}-{on:%Y%m%d}-{rows.shifts_on(work, counter_id, on) + 1}"
    shift = Shift(str(uuid.uuid4()), shift_no, counter_id, staff_no, on, now.replace(microsecond=0), count.total_fen)
    entry = hall.journal.append(
        work,
        Draft(
            kind="shift.open",
            body={"shift_no": shift_no, "float_fen": shift.float_fen, "count": count.as_rows()},
            staff_no=staff_no,
            business_date=on,
            postings=nonzero(
                [
                    Posting(DRAWER, shift.shift_id, shift.float_fen),
                    Posting("float", shift.shift_id, -shift.float_fen),
                ]
            ),
            shift_id=shift.shift_id,
            intent_id=intent_id,
        ),
    )
    rows.add_shift(work, shift, entry.id, stamp(shift.opened_at))
    return shift


def ask_cash(hall: OpenHall, session: Session, amount_fen: int, reason: str, intent_id: str) -> ApprovalCase:
    """What a second person is asked to sign before so much cash is put in (positive) or taken out (negative), under the
    act's own intent.

    Raises:
        Refused: `NoOpenShift`, `ShiftOfSomebodyElse`, and those of `approvals.look`.
    """
    with hall.reading() as reading:
        request = _cash(reading, own_shift(hall, reading, session), amount_fen, mask_in_words(reason.strip()))
    return approvals.look(hall, session, request, intent_id)


def move_cash(
    hall: OpenHall, session: Session, amount_fen: int, reason: str, intent_id: str, signed: Signed | None = None
) -> ShiftSheet:
    """Put cash into the drawer (positive) or take it out (negative), with a reason in words (feature 63). More than the
    pack leaves to one person at once, or on one day, moves with a signature (`ask_cash`).

    Raises:
        Refused: `NoRight`, `SignedOut`, `NoOpenShift`, `ShiftOfSomebodyElse`, `ReasonMissing`, `DrawerTooLow`, and
            those of `approvals.hold`; `CashMoved`: the intent is in the journal already, with another amount or reason.
        MoneyIsOff: the self-test has findings.
        NotRecorded, CommitUncertain: the file failed; ask again under the same intent.
    """
    session.need(Right.RUN_SHIFT)
    if not reason.strip():
        raise Refused(ReasonMissing("cash"))
    said = mask_in_words(reason.strip())

    def act(work: Writing) -> ShiftSheet:
        authority.still(work, session, Right.RUN_SHIFT)
        shift = own_shift(hall, work, session)
        if -amount_fen > balance(work, DRAWER, shift.shift_id):
            raise Refused(DrawerTooLow(-amount_fen))
        if signed is not None and signed.challenge.nonce != intent_id:
            raise Refused(SignoffForOther("nonce"))
        approved = approvals.hold(hall, work, session, signed, _cash(work, shift, amount_fen, said))
        body = {"amount_fen": abs(amount_fen), "reason": said}
        other = "cash_in" if amount_fen > 0 else "cash_out"
        hall.journal.append(
            work,
            Draft(
                kind=IN if amount_fen > 0 else OUT,
                body=body | ({"approvers": [*approved.staff_nos]} if approved.staff_nos else {}),
                staff_no=session.staff_no,
                business_date=shift.business_date,
                postings=(
                    Posting(DRAWER, shift.shift_id, amount_fen),
                    Posting(other, shift.shift_id, -amount_fen),
                ),
                shift_id=shift.shift_id,
                intent_id=intent_id,
                approver_no=approved.first_no or None,
            ),
        )
        return rows.sheet_of(work, shift)

    def recorded(reading: Reading, found: Found) -> ShiftSheet:
        body = found.content["body"]
        moved_fen = body["amount_fen"] if found.kind == IN else -body["amount_fen"]
        if (moved_fen, body["reason"]) != (amount_fen, said):
            raise Refused(CashMoved(moved_fen, body["reason"]))
        return rows.sheet_of(reading, recorded_shift(reading, found))

    return once(hall, intent_id, act, recorded)


def _cash(reading: Reading, shift: Shift, amount_fen: int, said: str) -> ApprovalRequest:
    is_in = amount_fen > 0
    entry_kind = IN if is_in else OUT
    return ApprovalRequest(
        ApprovalKind.CASH_IN if is_in else ApprovalKind.CASH_OUT,
        shift.shift_id,
        abs(amount_fen),
        words=said,
        before_fen=moved_alone_fen(reading, entry_kind, shift.staff_no, shift.business_date),
        since_at=shift.opened_at,
        hands=frozenset({shift.staff_no}),
        no=shift.shift_no,
    )


def open_drawer(hall: OpenHall, session: Session, reason: str) -> None:
    """Write down that the drawer is kicked open without a payment; the device is told afterwards.

    Raises:
        Refused: `NoRight`, `SignedOut`, `NoOpenShift`, `ShiftOfSomebodyElse`, `ReasonMissing`.
    """
    session.need(Right.RUN_SHIFT)
    if not reason.strip():
        raise Refused(ReasonMissing("drawer"))
    with hall.writing() as work:
        authority.still(work, session, Right.RUN_SHIFT)
        shift = own_shift(hall, work, session)
        hall.journal.append(
            work,
            Draft(
                kind="drawer.opened",
                body={"reason": mask_in_words(reason.strip())},
                staff_no=session.staff_no,
                business_date=shift.business_date,
                shift_id=shift.shift_id,
            ),
        )


def lateness(hall: OpenHall, shift: Shift) -> Lateness:
    """How far an open shift has come into a day that is not its own."""
    return lateness_of(shift.business_date, hall.clock.now())


def is_forgotten(hall: OpenHall, shift: Shift) -> bool:
    """Whether an open shift is one of an earlier day that nobody has closed."""
    return lateness(hall, shift) == "forgotten"


def forgotten(hall: OpenHall) -> Shift | None:
    """The counter's open shift, if it was forgotten on an earlier day (feature 59)."""
    with hall.reading() as reading:
        shift = rows.open_shift_of(reading, hall.hall.counter_id)
    return shift if shift is not None and is_forgotten(hall, shift) else None


def sheet(hall: OpenHall) -> ShiftSheet | None:
    """The running sums of the counter's open shift, or None."""
    with hall.reading() as reading:
        shift = rows.open_shift_of(reading, hall.hall.counter_id)
        return None if shift is None else rows.sheet_of(reading, shift)


def recorded_shift(reading: Reading, found: Found) -> Shift:
    """The shift that an entry belongs to.

    Raises:
        Refused: `NoOpenShift`: there is no such shift.
    """
    shift = rows.find_shift(reading, found.content["shift_id"])
    if shift is None:
        raise Refused(NoOpenShift())
    return shift


def check_count(count: CashCount) -> None:
    """Hold a count to known denominations and whole, non-negative pieces.

    Raises:
        Refused: `CountIsWrong`.
    """
    for denomination_fen, pieces in count.pieces.items():
        if denomination_fen not in DENOMINATIONS_FEN or pieces < 0:
            raise Refused(CountIsWrong(denomination_fen, pieces))
    if count.loose_fen < 0:
        raise Refused(CountIsWrong(1, count.loose_fen))
