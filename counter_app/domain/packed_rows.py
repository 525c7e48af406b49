"""Packed parts of rows (gzip of JSON lines `[kind, body]`, the body as its text): snapshots down, a first offer up."""

from __future__ import annotations

import hashlib
import json
import zlib
from typing import NamedTuple

PART_ROWS = 20_000
PART_BYTES = 8 * 1024 * 1024
"""What a part holds at most before it is packed; characters, of which the longest is four bytes."""

_GZIP = 16 + zlib.MAX_WBITS
_text = json.encoder.encode_basestring
_decode = json.JSONDecoder().decode


class Part(NamedTuple):
    """One packed part."""

    rows: int
    sha256: str
    content: bytes


class BadPart(ValueError):
    """A part that is no packed rows; the word says why."""


def line_of(kind: str, body: str) -> str:
    """One row as it stands in a part."""
    return f"[{_text(kind)},{_text(body)}]\n"


def part_of(lines: list[str]) -> Part:
    """A part of these lines; no time and no name is in it: the same rows are the same bytes."""
    packer = zlib.compressobj(level=1, wbits=_GZIP)
    content = packer.compress("".join(lines).encode("utf-8")) + packer.flush()
    return Part(len(lines), hashlib.sha256(content).hexdigest(), content)


def rows_of_part(content: bytes) -> list[tuple[str, str]]:
    """The rows of a part.

    Raises:
        BadPart: not packed, larger than a part may be, or not lines of two texts.
    """
    opened = zlib.decompressobj(wbits=_GZIP)
    try:
        data = opened.decompress(content, 4 * PART_BYTES + 1)
        if not opened.eof or opened.unused_data or len(data) > 4 * PART_BYTES:
            raise BadPart("cut or too large")
        # at the line feed alone: a name may hold what Unicode calls a line's end
        rows = [_decode(line) for line in data.decode("utf-8").split("\n") if line]
    except (zlib.error, ValueError, RecursionError) as error:
        raise BadPart(str(error)[:40]) from error
    if not all(type(row) is list and len(row) == 2 and all(type(part) is str for part in row) for row in rows):
        raise BadPart("not rows of two texts")
    return [(kind, body) for kind, body in rows]
