"""An automatic deduction at the hub: bills paid out of books in the hub's order; what was too much is back in them."""

from __future__ import annotations

from collections import defaultdict

from counter_app.domain.deductions import BY_ITSELF
from counter_app.domain.rights import Right
from counter_app.hub import books
from counter_app.hub.accounts import COST, CREDIT, LATE_FEE, PREPAID, RECEIVABLE
from counter_app.hub.batch import Batch
from counter_app.hub.credits import EXCESS
from counter_app.hub.entries import Arrived, Unfit
from counter_app.hub.payments import Facts, facts_of, settle
from counter_app.hub.rows import BOOKS, CREDITS, BookSum, Credit
from counter_app.hub.settling import PREPAID_WAY
from counter_app.hub.slate import Slate
from counter_app.hub.tasks import close_task


def deduct(slate: Slate, batch: Batch, entry: Arrived) -> bool:
    """Apply a deduction; whether all of it found its place.

    What is too much of a bill by now (another counter has taken the money, or deducted as well) is in the books again
    by moves of the hub's own, and nobody has to do anything: it never was anywhere else.

    Raises:
        Unfit: `unreadable`, `out_of_bounds`; `incoherent`: it says something else than its postings, or moves other
            money than that of books; `no_right`, `unknown_staff`, `intent_used`.
    """
    facts = _read(entry)
    if entry.staff_no != BY_ITSELF:
        batch.need(entry, Right.SIGN_OFF)
    is_placed = True
    for paid in facts.paid:
        is_placed &= settle(slate, batch, entry, paid, facts.receipt_no)
    back = defaultdict[int, int](int)
    for credit in _credits(slate, batch, entry, facts):
        _give_back(slate, batch, entry, credit, facts, back)
    # what goes in comes first: no book is below nothing only for a moment
    for line, (book_id, fen) in enumerate(facts.books, 1):
        is_placed &= books.move(slate, batch, entry, line, book_id, fen, whose=facts.whose)
    return is_placed


def _read(entry: Arrived) -> Facts:
    try:
        facts = facts_of(entry)
    except (KeyError, TypeError, ValueError) as error:
        raise Unfit("unreadable", type(error).__name__) from error
    said = defaultdict[tuple[str, str], int](int)
    for _, bill_id, principal_fen, late_fee_fen, cost_fen in facts.paid:
        said[RECEIVABLE, str(bill_id)] -= principal_fen
        said[LATE_FEE, str(bill_id)] -= late_fee_fen
        said[COST, str(bill_id)] -= cost_fen
    for book_id, fen in facts.books:
        said[PREPAID, str(book_id)] -= fen
    for account, subject, fen in entry.postings:
        said[account, subject] -= fen
    if any(said.values()) or any(fen >= 0 for _, fen in facts.books) or not facts.paid:
        raise Unfit("incoherent")
    return facts


def _credits(slate: Slate, batch: Batch, entry: Arrived, facts: Facts) -> list[Credit]:
    found = [slate.find(CREDITS, batch.hall_id, f"{paid.settlement_id}{EXCESS}") for paid in facts.paid]
    return [credit for credit in found if credit and credit.spent_by is None and credit.entry_id == entry.entry_id]


def _give_back(
    slate: Slate, batch: Batch, entry: Arrived, credit: Credit, facts: Facts, back: defaultdict[int, int]
) -> None:
    """Put a credit into the books that paid it, the last one first; one that the hub does not know leaves it owed, for
    a person.
    """
    parts, left_fen = list[tuple[int, BookSum, int]](), credit.amount_fen
    for line, (book_id, fen) in reversed(list(enumerate(facts.books, 1))):
        part_fen, held = min(left_fen, -fen - back[line]), books.known(slate, batch.hall_id, book_id, facts.whose)
        if part_fen > 0 and held is not None:
            parts.append((line, held, part_fen))
            left_fen -= part_fen
    if left_fen:
        return
    for line, held, part_fen in parts:
        name = f"{books.UNDONE}:{entry.entry_id}:{line}:{credit.bill_id}"
        now = slate.need(BOOKS, held.hall_id, held.book_id)
        books.apply_move(slate, batch.at, now, (name, part_fen, entry.counter_id, batch.at, entry.entry_id))
        back[line] += part_fen
    slate.post(batch.hall_id, CREDIT, "", credit.amount_fen)
    slate.put(CREDITS, credit._replace(spent_by=entry.entry_id, way=PREPAID_WAY))
    close_task(slate, batch.hall_id, credit.task_id, batch.at, way=PREPAID_WAY, entry_id=entry.entry_id)
