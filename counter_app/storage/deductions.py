"""Automatic deductions as rows: who is met, what was taken, what was left and why, and which counter does it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import ColumnElement, bindparam, case, delete, exists, func, insert, literal_column, select
from sqlalchemy.dialects.sqlite import insert as upsert

from counter_app.domain.deductions import CHANNEL, Skipped, WhyNot
from counter_app.storage import tables as t
from counter_app.storage import tables_sync as y
from counter_app.storage.payments import SettlementRow
from counter_app.storage.sql import Reading, Writing, compiled, placed
from counter_app.storage.tables_deductions import deduction_skips, deductions

_d, _k = deductions.c, deduction_skips.c
_b, _s, _a = t.bills.c, t.settlements.c, t.accounts.c
_ZERO: ColumnElement[int] = literal_column("0")


class DeductionRow(NamedTuple):
    """A deduction in the order of the columns."""

    deduction_id: str
    deduction_no: str
    entry: int
    batch_on: str
    customer_id: int
    account_id: int
    staff_no: str
    business_date: str
    taken_at: str
    settled_fen: int
    balance_fen: int


class Deducted(NamedTuple):
    """A deduction as a list of a batch shows it."""

    account_id: int
    customer_id: int
    account_no: str
    customer_name: str
    deduction_no: str
    settled_fen: int
    balance_fen: int


class Left(NamedTuple):
    """An account that a batch left, as its list shows it."""

    account_id: int
    customer_id: int
    account_no: str
    customer_name: str
    why: WhyNot
    arrears_fen: int
    balance_fen: int


class Sums(NamedTuple):
    """How many accounts were deducted from, and how much together; and how many were left, by the reason."""

    taken_count: int
    taken_fen: int
    left: tuple[tuple[WhyNot, int], ...]


_ADD = placed(insert(deductions), DeductionRow._fields)
_COLUMNS = tuple(c.name for c in t.settlements.c if c.name != "id")
_SETTLEMENT = placed(insert(t.settlements).values({name: bindparam(name) for name in _COLUMNS}), _COLUMNS)
_new = upsert(deduction_skips).values({c.name: bindparam(c.name) for c in deduction_skips.c})
_SKIP = placed(
    _new.on_conflict_do_update(
        index_elements=[_k.account_id], set_={c.name: _new.excluded[c.name] for c in _k if c.name != "account_id"}
    ),
    [c.name for c in _k],
)
_NOT_SKIPPED = placed(delete(deduction_skips).where(_k.account_id == bindparam("account")), ("account",))
_IS_DONE = placed(select(_d.entry).where(_d.deduction_no == bindparam("number")), ("number",))

_ONE = placed(
    select(_d.taken_at, _d.settled_fen, t.customers.c.customer_no, t.customers.c.name, t.customers.c.kind)
    .select_from(deductions.join(t.customers, t.customers.c.id == _d.customer_id))
    .where(_d.deduction_no == bindparam("number")),
    ("number",),
)

_ENTRY = placed(
    select(_d.deduction_id, t.entries.c.content, t.customers.c.name)
    .select_from(
        deductions.join(t.entries, t.entries.c.id == _d.entry).join(t.customers, t.customers.c.id == _d.customer_id)
    )
    .where(_d.deduction_no == bindparam("number")),
    ("number",),
)
_BOOK_NAMES = placed(
    select(t.books.c.id, t.books.c.name).where(t.books.c.account_id == bindparam("account")), ("account",)
)
_BILL_MONTHS = placed(select(_b.id, _b.month).where(_b.account_id == bindparam("account")), ("account",))
_IN_TIME = (
    select(func.sum(case((_s.settled_on <= _b.due_on, _s.principal_fen), else_=func.min(_s.principal_fen, _ZERO))))
    .where(_s.bill_id == _b.id)
    .correlate(t.bills)
    .scalar_subquery()
)
_OVERDUE = exists(
    select(_b.id).where(
        _b.account_id == _a.id,
        _b.due_on < bindparam("day"),
        (_b.principal_fen > func.coalesce(_IN_TIME, _ZERO)) | (_b.cost_fen > _ZERO) | _b.accrual_start_on.isnot(None),
    )
)
# a customer of another hall is met there: what is paid here would be known too late
_IS_GUEST = exists(select(y.guests.c.customer_id).where(y.guests.c.customer_id == _a.customer_id))
_WITH_BOOK = exists(select(t.books.c.id).where(t.books.c.account_id == _a.id))
_CANDIDATES = placed(
    select(_a.id, _a.customer_id, _a.account_no).where(_WITH_BOOK, ~_IS_GUEST, _OVERDUE).order_by(_a.id), ("day",)
)
_OF = (_a.account_no, t.customers.c.name)
_DEDUCTED = placed(
    select(_d.account_id, _d.customer_id, *_OF, _d.deduction_no, _d.settled_fen, _d.balance_fen)
    .select_from(
        deductions.join(t.accounts, _a.id == _d.account_id).join(t.customers, t.customers.c.id == _a.customer_id)
    )
    .where(_d.batch_on == bindparam("batch"))
    .order_by(_d.account_id)
    .limit(bindparam("most"))
    .offset(literal_column("0")),
    ("batch", "most"),
)
_LEFT = placed(
    select(_k.account_id, _a.customer_id, *_OF, _k.why, _k.arrears_fen, _k.balance_fen)
    .select_from(
        deduction_skips.join(t.accounts, _a.id == _k.account_id).join(t.customers, t.customers.c.id == _a.customer_id)
    )
    .where(_k.batch_on == bindparam("batch"))
    .order_by(_k.account_id)
    .limit(bindparam("most"))
    .offset(literal_column("0")),
    ("batch", "most"),
)
_SUMS = placed(
    select(func.count(), func.coalesce(func.sum(_d.settled_fen), _ZERO)).where(_d.batch_on == bindparam("batch")),
    ("batch",),
)
_LEFT_SUMS = placed(
    select(_k.why, func.count()).where(_k.batch_on == bindparam("batch")).group_by(_k.why).order_by(_k.why), ("batch",)
)
_FIRST = compiled(
    select(y.counters_down.c.counter_id, y.counters_down.c.code, t.counters.c.name)
    .select_from(y.counters_down.outerjoin(t.counters, t.counters.c.counter_id == y.counters_down.c.counter_id))
    .order_by(y.counters_down.c.ordinal)
)


def candidates(reading: Reading, on: date) -> list[tuple[int, int, str]]:
    """The hall's own accounts with a book and a bill overdue on a day that may owe something: account, customer and
    number, in the order of accounts.
    """
    return [(row[0], row[1], row[2]) for row in reading.rows(_CANDIDATES, (on.isoformat(),))]


def is_deducted(reading: Reading, number: str) -> bool:
    """Whether this deduction is made already, undone since or not."""
    return reading.one(_IS_DONE, (number,)) is not None


def deduction_of(reading: Reading, number: str) -> tuple[str, int, str, str, str] | None:
    """A deduction by its number: when, how much, of which customer by number, name and kind."""
    row = reading.one(_ONE, (number,))
    return None if row is None else (row[0], row[1], row[2], row[3], row[4])


def deduction_entry(reading: Reading, number: str) -> tuple[str, str, str] | None:
    """The id of a deduction, what its entry says (JSON), and its customer's name masked by nobody yet."""
    row = reading.one(_ENTRY, (number,))
    return None if row is None else (row[0], row[1], row[2])


def book_names(reading: Reading, account_id: int) -> dict[int, str]:
    """What the books of an account are called."""
    return dict(reading.rows(_BOOK_NAMES, (account_id,)))


def bill_months(reading: Reading, account_id: int) -> dict[int, str]:
    """The months of an account's bills."""
    return dict(reading.rows(_BILL_MONTHS, (account_id,)))


def add_deduction(work: Writing, row: DeductionRow, settled: Sequence[SettlementRow]) -> None:
    """Write a deduction and what it settled; a second one of the account on this batch day breaks a key."""
    work.insert(_ADD, row)
    work.many(
        _SETTLEMENT,
        [(name, bill_id, row.business_date, *fen, "counter", CHANNEL, row.entry) for name, bill_id, *fen in settled],
    )
    work.run(_NOT_SKIPPED, (row.account_id,))


def add_skips(work: Writing, skips: Sequence[Skipped]) -> None:
    """Keep why accounts were left, in the place of what the batch before said of them."""
    work.many(_SKIP, [(one.account_id, one.batch_on.isoformat(), *one[2:]) for one in skips])


def sums_of(reading: Reading, batch_on: date) -> Sums:
    """What a batch day came to."""
    count, fen = (reading.one(_SUMS, (batch_on.isoformat(),)) or (0, 0))[:2]
    return Sums(count, fen, tuple((why, many) for why, many in reading.rows(_LEFT_SUMS, (batch_on.isoformat(),))))


def deducted_on(reading: Reading, batch_on: date, *, most: int = -1) -> tuple[Deducted, ...]:
    """The deductions of a batch day in the order of accounts, `most` at most."""
    return tuple(Deducted(*row) for row in reading.rows(_DEDUCTED, (batch_on.isoformat(), most)))


def left_on(reading: Reading, batch_on: date, *, most: int = -1) -> tuple[Left, ...]:
    """The accounts that the batch left, as far as no later one has met them again."""
    return tuple(Left(*row) for row in reading.rows(_LEFT, (batch_on.isoformat(), most)))


def first_counter(reading: Reading) -> tuple[str, str, str] | None:
    """The counter that the hub took in first: its id, code and name; None in a hall without a hub."""
    row = reading.one(_FIRST)
    return None if row is None else (row[0], row[1], row[2] or "")
