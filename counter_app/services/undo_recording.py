"""An undo as it is asked for and as it is written: one request to sign, one entry with its rows, one slip."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from counter_app.domain.approvals import ApprovalKind, ApprovalRequest, ApprovalRow, RowKind
from counter_app.domain.journal import Draft, Entry, Posting, nonzero
from counter_app.domain.masks import cut_bank_cards, mask_in_words
from counter_app.domain.payments import CASH
from counter_app.domain.shifts import Shift
from counter_app.domain.staff import Session
from counter_app.domain.undo import (
    KIND_OF,
    TRANSFER,
    UNDONE_END,
    Desk,
    PaidPart,
    TenderAnswer,
    TenderBack,
    UndoPlan,
    UndoWay,
    UndoWish,
    WhyThisWay,
)
from counter_app.services import undo_slips
from counter_app.storage import undo as rows
from counter_app.storage.hall import OpenHall
from counter_app.storage.journal import balance, stamp
from counter_app.storage.restores import set_service_state
from counter_app.storage.shifts import DRAWER
from counter_app.storage.sql import Reading, Writing
from counter_app.storage.undo import InvoiceNote, PartBack, TenderMove, UndoneRow
from counter_app.storage.undo_facts import Kept

_KINDS: Mapping[tuple[UndoWay, WhyThisWay], ApprovalKind] = {
    ("reverse", "same_shift"): ApprovalKind.REVERSE,
    ("refund", "shift_closed"): ApprovalKind.REFUND,
    ("refund", "month_over"): ApprovalKind.REFUND_AFTER_MONTH,
    ("move", "same_shift"): ApprovalKind.MOVE,
    ("move", "shift_closed"): ApprovalKind.MOVE,
    ("move", "month_over"): ApprovalKind.MOVE,
}
"""What the pack calls it."""


def clean(wish: UndoWish | None) -> UndoWish | None:
    """The wish without a bank card's number, wherever it was typed (reliability 4.5)."""
    if wish is None:
        return None
    answers = tuple(
        TenderAnswer(x.line, cut_bank_cards(x.reference), cut_bank_cards(x.document_no), x.is_banked)
        for x in wish.answers
    )
    return UndoWish(wish.reason_code, wish.reason, wish.is_receipt_returned, answers, wish.red_no.strip())


def desk_of(hall: OpenHall, reading: Reading, shift: Shift) -> Desk:
    """Where a payment would be undone in this shift, and the reasons that the pack takes on its day."""
    on = shift.business_date
    reasons = hall.pack.undo_reasons(on).codes
    return Desk(shift.shift_id, on, balance(reading, DRAWER, shift.shift_id), reasons)


def request(plan: UndoPlan, wish: UndoWish, *, to_account_id: int | None = None) -> ApprovalRequest:
    """The undo as it is asked for: the pack's kind of it, what is signed, and whose hands it went through."""
    paid = plan.paid
    more = {} if to_account_id is None else {"to_account_id": to_account_id}
    facts = {
        **more,
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


def record(
    hall: OpenHall,
    work: Writing,
    session: Session,
    shift: Shift,
    kept: Kept,
    made: UndoPlan,
    wish: UndoWish,
    approvers: tuple[str, ...],
    intent_id: str,
    *,
    to: tuple[int, str] | None = None,
    challenge: str = "",
) -> tuple[Entry, str]:
    """Write the undo in the unit of work that allowed it: its entry and the number of its slip. `to` is the account
    that a payment is moved to, and its number; `challenge` what was consented to at the hub, if it was.
    """
    paid, now = made.paid, hall.clock.now()
    parts, moves = tuple(map(_part, paid.parts)), tuple(map(_move, made.tenders))
    entry = hall.journal.append(
        work,
        Draft(
            kind=KIND_OF[made.way],
            body=_body(made, wish, parts, moves, approvers)
            | ({"to_account_id": to[0]} if to else {})
            | ({"challenge": challenge} if challenge else {}),
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
    _beside(work, entry, made, wish)
    to_no = to[1] if to else ""
    return entry, undo_slips.issue(hall, work, session, made, wish, entry, approvers, now, to_account_no=to_no)


def _beside(work: Writing, entry: Entry, made: UndoPlan, wish: UndoWish) -> None:
    """What the undo changes beside the money: restore orders, their services, the red-letter note."""
    for order in made.orders:
        rows.set_order_state(work, order.order_id, order.outcome)
        if order.service_to is not None:
            state, since_on, reason = order.service_to
            set_service_state(work, order.service_id, state, since_on, reason)
    if made.paid.invoice_no:
        note = InvoiceNote(made.paid.receipt_no, wish.red_no.strip(), made.on, made.paid.invoice_no)
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
    """The payment's own, negated, but for its tenders: those are as they go back, and from the drawer of today; what
    is moved to another account stands under the payment until that account's payment takes it.
    """
    paid = made.paid
    others = [
        Posting(account, subject, -fen)
        for account, subject, fen in kept.content["postings"]
        if subject != paid.shift_id and account != TRANSFER
    ]
    subject = paid.payment_id if made.way == "move" else made.shift_id
    tenders = [Posting(DRAWER if back.to == CASH else back.to, subject, -back.fen) for back in made.tenders]
    return nonzero([*tenders, *others])


def _part(part: PaidPart) -> PartBack:
    """The settlement that takes one back: its day is that of the other, so that no late fee knows of either."""
    return PartBack(
        f"{part.settlement_id}{UNDONE_END}",
        part.bill_id,
        -part.principal_fen,
        -part.late_fee_fen,
        -part.cost_fen,
        part.settled_on.isoformat(),
    )


def _move(back: TenderBack) -> TenderMove:
    on = back.document_on.isoformat() if back.document_on else None
    return TenderMove(back.to, -back.fen, back.reference, back.bank, back.document_no, on)
