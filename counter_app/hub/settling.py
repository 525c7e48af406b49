"""`credit.settled`: a customer gets back what was too much of a bill, once, in whatever order it comes."""

from __future__ import annotations

import json
from collections.abc import Callable

from counter_app.domain.rights import Right
from counter_app.domain.undo import UNDONE_END
from counter_app.hub import books
from counter_app.hub.accounts import CREDIT, PREPAID, WAITING
from counter_app.hub.batch import Batch
from counter_app.hub.credits import WITHDRAWN, base_of, credits_of
from counter_app.hub.entries import Arrived, Unfit, Waits, number, whole, words
from counter_app.hub.excess import Because, given_for, part_of, take_off, taken_off, use_open, was_too_much, withdraw
from counter_app.hub.rows import BILLS, CREDITS, SETTLEMENTS, SUSPENSE, Credit, Suspense
from counter_app.hub.slate import Slate
from counter_app.hub.tasks import close_task

PREPAID_WAY, CASH_WAY = "prepaid", "cash"
"""How a credit is settled: into a prepaid book of the account, or in cash out of the drawer."""
SPENT = "credit_spent"
"""Why an entry is kept apart that gives back what another one gave back before it."""
OTHER_SUM = "credit_other_sum"
"""Why an entry is kept apart that gives back another sum than its credit is: a hub that has lost its tail may work out
another one from the same payments.
"""
_CREDIT = "credit:"


def awaited(credit_id: str) -> str:
    """The name under which an entry waits for a credit."""
    return f"{_CREDIT}{credit_id}"


def settle_credit(slate: Slate, batch: Batch, entry: Arrived) -> None:
    """A credit goes into a prepaid book, or back in cash: `credit.settled`.

    Raises:
        Waits: the credit is not known yet.
        Unfit: `unreadable`, `out_of_bounds`, `incoherent`, `no_right`, `unknown_staff`, `no_approver`;
            `credit_spent`: that money went back before; `credit_other_sum`: it is another one.
    """
    body = entry.body
    try:
        credit_id, way, amount_fen = words(body["credit_id"]), body["way"], whole(body["amount_fen"])
        book_id = number(body["book_id"]) if way == PREPAID_WAY else 0
        whose = books.Whose.said_in(body, 0)
    except (KeyError, TypeError) as error:
        raise Unfit("unreadable", type(error).__name__) from error
    _check_postings(entry, credit_id, way, amount_fen, book_id)
    batch.need(entry, Right.TAKE_PAYMENT)
    if not entry.approver_no or entry.approver_no == entry.staff_no:
        raise Unfit("no_approver")
    batch.need(entry, Right.SIGN_OFF, staff_no=entry.approver_no)
    why = Because(batch.at, entry.entry_id, entry.counter_id)
    credit = _credit_of(slate, batch, why, credit_id, amount_fen)
    slate.put(CREDITS, credit._replace(spent_by=entry.entry_id, way=way))
    slate.post(batch.hall_id, CREDIT, "", amount_fen)
    for account, subject, fen in entry.postings:
        if subject == entry.shift_id:
            slate.post(batch.hall_id, account, subject, fen)
    if way == PREPAID_WAY and not books.is_put_in(slate, batch.hall_id, entry):
        books.move(slate, batch, entry, 1, book_id, amount_fen, whose=whose._replace(account_id=credit.account_id))
    close_task(slate, batch.hall_id, credit.task_id, batch.at, way=way, entry_id=entry.entry_id)
    bill = slate.find(BILLS, batch.hall_id, credit.bill_id)
    if bill is not None:
        use_open(slate, why, bill)


def _credit_of(slate: Slate, batch: Batch, why: Because, credit_id: str, amount_fen: int) -> Credit:
    """The credit that an entry gives back.

    Raises:
        Waits: nothing is known yet of which it could be a part.
        Unfit: `credit_spent`, `credit_other_sum`.
    """
    credit = slate.find(CREDITS, batch.hall_id, credit_id)
    if credit is None:
        return _of_same_bill(slate, batch, credit_id, amount_fen) or _late(
            slate, why, batch.hall_id, credit_id, amount_fen
        )
    if credit.spent_by is not None and credit.way != WITHDRAWN:
        raise Unfit(SPENT, credit.spent_by)
    if credit.amount_fen != amount_fen:
        raise Unfit(OTHER_SUM, str(credit.amount_fen))
    if credit.spent_by is None:
        return credit
    return _late(slate, why, batch.hall_id, credit_id, amount_fen, withdrawn=credit)


def _of_same_bill(slate: Slate, batch: Batch, credit_id: str, amount_fen: int) -> Credit | None:
    """The credit that stands for one which this history of the hub does not have.

    Which of two payments of a bill was too much is a matter of the hub's order, and a hub that has lost its tail may
    order them otherwise: the same sum of the same bill is owed under the other payment's name, and was given back.
    """
    hall_id = batch.hall_id
    paid = slate.find(SETTLEMENTS, hall_id, base_of(credit_id))
    if paid is None or _undone_by(slate, hall_id, base_of(credit_id)) is not None:
        return None
    same = [
        row
        for row in credits_of(slate, slate.need(BILLS, hall_id, paid.bill_id))
        if row.spent_by is None and row.amount_fen == amount_fen
    ]
    return min(same, default=None)


def _late(
    slate: Slate, why: Because, hall_id: str, credit_id: str, amount_fen: int, *, withdrawn: Credit | None = None
) -> Credit:
    """The credit of an entry that comes after its money was needed for the bill again, since another payment was
    undone, or before which it never came to one: the counter has given it back, and the bill is short of it.

    Raises:
        Waits: it is not known yet that anything was too much.
        Unfit: `credit_spent`: the payment itself was undone, or its money given back before.
    """
    name = base_of(credit_id)
    paid = slate.find(SETTLEMENTS, hall_id, name)
    if paid is None:
        if withdrawn is not None:
            raise Unfit(SPENT, withdrawn.spent_by or "")
        raise Waits(awaited(credit_id)[:100])
    bill = slate.need(BILLS, hall_id, paid.bill_id)
    part = part_of(paid, amount_fen)
    if withdrawn is not None:
        row = slate.need(SETTLEMENTS, hall_id, credit_id)
        part = (-row.principal_fen, -row.late_fee_fen, -row.cost_fen)
    if part is None or not was_too_much(slate, bill, part):
        raise Waits(awaited(credit_id)[:100])
    undone = _undone_by(slate, hall_id, name)
    if undone is not None:
        raise Unfit(SPENT, undone)
    for other in credits_of(slate, bill):
        if other.spent_by is not None and other.way != WITHDRAWN and given_for(slate, other) == name:
            raise Unfit(SPENT, other.spent_by)
        if other.spent_by is None and base_of(other.credit_id) == name:
            bill = withdraw(slate, why, bill, other)
    too_much = taken_off(slate, paid, part)
    take_off(slate, why.at, bill, paid, too_much)
    return slate.need(CREDITS, hall_id, too_much.settlement_id)


def _undone_by(slate: Slate, hall_id: str, settlement_id: str) -> str | None:
    undone = slate.find(SETTLEMENTS, hall_id, f"{settlement_id}{UNDONE_END}")
    return None if undone is None else undone.entry_id or ""


def waits_for_what_came(page: Slate, hall_id: str) -> Callable[[str], bool]:
    """Whether an entry that waits for a credit has it now: it was made, or something was settled of the bill."""
    made = {awaited(credit.credit_id) for credit in page.rows.get(CREDITS.table.name, {}).values()}
    bills = {row.bill_id for row in page.rows.get(SETTLEMENTS.table.name, {}).values() if row.hall_id == hall_id}

    def has_it(name: str) -> bool:
        if name in made or not (bills and name.startswith(_CREDIT)):
            return name in made
        paid = page.find(SETTLEMENTS, hall_id, base_of(name.removeprefix(_CREDIT)))
        return paid is not None and paid.bill_id in bills

    return has_it


def hold_in_book(slate: Slate, batch: Batch, entry: Arrived, place: str) -> None:
    """What an entry that waits for its credit has put into a book is there, as the customer was told; the other side is
    suspense.
    """
    body = entry.body
    account_id = body.get("account_id")
    if body["way"] != PREPAID_WAY or type(account_id) is not int:
        return
    fen = whole(body["amount_fen"])
    whose = books.Whose.said_in(body, account_id)
    held = books.put_in(slate, batch, entry, number(body["book_id"]), fen, whose=whose)
    if held is not None:
        slate.post(batch.hall_id, WAITING, "", fen)
        facts = json.dumps({"in_shift": []})
        slate.put(SUSPENSE, Suspense(batch.hall_id, place, entry.entry_id, "entry", None, -fen, facts, "", None))


def take_back(slate: Slate, batch: Batch, entry: Arrived) -> None:
    """Take out of a book again what an entry put there that is kept apart because the credit was spent before it,
    or is another sum.
    """
    body = entry.body
    if body["way"] == PREPAID_WAY:
        moved = [(number(body["book_id"]), whole(body["amount_fen"]))]
        account_id = body.get("account_id")
        whose = books.Whose.said_in(body, account_id if type(account_id) is int else 0)
        books.move_and_back(slate, batch, entry, moved, whose=whose)


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
