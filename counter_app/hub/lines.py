"""Packed parts of rows: gzip of JSON lines `[kind, body]`, the body as its text; for snapshots and for offers."""

from __future__ import annotations

import gzip
import hashlib
import json
import zlib
from collections.abc import Iterable, Iterator
from typing import NamedTuple

PART_ROWS = 20_000
PART_BYTES = 8 * 1024 * 1024
"""What a part holds at most before it is packed."""

_text = json.encoder.encode_basestring


class Part(NamedTuple):
    """One packed part."""

    rows: int
    sha256: str
    content: bytes


class BadPart(ValueError):
    """A part that is no packed rows; the word says why."""


def pack(rows: Iterable[tuple[str, str]]) -> Iterator[Part]:
    """Rows as parts; never more than one part of them is held at once."""
    lines: list[str] = []
    size = 0
    for kind, body in rows:
        line = f"[{_text(kind)},{_text(body)}]\n"
        if lines and (len(lines) == PART_ROWS or size + len(line) > PART_BYTES):
            yield _part(lines)
            lines, size = [], 0
        lines.append(line)
        size += len(line)
    if lines:
        yield _part(lines)


def unpack(content: bytes) -> list[tuple[str, str]]:
    """The rows of a part.

    Raises:
        BadPart: not packed, larger than a part may be, or not lines of two texts.
    """
    opened = zlib.decompressobj(wbits=31)
    try:
        # four bytes for the longest character: a part is measured in characters when it is made
        data = opened.decompress(content, 4 * PART_BYTES + 1)
        if opened.unconsumed_tail or not opened.eof or opened.unused_data or len(data) > 4 * PART_BYTES:
            raise BadPart("too_large" if opened.unconsumed_tail else "cut")
        rows = [json.loads(line) for line in data.decode("utf-8").splitlines()]
    except (zlib.error, ValueError, RecursionError) as error:
        raise BadPart(str(error)[:40]) from error
    if not all(type(row) is list and len(row) == 2 and all(isinstance(part, str) for part in row) for row in rows):
        raise BadPart("not_rows")
    return [(kind, body) for kind, body in rows]


def _part(lines: list[str]) -> Part:
    # no time and no name in it: the same rows are the same bytes
    content = gzip.compress("".join(lines).encode("utf-8"), compresslevel=1, mtime=0)
    return Part(len(lines), hashlib.sha256(content).hexdigest(), content)
