"""The entry of a payment: what it settles, what it says, and its postings, all made from the plan."""

from __future__ import annotations

from collections.abc import Sequence

from counter_app.domain.journal import BodyText, Posting, nonzero
from counter_app.domain.masks import mask_in_words
from counter_app.domain.payments import CASH, PREPAID, Plan, Tender, Wish
from counter_app.domain.plain_json import text, whole
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


def postings_of(made: Plan, shift_id: str, stored_book: int | None, moved_from: str = "") -> tuple[Posting, ...]:
    """Money in is positive, what it settles is negative; together nothing (domain_rules 10). What is moved here comes
    out of the payment `moved_from`, and no drawer has it.
    """
    given = [
        Posting(DRAWER if tender.kind == CASH else tender.kind, moved_from or shift_id, tender.amount_fen)
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
) -> BodyText:
    """What the entry says, enough to write every row of the payment again: canonical JSON, its keys in their order."""
    books = [f"[{whole(book_id)},{whole(-amount_fen)}]" for book_id, amount_fen in made.prepaid_used]
    if stored_book is not None:
        books.append(f"[{whole(stored_book)},{whole(made.stored_fen)}]")
    rules = {line.bill.bill_no: line.working.version for line in made.lines if line.share.late_fee_fen}
    reason = mask_in_words(wish.redirect_reason) if wish.redirect_reason else ""
    return BodyText(
        f'{{"account_id":{whole(account_id)},"account_no":{text(facts.account_no)}'
        f',"books":[{",".join(books)}],"change_fen":{whole(made.change_fen)}'
        f',"late_fee_rules":{{{",".join([f"{text(no)}:{text(of)}" for no, of in sorted(rules.items())])}}}'
        f',"prepaid_stored_fen":{whole(made.stored_fen)},"prepaid_used_fen":{whole(made.prepaid_used_fen)}'
        f',"receipt":{{"facts_sha256":{text(digest)},"receipt_no":{text(facts.receipt_no)}'
        f',"serial":{whole(facts.serial)},"year":{whole(facts.year)}}}'
        f',"received_fen":{whole(made.received_fen)},"redirect_reason":{text(reason)}'
        f',"restored":[{",".join([whole(service.id) for service in made.restored])}]'
        f',"settled_fen":{whole(made.settled_fen)},"settlements":[{",".join(map(_settlement, settled))}]'
        f',"tenders":[{",".join(map(_tender, made.tenders))}]}}'
    )


def _settlement(row: SettlementRow) -> str:
    name, bill_id, principal_fen, late_fee_fen, cost_fen = row
    return f"[{text(name)},{whole(bill_id)},{whole(principal_fen)},{whole(late_fee_fen)},{whole(cost_fen)}]"


def _tender(tender: Tender) -> str:
    document_on = f'"{tender.document_on.isoformat()}"' if tender.document_on else "null"
    return (
        f"[{text(tender.kind)},{whole(tender.amount_fen)},{text(tender.reference)},{text(tender.bank)}"
        f",{text(tender.document_no)},{document_on}]"
    )
