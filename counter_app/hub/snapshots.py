"""A hall as the hub sees it at one mark of its feed: rows in packed parts, never all of them in memory."""

from __future__ import annotations

import json
import time
import zlib
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from typing import Any

from sqlalchemy import Connection, Table, select, text

from counter_app.hub import away, books, lines, offers, reliefs, undo
from counter_app.hub import tables as t
from counter_app.hub.asides import Later
from counter_app.hub.calls import Caller, No, feed_of, json_text, state_of
from counter_app.hub.database import Database, DatabaseBusy
from counter_app.hub.ledger import line_text
from counter_app.hub.payments import settlement_text
from counter_app.hub.rows import BookMove, Line, ReliefRow, Settlement, Task, Undone
from counter_app.hub.sql import put
from counter_app.hub.tasks import body_of as task_body
from counter_app.sync.wire import Mark, Snapshot, SnapshotPart, Why

PAGE = 5_000
"""Rows that are read at once."""
FRESH_ROWS = 20_000
"""A snapshot serves again while the feed has grown by no more than this, or by no more than a quarter of its rows:
reading that is less work than a new one. A large one would else be too old whenever it is made during an import.
"""

COME_AGAIN_S = 5
"""After how many seconds a counter asks again for one that is being made."""
MOST_S = 1800
"""The longest that making one may take."""

_PLAIN = ("pack", "staff")
_MASTER = ("customer", "account", "service", "bill", "book")


def ask(connection: Connection, caller: Caller) -> Snapshot | No:
    """The hall's snapshot; the transaction is REPEATABLE READ, so that its parts are those of its head.

    Refused: `busy`: the first counter's master data is still coming, or there is no recent one: `make` is to make it.
    """
    if offers.is_under_way(connection, caller.hall_id):
        return No(Why.BUSY, {"what": "master"})
    return _recent(connection, caller) or Later(
        Why.BUSY,
        {"what": "snapshot"},
        key=f"snapshot {caller.hall_id}",
        work=partial(make, caller=caller),
        wait_s=COME_AGAIN_S,
    )


def make(database: Database, caller: Caller) -> str | None:
    """Make the hall's snapshot: its rows out of one view of the data base, each part a commit of its own, and last of
    all the head, without which no part is seen. Returns its id; None where a recent one is there or somebody else makes
    one. One that was cut short leaves parts that the next one clears away.

    Raises:
        DatabaseBusy: not now, or it took longer than `MOST_S`; it is begun anew with the next request.
    """
    ends = time.monotonic() + MOST_S
    with database.transaction("REPEATABLE READ") as view:
        if not _is_alone(view, caller.hall_id) or _recent(view, caller) is not None:
            return None
        at = feed_of(view, caller.hall_id)
        snapshot_id = f"{at.n}-{caller.fresh_nonce()}"
        with _writing(database, view) as connection:
            _forget_unfinished(connection, caller.hall_id)
        for number, part in enumerate(lines.pack(rows_of(view, caller.hall_id))):
            with _writing(database, view) as connection:
                put(connection, t.snapshot_parts, [(caller.hall_id, snapshot_id, number, *part)])
            if time.monotonic() > ends:
                # a view that stays open keeps the data base from clearing up
                raise DatabaseBusy(f"a snapshot that is not made in {MOST_S} s")
        with _writing(database, view) as connection:
            row = (caller.hall_id, snapshot_id, caller.generation, at.n, at.hash, caller.stamp)
            put(connection, t.snapshots, [row])
            _forget_older(connection, caller.hall_id, snapshot_id)
    return snapshot_id


def part(connection: Connection, caller: Caller, snapshot_id: str, number: int) -> bytes | No:
    """One packed part of a snapshot of the caller's hall.

    Refused: `not_found`: there is none, or a newer one has taken its place.
    """
    row = t.snapshot_parts.c
    content = connection.execute(
        select(row.content).where(row.hall_id == caller.hall_id, row.snapshot_id == snapshot_id, row.part == number)
    ).scalar_one_or_none()
    return No(Why.NOT_FOUND) if content is None else bytes(content)


def rows_of(connection: Connection, hall_id: str) -> Iterator[tuple[str, str]]:
    """Every row of the hall, each kind after those it refers to, in the order of ids."""
    yield from _of_hall(connection, hall_id)
    guests = away.rows_of(connection, hall_id)
    for kind in _MASTER:
        for row in _pages(connection, t.master_rows, hall_id, "id", kind=kind):
            yield kind, row["body"]
        yield from guests[kind]
    for row in _pages(connection, t.settlements, hall_id, "settlement_id"):
        yield "settlement", settlement_text(Settlement(hall_id, **row))
    yield from guests["settlement"]
    for row in _pages(connection, t.book_moves, hall_id, "move_id"):
        yield "book_move", json_text(books.body_of(BookMove(hall_id, **row)))
    yield from guests["book_move"]
    for row in _pages(connection, t.payments_undone, hall_id, "payment_id"):
        yield "undone", json_text(undo.body_of(Undone(hall_id, **row)))
    for row in _pages(connection, t.relief_steps, hall_id, "step_id"):
        yield "relief", json_text(reliefs.body_of(ReliefRow(hall_id, **row)))
    yield from guests["relief"]
    for row in _pages(connection, t.tasks, hall_id, "task_id"):
        # those that are done, too: who reads the feed row by row holds them, and all counters of a hall show the same
        yield "task", json_text(task_body(Task(hall_id, **row)))
    for row in _pages(connection, t.ledger_lines, hall_id, "entry_id"):
        yield "line", line_text(Line(hall_id, **row))


def _of_hall(connection: Connection, hall_id: str) -> Iterator[tuple[str, str]]:
    # the words with which the hall began, and those that came since
    facts = connection.execute(select(t.halls.c.facts).where(t.halls.c.hall_id == hall_id)).scalar_one()
    words = {key: json_text({"key": key, "value": value}) for key, value in json.loads(facts).items()}
    words |= {row["key"]: row["body"] for row in _pages(connection, t.master_rows, hall_id, "key", kind="hall")}
    for _, body in sorted(words.items()):
        yield "hall", body
    for kind in _PLAIN:
        for row in _pages(connection, t.master_rows, hall_id, "key", kind=kind):
            yield kind, row["body"]
    for row in _pages(connection, t.counters, hall_id, "counter_id"):
        yield "counter", json_text(row)
    for row in _pages(connection, t.devices, hall_id, "device_id"):
        names = ("device_id", "counter_id", "public_key", "epoch", "revoked_at")
        yield "device", json_text({name: row[name] for name in names})


def _pages(connection: Connection, table: Table, hall_id: str, key: str, **fixed: str) -> Iterator[dict[str, Any]]:
    """The hall's rows in the order of a unique key, a page at a time: no cursor stays open, no list grows."""
    column = table.c[key]
    wanted = [c for c in table.c if c.name != "hall_id"]
    where = [table.c.hall_id == hall_id, *(table.c[name] == value for name, value in fixed.items())]
    question = select(*wanted).where(*where).order_by(column).limit(PAGE)
    rows = connection.execute(question).mappings().all()
    while rows:
        for row in rows:
            yield dict(row)
        if len(rows) < PAGE:
            return
        rows = connection.execute(question.where(column > rows[-1][key])).mappings().all()


def _recent(connection: Connection, caller: Caller) -> Snapshot | None:
    row, piece = t.snapshots.c, t.snapshot_parts.c
    newest = connection.execute(
        select(row.snapshot_id, row.n, row.hash)
        .where(row.hall_id == caller.hall_id, row.generation == caller.generation)
        .order_by(row.n.desc())
        .limit(1)
    ).one_or_none()
    state = state_of(connection, caller)
    if newest is None:
        return None
    question = (
        select(piece.part, piece.rows, piece.sha256)
        .where(piece.hall_id == caller.hall_id, piece.snapshot_id == newest.snapshot_id)
        .order_by(piece.part)
    )
    parts = tuple(SnapshotPart(part=n, rows=rows, sha256=sha) for n, rows, sha in connection.execute(question))
    if state.feed.n - newest.n > max(FRESH_ROWS, sum(part.rows for part in parts) // 4):
        return None
    return Snapshot(hub=state, snapshot_id=newest.snapshot_id, at=Mark(n=newest.n, hash=newest.hash), parts=parts)


def _writing(database: Database, view: Connection) -> AbstractContextManager[Connection]:
    """A short commit beside the view; an SQLite in memory has but one connection, and is its own view."""
    return database.transaction() if database.is_postgres else nullcontext(view)


def _is_alone(connection: Connection, hall_id: str) -> bool:
    """Whether nobody else is making the hall's snapshot; said until the end of the transaction."""
    if connection.dialect.name != "postgresql":
        return True
    key = {"key": zlib.crc32(f"snapshot {hall_id}".encode())}
    return bool(connection.execute(text("SELECT pg_try_advisory_xact_lock(:key)"), key).scalar_one())


def _forget_unfinished(connection: Connection, hall_id: str) -> None:
    """Parts of a snapshot that was never finished; whoever makes one is alone, so it is nobody's any more."""
    part, row = t.snapshot_parts.c, t.snapshots.c
    whole = select(row.snapshot_id).where(row.hall_id == hall_id)
    connection.execute(t.snapshot_parts.delete().where(part.hall_id == hall_id, part.snapshot_id.not_in(whole)))


def _forget_older(connection: Connection, hall_id: str, snapshot_id: str) -> None:
    """Keep the newest and the one before, which a counter may still be fetching."""
    row = t.snapshots.c
    question = select(row.snapshot_id).where(row.hall_id == hall_id, row.snapshot_id != snapshot_id)
    older = list(connection.execute(question.order_by(row.n.desc(), row.made_at.desc())).scalars())[1:]
    for table in (t.snapshot_parts, t.snapshots):
        connection.execute(table.delete().where(table.c.hall_id == hall_id, table.c.snapshot_id.in_(older)))
