"""A hall's feed: rows in the hub's order under a rolling hash; the row that counts them is what writers wait for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, insert, select, update

from counter_app.hub import tables as t
from counter_app.hub.calls import Caller, No, json_text, state_of
from counter_app.hub.rows import FeedLine
from counter_app.hub.sql import ask, put
from counter_app.sync.wire import MOST_ROWS, NO_HASH, FeedPage, FeedRow, Mark, Why, feed_hash

PAGE_BYTES = 1024 * 1024
"""The most that the bodies of one page hold, but for a single row that is larger by itself."""

_end = t.hall_feed.c
_HOLD = select(_end.n, _end.hash, _end.last_id).where(_end.hall_id == bindparam("hall")).with_for_update()
_MOVE = (
    update(t.hall_feed)
    .where(_end.hall_id == bindparam("hall"))
    .values(n=bindparam("new_n"), hash=bindparam("new_hash"), last_id=bindparam("new_last_id"))
)


class FeedEnd(NamedTuple):
    """Where a hall's feed ends, and the last id that the hub gave to a master row of the hall."""

    n: int
    hash: str
    last_id: int


def open_feed(connection: Connection, hall_id: str) -> None:
    """Give a new hall its empty feed."""
    connection.execute(insert(t.hall_feed).values(hall_id=hall_id, n=0, hash=NO_HASH, last_id=0))


def lock(connection: Connection, hall_ids: Iterable[str]) -> dict[str, FeedEnd]:
    """Hold the feeds of some halls until the end of the transaction; always in the order of halls, so none waits in a
    circle. Whoever holds them sees every row that was written before.
    """
    found = {}
    for hall_id in sorted(set(hall_ids)):
        # one statement each: a single one would lock in the order of its plan
        [row] = ask(connection, _HOLD, hall=hall_id)
        found[hall_id] = FeedEnd(*row)
    return found


def append(connection: Connection, hall_id: str, end: FeedEnd, rows: Iterable[tuple[str, str]]) -> FeedEnd:
    """Put rows (kind, canonical body) behind a feed whose end is held; returns the new end."""
    n, digest, last_id = end
    lines = []
    for kind, body in rows:
        n += 1
        digest = feed_hash(digest, n, kind, body)
        lines.append(FeedLine(hall_id, n, kind, body, digest))
    put(connection, t.feed, lines)
    return move(connection, hall_id, FeedEnd(n, digest, last_id))


def move(connection: Connection, hall_id: str, end: FeedEnd) -> FeedEnd:
    """Write down where the feed of a hall ends now; last of all, since readers go by it."""
    ask(connection, _MOVE, hall=hall_id, new_n=end.n, new_hash=end.hash, new_last_id=end.last_id)
    return end


def tell(connection: Connection, hall_id: str, rows: Sequence[tuple[str, dict[str, object]]]) -> Mark:
    """Put rows behind a hall's feed on their own, as enrolment and revocation do."""
    held = lock(connection, [hall_id])[hall_id]
    end = append(connection, hall_id, held, [(kind, json_text(body)) for kind, body in rows])
    return Mark(n=end.n, hash=end.hash)


def page(
    connection: Connection, caller: Caller, *, generation: str, after: Mark, limit: int = MOST_ROWS
) -> FeedPage | No:
    """The rows behind a mark: contiguous, and nothing that is still being written.

    The end is read before the rows: what a reader at mark N sees is exactly 1..N, whoever is writing meanwhile.
    """
    state = state_of(connection, caller)
    if generation != caller.generation:
        return No(Why.OTHER_GENERATION, hub=state)
    row = t.feed.c
    if after.n > state.feed.n:
        return No(Why.OTHER_FEED, hub=state)
    if after.n:
        stood = connection.execute(select(row.hash).where(row.hall_id == caller.hall_id, row.n == after.n)).scalar_one()
    else:
        stood = NO_HASH
    if stood != after.hash:
        return No(Why.OTHER_FEED, hub=state)
    rows: list[FeedRow] = []
    last, size = after, 0
    question = (
        select(row.n, row.kind, row.body, row.hash)
        .where(row.hall_id == caller.hall_id, row.n > after.n, row.n <= state.feed.n)
        .order_by(row.n)
        .limit(max(1, min(limit, MOST_ROWS)))
    )
    for n, kind, body, digest in connection.execute(question):
        size += len(body)
        if rows and size > PAGE_BYTES:
            break
        rows.append(FeedRow(n=n, kind=kind, body=body))
        last = Mark(n=n, hash=digest)
    return FeedPage(hub=state, rows=tuple(rows), upto=last)
