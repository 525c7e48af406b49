"""What entries reach: what they name, what is behind a credit, and what waits and may be applied with them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

from sqlalchemy import Connection, select

from counter_app.hub import recover
from counter_app.hub import tables as t
from counter_app.hub.batch import Batch
from counter_app.hub.credits import base_of
from counter_app.hub.entries import Arrived, Unfit
from counter_app.hub.rows import Credit, Parked, Quarantined, Settlement
from counter_app.hub.sql import find


class Reached(NamedTuple):
    """Bills, books, accounts and services, and settlements that entries name, as far as they can be read."""

    bills: set[int]
    books: set[int]
    others: set[int]
    settlements: set[str]

    @property
    def ids(self) -> set[int]:
        """All that have an id."""
        return self.bills | self.books | self.others


def named(entries: Iterable[Arrived]) -> Reached:
    """What entries name themselves."""
    found = Reached(set(), set(), set(), set())
    for entry in entries:
        body = entry.body
        found.others.update(_ids([body.get("account_id"), body.get("to_account_id"), body.get("service_id")]))
        found.books.update(_ids([body.get("book_id")]))
        for row in _rows(body.get("settlements")):
            found.bills.update(_ids(row[1:2]))
            found.settlements.update(_names(row[:1]))
        for row in _rows(body.get("bills")):
            found.bills.update(_ids(row[:1]))
        for row in _rows(body.get("books")):
            found.books.update(_ids(row[:1]))
        for row in _rows(body.get("services")):
            found.others.update(_ids(row[:1]))
    return found


def with_inner(batch: Batch, entry: Arrived) -> Iterator[Arrived]:
    """An entry, and the one that it carries."""
    yield entry
    if entry.kind == recover.RECHAIN:
        with suppress(Unfit):
            yield recover.inner_of(batch, entry)


def behind(connection: Connection, batch: Batch, entries: Sequence[Arrived]) -> set[int]:
    """The ids of all that entries may touch: the bills of credits that they give back, and what entries name that wait
    or are kept apart, and may be applied with them.
    """
    all_entries = [*entries, *_waking(connection, batch, entries)]
    credit_ids = _names(entry.body.get("credit_id") for entry in all_entries)
    of_credits = find(connection, t.credits_, "credit_id", credit_ids, hall_id=batch.hall_id)
    bases = sorted({base_of(name) for name in credit_ids})
    paid = find(connection, t.settlements, "settlement_id", bases, hall_id=batch.hall_id)
    bills = {Credit(*row).bill_id for row in of_credits} | {Settlement(*row).bill_id for row in paid}
    return named(all_entries).ids | bills


def _waking(connection: Connection, batch: Batch, entries: Sequence[Arrived]) -> Iterator[Arrived]:
    hall_id = batch.hall_id
    places = [((row.counter_id, row.epoch, row.seq), row.entry_id) for row in _parked(connection, hall_id)]
    tasks = _names(entry.body.get("task_id") for entry in entries)
    for row in find(connection, t.quarantine, "task_id", tasks, hall_id=hall_id):
        kept = Quarantined(*row)
        places.append(((kept.counter_id, kept.epoch, kept.seq), kept.entry_id))
    for place, entry_id in places:
        with suppress(Unfit):
            entry = recover.entry_at(connection, batch, place, entry_id)
            if entry is not None:
                yield entry


def _parked(connection: Connection, hall_id: str) -> list[Parked]:
    row = t.parked.c
    return [
        Parked(*kept)
        for kept in connection.execute(select(t.parked).where(row.hall_id == hall_id, row.freed_by.is_(None)))
    ]


def _rows(value: Any) -> list[list[Any]]:
    return [row for row in value if type(row) is list] if type(value) is list else []


def _ids(values: Iterable[Any]) -> list[int]:
    return [value for value in values if type(value) is int and 0 < value < 2**62]


def _names(values: Iterable[Any]) -> list[str]:
    return sorted({value for value in values if isinstance(value, str) and "\x00" not in value})
