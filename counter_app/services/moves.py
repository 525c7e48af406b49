"""Moving a payment that was booked to a wrong account (串户): undone there and taken here, in one commit."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace

from counter_app.domain.approvals import ApprovalMissing, ApprovalRequest
from counter_app.domain.customers import Customer, CustomerUnknown
from counter_app.domain.payments import Plan, Position, Tender, Wish, plan
from counter_app.domain.refusals import Refused
from counter_app.domain.shifts import Shift
from counter_app.domain.staff import Right, Session
from counter_app.domain.undo import TRANSFER, UndoPlan, UndoWish
from counter_app.domain.undo_planning import plan_move
from counter_app.domain.undo_refusals import NotTakenHere, SameAccount, UndoChanged
from counter_app.services import approvals, authority
from counter_app.services.approvals import Signed
from counter_app.services.intents import once
from counter_app.services.payments import Moved, Order, Taken, own_shift, position_of, recorded
from counter_app.services.payments import record as record_payment
from counter_app.services.undo_recording import clean, desk_of, record, request
from counter_app.services.voids import slip_of
from counter_app.storage.accounts import load_account
from counter_app.storage.hall import OpenHall
from counter_app.storage.journal import Found, find_by_intent
from counter_app.storage.sql import Reading, Writing
from counter_app.storage.undo_facts import Kept, kept_payment, since


@dataclass(frozen=True, slots=True)
class MovePlan:
    """Both sides of a move: what is undone on the wrong account, and what the money does on the right one."""

    undone: UndoPlan
    to_customer: Customer
    to: Position
    taken: Plan

    @property
    def signatures(self) -> int:
        """How many second persons the pack asks for."""
        return self.undone.signatures

    @property
    def digest(self) -> tuple[object, ...]:
        """Two plans with the same digest move the same money to the same places; it is compared, never kept."""
        return (*self.undone.digest, self.to.account.id, self.taken.digest)


@dataclass(frozen=True, slots=True)
class MoveDone:
    """A payment that was moved: the entry that did it, the slip of it, and the payment as it is taken now."""

    payment_id: str
    receipt_no: str
    move_id: str
    slip_no: str
    approvers: tuple[str, ...]
    taken: Taken


def look(
    hall: OpenHall, session: Session, payment_id: str, to_account_id: int, wish: UndoWish | None = None
) -> MovePlan:
    """What moving a payment to another account would do now, on both sides; nothing is written.

    Raises:
        Refused: `NoRight`, `NoOpenShift`, `ShiftOfSomebodyElse`, `NotTakenHere`, `SameAccount`, `CustomerUnknown`, and
            those of `plan_move`, of `domain.payments.plan` and of `approvals.need`.
    """
    session.need(Right.UNDO_PAYMENT)
    with hall.reading() as reading:
        return _plan(hall, reading, session, own_shift(hall, reading, session), payment_id, to_account_id, wish)[0]


def move(hall: OpenHall, session: Session, shown: MovePlan, wish: UndoWish, signed: Sequence[Signed]) -> MoveDone:
    """Move a payment as it was shown: undone on the wrong account, taken on the right one with a receipt of its own,
    in one commit. The first signature's nonce is the intent.

    Raises:
        Refused: as `look` says; `SignedOut`, `UndoChanged`, and those of `approvals.hold`.
        MoneyIsOff: the self-test has findings.
        NotRecorded, CommitUncertain: the file failed; ask again with the same signatures.
    """
    session.need(Right.UNDO_PAYMENT)
    if not signed:
        raise Refused(ApprovalMissing(_request(shown, wish).kind, shown.undone.amount_fen, shown.signatures, 0))
    all_signed = signed[-1]
    nonce, paid = all_signed.challenge.nonce, shown.undone.paid

    def act(work: Writing) -> MoveDone:
        authority.still(work, session, Right.UNDO_PAYMENT)
        shift = own_shift(hall, work, session)
        made, kept = _plan(hall, work, session, shift, paid.payment_id, shown.to.account.id, wish)
        if made.digest != shown.digest:
            raise Refused(UndoChanged(paid.receipt_no, shown.undone.way, made.undone.way))
        approved = approvals.hold(hall, work, session, all_signed, _request(made, wish))
        approvers, afar = approved.staff_nos, approved.challenge
        to = (made.to.account.id, made.to.account.account_no)
        entry, slip_no = record(
            hall, work, session, shift, kept, made.undone, wish, approvers, nonce, to=to, challenge=afar
        )
        move_id = entry.place.entry_id
        order = Order(_intent_of_payment(nonce), made.to_customer.id, to[0], _wish(made.undone), made.taken)
        moved = Moved(move_id, paid.payment_id)
        taken = record_payment(hall, work, session, order, made.to_customer, made.to, shift, made.taken, moved=moved)
        return MoveDone(paid.payment_id, paid.receipt_no, move_id, slip_no, approvers, taken)

    return once(hall, nonce, act, _recorded)


def _plan(
    hall: OpenHall,
    reading: Reading,
    session: Session,
    shift: Shift,
    payment_id: str,
    to_account_id: int,
    wish: UndoWish | None,
) -> tuple[MovePlan, Kept]:
    kept = kept_payment(reading, payment_id, shift.business_date)
    if kept is None:
        raise Refused(NotTakenHere(payment_id))
    if kept.facts.account_id == to_account_id:
        raise Refused(SameAccount(kept.facts.account_no))
    desk = desk_of(hall, reading, shift)
    undone = plan_move(kept.facts, since(reading, kept), desk, clean(wish))
    loaded = load_account(reading, to_account_id)
    if loaded is None:
        raise Refused(CustomerUnknown(str(to_account_id)))
    customer, position = position_of(hall, reading, loaded.customer.id, to_account_id, shift)
    # what is moved is no tender of the customer's, and no pack has to allow it
    position = replace(position, tenders=(TRANSFER,))
    made = MovePlan(undone, customer, position, plan(position, _wish(undone)))
    needed = approvals.need(hall, session, _request(made, wish or UndoWish("")))
    return replace(made, undone=replace(undone, signatures=needed.signatures)), kept


def _wish(undone: UndoPlan) -> Wish:
    """All of the money, as if it had been paid there: what is due first, the rest becomes prepaid."""
    return Wish((Tender(TRANSFER, undone.back_fen, reference=undone.paid.receipt_no),))


def _request(made: MovePlan, wish: UndoWish) -> ApprovalRequest:
    return request(made.undone, wish, to_account_id=made.to.account.id)


def _intent_of_payment(nonce: str) -> str:
    """The intent of the payment on the right account: it follows from that of the move, and is asked for with it."""
    return str(uuid.uuid5(uuid.UUID(nonce), "payment.take"))


def _recorded(reading: Reading, found: Found) -> MoveDone:
    body = found.content["body"]
    payment = find_by_intent(reading, _intent_of_payment(found.content["intent_id"]))
    assert payment is not None, "both entries are in one commit"
    slip_no = slip_of(reading, body["payment_id"])
    approvers, taken = tuple(body["approvers"]), recorded(reading, payment.id)
    return MoveDone(body["payment_id"], body["receipt_no"], found.entry_id, slip_no, approvers, taken)
