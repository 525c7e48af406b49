"""Automatic deduction (自动扣款): on a batch day, overdue bills are paid out of books that hold more than they ask."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal, NamedTuple

from counter_app.domain.batch_days import BatchDays
from counter_app.domain.disputes import is_in_dispute
from counter_app.domain.money import Fen
from counter_app.domain.payments import PREPAID, Plan, Position, Tender, Wish, plan
from counter_app.domain.refusals import Refusal, Refused

DEDUCT, BATCH = "book.deduct", "book.batch"
"""The kinds of the entries that deduct from one account's books, and that say how a batch day ended."""
CHANNEL = "deduction"
"""The channel of a settlement that a deduction made."""

BY_ITSELF = "system"
"""The staff number in entries that nobody asked for."""

WhyNot = Literal["not_greater", "earmarked", "disputed"]
"""Why overdue bills are left: the books do not hold more than the arrears; what they hold is for other items; one of
the bills is disputed.
"""
_NUMBER = re.compile(r"ZK\d{8}-")


class Found(NamedTuple):
    """What a batch finds on an account: what is overdue, what the books hold, and what is done about it: a plan, or why
    there is none. Both are empty where nothing is overdue.
    """

    arrears_fen: Fen
    balance_fen: Fen
    plan: Plan | None
    why: WhyNot | Literal[""]


class Skipped(NamedTuple):
    """An account whose overdue bills a batch left, and why."""

    account_id: int
    batch_on: date
    why: WhyNot
    arrears_fen: Fen
    balance_fen: Fen


@dataclass(frozen=True, slots=True)
class NoBatchDays(Refusal):
    """The pack of this trade has no batch day."""

    trade: str


@dataclass(frozen=True, slots=True)
class NotTheBatchDay(Refusal):
    """Only the batch day that is due is run: the day asked for, the one that is due, and the next."""

    on: date
    due_on: date
    next_on: date


@dataclass(frozen=True, slots=True)
class OtherCounterDeducts(Refusal):
    """The hall's first counter deducts, so that no account is met twice: its code and name."""

    counter_code: str
    counter_name: str


def deduction_no(batch_on: date, account_no: str) -> str:
    """The number of a deduction: an account is met once on each batch day."""
    return f"ZK{batch_on.isoformat().replace('-', '')}-{account_no}"


def is_deduction_no(number: str) -> bool:
    """Whether a number is that of a deduction and not of a receipt."""
    return _NUMBER.match(number) is not None


def decide(position: Position) -> Found:
    """What a batch does on an account: everything overdue at once, when the books hold *more* than that (000-3: equal
    is not greater), and nothing otherwise.

    Overdue bills stand in the order of the pack; a book that is for some items pays those only, an expired one nothing.
    """
    arrears_fen, balance_fen = position.restore_fen, position.prepaid_fen
    if not arrears_fen or not balance_fen:
        return Found(arrears_fen, balance_fen, None, "" if not arrears_fen else "not_greater")
    chosen = _overdue(position)
    if any(is_in_dispute(open_bill.bill) for open_bill in position.open_bills if open_bill.bill.bill_id in chosen):
        return Found(arrears_fen, balance_fen, None, "disputed")
    if balance_fen <= arrears_fen:
        return Found(arrears_fen, balance_fen, None, "not_greater")
    wish = Wish((Tender(PREPAID, arrears_fen),), choose=chosen, redirect_reason=DEDUCT, may_redirect=True)
    try:
        made = plan(replace(position, tenders=(PREPAID,)), wish)
    except Refused:
        # with as much in the books as this, only that it is for other items keeps them from paying
        return Found(arrears_fen, balance_fen, None, "earmarked")
    return Found(arrears_fen, balance_fen, made, "")


def batch_day(days: BatchDays | None, trade: str, today: date, asked: date | None = None) -> date:
    """The batch day that is run today.

    Raises:
        Refused: `NoBatchDays`, `NotTheBatchDay`.
    """
    if days is None:
        raise Refused(NoBatchDays(trade))
    due_on = days.last_on(today)
    if asked is not None and asked != due_on:
        raise Refused(NotTheBatchDay(asked, due_on, days.next_after(today)))
    return due_on


def _overdue(position: Position) -> tuple[int, ...]:
    """The bills that `restore_fen` counts: up to the last overdue one, in the order in which they are paid."""
    debts = [debt for debt in position.debts if debt.payable_fen]
    if position.allocation.bill_order == "due_date_then_ratio":
        debts.sort(key=lambda debt: debt.due_on)
    last = max(place for place, debt in enumerate(debts) if debt.due_on < position.on)
    return tuple(debt.bill_id for debt in debts[: last + 1])
