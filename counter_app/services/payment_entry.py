"""The entry of a payment: what it settles, what it says, and its postings, all made from the plan."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from counter_app.domain.journal import Posting, nonzero
from counter_app.domain.masks import mask_in_words
from counter_app.domain.payments import CASH, PREPAID, Plan, Tender, Wish
from counter_app.domain.receipts import ReceiptFacts
from counter_app.storage.payments import SettlementRow
from counter_app.storage.shifts import DRAWER


def settled_of(intent_id: str, made: Plan) -> tuple[SettlementRow, ...]:
    """What the payment settles, a row per bill; the ids are the intent's, so that a second try is the same row."""
    return tuple(
        [
            SettlementRow(
                f"{intent_id}:{line.bill.bill_no}",
                line.bill.bill_id,
                line.share.principal_fen,
                line.share.late_fee_fen,
                line.share.collection_cost_fen,
            )
            for line in made.lines
        ]
    )


def postings_of(made: Plan, shift_id: str, stored_book: int | None) -> tuple[Posting, ...]:
    """Money in is positive, what it settles is negative; together nothing (domain_rules 10)."""
    given = [
        Posting(DRAWER if tender.kind == CASH else tender.kind, shift_id, tender.amount_fen)
        for tender in made.tenders
        if tender.kind != PREPAID
    ]
    back = [Posting(DRAWER, shift_id, -made.change_fen)]
    used = [Posting(PREPAID, str(book_id), amount_fen) for book_id, amount_fen in made.prepaid_used]
    settled = []
    for line in made.lines:
        bill_id, _, cost_fen, late_fee_fen, principal_fen = line.share
        subject = str(bill_id)
        if cost_fen:
            settled.append(Posting("cost", subject, -cost_fen))
        if late_fee_fen:
            settled.append(Posting("late_fee", subject, -late_fee_fen))
        if principal_fen:
            settled.append(Posting("receivable", subject, -principal_fen))
    kept = [Posting(PREPAID, str(stored_book), -made.stored_fen)]
    return nonzero([*given, *back, *used, *settled, *kept])


def body_of(
    account_id: int,
    wish: Wish,
    made: Plan,
    settled: Sequence[SettlementRow],
    stored_book: int | None,
    facts: ReceiptFacts,
    digest: str,
) -> dict[str, Any]:
    """What the entry says, enough to write every row of the payment again."""
    books = [[book_id, -amount_fen] for book_id, amount_fen in made.prepaid_used]
    if stored_book is not None:
        books.append([stored_book, made.stored_fen])
    return {
        "account_id": account_id,
        "settlements": [list(part) for part in settled],
        "tenders": [_tender_row(tender) for tender in made.tenders],
        "settled_fen": made.settled_fen,
        "received_fen": made.received_fen,
        "change_fen": made.change_fen,
        "prepaid_used_fen": made.prepaid_used_fen,
        "prepaid_stored_fen": made.stored_fen,
        "books": books,
        "late_fee_rules": {line.bill.bill_no: line.working.version for line in made.lines if line.share.late_fee_fen},
        "redirect_reason": mask_in_words(wish.redirect_reason) if wish.redirect_reason else "",
        "restored": [service.id for service in made.restored],
        "receipt": {
            "receipt_no": facts.receipt_no,
            "year": facts.year,
            "serial": facts.serial,
            "facts_sha256": digest,
        },
    }


def _tender_row(tender: Tender) -> list[str | int | None]:
    document_on = tender.document_on.isoformat() if tender.document_on else None
    return [tender.kind, tender.amount_fen, tender.reference, tender.bank, tender.document_no, document_on]
