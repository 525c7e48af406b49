"""Rows of very many customers put in order in little memory: sorted a run at a time, packed, and read in one order."""

from __future__ import annotations

import json
import zlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from heapq import merge
from typing import Any, Generic, TypeVar

Row = TypeVar("Row", bound=Sequence[Any])

_BLOCK = 500
"""Rows packed together; of each run one such block is open while runs are read in one order."""

_QUICK = 1
"""Rows in order are much alike: more pains make them little smaller, and three times as slow."""


class Packed(Generic[Row]):
    """Rows of plain values kept packed, in blocks, in the order in which they came."""

    def __init__(self, rows: Sequence[Row] = (), size: int = _BLOCK) -> None:
        self._blocks: list[bytes] = []
        for start in range(0, len(rows), size):
            self.add(rows[start : start + size])

    def add(self, rows: Sequence[Row]) -> None:
        """One more block."""
        self._blocks.append(zlib.compress(json.dumps(rows, ensure_ascii=False).encode(), _QUICK))

    def blocks(self) -> Iterator[list[Row]]:
        """The blocks as they came, their rows as lists. They are used up."""
        self._blocks.reverse()
        while self._blocks:
            yield json.loads(zlib.decompress(self._blocks.pop()))

    def rows(self) -> Iterator[Row]:
        """The rows as they came. They are used up."""
        for block in self.blocks():
            yield from block


class SortedTerms:
    """The terms of each kind with their customers: runs of them, each in order, read as one in the table's order."""

    def __init__(self) -> None:
        self._runs: defaultdict[str, list[Packed[Any]]] = defaultdict(list)

    def add(self, kind: str, run: Sequence[tuple[str, int]]) -> None:
        """One more run; it is in order."""
        self._runs[kind].append(Packed(run))

    def parts(self, size: int) -> Iterator[tuple[str, list[Sequence[Any]]]]:
        """Up to `size` terms of one kind at a time, [term, customer] each, in the order of the table. They are used
        up.
        """
        for kind in sorted(self._runs):
            part: list[Sequence[Any]] = []
            for row in merge(*[run.rows() for run in self._runs.pop(kind)]):
                part.append(row)
                if len(part) == size:
                    yield kind, part
                    part = []
            if part:
                yield kind, part
