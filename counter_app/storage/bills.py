"""Bills with their settlements and items, read in one walk over accounts, bills and settlements."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache, partial
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, bindparam, case, exists, func, literal_column, select

from counter_app.domain.bills import Bill, Settlement
from counter_app.domain.late_rows import LateRows
from counter_app.domain.reliefs import Relief
from counter_app.storage import tables as t
from counter_app.storage.reliefs import reliefs_of_account, reliefs_of_customer
from counter_app.storage.sql import Reading, Row, placed

_iso = lru_cache(maxsize=4096)(date.fromisoformat)
"""Bills of a hall share their dates: a month has one due date, a day many settlements."""

_settlement, _bill = partial(tuple.__new__, Settlement), partial(tuple.__new__, Bill)
"""`_make` without its check of the length: the columns are counted where they are unpacked."""

_decoded = json.JSONDecoder().raw_decode
"""What SQLite wrote as JSON, with nothing around it: to look for that takes as long as to read a bill."""

_Items: TypeAlias = tuple[tuple[str, int], ...]
_Reliefs: TypeAlias = Mapping[int, tuple[Relief, ...]]
_NOTHING: ColumnElement[int] = literal_column("0")
_b, _s = t.bills.c, t.settlements.c
_MARKS = (_b.cost_fen, _b.accrual_start_on, _b.accrual_stop_on, _b.is_disputed, _b.is_late_fee_deferred)
_IS_MARKED = (
    (_b.cost_fen != _NOTHING)
    | (_b.is_disputed != _NOTHING)
    | (_b.is_late_fee_deferred != _NOTHING)
    | _b.accrual_start_on.isnot(None)
    | _b.accrual_stop_on.isnot(None)
)
_NO_MARKS = (0, None, None, 0, 0)
_COLUMNS = (
    _b.id,
    _b.bill_no,
    _b.account_id,
    _b.month,
    _b.due_on,
    _b.principal_fen,
    _b.service_id,
    # what hardly a bill has comes as one value, mostly none
    case((_IS_MARKED, func.json_array(*_MARKS))),
    _s.settlement_id,
    _s.settled_on,
    _s.principal_fen,
    _s.late_fee_fen,
    _s.cost_fen,
    _s.source,
)
# one settlement that alone keeps the bill from owing anything; told by SQLite, for it tells faster
_IS_CLEARED = func.iif(
    (_s.settled_on <= _b.due_on)
    & (_s.principal_fen >= _b.principal_fen)
    & (_b.cost_fen == _NOTHING)
    & _b.accrual_start_on.is_(None),
    literal_column("1"),
    _NOTHING,
)
_ITEM_COLUMNS = (t.bill_items.c.bill_id, t.bill_items.c.item, t.bill_items.c.amount_fen)
# the indexes give this order, so nothing is sorted; a bill's rows follow one another
_IN_ORDER = (_b.month, _b.id, _s.id)
_WITH_SETTLEMENTS = t.bills.outerjoin(t.settlements, _s.bill_id == _b.id)
_OF_CUSTOMER = t.accounts.c.customer_id == bindparam("customer")
_ON_ACCOUNT = t.bills.c.account_id == t.accounts.c.id
# most of these rows nobody looks at: the driver makes one text of each instead of eighteen values
_CUSTOMER_BILLS = placed(
    select(_b.id, func.json_array(*_COLUMNS), _IS_CLEARED)
    .select_from(t.accounts.join(t.bills, _ON_ACCOUNT).outerjoin(t.settlements, _s.bill_id == _b.id))
    .where(_OF_CUSTOMER)
    .order_by(t.accounts.c.id, *_IN_ORDER),
    ("customer",),
)
_OF_BILL = t.bill_items.c.bill_id == _b.id
# many a hall has no items at all: then no bill is looked at
_CUSTOMER_ITEMS = placed(
    select(*_ITEM_COLUMNS)
    .select_from(t.accounts.join(t.bills, _ON_ACCOUNT).join(t.bill_items, _OF_BILL))
    .where(exists(select(t.bill_items.alias("any_item").c.bill_id)), _OF_CUSTOMER),
    ("customer",),
)
# a bill that was settled in time, and not given back later, has no late fee (that starts after `due_on` unless the
# contract names the day) and owes nothing: it need not be read
_before = t.settlements.alias("before").c
_IN_TIME = (
    select(
        func.sum(
            case(
                (_before.settled_on <= _b.due_on, _before.principal_fen),
                else_=func.min(_before.principal_fen, _NOTHING),
            )
        )
    )
    .where(_before.bill_id == _b.id)
    .correlate(t.bills)
    .scalar_subquery()
)
_MAY_OWE = (
    (_b.principal_fen > func.coalesce(_IN_TIME, _NOTHING)) | (_b.cost_fen > _NOTHING) | _b.accrual_start_on.isnot(None)
)
_OF_ACCOUNT = _b.account_id == bindparam("account")
_ACCOUNT_BILLS = placed(
    select(*_COLUMNS).select_from(_WITH_SETTLEMENTS).where(_OF_ACCOUNT, _MAY_OWE).order_by(*_IN_ORDER), ("account",)
)
_ACCOUNT_ITEMS = placed(
    select(*_ITEM_COLUMNS).select_from(t.bills.join(t.bill_items, _OF_BILL)).where(_OF_ACCOUNT), ("account",)
)


_CHARGES = placed(
    select(_b.account_id, func.sum(_b.principal_fen))
    .select_from(t.accounts.join(t.bills, _ON_ACCOUNT))
    .where(_OF_CUSTOMER, _b.month == bindparam("month"))
    .group_by(_b.account_id),
    ("customer", "month"),
)


def bills_of_customer(reading: Reading, customer_id: int) -> tuple[Sequence[Bill], tuple[Bill, ...]]:
    """All bills of all accounts of a customer, by account and month, and those of them that may owe something.

    Most bills were settled in time, and nobody looks at them: they stay rows until somebody does.
    """
    params = (customer_id,)
    rows, items = reading.rows(_CUSTOMER_BILLS, params), _items_of(reading.rows(_CUSTOMER_ITEMS, params))
    reliefs = reliefs_of_customer(reading, customer_id)
    owing = {row[0] for row in rows if not row[2]}
    all_bills = LateRows(
        lambda: _bills(_unpacked([row[1] for row in rows]), items, reliefs), lambda: _from_last(rows, items, reliefs)
    )
    return all_bills, _bills(_unpacked([row[1] for row in rows if row[0] in owing]), items, reliefs)


def charges_of_month(reading: Reading, customer_id: int, month: str) -> dict[int, int]:
    """What each account of a customer was billed for a month, by account, in fen; late fees are no part of it."""
    return dict(reading.rows(_CHARGES, (customer_id, month)))


def owing_bills_of_account(reading: Reading, account_id: int, *, has_items: bool) -> tuple[Bill, ...]:
    """The bills of an account that may owe something, by month; their items only where somebody asks for them."""
    params = (account_id,)
    items = reading.rows(_ACCOUNT_ITEMS, params) if has_items else ()
    reliefs = reliefs_of_account(reading, account_id)
    return _bills(reading.rows(_ACCOUNT_BILLS, params), _items_of(items), reliefs)


def _items_of(rows: Iterable[Row]) -> dict[int, _Items]:
    found: dict[int, _Items] = {}
    for bill_id, item, amount_fen in rows:
        found[bill_id] = (*found.get(bill_id, ()), (item, amount_fen))
    return found


def _unpacked(texts: Iterable[str]) -> Iterable[Row]:
    """The rows of many JSON texts, read in one go."""
    rows: list[Row] = _decoded(f"[{','.join(texts)}]")[0]
    return rows


def _from_last(texts: Sequence[Row], items: Mapping[int, _Items], reliefs: _Reliefs) -> Iterator[Bill]:
    """The bills from the last one on, each made when it is asked for."""
    rows: list[Row] = []
    for bill_id, text, _ in reversed(texts):
        if rows and rows[0][0] != bill_id:
            yield from _bills(rows, items, reliefs)
            rows = []
        rows.insert(0, _decoded(text)[0])
    yield from _bills(rows, items, reliefs)


def _read(marks: str | Sequence[Any]) -> Sequence[Any]:
    """What a bill is marked with: text by itself, and read already where it stood within another."""
    found: Sequence[Any] = json.loads(marks) if isinstance(marks, str) else marks
    return found


def _bills(rows: Iterable[Row], of_items: Mapping[int, _Items], reliefs: _Reliefs) -> tuple[Bill, ...]:
    bills = list[Bill]()
    last: int | None = None
    head: Row = ()
    parts: tuple[Settlement, ...] = ()
    for (
        bill_id,
        bill_no,
        account_id,
        month,
        due_on,
        principal_fen,
        service_id,
        marks,
        settlement_id,
        settled_on,
        part_fen,
        fee_fen,
        paid_cost_fen,
        source,
    ) in rows:
        own: tuple[Settlement, ...] = ()
        if settlement_id is not None:
            own = (_settlement((settlement_id, _iso(settled_on), part_fen, fee_fen, paid_cost_fen, source)),)
        if bill_id == last:
            parts += own
            continue
        if last is not None:
            bills.append(_bill((*head, parts, of_items.get(last, ()), reliefs.get(last, ()))))
        last, parts = bill_id, own
        cost_fen, start_on, stop_on, is_disputed, is_deferred = _NO_MARKS if marks is None else _read(marks)
        head = (
            bill_id,
            bill_no,
            account_id,
            month,
            _iso(due_on),
            principal_fen,
            cost_fen,
            service_id,
            start_on and _iso(start_on),
            stop_on and _iso(stop_on),
            is_disputed == 1,
            is_deferred == 1,
        )
    if last is not None:
        bills.append(_bill((*head, parts, of_items.get(last, ()), reliefs.get(last, ()))))
    return tuple(bills)
