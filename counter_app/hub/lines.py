"""Packed parts of rows for snapshots and offers: made one after the other, never all of them in memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from counter_app.domain.packed_rows import PART_BYTES as PART_BYTES
from counter_app.domain.packed_rows import PART_ROWS as PART_ROWS
from counter_app.domain.packed_rows import BadPart as BadPart
from counter_app.domain.packed_rows import Part, line_of, part_of
from counter_app.domain.packed_rows import rows_of_part as unpack

__all__ = ["PART_BYTES", "PART_ROWS", "BadPart", "Part", "pack", "unpack"]


def pack(rows: Iterable[tuple[str, str]]) -> Iterator[Part]:
    """Rows as parts; never more than one part of them is held at once."""
    lines: list[str] = []
    size = 0
    for kind, body in rows:
        line = line_of(kind, body)
        if lines and (len(lines) == PART_ROWS or size + len(line) > PART_BYTES):
            yield part_of(lines)
            lines, size = [], 0
        lines.append(line)
        size += len(line)
    if lines:
        yield part_of(lines)
