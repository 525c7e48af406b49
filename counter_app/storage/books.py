"""Prepaid books of an account: what came in and out elsewhere, and what the counter moved."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date

from sqlalchemy import ColumnElement, bindparam, cast, func, insert, literal_column, select
from sqlalchemy.types import Text

from counter_app.domain.customers import HeldBook
from counter_app.domain.prepaid import Book, BookOpened
from counter_app.storage import tables as t
from counter_app.storage import tables_sync
from counter_app.storage.journal import day
from counter_app.storage.own_ids import own_id
from counter_app.storage.sql import Reading, Row, Writing, compiled, placed

PREPAID = "prepaid"
"""The posting account of prepaid money; its subject is the book's id as text, money in is negative (we owe it)."""

_BOOKS_APART = 1 << 24
"""More accounts than a hall has; a counter's range of ids holds sixteen times as many."""

_b = t.books.c
_moved = t.balances.alias("moved")
_elsewhere = tables_sync.books_elsewhere
_NOTHING: ColumnElement[int] = literal_column("0")
_COLUMNS = (
    _b.id,
    _b.account_id,
    _b.name,
    _b.kind,
    _b["items"],
    _b.priority,
    _b.valid_to,
    (
        _b.opening_fen
        + func.coalesce(_elsewhere.c.amount_fen, _NOTHING)
        - func.coalesce(_moved.c.balance_fen, _NOTHING)
    ).label("balance_fen"),
)
_IS_MOVED = (_moved.c.account == bindparam("prepaid")) & (_moved.c.subject == cast(_b.id, Text))
_IS_ELSEWHERE = _elsewhere.c.book_id == _b.id
_OF_CUSTOMER = placed(
    select(*_COLUMNS)
    .select_from(
        t.accounts.join(t.books, _b.account_id == t.accounts.c.id)
        .outerjoin(_moved, _IS_MOVED)
        .outerjoin(_elsewhere, _IS_ELSEWHERE)
    )
    .where(t.accounts.c.customer_id == bindparam("customer"))
    .order_by(_b.account_id, _b.priority, _b.id),
    ("prepaid", "customer"),
)
_OF_ACCOUNT = placed(
    select(*_COLUMNS)
    .select_from(t.books.outerjoin(_moved, _IS_MOVED).outerjoin(_elsewhere, _IS_ELSEWHERE))
    .where(_b.account_id == bindparam("account"))
    .order_by(_b.priority, _b.id),
    ("prepaid", "account"),
)
_ACCOUNTS = placed(
    select(t.accounts.c.id, t.accounts.c.account_no)
    .where(t.accounts.c.customer_id == bindparam("customer"))
    .order_by(t.accounts.c.id),
    ("customer",),
)
_NAMES = compiled(
    select(_b.id, _b.name).where(_b.id.in_(select(func.json_each(bindparam("ids")).table_valued("value").c.value)))
)
_ADD = compiled(insert(t.books).values({c.name: bindparam(c.name) for c in t.books.c}))


def books_of_customer(reading: Reading, customer_id: int) -> tuple[HeldBook, ...]:
    """All books of all accounts of a customer, in the order of accounts and use."""
    return tuple([_held(row) for row in reading.rows(_OF_CUSTOMER, (PREPAID, customer_id))])


def books_of_account(reading: Reading, account_id: int) -> tuple[HeldBook, ...]:
    """The books of one account, in the order of use."""
    return tuple([_held(row) for row in reading.rows(_OF_ACCOUNT, (PREPAID, account_id))])


def accounts_of_customer(reading: Reading, customer_id: int) -> tuple[tuple[int, str], ...]:
    """The accounts of a customer: id and number."""
    return tuple([(row[0], row[1]) for row in reading.rows(_ACCOUNTS, (customer_id,))])


def book_names(reading: Reading, ids: Iterable[int]) -> dict[int, str]:
    """What books are called, by their ids."""
    return dict(reading.rows(_NAMES, {"ids": json.dumps(sorted(ids))}))


def add_cash_book(work: Writing, account_id: int, on: date) -> int:
    """A fresh, empty book for an account's own money; returns its id."""
    return add_book(work, account_id, BookOpened("预存", "cash", (), 9), on)


def add_book(work: Writing, account_id: int, opened: BookOpened, on: date, *, number: int = 0) -> int:
    """A fresh, empty book of an account; returns its id. `number` tells the books of one account from one another: two
    copies of a file give the same id to the same book, and never one id to two.
    """
    return work.insert(
        _ADD,
        {
            "id": own_id(work, t.books.c.id, number * _BOOKS_APART + account_id),
            "account_id": account_id,
            "name": opened.name,
            "kind": opened.kind,
            "items": json.dumps(opened.items, ensure_ascii=False),
            "priority": opened.priority,
            "valid_to": None,
            "opening_fen": 0,
            "opening_source": "counter",
            "opened_on": on.isoformat(),
            "opening_entry": None,
        },
    )


def _held(row: Row) -> HeldBook:
    book_id, account_id, name, kind, items, priority, valid_to, balance_fen = row
    # most books are for everything
    limits = () if items == "[]" else tuple(json.loads(items))
    book = Book(str(book_id), balance_fen, limits, priority, day(valid_to), kind)
    return HeldBook(book_id, account_id, name, book)
