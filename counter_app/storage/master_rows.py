"""The hall's own master data as rows of the hub's: what the first counter of a hall that worked alone offers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from sqlalchemy import Column, ColumnElement, Table, bindparam, case, func, literal_column, select

from counter_app.domain.bills import DISPUTE, LOWERED, TAKEN_BACK
from counter_app.domain.hall_words import EDITABLE
from counter_app.domain.reliefs import WAIVER
from counter_app.storage import tables as t
from counter_app.storage.feed_compare import hanging
from counter_app.storage.sql import Reading, Sql, compiled

KINDS = ("hall", "staff", "customer", "account", "service", "book", "bill", "settlement")
"""In this order each row comes after those that it refers to."""

_PAGE = 2_000
_WITH_ENTRIES = ("counter", "undo", WAIVER, DISPUTE, LOWERED, TAKEN_BACK)
"""Sources of settlements that entries of this counter wrote."""


class MasterRow(NamedTuple):
    """One row: its kind, the key behind which the next one stands, and its text."""

    kind: str
    key: str
    body: str


def _text(word: str) -> ColumnElement[Any]:
    return literal_column(f"'{word}'")


def _body(**values: Any) -> ColumnElement[Any]:
    return func.json_object(*(part for name, value in values.items() for part in (_text(name), value)))


def _own(table: Table, *names: str) -> dict[str, Column[Any]]:
    return {name: table.c[name] for name in names}


def _pages(key: Column[Any], body: ColumnElement[Any], *where: ColumnElement[bool]) -> Sql:
    chosen = select(key, body).where(key > bindparam("after"), *where).order_by(key)
    return Sql(f"{compiled(chosen)} LIMIT {_PAGE}")


_null: ColumnElement[Any] = literal_column("NULL")
_flags = func.json(hanging(t.customer_flags.c.customer_id, t.customers.c.id, "flag", "since_on", "note"))
_contacts = func.json(hanging(t.contacts.c.customer_id, t.customers.c.id, "kind", "value", "person"))
_items = func.json(hanging(t.bill_items.c.bill_id, t.bills.c.id, "item", "amount_fen"))
# a verifier that needs this machine's secret is of no use elsewhere: whoever has one goes up without a password
_has_pepper: ColumnElement[bool] = literal_column("substr(staff.verifier, 1, 7) <> '$argon2'")
_verifier = case((_has_pepper, _text("")), else_=t.staff.c.verifier)

_QUESTIONS: dict[str, Sql] = {
    "hall": _pages(
        t.hall.c.key,
        _body(**_own(t.hall, "key", "value")),
        t.hall.c.key.in_([_text(word) for word in EDITABLE if word != "counter_name"]),
    ),
    "staff": _pages(
        t.staff.c.staff_no,
        _body(
            **_own(t.staff, "staff_no", "name", "role", "state"),
            verifier=_verifier,
            **_own(t.staff, "must_change_password"),
        ),
    ),
    "customer": _pages(
        t.customers.c.id,
        _body(**_own(t.customers, *(c.name for c in t.customers.c)), flags=_flags, contacts=_contacts),
    ),
    "account": _pages(
        t.accounts.c.id,
        _body(**{**_own(t.accounts, *(c.name for c in t.accounts.c)), "facts": func.json(t.accounts.c.facts)}),
    ),
    "service": _pages(t.services.c.id, _body(**_own(t.services, *(c.name for c in t.services.c)))),
    "book": _pages(
        t.books.c.id,
        _body(
            **{
                **_own(t.books, *(c.name for c in t.books.c if c.name != "opening_entry")),
                "items": func.json(t.books.c["items"]),
            }
        ),
    ),
    "bill": _pages(t.bills.c.id, _body(**_own(t.bills, *(c.name for c in t.bills.c)), items=_items)),
    "settlement": _pages(
        t.settlements.c.id,
        _body(
            **_own(t.settlements, "settlement_id", "bill_id", "settled_on"),
            **_own(t.settlements, "principal_fen", "late_fee_fen", "cost_fen"),
            source=_text("import"),
            **_own(t.settlements, "channel"),
            counter_id=_null,
        ),
        # what was taken here goes up with its entry
        t.settlements.c.source.not_in([_text(source) for source in _WITH_ENTRIES]),
    ),
}
_TEXT_KEYS = ("hall", "staff")


def master_rows(reading: Reading, kind: str, after: str) -> Iterable[MasterRow]:
    """The rows behind (kind, key), to the end of all kinds; "" stands before the first of a kind."""
    for name in KINDS[KINDS.index(kind) :]:
        last: int | str = (after if name in _TEXT_KEYS else int(after or 0)) if name == kind else _first(name)
        while rows := reading.rows(_QUESTIONS[name], {"after": last}):
            for key, body in rows:
                yield MasterRow(name, str(key), body)
            last = rows[-1][0]


def _first(kind: str) -> int | str:
    return "" if kind in _TEXT_KEYS else 0
