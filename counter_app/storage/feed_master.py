"""Master data that comes down: customers, accounts, services, bills and books, each the newest row of its id."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Table, bindparam, case
from sqlalchemy.dialects.sqlite import insert as upsert

from counter_app.storage import tables as t
from counter_app.storage import tables_sync as y
from counter_app.storage.feed_facts import OPENING, take_moves
from counter_app.storage.feed_taking import Taking, Whys, found_in, keys_of, missing_from, orphans, without
from counter_app.storage.sql import Row, Sql, Writing, placed

_NO_CUSTOMER = missing_from(t.customers.c.id)
_NO_ACCOUNT = missing_from(t.accounts.c.id)
_NO_SERVICE = missing_from(t.services.c.id)
_OWNERS = found_in(t.accounts.c.id, t.accounts.c.customer_id)
_ACCOUNTS = found_in(t.services.c.id, t.services.c.account_id)
_STATE = ("state", "state_since_on", "state_reason")


NAMED_BY = {
    "customers": ("customer_no",),
    "accounts": ("account_no",),
    "services": ("kind", "number"),
    "bills": ("bill_no",),
}
"""What names a row of each table in the words of the company: it is of the same thing as long as this is the same."""


def _put(table: Table, *, keeping: Sequence[str] = (), only: Sequence[str] | None = None) -> Sql:
    names = [column.name for column in table.c]
    statement = upsert(table).values({name: bindparam(name) for name in names})
    changed = [name for name in (only or names) if name != "id" and name not in keeping]
    new = statement.excluded
    changes: dict[str, Any] = {name: new[name] for name in changed}
    for name in NAMED_BY.get(table.name, ()):
        # the id of something that the hub has lost may be another one's by now: no NULL is taken, and the row waits
        changes[name] = case((table.c[name] == new[name], new[name]))
    return placed(statement.on_conflict_do_update(index_elements=["id"], set_=changes), names)


_CUSTOMER, _ACCOUNT, _BILL = _put(t.customers), _put(t.accounts), _put(t.bills)
_SERVICE, _SERVICE_BUT_STATE = _put(t.services), _put(t.services, keeping=_STATE)
_FLAGS = (
    Sql("DELETE FROM customer_flags WHERE customer_id = ?"),
    Sql(
        "INSERT INTO customer_flags (customer_id, flag, since_on, note)"
        " SELECT ?, value ->> 0, value ->> 1, value ->> 2 FROM json_each(?)"
    ),
)
_CONTACTS = (
    Sql("DELETE FROM contacts WHERE customer_id = ?"),
    Sql(
        "INSERT INTO contacts (customer_id, line, kind, value, person)"
        " SELECT ?, key + 1, value ->> 0, value ->> 1, value ->> 2 FROM json_each(?)"
    ),
)
_ITEMS = (
    Sql("DELETE FROM bill_items WHERE bill_id = ?"),
    Sql(
        "INSERT INTO bill_items (bill_id, line, item, amount_fen)"
        " SELECT ?, key + 1, value ->> 0, value ->> 1 FROM json_each(?)"
    ),
)
_NOTHING = "[]"


def take_customers(work: Writing, rows: Sequence[Row], taking: Taking) -> Whys:
    """Customers with their flags and contacts."""
    work.many(_CUSTOMER, [row[:10] for row in rows])
    _hang(work, _FLAGS, rows, 10)
    _hang(work, _CONTACTS, rows, 11)
    taking.shown.update([row[0] for row in rows])
    return {}


def take_accounts(work: Writing, rows: Sequence[Row], taking: Taking) -> Whys:
    """Accounts; one that changes hands is searched under its new customer and no more under the old."""
    whys: Whys = {}
    orphans(work, _NO_CUSTOMER, rows, 2, "customer", whys)
    fit = without(rows, whys)
    taking.shown.update([row[1] for row in work.rows(_OWNERS, keys_of(row[0] for row in fit))])
    taking.shown.update([row[2] for row in fit])
    work.many(_ACCOUNT, fit)
    return whys


def take_services(work: Writing, rows: Sequence[Row], taking: Taking) -> Whys:
    """Services; where an entry of ours that the hub has not acknowledged moved the state, that state stays."""
    whys: Whys = {}
    orphans(work, _NO_ACCOUNT, rows, 1, "account", whys)
    fit = without(rows, whys)
    accounts = {row[1] for row in fit}
    accounts.update([row[1] for row in work.rows(_ACCOUNTS, keys_of(row[0] for row in fit))])
    taking.shown.update([row[1] for row in work.rows(_OWNERS, keys_of(accounts))])
    own = taking.own_of(work).services
    work.many(_SERVICE_BUT_STATE, [row for row in fit if row[0] in own])
    work.many(_SERVICE, [row for row in fit if row[0] not in own])
    return whys


def take_bills(work: Writing, rows: Sequence[Row], taking: Taking) -> Whys:
    """Bills with their items."""
    whys: Whys = {}
    orphans(work, _NO_ACCOUNT, rows, 2, "account", whys)
    if any(row[3] is not None for row in rows):
        orphans(work, _NO_SERVICE, rows, 3, "service", whys)
    fit = without(rows, whys)
    work.many(_BILL, [row[:13] for row in fit])
    _hang(work, _ITEMS, fit, 13)
    return whys


def _hang(work: Writing, statements: tuple[Sql, Sql], rows: Sequence[Row], at: int) -> None:
    """What hangs on the rows, anew: lists as JSON text. The last of several rows of one id holds."""
    remove, add = statements
    last = {row[0]: row[at] for row in rows}
    work.many(remove, [(key,) for key in last])
    work.many(add, [(key, text) for key, text in last.items() if text != _NOTHING])


_b = t.books.c
_BOOK_NAMES = ("name", "kind", "items", "priority", "valid_to")
_KEPT = found_in(_b.id, _b.account_id, *(_b[name] for name in _BOOK_NAMES), _b.opening_entry, _b.opening_fen)
_OPENED = found_in(y.book_moves.c.move_id, y.book_moves.c.amount_fen)
_BOOK = _put(t.books, only=_BOOK_NAMES)


def take_books(work: Writing, rows: Sequence[Row], taking: Taking) -> Whys:
    """Prepaid books. What the hub says they opened with is a move from elsewhere; an opening that an entry of ours
    sealed stands as it is, and with it the book.
    """
    whys: Whys = {}
    orphans(work, _NO_ACCOUNT, rows, 1, "account", whys)
    asked = keys_of(row[0] for row in rows)
    held = {row[0]: row[1:] for row in work.rows(_KEPT, asked)}
    opened: dict[str, int] = dict(work.rows(_OPENED, keys_of(f"{OPENING}{row[0]}" for row in rows)))
    put, moves = list[Row](), list[Row]()
    for place, row in enumerate(rows):
        if place in whys:
            continue
        book_id, account_id, *about, opening_fen, source, opened_on = row
        old: Any = held.get(book_id)
        if old is not None and old[0] != account_id:
            whys[place] = f"book {book_id} is account {old[0]}'s"
        elif old is not None and old[6] is not None:
            if (*about, opening_fen) != old[1:6] + old[7:]:
                whys[place] = f"book {book_id} is sealed by the entry that brought it"
        elif opening_fen != opened.get(f"{OPENING}{book_id}", opening_fen if old is None else 0):
            whys[place] = f"book {book_id} opened with another sum"
        else:
            put.append((book_id, account_id, *about, 0, source, opened_on, None))
            if opening_fen:
                moves.append((f"{OPENING}{book_id}", book_id, opening_fen, "", opened_on))
    work.many(_BOOK, put)
    take_moves(work, moves, taking)
    return whys
