"""Credits: what a customer is owed since a bill was paid twice or made smaller, with all that the customer is told."""

from __future__ import annotations

import json
from typing import Any

from counter_app.domain.bills import DISPUTE
from counter_app.domain.disputes import NOT_MONEY
from counter_app.domain.undo import UNDONE_END
from counter_app.hub import tables as t
from counter_app.hub.accounts import COST, CREDIT, ELSEWHERE, LATE_FEE, RECEIVABLE
from counter_app.hub.rows import CREDITS, LINES, SETTLEMENTS, BillSum, Credit, Settlement
from counter_app.hub.slate import Slate
from counter_app.hub.sql import find
from counter_app.hub.tasks import BILL_CHANGED, DUPLICATE, Work, open_task

EXCESS = ":excess"
"""What the name of a settlement has at its end where it takes off what was too much of another one."""
_NOT_PAID = NOT_MONEY | {"hub"}
WITHDRAWN = "withdrawn"
"""The way of a credit that nobody gave back: what had been too much is needed for the bill, or went back otherwise."""


def base_of(name: str) -> str:
    """The settlement of which a credit is the excess, or which another one takes back, through any number of steps; of
    a bill that was made smaller, a name that no settlement has.
    """
    while True:
        shorter = name.removesuffix(EXCESS).removesuffix(UNDONE_END)
        if shorter == name:
            return name
        name = shorter


def credits_of(slate: Slate, bill: BillSum) -> list[Credit]:
    """All credits that came of a bill, in the order of their names."""
    kept = find(slate.ground.connection, t.credits_, "bill_id", [bill.bill_id], hall_id=bill.hall_id)
    found = {row.credit_id: row for row in (Credit(*row) for row in kept)}
    for row in slate.made(CREDITS):
        if (row.hall_id, row.bill_id) == (bill.hall_id, bill.bill_id):
            found[row.credit_id] = row
    return [found[name] for name in sorted(found)]


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
        "this": told(slate, row),
        "other": None if other is None else told(slate, other),
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


def rows_of_bill(slate: Slate, bill: BillSum) -> dict[str, Settlement]:
    """Everything that is settled of a bill, by name, with everything that was worked out so far."""
    kept = find(slate.ground.connection, t.settlements, "bill_id", [bill.bill_id], hall_id=bill.hall_id)
    rows = [*(Settlement(*row) for row in kept), *slate.made(SETTLEMENTS)]
    return {row.settlement_id: row for row in rows if (row.hall_id, row.bill_id) == (bill.hall_id, bill.bill_id)}


def frozen_of(slate: Slate, bill: BillSum) -> int:
    """What of a bill is in dispute: it stands among its settlements, and nobody has paid it."""
    return sum(row.principal_fen for row in rows_of_bill(slate, bill).values() if row.source == DISPUTE)


def last_paid(slate: Slate, bill: BillSum, *, besides: str = "") -> Settlement | None:
    """The latest payment of a bill of which principal or cost was not taken off again, nor undone."""
    rows = rows_of_bill(slate, bill)
    left = {name: row.principal_fen + row.cost_fen for name, row in rows.items() if row.source not in _NOT_PAID}
    for name, row in rows.items():
        of = base_of(name)
        if of != name and of in left:
            left[of] += row.principal_fen + row.cost_fen
    paid = [rows[name] for name, fen in left.items() if fen > 0 and name != besides]
    return max(paid, key=lambda found: (found.settled_on, found.settlement_id), default=None)


def told(slate: Slate, row: Settlement) -> dict[str, Any]:
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
