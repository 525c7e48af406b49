"""A picture that somebody drew or scanned, read into dots; what cannot be read is no picture."""

from __future__ import annotations

import io
import struct
from dataclasses import dataclass
from typing import cast

from reportlab.lib.utils import ImageReader

_PNG = b"\x89PNG\r\n\x1a\n"
_SIZE = struct.Struct(">4x4sII")
MOST_DOTS = 4_000_000
"""Larger pictures are not read: a drawn signature has a tenth of it, and a small file may claim to be a huge one."""


@dataclass(frozen=True, slots=True)
class Dots:
    """Rows of dots from the top left: a byte of grey or three of colour each, a byte of opacity where it has any."""

    width: int
    height: int
    rows: bytes
    is_coloured: bool
    opacity: bytes = b""


def read_png(data: bytes) -> Dots | None:
    """The dots of a PNG, or None: it is none, it is damaged, or it is larger than `MOST_DOTS`."""
    if not data.startswith(_PNG) or len(data) < len(_PNG) + _SIZE.size:
        return None
    name, width, height = _SIZE.unpack_from(data, len(_PNG))
    if name != b"IHDR" or not 0 < width * height <= MOST_DOTS:
        return None
    try:
        reader = ImageReader(io.BytesIO(data))
        rows = cast("bytes", reader.getRGBData())
        mask = reader._dataA  # the one place where reportlab keeps it
        opacity = cast("bytes", mask.getRGBData()) if mask is not None else b""
    except (OSError, ValueError, SyntaxError, TypeError, EOFError, struct.error):
        return None
    is_coloured = len(rows) == 3 * width * height
    if not is_coloured and len(rows) != width * height:
        return None
    return Dots(width, height, rows, is_coloured, opacity)
