"""Undoing a payment: what it would do is shown, a second person signs exactly that, and one commit carries it out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from counter_app.domain.approvals import ApprovalKind, ApprovalMissing, ApprovalRequest, ApprovalRow, RowKind
from counter_app.domain.journal import Draft, Entry, Posting, nonzero
from counter_app.domain.masks import cut_bank_cards, mask_in_words
from counter_app.domain.payments import CASH
from counter_app.domain.refusals import Refused
from counter_app.domain.shifts import Shift
from counter_app.domain.signoffs import Challenge
from counter_app.domain.staff import Right, Session
from counter_app.domain.undo import (
    KIND_OF,
    TRANSFER,
    UNDONE_END,
    Desk,
    TenderAnswer,
    TenderBack,
    UndoPlan,
    UndoWay,
    UndoWish,
    WhyThisWay,
)
from counter_app.domain.undo_planning import plan_undo
from counter_app.domain.undo_refusals import NotTakenHere, UndoChanged
from counter_app.services import approvals, authority, undo_slips
from counter_app.services.approvals import Signed
from counter_app.services.intents import once
from counter_app.services.payments import own_shift
from counter_app.services.voids import slip_of
from counter_app.storage import undo as rows
from counter_app.storage.hall import OpenHall
from counter_app.storage.journal import Found, balance, stamp
from counter_app.storage.restores import set_service_state
from counter_app.storage.shifts import DRAWER
from counter_app.storage.sql import Reading, Writing
from counter_app.storage.undo import InvoiceNote, PartBack, TenderMove, UndoneRow
from counter_app.storage.undo_facts import Kept, kept_payment, payment_of_receipt, since

_KINDS: Mapping[tuple[UndoWay, WhyThisWay], ApprovalKind] = {
    ("reverse", "same_shift"): ApprovalKind.REVERSE,
    ("refund", "shift_closed"): ApprovalKind.REFUND,
    ("refund", "month_over"): ApprovalKind.REFUND_AFTER_MONTH,
}
"""What the pack calls it."""


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
        Refused: `NoRight`, `NoOpenShift`, `ShiftOfSomebodyElse`, `NotTakenHere`, and those of `domain.undo.plan_undo`
            and `approvals.need`.
    """
    session.need(Right.UNDO_PAYMENT)
    with hall.reading() as reading:
        return _plan(hall, reading, session, own_shift(hall, reading, session), payment_id, wish)[0]


def ask(session: Session, plan: UndoPlan, wish: UndoWish) -> tuple[Challenge, ...]:
    """What the second persons are asked to sign, once for each of them: this payment, this way, this money."""
    return (approvals.ask(session, _request(plan, wish)),) * plan.signatures


def sign(
    hall: OpenHall,
    session: Session,
    plan: UndoPlan,
    challenge: Challenge,
    *,
    staff_no: str,
    password: str,
    before: Sequence[Signed] = (),
) -> Signed:
    """Prove the next second person; nobody who took the payment, nor whoever signed `before`, may sign.

    Raises:
        Refused: those of `approvals.sign`.
    """
    first, hands = before[0] if before else None, {plan.paid.staff_no}
    return approvals.sign(hall, session, challenge, staff_no=staff_no, password=password, hands=hands, first=first)


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
        raise Refused(ApprovalMissing(_request(shown, wish).kind, shown.amount_fen, shown.signatures, 0))
    # the last one holds those before it: all are under the same challenge
    all_signed = signed[-1]

    def act(work: Writing) -> UndoDone:
        authority.still(work, session, Right.UNDO_PAYMENT)
        shift = own_shift(hall, work, session)
        made, kept = _plan(hall, work, session, shift, shown.paid.payment_id, wish)
        if made.digest != shown.digest:
            raise Refused(UndoChanged(made.paid.receipt_no, shown.way, made.way))
        approvers = approvals.hold(hall, work, session, all_signed, _request(made, wish)).staff_nos
        return _record(hall, work, session, shift, kept, made, wish, approvers, all_signed.challenge.nonce)

    return once(hall, all_signed.challenge.nonce, act, _recorded)


def _plan(
    hall: OpenHall, reading: Reading, session: Session, shift: Shift, payment_id: str, wish: UndoWish | None
) -> tuple[UndoPlan, Kept]:
    kept = kept_payment(reading, payment_id, shift.business_date)
    if kept is None:
        raise Refused(NotTakenHere(payment_id))
    desk = Desk(shift.shift_id, shift.business_date, balance(reading, DRAWER, shift.shift_id))
    made = plan_undo(kept.facts, since(reading, kept), desk, _clean(wish))
    needed = approvals.need(hall, session, _request(made, wish or UndoWish("")))
    return replace(made, signatures=needed.signatures), kept


def _clean(wish: UndoWish | None) -> UndoWish | None:
    """The wish without a bank card's number, wherever it was typed (reliability 4.5)."""
    if wish is None:
        return None
    answers = tuple(
        TenderAnswer(x.line, cut_bank_cards(x.reference), cut_bank_cards(x.document_no), x.is_banked)
        for x in wish.answers
    )
    return UndoWish(wish.reason_code, wish.reason, wish.is_receipt_returned, answers, wish.red_no.strip())


def _request(plan: UndoPlan, wish: UndoWish) -> ApprovalRequest:
    """The undo as it is asked for: the pack's kind of it, what is signed, and whose hands it went through."""
    paid = plan.paid
    facts = {
        "receipt_no": paid.receipt_no,
        "customer_id": paid.customer_id,
        "on": plan.on.isoformat(),
        "why": plan.why,
        "reason_code": wish.reason_code,
        "parts": [[part.bill_id, part.principal_fen, part.late_fee_fen, part.cost_fen] for part in paid.parts],
        "books": [[book.book_id, book.amount_fen] for book in paid.books],
        "tenders": [[back.to, back.fen, back.reference, back.document_no] for back in plan.tenders],
    }
    return ApprovalRequest(
        _KINDS[plan.way, plan.why],
        paid.payment_id,
        plan.amount_fen,
        outcome=plan.way,
        words=wish.reason,
        facts=facts,
        rows=tuple(ApprovalRow(RowKind.BILL, part.bill_no, part.settled_on, part.principal_fen) for part in paid.parts),
        hands=frozenset({paid.staff_no}),
        no=paid.receipt_no,
    )


def _record(
    hall: OpenHall,
    work: Writing,
    session: Session,
    shift: Shift,
    kept: Kept,
    made: UndoPlan,
    wish: UndoWish,
    approvers: tuple[str, ...],
    intent_id: str,
) -> UndoDone:
    paid, now = made.paid, hall.clock.now()
    parts = tuple(
        PartBack(
            f"{part.settlement_id}{UNDONE_END}",
            part.bill_id,
            -part.principal_fen,
            -part.late_fee_fen,
            -part.cost_fen,
            part.settled_on.isoformat(),
        )
        for part in paid.parts
    )
    moves = tuple(map(_move, made.tenders))
    entry = hall.journal.append(
        work,
        Draft(
            kind=KIND_OF[made.way],
            body=_body(made, wish, parts, moves, approvers),
            staff_no=session.staff_no,
            business_date=shift.business_date,
            postings=_postings(kept, made),
            shift_id=shift.shift_id,
            customer_id=paid.customer_id,
            intent_id=intent_id,
            approver_no=approvers[0],
            cause_entry_id=paid.payment_id,
        ),
    )
    undo_id = entry.place.entry_id
    day = shift.business_date.isoformat()
    row = UndoneRow(
        *(paid.payment_id, undo_id, entry.id, made.way, stamp(now), day),
        *(paid.receipt_no, wish.reason_code, shift.shift_id),
    )
    rows.add_undone(work, row, parts)
    rows.add_tender_moves(work, undo_id, entry.id, paid.payment_id, shift.shift_id, moves)
    _beside(work, entry, made, wish, now)
    slip_no = undo_slips.issue(hall, work, session, made, wish, entry, approvers, now)
    return UndoDone(paid.payment_id, paid.receipt_no, made.way, undo_id, made.back_fen, approvers, slip_no)


def _beside(work: Writing, entry: Entry, made: UndoPlan, wish: UndoWish, now: datetime) -> None:
    """What the undo changes beside the money: restore orders, their services, the red-letter note."""
    for order in made.orders:
        rows.set_order_state(work, order.order_id, order.outcome)
        if order.service_to is not None:
            state, since_on, reason = order.service_to
            set_service_state(work, order.service_id, state, since_on, reason)
    if made.paid.invoice_no:
        note = InvoiceNote(made.paid.receipt_no, wish.red_no.strip(), now.date(), made.paid.invoice_no)
        rows.add_invoice_note(work, note, entry.id)


def _body(
    made: UndoPlan,
    wish: UndoWish,
    parts: Sequence[PartBack],
    moves: Sequence[TenderMove],
    approvers: tuple[str, ...],
) -> dict[str, Any]:
    paid = made.paid
    return {
        "payment_id": paid.payment_id,
        "receipt_no": paid.receipt_no,
        "account_id": paid.account_id,
        "reason_code": wish.reason_code,
        "reason": mask_in_words(wish.reason.strip()),
        "of_business_date": paid.business_date.isoformat(),
        "settlements": [list(part) for part in parts],
        "books": [[book.book_id, -book.amount_fen] for book in paid.books],
        "change_fen": 0,
        "tenders": [list(move) for move in moves],
        "ways": [[back.line, back.kind, back.to, back.why] for back in made.tenders if back.why],
        "orders": [[order.order_id, order.outcome] for order in made.orders],
        "services": [
            [order.service_id, order.service_to[0], order.service_to[1].isoformat(), order.service_to[2]]
            for order in made.orders
            if order.service_to is not None
        ],
        "paper": "returned" if wish.is_receipt_returned else "lost",
        "red_note": {"invoice_no": paid.invoice_no, "red_no": wish.red_no.strip()} if paid.invoice_no else None,
        "approvers": list(approvers),
    }


def _postings(kept: Kept, made: UndoPlan) -> tuple[Posting, ...]:
    """The payment's own, negated, but for its tenders: those are as they go back, and from the drawer of today."""
    paid = made.paid
    others = [
        Posting(account, subject, -fen)
        for account, subject, fen in kept.content["postings"]
        if subject != paid.shift_id and account != TRANSFER
    ]
    tenders = [Posting(DRAWER if back.to == CASH else back.to, made.shift_id, -back.fen) for back in made.tenders]
    return nonzero([*tenders, *others])


def _move(back: TenderBack) -> TenderMove:
    on = back.document_on.isoformat() if back.document_on else None
    return TenderMove(back.to, -back.fen, back.reference, back.bank, back.document_no, on)


def _recorded(reading: Reading, found: Found) -> UndoDone:
    body = found.content["body"]
    way: UndoWay = next(way for way, kind in KIND_OF.items() if kind == found.kind)
    back_fen = -sum(fen for _, fen, *_ in body["tenders"])
    slip_no = slip_of(reading, body["payment_id"])
    approvers = tuple(body["approvers"])
    return UndoDone(body["payment_id"], body["receipt_no"], way, found.entry_id, back_fen, approvers, slip_no)
