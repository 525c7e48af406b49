"""A payment at the hub: settled in the hub's order; what is too much becomes a credit, what fits nowhere suspense."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from typing import Any, NamedTuple

from counter_app.domain.deductions import CHANNEL, DEDUCT
from counter_app.domain.rights import Right
from counter_app.domain.undo import TRANSFER
from counter_app.hub import books, guests
from counter_app.hub import tables as t
from counter_app.hub.accounts import COST, LATE_FEE, PREPAID, RECEIVABLE, RECOVERED, WAITING
from counter_app.hub.batch import Batch
from counter_app.hub.calls import json_text
from counter_app.hub.credits import give_credit
from counter_app.hub.entries import Arrived, Unfit, Waits, number, whole, words
from counter_app.hub.rows import BILLS, SETTLEMENTS, SUSPENSE, UNDONE, BillSum, Settlement, Suspense
from counter_app.hub.slate import Slate
from counter_app.hub.sql import find
from counter_app.hub.tasks import SUSPENSE as WAITS_FOR_BILL
from counter_app.hub.tasks import Work, close_task, open_task

MOVED_ALREADY = "moved_already"
"""Why a payment is kept apart whose money has gone another way before: two copies of a file moved one payment, or one
moved it and the other gave it back.
"""


class Paid(NamedTuple):
    """What a payment paid of one bill."""

    settlement_id: str
    bill_id: int
    principal_fen: int
    late_fee_fen: int
    cost_fen: int

    @property
    def total_fen(self) -> int:
        """Everything together."""
        return self.principal_fen + self.late_fee_fen + self.cost_fen


class Facts(NamedTuple):
    """What a payment says, held against its own postings."""

    whose: books.Whose
    paid: tuple[Paid, ...]
    books: tuple[tuple[int, int], ...]
    receipt_no: str


def read_payment(entry: Arrived) -> Facts:
    """The facts of a payment.

    Raises:
        Unfit: `unreadable`, `out_of_bounds`; `incoherent`: the body says something else than the postings.
    """
    body = entry.body
    try:
        found = _facts(body, words(body["receipt"]["receipt_no"]))
        taken_fen = _amount(body["received_fen"]) - _amount(body["change_fen"])
    except (KeyError, TypeError, ValueError) as error:
        raise Unfit("unreadable", type(error).__name__) from error
    said: defaultdict[tuple[str, str], int] = defaultdict(int)
    for _, bill_id, principal_fen, late_fee_fen, cost_fen in found.paid:
        said[RECEIVABLE, str(bill_id)] -= principal_fen
        said[LATE_FEE, str(bill_id)] -= late_fee_fen
        said[COST, str(bill_id)] -= cost_fen
    for book_id, fen in found.books:
        said[PREPAID, str(book_id)] -= fen
    for account, subject, fen in entry.postings:
        if subject != entry.shift_id and account != TRANSFER:
            said[account, subject] -= fen
    if any(said.values()) or taken_fen != entry.taken_fen:
        raise Unfit("incoherent")
    return found


def take(slate: Slate, batch: Batch, entry: Arrived) -> bool:
    """Apply a payment; whether all of it found its place.

    Raises:
        Unfit: those of `read_payment` and `Batch.need`; `intent_used`: its settlements are known from another entry.
            `moved_already`: the other payment's money went elsewhere before.
        Waits: its money comes from another payment, of which the hub does not know yet that it was moved.
    """
    facts = read_payment(entry)
    batch.need(entry, Right.TAKE_PAYMENT)
    hall_id = batch.hall_id
    for account, subject, fen in entry.postings:
        if subject == entry.shift_id:
            slate.post(hall_id, account, subject, fen)
        elif account == TRANSFER:
            _take_over(slate, hall_id, entry, subject, fen)
    return _place(slate, batch, entry, facts)


def moved(payment_id: str) -> str:
    """The name under which a payment waits for the move of its money."""
    return f"moved:{payment_id}"


def _take_over(slate: Slate, hall_id: str, entry: Arrived, payment_id: str, fen: int) -> None:
    undone = slate.find(UNDONE, hall_id, payment_id)
    if undone is None:
        raise Waits(moved(payment_id)[:100])
    if undone.moved_to is not None or undone.way != "move":
        raise Unfit(MOVED_ALREADY, undone.moved_to or undone.undo_id)
    if undone.amount_fen != fen:
        raise Unfit("incoherent")
    slate.put(UNDONE, undone._replace(moved_to=entry.entry_id))
    slate.post(hall_id, TRANSFER, payment_id, fen)


def reenter(slate: Slate, batch: Batch, entry: Arrived) -> bool:
    """Apply a payment by its printed receipt: its cash lay in a drawer whose journal is lost.

    Raises:
        Unfit: as for `take`; `incoherent`: the sum is not that of what was paid.
    """
    body = entry.body
    try:
        facts = _facts(body, words(body["receipt_no"]))
        taken_fen = _amount(body["amount_fen"])
    except (KeyError, TypeError, ValueError) as error:
        raise Unfit("unreadable", type(error).__name__) from error
    placed_fen = sum(paid.total_fen for paid in facts.paid) + sum(fen for _, fen in facts.books)
    spent_fen = -sum(fen for _, fen in facts.books if fen < 0)
    if taken_fen != placed_fen + spent_fen:
        raise Unfit("incoherent")
    batch.need(entry, Right.TAKE_PAYMENT)
    slate.post(batch.hall_id, RECOVERED, "", placed_fen)
    return _place(slate, batch, entry, facts)


def facts_of(entry: Arrived) -> Facts:
    """The facts of a payment that was applied, however it came."""
    body = entry.body
    return _facts(body, body["receipt"]["receipt_no"] if "receipt" in body else body["receipt_no"])


def _facts(body: Mapping[str, Any], receipt_no: str) -> Facts:
    paid = tuple([Paid(words(sid), number(bill), *map(_amount, fen)) for sid, bill, *fen in body["settlements"]])
    moved = tuple([(number(book), whole(fen)) for book, fen in body["books"]])
    if len({one.settlement_id for one in paid}) != len(paid):
        raise Unfit("incoherent")
    return Facts(books.Whose.said_in(body, number(body["account_id"])), paid, moved, receipt_no)


def _place(slate: Slate, batch: Batch, entry: Arrived, facts: Facts) -> bool:
    is_placed = True
    for paid in facts.paid:
        is_placed &= settle(slate, batch, entry, paid, facts.receipt_no)
    for line, (book_id, fen) in enumerate(facts.books, 1):
        is_placed &= books.move(slate, batch, entry, line, book_id, fen, whose=facts.whose)
    return is_placed


def settle(slate: Slate, batch: Batch, entry: Arrived, paid: Paid, receipt_no: str) -> bool:
    """Put what was paid of one bill where the bill is: in the own hall, or at the home of a guest.

    Raises:
        Unfit: `intent_used`.
    """
    home_id, bill = bill_of(slate, batch.hall_id, paid)
    is_used = slate.find(SETTLEMENTS, home_id, paid.settlement_id) is not None
    if is_used or slate.find(SUSPENSE, batch.hall_id, paid.settlement_id) is not None:
        raise Unfit("intent_used")
    if bill is None:
        _suspend(slate, batch, entry, paid, receipt_no)
        return False
    guests.post_between(slate, batch.hall_id, home_id, paid.total_fen)
    post_paid(slate, home_id, paid, 1)
    row = Settlement(
        home_id,
        paid.settlement_id,
        bill.bill_id,
        entry.business_date,
        paid.principal_fen,
        paid.late_fee_fen,
        paid.cost_fen,
        "counter",
        channel_of(entry),
        entry.counter_id,
        entry.entry_id,
    )
    apply_settlement(slate, batch.at, bill, row)
    return True


def channel_of(entry: Arrived) -> str:
    """By which way an entry of a counter settles."""
    return CHANNEL if entry.kind == DEDUCT else "counter"


def apply_settlement(slate: Slate, at: str, bill: BillSum, row: Settlement) -> None:
    """Write a settlement, and take what is too much off again into a credit."""
    put_settlement(slate, row)
    now = with_row(bill, row)
    too_much = excess_of(bill, row)
    if too_much is not None:
        put_settlement(slate, too_much)
        now = with_row(now, too_much)
        give_credit(slate, at, bill, row, too_much)
    slate.put(BILLS, now)


def put_settlement(slate: Slate, row: Settlement) -> None:
    """Write a settlement and tell the hall."""
    slate.put(SETTLEMENTS, row)
    slate.tell(row.hall_id, "settlement", settlement_text(row))


def settlement_text(row: Settlement) -> str:
    """The body of a settlement's row, key by key: there is one for every bill paid."""
    text = json.encoder.encode_basestring
    return (
        f'{{"bill_id":{row.bill_id},"channel":{text(row.channel)},"cost_fen":{row.cost_fen}'
        f',"counter_id":{text(row.counter_id)},"late_fee_fen":{row.late_fee_fen},"principal_fen":{row.principal_fen}'
        f',"settled_on":{text(row.settled_on)},"settlement_id":{text(row.settlement_id)},"source":{text(row.source)}}}'
    )


def try_again(slate: Slate, batch: Batch, waiting: Suspense) -> bool:
    """Put suspended money where it belongs, now that its bill is known; whether it is."""
    facts: dict[str, Any] = json.loads(waiting.facts)
    paid = Paid(*facts["paid"])
    home_id, bill = bill_of(slate, batch.hall_id, paid)
    # a guest's home has to be held, or nobody there would hear of it
    if bill is None or home_id not in slate.ground.ends:
        return False
    guests.post_between(slate, batch.hall_id, home_id, paid.total_fen)
    post_paid(slate, home_id, paid, 1)
    slate.post(batch.hall_id, WAITING, "", paid.total_fen)
    row = Settlement(home_id, paid.settlement_id, bill.bill_id, *facts["row"])
    apply_settlement(slate, batch.at, bill, row)
    slate.put(SUSPENSE, waiting._replace(cleared_by=row.settlement_id))
    close_task(slate, batch.hall_id, waiting.task_id, batch.at, bill_no=bill.bill_no)
    return True


def bill_of(slate: Slate, hall_id: str, paid: Paid) -> tuple[str, BillSum | None]:
    """The bill that was paid and the hall where it is at home. A settlement's name ends with the bill's number: the id
    of a bill that the hub has lost with its tail may have been given to another one since.
    """
    home_id, bill_id = hall_id, paid.bill_id
    bill = slate.find(BILLS, home_id, bill_id)
    if bill is None:
        home_id, bill_id = guests.home_of(slate, home_id, "bill", bill_id)
        bill = slate.find(BILLS, home_id, bill_id)
    bill_no = paid.settlement_id.partition(":")[2]
    if bill_no and (bill is None or bill.bill_no != bill_no):
        return home_id, _numbered(slate, home_id, bill_no)
    return home_id, bill


def _numbered(slate: Slate, hall_id: str, bill_no: str) -> BillSum | None:
    for bill in slate.made(BILLS):
        if (bill.hall_id, bill.bill_no) == (hall_id, bill_no):
            return bill
    rows = find(slate.ground.connection, t.master_rows, "key", [bill_no], hall_id=hall_id, kind="bill")
    return slate.find(BILLS, hall_id, rows[0][3]) if rows else None


def _suspend(slate: Slate, batch: Batch, entry: Arrived, paid: Paid, receipt_no: str) -> None:
    slate.post(batch.hall_id, WAITING, "", -paid.total_fen)
    row = (
        entry.business_date,
        *paid[2:],
        "counter",
        channel_of(entry),
        entry.counter_id,
        entry.entry_id,
    )
    work = Work(
        WAITS_FOR_BILL,
        paid.settlement_id,
        entry.counter_id,
        paid.total_fen,
        {"bill_id": paid.bill_id, "entry_id": entry.entry_id, "receipt_no": receipt_no},
        customer_id=entry.customer_id,
    )
    task_id = open_task(slate, batch.hall_id, batch.at, work)
    facts = json_text({"paid": list(paid), "row": list(row)})
    slate.put(
        SUSPENSE,
        Suspense(
            batch.hall_id,
            paid.settlement_id,
            entry.entry_id,
            "bill",
            paid.bill_id,
            paid.total_fen,
            facts,
            task_id,
            None,
        ),
    )


def post_paid(slate: Slate, hall_id: str, paid: Paid, sign: int) -> None:
    """Post what was paid of a bill, or with -1 that it was not."""
    slate.post(hall_id, RECEIVABLE, "", -sign * paid.principal_fen)
    slate.post(hall_id, LATE_FEE, "", -sign * paid.late_fee_fen)
    slate.post(hall_id, COST, "", -sign * paid.cost_fen)


def with_row(bill: BillSum, row: Settlement, sign: int = 1) -> BillSum:
    """A bill with one more settlement, or with -1 without it."""
    # made anew: `_replace` costs four times as much, and there is one for every bill paid
    return BillSum(
        *bill[:-3],
        bill.settled_principal_fen + sign * row.principal_fen,
        bill.settled_late_fee_fen + sign * row.late_fee_fen,
        bill.settled_cost_fen + sign * row.cost_fen,
    )


def excess_of(bill: BillSum, row: Settlement) -> Settlement | None:
    """What a settlement paid beyond what its bill still asked, as a settlement of its own with negative amounts.

    A payment whose principal is wholly too much was a second one: its late fee and cost go with it. A late fee beside
    a principal that was still owed, in part at least, stays.
    """
    open_fen = max(0, bill.principal_fen - bill.settled_principal_fen)
    open_cost_fen = max(0, bill.cost_fen - bill.settled_cost_fen)
    principal_fen = max(0, row.principal_fen - open_fen)
    if principal_fen and principal_fen == row.principal_fen:
        late_fee_fen, cost_fen = row.late_fee_fen, row.cost_fen
    else:
        late_fee_fen, cost_fen = 0, max(0, row.cost_fen - open_cost_fen)
    if not (principal_fen or late_fee_fen or cost_fen):
        return None
    return row._replace(
        settlement_id=f"{row.settlement_id}:excess",
        principal_fen=-principal_fen,
        late_fee_fen=-late_fee_fen,
        cost_fen=-cost_fen,
        source="hub",
        channel="hub",
    )


def too_much_of(bill: BillSum, name: str, on: str, *, frozen_fen: int = 0) -> Settlement | None:
    """What is settled of a bill beyond what it asks since it was made smaller: a settlement with negative amounts. What
    is frozen of it nobody has paid.
    """
    principal_fen = max(0, bill.settled_principal_fen - frozen_fen - bill.principal_fen)
    cost_fen = max(0, bill.settled_cost_fen - bill.cost_fen)
    if not (principal_fen or cost_fen):
        return None
    row = (bill.bill_id, on, -principal_fen, 0, -cost_fen, "hub", "hub", "", None)
    return Settlement(bill.hall_id, f"{name}:excess", *row)


def _amount(value: object) -> int:
    fen = whole(value)
    if fen < 0:
        raise Unfit("out_of_bounds")
    return fen
