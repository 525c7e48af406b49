"""Prepaid books of an account: what came in and out elsewhere, and what the counter moved."""

from __future__ import annotations

import json
from datetime import date

from sqlalchemy import ColumnElement, bindparam, cast, func, insert, literal_column, select
from sqlalchemy.types import Text

from counter_app.domain.customers import HeldBook
from counter_app.domain.prepaid import Book
from counter_app.storage import tables as t
from counter_app.storage import tables_sync
from counter_app.storage.journal import day
from counter_app.storage.own_ids import own_id
from counter_app.storage.sql import Reading, Row, Writing, compiled, placed

PREPAID = "prepaid"
"""The posting account of prepaid money; its subject is the book's id as text, money in is negative (we owe it)."""

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
_ADD = compiled(insert(t.books).values({c.name: bindparam(c.name) for c in t.books.c}))


def books_of_customer(reading: Reading, customer_id: int) -> tuple[HeldBook, ...]:
    """All books of all accounts of a customer, in the order of accounts and use."""
    return tuple([_held(row) for row in reading.rows(_OF_CUSTOMER, (PREPAID, customer_id))])


def books_of_account(reading: Reading, account_id: int) -> tuple[HeldBook, ...]:
    """The books of one account, in the order of use."""
    return tuple([_held(row) for row in reading.rows(_OF_ACCOUNT, (PREPAID, account_id))])


def add_cash_book(work: Writing, account_id: int, on: date) -> int:
    """A fresh, empty book for an account's own money; returns its id."""
    return work.insert(
        _ADD,
        {
            "id": own_id(work, t.books.c.id, account_id),
            "account_id": account_id,
            "name": "预存",
            "kind": "cash",
            "items": "[]",
            "priority": 9,
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
