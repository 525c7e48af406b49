"""Customers of other halls who were asked for at this one: who asked, and when."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from sqlalchemy import bindparam, select
from sqlalchemy.dialects.sqlite import insert

from counter_app.domain.id_ranges import GUESTS, RANGE
from counter_app.storage import tables as t
from counter_app.storage import tables_sync as y
from counter_app.storage.feed_taking import keys_of, missing_from
from counter_app.storage.sql import Reading, Sql, Writing, compiled, placed

HeldRows = list[tuple[str, str, int]]

_g = y.guests.c
_NEW = missing_from(t.customers.c.id)
_KEEP = placed(
    insert(y.guests).values({c.name: bindparam(c.name) for c in _g}).on_conflict_do_nothing(), [c.name for c in _g]
)
_ASKED = compiled(select(_g.customer_id).where(_g.customer_id.in_(select(t.customers.c.id))))
_HELD = Sql(
    "SELECT 'customer', customer_no, id FROM customers WHERE id = :customer"
    " UNION ALL SELECT 'account', account_no, id FROM accounts WHERE customer_id = :customer"
    " UNION ALL SELECT * FROM (SELECT 'service', s.kind || ':' || s.number, s.id FROM services s"
    " JOIN accounts a ON a.id = s.account_id WHERE a.customer_id = :customer ORDER BY s.id)"
    " UNION ALL SELECT * FROM (SELECT 'bill', b.bill_no, b.id FROM bills b"
    " JOIN accounts a ON a.id = b.account_id WHERE a.customer_id = :customer ORDER BY b.id)"
    " UNION ALL SELECT * FROM (SELECT 'book', a.account_no || ':' || k.kind, k.id FROM books k"
    " JOIN accounts a ON a.id = k.account_id WHERE a.customer_id = :customer ORDER BY k.id)"
)
_ONE = compiled(select(_g.staff_no, _g.found_at).where(_g.customer_id == bindparam("customer")))


def new_of(reading: Reading, customer_ids: Iterable[int]) -> frozenset[int]:
    """Those of the customers that the file does not have."""
    return frozenset(row[0] for row in reading.rows(_NEW, keys_of(customer_ids)))


def keep_guests(work: Writing, customer_ids: Iterable[int], *, staff_no: str, at: str) -> None:
    """Note customers as guests."""
    work.many(_KEEP, [(customer_id, staff_no, at) for customer_id in customer_ids])


def guest_of(reading: Reading, customer_id: int) -> tuple[str, str] | None:
    """Who asked for this customer and when; None for one of the hall's own."""
    row = reading.one(_ONE, {"customer": customer_id})
    return None if row is None else (row[0], row[1])


def known_guests(reading: Reading, strays: Iterable[int]) -> tuple[int, ...]:
    """The customers here who were asked for, and those of `strays`, who are in no snapshot of the hub any more."""
    here = {row[0] for row in reading.rows(_ASKED)}
    wanted = set(strays)
    lost = wanted - {row[0] for row in reading.rows(_NEW, keys_of(wanted))}
    return tuple(sorted(here | lost))


def held_rows(reading: Reading, customer_id: int) -> HeldRows:
    """All rows of a customer: kind, what names it in every hall, and its id here; each after what it hangs on."""
    return [(kind, name, row_id) for kind, name, row_id in reading.rows(_HELD, {"customer": customer_id})]


def whole_guests(reading: Reading, customers: Iterable[int], named: Collection[object]) -> dict[str, set[int]]:
    """The ids, by kind, of the rows of those of the customers who are guests and of whose accounts none is `named`.

    Another counter may have taken money under any of them: as long as the hub has not been told, they stay together.
    Books are not among them: one that no entry here refers to may never be there again.
    """
    kept: dict[str, set[int]] = {}
    for customer_id in customers:
        rows = held_rows(reading, customer_id) if GUESTS <= customer_id < RANGE else []
        if not any(kind == "account" and name in named for kind, name, _ in rows):
            for kind, _, row_id in rows:
                if kind != "book":
                    kept.setdefault(kind, set()).add(row_id)
    return kept
