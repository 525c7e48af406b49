"""Serials of numbered documents: a series runs from 1 without a gap, a serial is taken by the commit that uses it."""

from __future__ import annotations

from sqlalchemy import Table, bindparam, func
from sqlalchemy.dialects.sqlite import insert as upsert

from counter_app.storage.sql import Writing, placed


class Series:
    """The series of one kind of document; the table that keeps their last serials has a row for each."""

    def __init__(self, table: Table) -> None:
        keys = [column.name for column in table.primary_key.columns]
        adding = upsert(table)
        self._next = placed(
            adding.values({**{name: bindparam(name) for name in keys}, "last_serial": bindparam("one")})
            .on_conflict_do_update(
                index_elements=keys, set_={"last_serial": table.c.last_serial + adding.excluded.last_serial}
            )
            .returning(table.c.last_serial),
            (*keys, "one"),
        )
        raised = func.max(table.c.last_serial, adding.excluded.last_serial)
        self._raise = placed(
            adding.values({name: bindparam(name) for name in (*keys, "last_serial")}).on_conflict_do_update(
                index_elements=keys, set_={"last_serial": raised}
            ),
            (*keys, "last_serial"),
        )

    def next(self, work: Writing, *of: str | int) -> int:
        """The next serial of a series, named by its counter, its year and whatever else its table's key asks for."""
        row = work.one(self._next, (*of, 1))
        assert row is not None
        return int(row[0])

    def raise_to(self, work: Writing, serial: int, *of: str | int) -> None:
        """No serial up to this one is given again: it is on a paper that was printed somewhere."""
        work.run(self._raise, (*of, serial))
