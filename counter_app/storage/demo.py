"""Bulk rows of a hall's master data, written with one statement per table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Table, bindparam, func, insert, select
from sqlalchemy.dialects import sqlite

from counter_app.storage import tables as t
from counter_app.storage.columns import metadata
from counter_app.storage.sql import Reading, Row, Sql, Writing, compiled

_QMARK = sqlite.dialect(paramstyle="qmark")
MASTER_TABLES = (
    "customers",
    "customer_flags",
    "contacts",
    "accounts",
    "services",
    "bills",
    "bill_items",
    "settlements",
)
"""The tables that master data fills, parents first; `books` and `notes` go by their own columns."""

Batch = dict[str, list[Row]]
"""Rows by table, each a tuple in the order of the table's columns."""


def _positional(table: Table) -> Sql:
    return Sql(insert(table).values({c.name: bindparam(c.name) for c in table.c}).compile(dialect=_QMARK).string)


_ADD: Mapping[str, Sql] = {
    name: _positional(metadata.tables[name]) for name in (*MASTER_TABLES, t.books.name, t.notes.name)
}
_COUNTS = {name: compiled(select(func.count()).select_from(metadata.tables[name])) for name in _ADD}

_LAST_ENTRY = compiled(select(func.max(t.entries.c.id)))


def add_batch(work: Writing, batch: Batch) -> None:
    """Write rows as they are, in the order of the tables given; the ids are the caller's."""
    for name, rows in batch.items():
        if rows:
            add_rows(work, name, rows)


def add_rows(work: Writing, name: str, rows: Iterable[tuple[Any, ...]]) -> None:
    """Write rows of one table; each row carries every column in order."""
    work.driver.executemany(_ADD[name], rows)


def last_entry(reading: Reading) -> int:
    """The row id of the newest entry, 0 in an empty journal."""
    row = reading.one(_LAST_ENTRY)
    return int(row[0]) if row and row[0] is not None else 0


def count_rows(reading: Reading) -> dict[str, int]:
    """How many rows of master data the hall holds, by table."""
    return {name: int((reading.one(sql) or (0,))[0]) for name, sql in _COUNTS.items()}
