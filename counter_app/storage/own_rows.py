"""How much a hall that works alone has of its own: what its first contact with a hub sends up."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import func, literal_column, select

from counter_app.storage import tables as t
from counter_app.storage.sql import Reading, compiled


class OwnRows(NamedTuple):
    """Rows by kind, and the entries of the journal."""

    customers: int
    accounts: int
    bills: int
    staff: int
    entries: int


_COUNT = compiled(
    select(
        *(
            select(func.count(literal_column("*"))).select_from(table).scalar_subquery()
            for table in (t.customers, t.accounts, t.bills, t.staff, t.entries)
        )
    )
)


def own_rows(reading: Reading) -> OwnRows:
    """Count them."""
    row = reading.one(_COUNT)
    assert row is not None
    return OwnRows(*row)
