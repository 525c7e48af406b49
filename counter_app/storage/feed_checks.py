"""Checks over the facts that came down, which no entry of ours brought: a hash rolled over them block by block.

They are kept as rows come, and `seal` puts what they say into the journal now and then; `verify` rolls them again.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from sqlalchemy import ColumnElement, Table, bindparam, func, literal_column, select
from sqlalchemy.dialects.sqlite import insert as upsert

from counter_app.storage import tables as t
from counter_app.storage import tables_reliefs
from counter_app.storage import tables_sync as y
from counter_app.storage import tables_undo as u
from counter_app.storage.sql import Reading, Row, Sql, Writing, compiled

BLOCK_ROWS = 1024
"""Ids of one block: a place of damage is told as well as this."""

START = bytes(32)
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


@dataclass(frozen=True, slots=True)
class Checked:
    """A table with facts that came down: which of its rows they are, and where in a row its sum stands, if it has one.

    A row is its columns without those that say which entry of ours wrote it; the id stands first. `since` is the file's
    version from which it has the table.
    """

    table: Table
    rows: Sql
    block: Sql
    sum_at: int | None
    since: int = y.SINCE_VERSION

    @property
    def name(self) -> str:
        """The table's name, by which the checks are kept."""
        return self.table.name


def _checked(
    table: Table,
    sum_column: str | None,
    *where: ColumnElement[bool],
    without: tuple[str, ...] = (),
    since: int = y.SINCE_VERSION,
) -> Checked:
    columns = [column for column in table.c if column.name not in without]
    names = [column.name for column in columns]
    rows = select(*columns).where(table.c.id > bindparam("after"), *where).order_by(table.c.id)
    block = compiled(rows.where(table.c.id < bindparam("end")))
    return Checked(table, compiled(rows), block, names.index(sum_column) if sum_column else None, since)


FROM_FEED = "hub:"
"""What the source of a settlement that came down begins with; its source at the hub follows, and whose it is."""

SETTLEMENTS = _checked(
    t.settlements, "principal_fen", literal_column("substr(settlements.source, 1, 4) = 'hub:'"), without=("entry",)
)
MOVES = _checked(y.book_moves, "amount_fen")
ROLES = _checked(y.roles_down, None)
UNDONE = _checked(u.undone_elsewhere, None, since=u.SINCE_VERSION)
RELIEFS = _checked(tables_reliefs.reliefs_elsewhere, "amount_fen", since=tables_reliefs.SINCE_VERSION)
CHECKED = (SETTLEMENTS, MOVES, ROLES, UNDONE, RELIEFS)

_c = y.feed_checks.c
_BLOCK = compiled(
    select(_c.row_count, _c.sum_fen, _c.hash).where(_c.what == bindparam("of_what"), _c.block == bindparam("of_block"))
)
_BLOCKS = compiled(
    select(_c.block, _c.row_count, _c.sum_fen, _c.hash).where(_c.what == bindparam("of_what")).order_by(_c.block)
)
_put = upsert(y.feed_checks).values({c.name: bindparam(c.name) for c in _c})
_PUT = compiled(
    _put.on_conflict_do_update(
        index_elements=["what", "block"],
        set_={name: _put.excluded[name] for name in ("row_count", "sum_fen", "hash")},
    )
)
_CLEAR = compiled(y.feed_checks.delete().where(_c.what == bindparam("of_what"), _c.block == bindparam("of_block")))


def next_id(reading: Reading, of: Checked) -> int:
    """The id for the next fact: they follow one another, so that the checks can be rolled over them."""
    row = reading.one(_LAST[of.name])
    return (int(row[0]) if row and row[0] is not None else 0) + 1


_LAST = {of.name: compiled(select(func.max(of.table.c.id))) for of in CHECKED}


def roll(work: Writing, of: Checked, rows: Sequence[Row]) -> None:
    """Take new facts into the checks: their columns with the id first, in the order of their ids."""
    block = -1
    tally = _Tally()
    for row in rows:
        if row[0] // BLOCK_ROWS != block:
            if block >= 0:
                work.run(_PUT, tally.row(of, block))
            block = row[0] // BLOCK_ROWS
            kept = work.one(_BLOCK, {"of_what": of.name, "of_block": block})
            tally = _Tally(*kept) if kept else _Tally()
        tally.add(row, of.sum_at)
    if block >= 0:
        work.run(_PUT, tally.row(of, block))


class _Tally:
    """What one block says."""

    __slots__ = ("count", "hash", "sum_fen")

    def __init__(self, count: int = 0, sum_fen: int = 0, digest: bytes = START) -> None:
        self.count, self.sum_fen, self.hash = count, sum_fen, digest

    def add(self, row: Row, sum_at: int | None) -> None:
        self.count += 1
        if sum_at is not None:
            self.sum_fen += row[sum_at]
        self.hash = sha256(self.hash + _encode(row).encode("utf-8", "surrogatepass")).digest()

    def row(self, of: Checked, block: int) -> dict[str, Any]:
        return {"what": of.name, "block": block, "row_count": self.count, "sum_fen": self.sum_fen, "hash": self.hash}


@dataclass(frozen=True, slots=True)
class Block:
    """What is said of one block, by the checks or by the rows themselves."""

    block: int
    count: int
    sum_fen: int
    hash: bytes


def kept_blocks(reading: Reading, of: Checked) -> Iterator[Block]:
    """The blocks as the checks have them."""
    for row in reading.rows(_BLOCKS, {"of_what": of.name}):
        yield Block(*row)


def rolled_blocks(reading: Reading, of: Checked, *, last_id: int | None = None) -> Iterator[Block]:
    """The blocks as the rows say; with `last_id` only up to that row."""
    block, tally = -1, _Tally()
    for many in reading.stream(of.rows, {"after": 0}):
        for row in many:
            if last_id is not None and row[0] > last_id:
                break
            if row[0] // BLOCK_ROWS != block:
                if block >= 0:
                    yield Block(block, tally.count, tally.sum_fen, tally.hash)
                block, tally = row[0] // BLOCK_ROWS, _Tally()
            tally.add(row, of.sum_at)
    if block >= 0:
        yield Block(block, tally.count, tally.sum_fen, tally.hash)


def said_of(blocks: Iterator[Block], last_id: int) -> dict[str, Any]:
    """What an entry keeps of one table: how far, how many rows, their sum, and a hash over all blocks."""
    whole, count, sum_fen = sha256(), 0, 0
    for block in blocks:
        count, sum_fen = count + block.count, sum_fen + block.sum_fen
        whole.update(f"{block.block} {block.count} {block.sum_fen} ".encode() + block.hash)
    return {"last_id": last_id, "rows": count, "sum_fen": sum_fen, "sha256": whole.hexdigest()}


def clear_block(work: Writing, of: Checked, block: int) -> None:
    """Forget the checks of a block whose rows are rolled anew."""
    work.run(_CLEAR, {"of_what": of.name, "of_block": block})
