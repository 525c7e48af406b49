"""Undone payments at the hub (冲正, 退费, 串户): the exact negation of what the hub holds, once; never money twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, NamedTuple

from counter_app.domain.approvals import is_from_afar
from counter_app.domain.deductions import DEDUCT
from counter_app.domain.rights import Right
from counter_app.domain.undo import KIND_OF, REFUND, TRANSFER, UNDONE_END
from counter_app.hub import approvals, books, guests, states
from counter_app.hub.accounts import COST, LATE_FEE, PREPAID, RECEIVABLE, WAITING
from counter_app.hub.batch import Batch
from counter_app.hub.entries import Arrived, Unfit, Waits, number, whole, words
from counter_app.hub.excess import Because, after_undo
from counter_app.hub.payments import Facts, Paid, facts_of, post_paid, put_settlement, with_row
from counter_app.hub.recover import FROM_RECEIPT
from counter_app.hub.rows import BILLS, LINES, SETTLEMENTS, SUSPENSE, UNDONE, Suspense, Undone
from counter_app.hub.slate import Slate
from counter_app.hub.tasks import close_task
from counter_app.hub.texts import entry_of, is_applied

KINDS = frozenset(KIND_OF.values())
TWICE = "undone_already"
"""Why an entry is kept apart that undoes a payment which another one has undone before it."""
OTHER_PAYMENT = "not_the_payment"
"""Why an entry is kept apart that says something else than what the payment was."""
PAYMENTS = frozenset(("payment.take", FROM_RECEIPT, DEDUCT))
_PAYMENT = "payment:"
_WAYS = {kind: way for way, kind in KIND_OF.items()}
UndoneRow = tuple[str, int, int, int, int, str]
"""A settlement that is taken back: its name, the bill, principal, late fee and cost below nothing, and its day."""


class Said(NamedTuple):
    """What an undo says of itself."""

    payment_id: str
    receipt_no: str
    reason_code: str
    rows: tuple[UndoneRow, ...]
    books: tuple[tuple[int, int], ...]
    tendered_fen: int
    services: tuple[tuple[int, str, str, str], ...]
    approvers: tuple[str, ...]


class Payment(NamedTuple):
    """The payment that is undone, as its own entry tells it."""

    entry: Arrived
    facts: Facts

    @property
    def taken_fen(self) -> int:
        """What came in by its tenders."""
        return sum(paid.total_fen for paid in self.facts.paid) + sum(fen for _, fen in self.facts.books)

    @property
    def worth_fen(self) -> int:
        """What goes back in all: by tenders, and into books out of which it was paid."""
        return self.taken_fen - sum(fen for _, fen in self.facts.books if fen < 0)


def awaited(payment_id: str) -> str:
    """The name under which an entry waits for a payment."""
    return f"{_PAYMENT}{payment_id}"[:100]


def payment_awaited(name: str) -> str:
    """The payment behind the name under which an entry waits; empty where it waits for something else."""
    return name.removeprefix(_PAYMENT) if name.startswith(_PAYMENT) else ""


def undo(slate: Slate, batch: Batch, entry: Arrived) -> None:
    """Undo a payment: what it settled, what it moved in books, and its tenders in the shift of the undo.

    Raises:
        Waits: the payment has not come yet, or is kept apart itself.
        Unfit: `unreadable`, `out_of_bounds`, `no_right`, `unknown_staff`, `no_approver`, `code_not_given`,
            `code_used`; `not_the_payment`: it is not exactly what the payment was; `undone_already`: another entry has
            undone it.
    """
    said = read_undo(entry)
    payment = payment_of(slate, batch, said.payment_id)
    _check(entry, said, payment)
    before = slate.find(UNDONE, batch.hall_id, said.payment_id)
    if before is not None:
        raise Unfit(TWICE, before.undo_id)
    _check_people(slate, batch, entry, payment, said.approvers, payment.worth_fen)
    for account, subject, fen in entry.postings:
        if subject == entry.shift_id or account == TRANSFER:
            slate.post(batch.hall_id, account, subject, fen)
    for paid in payment.facts.paid:
        _take_back(slate, batch, entry, said.payment_id, paid)
    for line, (book_id, fen) in enumerate(said.books, 1):
        _move_back(slate, batch, entry, payment, line, book_id, fen)
    states.bring_back(slate, batch, entry, said.services)
    _remember(slate, batch, entry, said, payment)


def read_undo(entry: Arrived) -> Said:
    """What an undo says of itself.

    Raises:
        Unfit: `unreadable`, `out_of_bounds`.
    """
    body = entry.body
    try:
        return Said(
            words(body["payment_id"]),
            words(body["receipt_no"]),
            words(body["reason_code"]),
            tuple([_row(*row) for row in body["settlements"]]),
            tuple([(number(book_id), whole(fen)) for book_id, fen in body["books"]]),
            sum([whole(row[1]) for row in body["tenders"]]),
            tuple([_service(*row) for row in body.get("services", ())]),
            tuple([words(staff_no) for staff_no in body["approvers"]]),
        )
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise Unfit("unreadable", type(error).__name__) from error


def payment_of(slate: Slate, batch: Batch, payment_id: str) -> Payment:
    """The payment that an entry is about.

    Raises:
        Waits: it has not come, or is not applied itself.
        Unfit: `not_the_payment`: it is none.
    """
    line = slate.find(LINES, batch.hall_id, payment_id)
    if line is None or (line.kind in PAYMENTS and not is_applied(slate, line)):
        raise Waits(awaited(payment_id))
    entry = entry_of(slate, batch, line) if line.kind in PAYMENTS else None
    if entry is None:
        raise Unfit(OTHER_PAYMENT, line.kind)
    return Payment(entry, facts_of(entry))


def retender(slate: Slate, batch: Batch, entry: Arrived) -> None:
    """A payment was paid by another tender than was written: out of the one, into the other, in the shift of the entry.

    Raises:
        Waits: the payment has not come yet.
        Unfit: `unreadable`, `out_of_bounds`, `no_right`, `unknown_staff`, `no_approver`, `code_not_given`,
            `code_used`; `not_the_payment`.
    """
    body = entry.body
    try:
        payment_id, out_fen = words(body["payment_id"]), whole(body["from"][1])
        in_fen = sum([whole(row[1]) for row in body["to"]])
    except (KeyError, TypeError, IndexError) as error:
        raise Unfit("unreadable", type(error).__name__) from error
    payment = payment_of(slate, batch, payment_id)
    moved = [fen for _, subject, fen in entry.postings if subject == entry.shift_id]
    is_right = len(moved) == len(entry.postings) and out_fen == in_fen == sum(fen for fen in moved if fen > 0)
    if not is_right:
        raise Unfit(OTHER_PAYMENT)
    _check_people(slate, batch, entry, payment, (entry.approver_no,) if entry.approver_no else (), in_fen)
    for account, subject, fen in entry.postings:
        slate.post(batch.hall_id, account, subject, fen)


def move_back(slate: Slate, batch: Batch, entry: Arrived) -> None:
    """What a second undo of a payment moved in books is put back by the hub: what it gave out is missing all the same,
    and stands in suspense.
    """
    said = read_undo(entry)
    payment = payment_of(slate, batch, said.payment_id)
    books.move_and_back(slate, batch, entry, said.books, whose=payment.facts.whose)


def _row(name: Any, bill_id: Any, principal: Any, late_fee: Any, cost: Any, settled_on: Any) -> UndoneRow:
    return words(name), number(bill_id), whole(principal), whole(late_fee), whole(cost), words(settled_on)


def _service(service_id: Any, state: Any, since_on: Any, reason: Any) -> tuple[int, str, str, str]:
    return number(service_id), words(state), words(since_on), words(reason)


def _check(entry: Arrived, said: Said, payment: Payment) -> None:
    """Hold an undo against its payment and against its own postings: the exact negation, to the fen and row by row."""
    facts = payment.facts
    # what was entered again from its receipt is settled on the day of that at the hub, and on the receipt's at the desk
    on = {row[0]: row[5] if payment.entry.kind == FROM_RECEIPT else payment.entry.business_date for row in said.rows}
    rows = [
        (f"{name}{UNDONE_END}", bill_id, -principal, -late_fee, -cost, on.get(f"{name}{UNDONE_END}", ""))
        for name, bill_id, principal, late_fee, cost in facts.paid
    ]
    back = [(book_id, -fen) for book_id, fen in facts.books]
    if (said.receipt_no, sorted(said.rows), list(said.books)) != (facts.receipt_no, sorted(rows), back):
        raise Unfit(OTHER_PAYMENT, "rows")
    left: defaultdict[tuple[str, str], int] = defaultdict(int)
    for _, bill_id, principal, late_fee, cost in facts.paid:
        left[RECEIVABLE, str(bill_id)] += principal
        left[LATE_FEE, str(bill_id)] += late_fee
        left[COST, str(bill_id)] += cost
    for book_id, fen in facts.books:
        left[PREPAID, str(book_id)] += fen
    is_move = _WAYS[entry.kind] == "move"
    gone_fen = 0
    for account, subject, fen in entry.postings:
        is_money = (account, subject) == (TRANSFER, said.payment_id) if is_move else subject == entry.shift_id
        if is_money:
            gone_fen += fen
        else:
            left[account, subject] -= fen
    if any(left.values()) or gone_fen != -payment.taken_fen or said.tendered_fen != gone_fen:
        raise Unfit(OTHER_PAYMENT, "postings")


def _check_people(
    slate: Slate, batch: Batch, entry: Arrived, payment: Payment, approvers: Sequence[str], amount_fen: int
) -> None:
    """Whoever took the payment, undoes it or corrects its tender does not sign for that (reliability I13, I14)."""
    batch.need(entry, Right.UNDO_PAYMENT)
    hands = {entry.staff_no, payment.entry.staff_no}
    is_right = len(set(approvers)) == len(approvers) and not hands & set(approvers)
    if not approvers or approvers[0] != entry.approver_no or not is_right:
        raise Unfit("no_approver")
    # finance has a word in what is refunded of a month that is over
    late = Right.SIGN_LATE_UNDO if entry.kind == REFUND else Right.SIGN_OFF
    for place, approver in enumerate(approvers):
        if is_from_afar(approver):
            approvals.use(slate, batch.hall_id, entry, approver, amount_fen, hands=hands)
        else:
            batch.need(entry, late if place else Right.SIGN_OFF, staff_no=approver)


def _take_back(slate: Slate, batch: Batch, entry: Arrived, payment_id: str, paid: Paid) -> None:
    """Take back what was paid of one bill, where the bill is, or out of suspense where none is known."""
    waiting = slate.find(SUSPENSE, batch.hall_id, paid.settlement_id)
    if waiting is not None and waiting.cleared_by is None:
        _let_go(slate, batch, entry, waiting)
        return
    home_id, _ = guests.home_of(slate, batch.hall_id, "bill", paid.bill_id)
    held = slate.find(SETTLEMENTS, home_id, paid.settlement_id)
    if held is None or held.entry_id != payment_id or held[4:7] != paid[2:]:
        raise Unfit(OTHER_PAYMENT, "settlement")
    # the hub may have it on a bill of another id, whose number is the one that was paid
    bill = slate.need(BILLS, home_id, held.bill_id)
    guests.post_between(slate, batch.hall_id, home_id, -paid.total_fen)
    post_paid(slate, home_id, paid, -1)
    row = held._replace(
        settlement_id=f"{paid.settlement_id}{UNDONE_END}",
        principal_fen=-paid.principal_fen,
        late_fee_fen=-paid.late_fee_fen,
        cost_fen=-paid.cost_fen,
        counter_id=entry.counter_id,
        entry_id=entry.entry_id,
    )
    put_settlement(slate, row)
    now = with_row(bill, row)
    slate.put(BILLS, now)
    after_undo(slate, Because(batch.at, entry.entry_id, entry.counter_id), now, held)


def _move_back(slate: Slate, batch: Batch, entry: Arrived, payment: Payment, line: int, book_id: int, fen: int) -> None:
    waiting = slate.find(SUSPENSE, batch.hall_id, f"{payment.entry.entry_id}:{line}")
    if waiting is not None and waiting.cleared_by is None:
        _let_go(slate, batch, entry, waiting)
    else:
        books.move(slate, batch, entry, line, book_id, fen, whose=payment.facts.whose)


def _let_go(slate: Slate, batch: Batch, entry: Arrived, waiting: Suspense) -> None:
    """What still waited for its bill or book has gone back, and waits no more."""
    slate.post(batch.hall_id, WAITING, "", waiting.amount_fen)
    slate.put(SUSPENSE, waiting._replace(cleared_by=entry.entry_id))
    close_task(slate, batch.hall_id, waiting.task_id, batch.at, way="undone", entry_id=entry.entry_id)


def _remember(slate: Slate, batch: Batch, entry: Arrived, said: Said, payment: Payment) -> None:
    on, counter_id = entry.business_date, entry.counter_id
    told = (said.payment_id, entry.entry_id, _WAYS[entry.kind], counter_id, on, said.receipt_no, said.reason_code)
    row = Undone(batch.hall_id, *told, payment.taken_fen, None)
    slate.put(UNDONE, row)
    slate.tell_row(batch.hall_id, "undone", body_of(row))


def body_of(row: Undone) -> dict[str, Any]:
    """The row of an undone payment as a feed and a snapshot bring it."""
    return {
        "payment_id": row.payment_id,
        "undo_id": row.undo_id,
        "way": row.way,
        "counter_id": row.counter_id,
        "business_date": row.business_date,
        "receipt_no": row.receipt_no,
        "reason_code": row.reason_code,
    }
