"""What is too much of a bill, worked out anew when a payment of it was undone or given back: each payment's money goes
back once, and what other payments had too much of is used before anybody is asked again.
"""

from __future__ import annotations

import json
from typing import NamedTuple

from counter_app.domain.bills import DISPUTE
from counter_app.domain.undo import UNDONE_END
from counter_app.hub.accounts import COST, CREDIT, ELSEWHERE, LATE_FEE, RECEIVABLE, WAITING
from counter_app.hub.credits import (
    EXCESS,
    WITHDRAWN,
    base_of,
    credits_of,
    frozen_of,
    give_credit,
    last_paid,
    rows_of_bill,
    told,
)
from counter_app.hub.payments import excess_of, put_settlement, too_much_of, with_row
from counter_app.hub.rows import BILLS, CREDITS, SETTLEMENTS, SUSPENSE, TASKS, BillSum, Credit, Settlement, Suspense
from counter_app.hub.slate import Slate
from counter_app.hub.tasks import GIVEN_TWICE, Work, close_task, open_task, tell_anew
from counter_app.hub.texts import body_of_entry

TWICE = ":twice"
"""What stands behind the name of what was given back twice."""


class Because(NamedTuple):
    """When, and by which entry of which counter, something is worked out anew."""

    at: str
    entry_id: str
    counter_id: str


def withdraw(slate: Slate, why: Because, bill: BillSum, credit: Credit) -> BillSum:
    """An open credit is owed no more: its money counts for the bill again."""
    now = _put_back(slate, bill, slate.need(SETTLEMENTS, bill.hall_id, credit.credit_id), CREDIT)
    slate.put(CREDITS, credit._replace(spent_by=why.entry_id, way=WITHDRAWN))
    close_task(slate, bill.hall_id, credit.task_id, why.at, way=WITHDRAWN, entry_id=why.entry_id)
    return now


def after_undo(slate: Slate, why: Because, bill: BillSum, undone: Settlement) -> None:
    """Put a bill right of which a payment was just undone: nothing of that payment is owed any more, what was given
    back of it before was given twice, and what other payments had too much of pays the bill now.
    """
    name = undone.settlement_id
    for credit in credits_of(slate, bill):
        if credit.way == WITHDRAWN:
            continue
        if credit.spent_by is None:
            bill = withdraw(slate, why, bill, credit) if base_of(credit.credit_id) == name else bill
            continue
        given_of = given_for(slate, credit)
        if given_of == name:
            bill = _given_twice(slate, why, bill, credit, undone)
        elif base_of(credit.credit_id) == name:
            bill = _given_for_other(slate, why, bill, credit, given_of)
    bill = use_open(slate, why, bill, undone)
    _never_below(slate, why, bill, undone)


def use_open(slate: Slate, why: Because, bill: BillSum, undone: Settlement | None = None) -> BillSum:
    """Use what payments had too much of for a bill that is short again; what is left of it stays their customer's."""
    for credit in credits_of(slate, bill):
        if credit.spent_by is not None:
            continue
        row = slate.need(SETTLEMENTS, bill.hall_id, credit.credit_id)
        paid = slate.find(SETTLEMENTS, bill.hall_id, base_of(credit.credit_id))
        still = _still_too_much(slate, bill, row, paid)
        if still == row[4:7]:
            if undone is not None:
                _tell_other(slate, bill, credit, undone)
            continue
        bill = withdraw(slate, why, bill, credit)
        if any(still):
            name = excess_name(slate, bill.hall_id, base_of(credit.credit_id))
            too_much = row._replace(
                settlement_id=name, principal_fen=still[0], late_fee_fen=still[1], cost_fen=still[2]
            )
            bill = take_off(slate, why.at, bill, paid or row, too_much, is_changed=paid is None)
    return bill


def take_off(
    slate: Slate, at: str, bill: BillSum, paid: Settlement, too_much: Settlement, *, is_changed: bool = False
) -> BillSum:
    """Take what is too much of a payment off its bill into a credit."""
    put_settlement(slate, too_much)
    now = with_row(bill, too_much)
    slate.put(BILLS, now)
    give_credit(slate, at, bill, paid, too_much, is_changed=is_changed)
    return now


def given_for(slate: Slate, credit: Credit) -> str:
    """The settlement whose money was given back with a credit: the entry that did it says so, and in its history of the
    hub another payment of the same bill may have been the one too many.
    """
    assert credit.spent_by is not None, "a credit that was given back"
    # a deduction's own excess went back into its books by the deduction itself
    return base_of(body_of_entry(slate, credit.hall_id, credit.spent_by).get("credit_id", credit.credit_id))


def excess_name(slate: Slate, hall_id: str, of: str) -> str:
    """The name under which something is taken off a settlement: each time it is put back, the next one begins there."""
    name = f"{of}{EXCESS}"
    while slate.find(SETTLEMENTS, hall_id, name) is not None:
        name = f"{name}{UNDONE_END}{EXCESS}"
    return name


def part_of(paid: Settlement, amount_fen: int) -> tuple[int, int, int] | None:
    """What of a payment (principal, late fee, cost) a credit of this sum was; None where it cannot have been."""
    if amount_fen == paid.principal_fen + paid.late_fee_fen + paid.cost_fen:
        return paid[4:7]
    if amount_fen <= paid.principal_fen:
        return amount_fen, 0, 0
    beside_fen = amount_fen - paid.principal_fen
    return (paid.principal_fen, 0, beside_fen) if beside_fen <= paid.cost_fen else None


def taken_off(slate: Slate, paid: Settlement, part: tuple[int, int, int]) -> Settlement:
    """The settlement that takes a part of a payment off its bill."""
    return paid._replace(
        settlement_id=excess_name(slate, paid.hall_id, paid.settlement_id),
        principal_fen=-part[0],
        late_fee_fen=-part[1],
        cost_fen=-part[2],
        source="hub",
        channel="hub",
    )


def was_too_much(slate: Slate, bill: BillSum, part: tuple[int, int, int]) -> bool:
    """Whether everything that was ever paid of a bill, undone or not, is more than it asks by at least this."""
    paid = [row for row in rows_of_bill(slate, bill).values() if row.source not in ("hub", DISPUTE)]
    if part[0]:
        return sum(max(0, row.principal_fen) for row in paid) - bill.principal_fen >= part[0]
    return sum(max(0, row.cost_fen) for row in paid) - bill.cost_fen >= part[2]


def _still_too_much(slate: Slate, bill: BillSum, row: Settlement, paid: Settlement | None) -> tuple[int, int, int]:
    """What would be taken off now in place of `row`, as negative amounts."""
    bill = with_row(bill, row, -1)
    if paid is None:
        found = too_much_of(bill, "", row.settled_on, frozen_fen=frozen_of(slate, bill))
    else:
        found = excess_of(with_row(bill, paid, -1), paid)
    return (0, 0, 0) if found is None else found[4:7]


def _put_back(slate: Slate, bill: BillSum, row: Settlement, against: str) -> BillSum:
    """Take back what the hub took off a bill; the other side stands on the account `against`."""
    back = row._replace(
        settlement_id=f"{row.settlement_id}{UNDONE_END}",
        principal_fen=-row.principal_fen,
        late_fee_fen=-row.late_fee_fen,
        cost_fen=-row.cost_fen,
    )
    put_settlement(slate, back)
    _post_back(slate, back, against)
    now = with_row(bill, back)
    slate.put(BILLS, now)
    return now


def _post_back(slate: Slate, back: Settlement, against: str) -> None:
    hall_id = back.hall_id
    if back.counter_id:
        slate.post(hall_id, RECEIVABLE, "", -back.principal_fen)
        slate.post(hall_id, LATE_FEE, "", -back.late_fee_fen)
        slate.post(hall_id, COST, "", -back.cost_fen)
    else:
        slate.post(hall_id, ELSEWHERE, "", -_sum(back))
    slate.post(hall_id, against, "", _sum(back))


def _given_twice(slate: Slate, why: Because, bill: BillSum, credit: Credit, undone: Settlement) -> BillSum:
    """The credit of an undone payment was given back before: the bill is as without both, the hall is short of it."""
    if slate.find(SUSPENSE, bill.hall_id, f"{credit.credit_id}{TWICE}") is not None:
        return bill
    row = slate.need(SETTLEMENTS, bill.hall_id, credit.credit_id)
    now = _put_back(slate, bill, row, WAITING)
    _miss(slate, why, bill, credit.credit_id, -_sum(row), undone, credit_entry_id=credit.spent_by)
    return now


def _given_for_other(slate: Slate, why: Because, bill: BillSum, credit: Credit, given_of: str) -> BillSum:
    """What was given back under an undone payment's name was that of another payment: it is taken off that one."""
    other = slate.find(SETTLEMENTS, bill.hall_id, given_of)
    part = part_of(other, credit.amount_fen) if other is not None else None
    if other is None or part is None or slate.find(SUSPENSE, bill.hall_id, f"{credit.credit_id}{TWICE}") is not None:
        return bill
    now = _put_back(slate, bill, slate.need(SETTLEMENTS, bill.hall_id, credit.credit_id), CREDIT)
    slate.put(CREDITS, credit._replace(spent_by=why.entry_id, way=WITHDRAWN))
    too_much = taken_off(slate, other, part)
    now = take_off(slate, why.at, now, other, too_much)
    made = slate.need(CREDITS, bill.hall_id, too_much.settlement_id)
    slate.put(CREDITS, made._replace(spent_by=credit.spent_by, way=credit.way))
    close_task(slate, bill.hall_id, made.task_id, why.at, way=credit.way, entry_id=credit.spent_by)
    return now


def _never_below(slate: Slate, why: Because, bill: BillSum, undone: Settlement) -> None:
    """More went back of a bill than was paid of it: it asks what it asks, and the rest is what the hall is short of."""
    missing = [max(0, -fen) for fen in bill[-3:]]
    if not any(missing):
        return
    name = f"{undone.settlement_id}{UNDONE_END}{UNDONE_END}"
    principal_fen, late_fee_fen, cost_fen = missing
    back = undone._replace(
        settlement_id=name,
        principal_fen=principal_fen,
        late_fee_fen=late_fee_fen,
        cost_fen=cost_fen,
        source="hub",
        channel="hub",
        counter_id=why.counter_id,
        entry_id=why.entry_id,
    )
    put_settlement(slate, back)
    _post_back(slate, back, WAITING)
    slate.put(BILLS, with_row(bill, back))
    _miss(slate, why, bill, name, sum(missing), undone)


def _miss(
    slate: Slate,
    why: Because,
    bill: BillSum,
    name: str,
    fen: int,
    undone: Settlement,
    *,
    credit_entry_id: str | None = None,
) -> None:
    """Money that left twice stands in suspense until somebody has seen to it."""
    this = told(slate, undone)
    facts = {
        "bill_id": bill.bill_id,
        "bill_no": bill.bill_no,
        "receipt_no": this["receipt_no"],
        "this": this,
        "undo_id": why.entry_id,
        "credit_entry_id": credit_entry_id,
    }
    work = Work(GIVEN_TWICE, name, why.counter_id, fen, facts, bill.customer_id, bill.account_id)
    task_id = open_task(slate, bill.hall_id, why.at, work)
    held = (f"{name}{TWICE}", why.entry_id, "twice", bill.bill_id, -fen, "{}", task_id, None)
    slate.put(SUSPENSE, Suspense(bill.hall_id, *held))


def _tell_other(slate: Slate, bill: BillSum, credit: Credit, undone: Settlement) -> None:
    """A credit stays owed, but the other payment that its task names was undone: another one pays the bill."""
    task = slate.need(TASKS, bill.hall_id, credit.task_id)
    facts = json.loads(task.facts)
    if (facts.get("other") or {}).get("entry_id") == undone.entry_id:
        other = last_paid(slate, bill, besides=base_of(credit.credit_id))
        facts["other"] = None if other is None else told(slate, other)
        tell_anew(slate, task, facts)


def _sum(row: Settlement) -> int:
    return row.principal_fen + row.late_fee_fen + row.cost_fen
