"""Undoing a payment: what it would do is shown, a second person signs exactly that, and one commit carries it out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from counter_app.domain.approvals import ApprovalMissing
from counter_app.domain.refusals import Refused
from counter_app.domain.shifts import Shift
from counter_app.domain.staff import Right, Session
from counter_app.domain.undo import KIND_OF, UndoPlan, UndoWay, UndoWish
from counter_app.domain.undo_planning import plan_undo
from counter_app.domain.undo_refusals import NotTakenHere, UndoChanged
from counter_app.services import approvals, authority
from counter_app.services.approvals import Signed
from counter_app.services.intents import once
from counter_app.services.payments import own_shift
from counter_app.services.undo_recording import clean, desk_of, record, request
from counter_app.services.voids import slip_of
from counter_app.storage.hall import OpenHall
from counter_app.storage.journal import Found
from counter_app.storage.sql import Reading, Writing
from counter_app.storage.undo_facts import Kept, kept_payment, payment_of_receipt, since


@dataclass(frozen=True, slots=True)
class UndoDone:
    """A payment that is undone: how, by which entry, what went back by tenders, who signed, and the slip's number."""

    payment_id: str
    receipt_no: str
    way: UndoWay
    undo_id: str
    back_fen: int
    approvers: tuple[str, ...]
    slip_no: str


def payment_of(hall: OpenHall, receipt_no: str) -> tuple[str, int]:
    """The payment and the customer behind a receipt's number.

    Raises:
        Refused: `NotTakenHere`.
    """
    with hall.reading() as reading:
        found = payment_of_receipt(reading, receipt_no)
    if found is None:
        raise Refused(NotTakenHere(receipt_no))
    return found


def look(hall: OpenHall, session: Session, payment_id: str, wish: UndoWish | None = None) -> UndoPlan:
    """What undoing a payment would do now; nothing is written. With a wish it is what is signed.

    Raises:
        Refused: `NoRight`, `NoOpenShift`, `ShiftOfSomebodyElse`, `NotTakenHere`, and those of `plan_undo`
            and `approvals.need`.
    """
    session.need(Right.UNDO_PAYMENT)
    with hall.reading() as reading:
        return _plan(hall, reading, session, own_shift(hall, reading, session), payment_id, wish)[0]


def undo(hall: OpenHall, session: Session, shown: UndoPlan, wish: UndoWish, signed: Sequence[Signed]) -> UndoDone:
    """Undo a payment as it was shown: reversed in its own shift, refunded after that; entry, bills, books, tenders and
    orders in one commit. The first signature's nonce is the intent: asked again, it is answered and not done again.

    Raises:
        Refused: as `look` says; `SignedOut`, `UndoChanged`, and those of `approvals.hold`.
        MoneyIsOff: the self-test has findings.
        NotRecorded, CommitUncertain: the file failed; ask again with the same signatures.
    """
    session.need(Right.UNDO_PAYMENT)
    if not signed:
        raise Refused(ApprovalMissing(request(shown, wish).kind, shown.amount_fen, shown.signatures, 0))
    # the last one holds those before it: all are under the same challenge
    all_signed = signed[-1]

    def act(work: Writing) -> UndoDone:
        authority.still(work, session, Right.UNDO_PAYMENT)
        shift = own_shift(hall, work, session)
        made, kept = _plan(hall, work, session, shift, shown.paid.payment_id, wish)
        if made.digest != shown.digest:
            raise Refused(UndoChanged(made.paid.receipt_no, shown.way, made.way))
        approved = approvals.hold(hall, work, session, all_signed, request(made, wish))
        approvers, nonce, afar = approved.staff_nos, all_signed.challenge.nonce, approved.challenge
        entry, slip_no = record(hall, work, session, shift, kept, made, wish, approvers, nonce, challenge=afar)
        paid, undo_id = made.paid, entry.place.entry_id
        return UndoDone(paid.payment_id, paid.receipt_no, made.way, undo_id, made.back_fen, approvers, slip_no)

    return once(hall, all_signed.challenge.nonce, act, _recorded)


def _plan(
    hall: OpenHall, reading: Reading, session: Session, shift: Shift, payment_id: str, wish: UndoWish | None
) -> tuple[UndoPlan, Kept]:
    kept = kept_payment(reading, payment_id, shift.business_date)
    if kept is None:
        raise Refused(NotTakenHere(payment_id))
    desk = desk_of(hall, reading, shift)
    made = plan_undo(kept.facts, since(reading, kept), desk, clean(wish))
    needed = approvals.need(hall, session, request(made, wish or UndoWish("")))
    return replace(made, signatures=needed.signatures), kept


def _recorded(reading: Reading, found: Found) -> UndoDone:
    body = found.content["body"]
    way: UndoWay = next(way for way, kind in KIND_OF.items() if kind == found.kind)
    back_fen = -sum(fen for _, fen, *_ in body["tenders"])
    slip_no = slip_of(reading, body["payment_id"])
    approvers = tuple(body["approvers"])
    return UndoDone(body["payment_id"], body["receipt_no"], way, found.entry_id, back_fen, approvers, slip_no)
