"""Credits: what a customer is owed because a bill was paid twice or made smaller; spent once, by one entry."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import select

from counter_app.domain.rights import Right
from counter_app.hub import books
from counter_app.hub import tables as t
from counter_app.hub.accounts import COST, CREDIT, ELSEWHERE, LATE_FEE, PREPAID, RECEIVABLE, WAITING
from counter_app.hub.batch import Batch
from counter_app.hub.entries import Arrived, Unfit, Waits, number, whole, words
from counter_app.hub.rows import CREDITS, LINES, SETTLEMENTS, SUSPENSE, BillSum, Credit, Settlement, Suspense
from counter_app.hub.slate import Slate
from counter_app.hub.sql import find
from counter_app.hub.tasks import BILL_CHANGED, DUPLICATE, Work, close_task, open_task

PREPAID_WAY, CASH_WAY = "prepaid", "cash"
"""How a credit is settled: into a prepaid book of the account, or in cash out of the drawer."""
EXCESS = ":excess"
"""What the name of a settlement has at its end where it takes off what was too much of another one."""
SPENT = "credit_spent"
"""Why an entry is kept apart that gives back what another one gave back before it."""


def awaited(credit_id: str) -> str:
    """The name under which an entry waits for a credit."""
    return f"credit:{credit_id}"


def give_credit(
    slate: Slate, at: str, bill: BillSum, row: Settlement, too_much: Settlement, *, is_changed: bool = False
) -> None:
    """Owe the account what was too much of a settlement, with a task that has everything the customer is told.

    `is_changed` says that the bill was made smaller since; otherwise it was paid twice.
    """
    hall_id = bill.hall_id
    amount_fen = -(too_much.principal_fen + too_much.late_fee_fen + too_much.cost_fen)
    if row.source == "counter":
        slate.post(hall_id, RECEIVABLE, "", -too_much.principal_fen)
        slate.post(hall_id, LATE_FEE, "", -too_much.late_fee_fen)
        slate.post(hall_id, COST, "", -too_much.cost_fen)
    else:
        # that money was never in a drawer of the hall
        slate.post(hall_id, ELSEWHERE, "", amount_fen)
    slate.post(hall_id, CREDIT, "", -amount_fen)
    other = None if is_changed else last_paid(slate, bill, besides=row.settlement_id)
    credit_id = too_much.settlement_id
    month = slate.master(hall_id, "bill", bill.bill_id)
    facts = {
        "credit_id": credit_id,
        "bill_id": bill.bill_id,
        "bill_no": bill.bill_no,
        "month": json.loads(month.body)["month"] if month else "",
        "principal_fen": -too_much.principal_fen,
        "late_fee_fen": -too_much.late_fee_fen,
        "cost_fen": -too_much.cost_fen,
        "this": _told(slate, row),
        "other": None if other is None else _told(slate, other),
    }
    kind = BILL_CHANGED if other is None else DUPLICATE
    work = Work(kind, credit_id, row.counter_id, amount_fen, facts, bill.customer_id, bill.account_id)
    task_id = open_task(slate, hall_id, at, work)
    slate.put(
        CREDITS,
        Credit(
            hall_id,
            credit_id,
            bill.account_id,
            bill.customer_id,
            bill.bill_id,
            amount_fen,
            row.entry_id,
            task_id,
            None,
            None,
        ),
    )


def settle_credit(slate: Slate, batch: Batch, entry: Arrived) -> None:
    """A credit goes into a prepaid book, or back in cash: `credit.settled`.

    Raises:
        Waits: the credit is not known yet.
        Unfit: `unreadable`, `out_of_bounds`, `incoherent`, `no_right`, `unknown_staff`, `no_approver`;
            `credit_spent`: another entry has settled it.
    """
    body = entry.body
    try:
        credit_id, way, amount_fen = words(body["credit_id"]), body["way"], whole(body["amount_fen"])
        book_id = number(body["book_id"]) if way == PREPAID_WAY else 0
    except (KeyError, TypeError) as error:
        raise Unfit("unreadable", type(error).__name__) from error
    _check_postings(entry, credit_id, way, amount_fen, book_id)
    batch.need(entry, Right.TAKE_PAYMENT)
    if not entry.approver_no or entry.approver_no == entry.staff_no:
        raise Unfit("no_approver")
    batch.need(entry, Right.SIGN_OFF, staff_no=entry.approver_no)
    credit = slate.find(CREDITS, batch.hall_id, credit_id) or _of_same_bill(slate, batch.hall_id, credit_id, amount_fen)
    if credit is None:
        raise Waits(awaited(credit_id))
    if credit.spent_by is not None:
        raise Unfit(SPENT, credit.spent_by)
    if credit.amount_fen != amount_fen:
        raise Unfit("incoherent")
    slate.put(CREDITS, credit._replace(spent_by=entry.entry_id, way=way))
    slate.post(batch.hall_id, CREDIT, "", amount_fen)
    for account, subject, fen in entry.postings:
        if subject == entry.shift_id:
            slate.post(batch.hall_id, account, subject, fen)
    if way == PREPAID_WAY and not books.is_put_in(slate, batch.hall_id, entry):
        books.move(slate, batch, entry, 1, book_id, amount_fen, account_id=credit.account_id)
    close_task(slate, batch.hall_id, credit.task_id, batch.at, way=way, entry_id=entry.entry_id)


def _of_same_bill(slate: Slate, hall_id: str, credit_id: str, amount_fen: int) -> Credit | None:
    """The credit that stands for one which this history of the hub does not have.

    Which of two payments of a bill was too much is a matter of the hub's order, and a hub that has lost its tail may
    order them otherwise: the same sum of the same bill is owed under the other payment's name, and was given back.
    """
    paid = slate.find(SETTLEMENTS, hall_id, credit_id.removesuffix(EXCESS))
    if paid is None:
        return None
    rows = find(slate.ground.connection, t.credits_, "bill_id", [paid.bill_id], hall_id=hall_id)
    found = {row.credit_id: row for row in (Credit(*kept) for kept in rows)}
    found.update(
        {row.credit_id: row for row in slate.made(CREDITS) if (row.hall_id, row.bill_id) == (hall_id, paid.bill_id)}
    )
    same = [row for row in found.values() if row.spent_by is None and row.amount_fen == amount_fen]
    return min(same, default=None)


def names_of(slate: Slate, credit: Credit) -> set[str]:
    """The names under which entries may wait for a credit: its own, and those of the bill's other payments."""
    rows = find(slate.ground.connection, t.settlements, "bill_id", [credit.bill_id], hall_id=credit.hall_id)
    paid = [*(Settlement(*kept) for kept in rows), *slate.made(SETTLEMENTS)]
    of_bill = {row.settlement_id for row in paid if (row.hall_id, row.bill_id) == (credit.hall_id, credit.bill_id)}
    return {awaited(credit.credit_id), *(awaited(f"{settlement_id}{EXCESS}") for settlement_id in of_bill)}


def hold_in_book(slate: Slate, batch: Batch, entry: Arrived, place: str) -> None:
    """What an entry that waits for its credit has put into a book is there, as the customer was told; the other side is
    suspense.
    """
    body = entry.body
    account_id = body.get("account_id")
    if body["way"] != PREPAID_WAY or type(account_id) is not int:
        return
    fen = whole(body["amount_fen"])
    held = books.put_in(slate, batch, entry, number(body["book_id"]), fen, account_id=account_id)
    if held is not None:
        slate.post(batch.hall_id, WAITING, "", fen)
        facts = json.dumps({"in_shift": []})
        slate.put(SUSPENSE, Suspense(batch.hall_id, place, entry.entry_id, "entry", None, -fen, facts, "", None))


def take_back(slate: Slate, batch: Batch, entry: Arrived) -> None:
    """Take out of a book again what an entry put there that is kept apart because the credit was spent before it."""
    body = entry.body
    if body["way"] == PREPAID_WAY:
        credit = slate.need(CREDITS, batch.hall_id, body["credit_id"])
        fen = whole(body["amount_fen"])
        books.move_and_back(slate, batch, entry, number(body["book_id"]), fen, account_id=credit.account_id)


def _check_postings(entry: Arrived, credit_id: str, way: object, amount_fen: int, book_id: int) -> None:
    from_credit = (CREDIT, credit_id, amount_fen)
    if way == PREPAID_WAY:
        expected = {from_credit, (PREPAID, str(book_id), -amount_fen)}
        is_right = set(entry.postings) == expected
    else:
        others = [line for line in entry.postings if line != from_credit]
        is_right = way == CASH_WAY and from_credit in entry.postings
        is_right &= len(others) == 1 and others[0][1:] == (entry.shift_id, -amount_fen)
    if not is_right or amount_fen <= 0 or len(entry.postings) != 2:
        raise Unfit("incoherent")


def last_paid(slate: Slate, bill: BillSum, *, besides: str = "") -> Settlement | None:
    """The latest settlement that paid principal or cost of a bill and was not taken off again."""
    s = t.settlements
    question = select(s).where(s.c.hall_id == bill.hall_id, s.c.bill_id == bill.bill_id)
    rows = {
        found.settlement_id: found
        for found in (Settlement(*kept) for kept in slate.ground.connection.execute(question))
    }
    rows.update(
        {
            made.settlement_id: made
            for made in slate.made(SETTLEMENTS)
            if (made.hall_id, made.bill_id) == (bill.hall_id, bill.bill_id)
        }
    )
    paid = [
        found
        for found in rows.values()
        if found.settlement_id != besides
        and found.principal_fen + found.cost_fen > 0
        and f"{found.settlement_id}{EXCESS}" not in rows
    ]
    return max(paid, key=lambda found: (found.settled_on, found.settlement_id), default=None)


def _told(slate: Slate, row: Settlement) -> dict[str, Any]:
    """What a customer is told of a payment: how much, when, where, and the number on the receipt."""
    # a guest's payment has its line where it was taken
    halls = dict.fromkeys([row.hall_id, *(guest.hall_id for guest in slate.ground.guests.values())])
    lines = [slate.find(LINES, hall_id, row.entry_id) for hall_id in halls] if row.entry_id else []
    line = next(filter(None, lines), None)
    return {
        "amount_fen": row.principal_fen + row.late_fee_fen + row.cost_fen,
        "settled_on": row.settled_on,
        "channel": row.channel,
        "counter_id": row.counter_id,
        "entry_id": row.entry_id,
        "receipt_no": line.receipt_no if line else None,
    }
