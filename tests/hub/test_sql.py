"""The statements that go past SQLAlchemy: the same on both data bases, with its errors and in its transactions."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import Connection, bindparam, select, text
from sqlalchemy.exc import DataError, IntegrityError

from counter_app.hub import tables as t
from counter_app.hub.database import Database, DatabaseBusy
from counter_app.hub.schema import API_ROLE
from counter_app.hub.sql import ask, find, put

PART = t.snapshot_parts
OF_PART = select(PART.c.rows, PART.c.content).where(PART.c.hall_id == bindparam("hall"), PART.c.part == bindparam("of"))


def part(number: int, content: bytes | None = b"\x00\xff") -> tuple[object, ...]:
    return ("a", "s", number, 7, "sha", content)


def test_rows_are_written_asked_and_found_in_the_transaction_that_is_open(database: Database) -> None:
    with database.transaction() as connection:
        put(connection, PART, [part(1), part(2, b"")])
        with pytest.raises(ZeroDivisionError), connection.begin_nested():  # noqa: PT012  # the row comes before
            put(connection, PART, [part(3)])
            _ = 1 / 0
        put(connection, t.parked, [("a", "e", "A", 1, 2, "大厅", "at", None)])
    with database.transaction() as connection:
        assert [(rows, bytes(content)) for rows, content in ask(connection, OF_PART, hall="a", of=1)] == [
            (7, b"\x00\xff")
        ]
        assert sorted(row[2] for row in find(connection, PART, "part", [1, 2, 3], hall_id="a")) == [1, 2]
        assert find(connection, t.parked, "entry_id", ["e"], hall_id="a") == [("a", "e", "A", 1, 2, "大厅", "at", None)]


IMPOSSIBLE: dict[str, tuple[tuple[object, ...], tuple[type[Exception], ...]]] = {
    "twice": (part(1), (IntegrityError,)),
    "null": (part(3, None), (IntegrityError,)),
    "large": (("a", "s", 2**63, 7, "sha", b""), (DataError, OverflowError)),
    "half a character": (("a", "\ud800", 3, 7, "sha", b""), (UnicodeEncodeError,)),
}


def test_what_cannot_be_written_takes_only_its_savepoint_along(database: Database) -> None:
    with database.transaction() as connection:
        put(connection, PART, [part(1)])
        for row, errors in IMPOSSIBLE.values():
            with pytest.raises(errors), connection.begin_nested():
                put(connection, PART, [part(2), row])
        put(connection, PART, [part(4)])
    with database.transaction() as connection:
        assert sorted(row[2] for row in find(connection, PART, "part", [1, 2, 3, 4], hall_id="a")) == [1, 4]


ACTS: dict[str, Callable[[Connection], object]] = {
    "ask": lambda connection: ask(connection, OF_PART, hall="a", of=1),
    "copy": lambda connection: put(connection, PART, [part(1)]),
    "arrays": lambda connection: put(connection, PART, [part(1)], "replace"),
    "find": lambda connection: find(connection, PART, "part", [1], hall_id="a"),
}


def test_a_line_that_is_cut_is_busy_and_the_next_transaction_has_another(postgres_url: str) -> None:
    database, owner = Database.open(postgres_url, role=API_ROLE), Database.open(postgres_url)
    for act in ACTS.values():
        with pytest.raises(DatabaseBusy), database.transaction() as connection:  # noqa: PT012  # cut in the middle
            of = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
            with owner.transaction() as other:
                other.execute(text("SELECT pg_terminate_backend(:of, 5000)"), {"of": of})
            act(connection)
        with database.transaction() as connection:
            act(connection)
    database.close()
    owner.close()
