"""The journal as a chain that goes up: what waits behind a mark, which hash stands where, where it ends."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, literal_column, select

from counter_app.domain.journal import GENESIS
from counter_app.storage import tables as t
from counter_app.storage.journal import moment
from counter_app.storage.sql import Reading, placed

_e = t.entries.c
_AFTER = placed(
    select(_e.seq, _e.content, _e.prev_hash, _e.hash, _e.signature)
    .where(_e.epoch == bindparam("of_epoch"), _e.seq > bindparam("after"))
    .order_by(_e.seq)
    .limit(bindparam("most"))
    .offset(literal_column("0")),
    ("of_epoch", "after", "most"),
)
_HASH = placed(
    select(_e.hash).where(_e.epoch == bindparam("of_epoch"), _e.seq == bindparam("at_seq")), ("of_epoch", "at_seq")
)
_AT = placed(
    select(_e.at).where(_e.epoch == bindparam("of_epoch"), _e.seq == bindparam("at_seq")), ("of_epoch", "at_seq")
)
_END = placed(
    select(t.journal_head.c.seq, t.journal_head.c.hash).where(t.journal_head.c.epoch == bindparam("of_epoch")),
    ("of_epoch",),
)


class Link(NamedTuple):
    """One entry as it goes up."""

    seq: int
    content: str
    prev_hash: bytes
    hash: bytes
    signature: bytes


class Queue(NamedTuple):
    """What waits to go up: how many entries, and when the oldest of them was written."""

    length: int
    oldest_at: datetime | None


def waiting(reading: Reading, epoch: int, after: int, *, most: int, most_bytes: int) -> tuple[Link, ...]:
    """The entries that follow `after`, at most so many and so many bytes; a single one may be longer than that."""
    found: list[Link] = []
    total = 0
    for rows in reading.stream(_AFTER, (epoch, after, most), size=50):
        for row in rows:
            total += len(row[1].encode("utf-8"))
            if found and total > most_bytes:
                return tuple(found)
            found.append(Link(*row))
    return tuple(found)


def hash_at(reading: Reading, epoch: int, seq: int) -> str | None:
    """The hash (hex) of an entry of this journal, or None where it has none; before the first there are zeros."""
    if seq == 0:
        return GENESIS.hex()
    row = reading.one(_HASH, (epoch, seq))
    return None if row is None else row[0].hex()


def end_of(reading: Reading, epoch: int) -> tuple[int, str]:
    """Number and hash of the last entry of an epoch."""
    row = reading.one(_END, (epoch,))
    return (0, GENESIS.hex()) if row is None else (row[0], row[1].hex())


def queue(reading: Reading, epoch: int, acked: int) -> Queue:
    """What of an epoch is not acknowledged."""
    length = end_of(reading, epoch)[0] - acked
    if length <= 0:
        return Queue(0, None)
    row = reading.one(_AT, (epoch, acked + 1))
    return Queue(length, moment(row[0]) if row else None)
