"""Customers of other halls who were asked for at this one: who asked, and when."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import bindparam, select
from sqlalchemy.dialects.sqlite import insert

from counter_app.storage import tables as t
from counter_app.storage import tables_sync as y
from counter_app.storage.feed_taking import keys_of, missing_from
from counter_app.storage.sql import Reading, Writing, compiled, placed

_g = y.guests.c
_NEW = missing_from(t.customers.c.id)
_KEEP = placed(
    insert(y.guests).values({c.name: bindparam(c.name) for c in _g}).on_conflict_do_nothing(), [c.name for c in _g]
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
