"""The seal over rows that came from elsewhere: what the entry that brought them keeps, to find any that is other since.

Rows of one entry have ids that follow each other. Each row is a leaf of a hash tree; the entry keeps the hash over all
blocks of the tree, and a short check of each block by which the place of a change is found. A block is one row until
there are too many of them; then two become one.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from sqlalchemy import Column, bindparam, select

from counter_app.storage import tables as t
from counter_app.storage import tables_retention as r
from counter_app.storage.sql import Sql, compiled

SEALED_SINCE = 4
"""The version of the hall's file from which every row from elsewhere is sealed by its entry."""

SEALING_KINDS = ("import.done", "demo.made")
"""The kinds of entries that bring rows from elsewhere."""

MOST_BLOCKS = 2048
CHECK_DIGITS = 8
_GONE = bytes(32)
_encode = json.JSONEncoder(separators=(",", ":")).encode


@dataclass(frozen=True, slots=True)
class Sealed:
    """A table with rows from elsewhere: the column with their entry, the columns under the seal, those that are
    summed, and whether files of before `SEALED_SINCE` lack the entry's column.
    """

    entry: Column[int]
    columns: tuple[str, ...]
    sums: tuple[str, ...]
    is_since: int = 1

    @property
    def name(self) -> str:
        """The table's name, by which the entry's body holds the seal."""
        return self.entry.table.name

    def question(self) -> Sql:
        """The rows of one entry in the order of their ids."""
        rows = self.entry.table
        chosen = select(rows.c.id, *(rows.c[name] for name in self.columns))
        return compiled(chosen.where(self.entry == bindparam("entry")).order_by(rows.c.id))


def _all_but(entry: Column[int], sums: tuple[str, ...], is_since: int = 1) -> Sealed:
    columns = tuple(column.name for column in entry.table.c if column.name not in ("id", entry.name))
    return Sealed(entry, columns, sums, is_since)


SETTLEMENTS = _all_but(t.settlements.c.entry, ("principal_fen", "late_fee_fen", "cost_fen"))
BOOKS = _all_but(t.books.c.opening_entry, ("opening_fen",), SEALED_SINCE)
PAST_RETENTIONS = _all_but(r.past_retentions.c.entry, (), r.SINCE_VERSION)
SEALED = (SETTLEMENTS, BOOKS, PAST_RETENTIONS)
"""All tables with rows from elsewhere."""


class Seal:
    """Takes the rows of one entry in the order of their ids; memory does not grow with their number."""

    def __init__(self, of: Sealed) -> None:
        self._of = of
        self.name = of.name
        self._sums = [0] * len(of.sums)
        self._at = [of.columns.index(name) for name in of.sums]
        self._blocks: list[bytes] = []
        self._level = 0
        self._open: list[tuple[int, bytes]] = []
        self.count = 0

    def add(self, values: Iterable[Any]) -> None:
        """The next row: its columns without id and entry, in the order of the table."""
        row = tuple(values)
        for place, at in enumerate(self._at):
            self._sums[place] += row[at]
        self._leaf(sha256(b"\0" + _encode(row).encode()).digest())

    def skip(self) -> None:
        """A row that is gone."""
        self._leaf(_GONE)

    def body(self, first_id: int) -> dict[str, Any]:
        """What the entry keeps, by the table's name; nothing when there were no rows."""
        if not self.count:
            return {}
        blocks = self._whole()
        said: dict[str, Any] = {"first_id": first_id, "count": self.count}
        said |= dict(zip(self._of.sums, self._sums, strict=True))
        said |= {"block_rows": 1 << self._level, "sha256": sha256(b"".join(blocks)).hexdigest()}
        said["checks"] = "".join(block.hex()[:CHECK_DIGITS] for block in blocks)
        return {self.name: said}

    def _leaf(self, digest: bytes) -> None:
        self.count += 1
        level, waiting = 0, self._open
        while level < self._level and waiting and waiting[-1][0] == level:
            digest = _joined(waiting.pop()[1], digest)
            level += 1
        if level < self._level:
            waiting.append((level, digest))
            return
        self._blocks.append(digest)
        if len(self._blocks) == MOST_BLOCKS:
            pairs = zip(self._blocks[::2], self._blocks[1::2], strict=True)
            self._blocks = [_joined(left, right) for left, right in pairs]
            self._level += 1

    def _whole(self) -> list[bytes]:
        """The blocks with the last, unfinished one."""
        waiting = [digest for _, digest in self._open]
        if not waiting:
            return self._blocks
        last = waiting.pop()
        while waiting:
            last = _joined(waiting.pop(), last)
        return [*self._blocks, last]


def _joined(left: bytes, right: bytes) -> bytes:
    return sha256(b"\1" + left + right).digest()
