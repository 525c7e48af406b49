"""TrueType files, of which only what is asked for is read, and the tables of a font made of some of their glyphs."""

from __future__ import annotations

import mmap
import struct
import sys
from array import array
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

_GLYPHS_MAX = 0xFFFF


@dataclass(frozen=True, slots=True)
class Glyph:
    """One glyph as an embedded font takes it: its outline padded to four bytes, its `hmtx` entry, and its width.

    The width is in thousandths of the em; `holder` is the face whose file it stands in.
    """

    holder: Face
    outline: bytes
    metrics: bytes
    width: float


class Face:
    """A font file in the memory's map: a start reads a few kilobytes of it, not its 10 or 29 megabytes.

    Only what the shipped fonts need is understood: a Unicode map in format 4 or 12, long glyph offsets, no composite
    glyphs; `tests/documents` holds the files to that.
    """

    def __init__(self, path: Path, behind: Sequence[Callable[[], Face]] = ()) -> None:
        """`behind` are asked in their order for characters missing here, and loaded not before.

        Raises:
            ValueError: the file has no character map of a kind that we ship.
        """
        self.name = path.stem
        self._behind = behind
        with path.open("rb") as file:
            self._file = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        entries = self._file[12 : 12 + 16 * struct.unpack_from(">H", self._file, 4)[0]]
        self._places = {tag.decode(): (at, size) for tag, _, at, size in struct.iter_unpack(">4sIII", entries)}
        self._ranges = _ranges(self.table("cmap"))
        self._starts = [first for first, _, _ in self._ranges]
        self._scale = 1000 / struct.unpack_from(">H", self._file, self._places["head"][0] + 18)[0]
        self._metrics_count = struct.unpack_from(">H", self._file, self._places["hhea"][0] + 34)[0]
        self.widths = _Widths(self)

    def table(self, tag: str) -> bytes:
        """A whole table; empty where the file has none."""
        at, size = self._places.get(tag, (0, 0))
        return self._file[at : at + size]

    def glyph_number(self, char: int) -> int:
        """The glyph of a code point in this file, 0 for none."""
        place = bisect_right(self._starts, char) - 1
        if place < 0:
            return 0
        first, last, glyphs = self._ranges[place]
        return glyphs[char - first] if char <= last else 0

    def holder(self, char: int) -> Face | None:
        """The face that draws the code point: this one, one behind it, or none."""
        if self.glyph_number(char) or not char:
            return self  # 0 stands for no character at all: not worth loading a file
        return next((found for load in self._behind if (found := load().holder(char))), None)

    def glyph(self, char: int) -> Glyph:
        """What draws the code point, from this file or one behind it; the box for missing ones where none does."""
        return _glyph(self, char)

    def read_glyph(self, number: int) -> Glyph:
        """A glyph of this file by its number."""
        at = self._places["loca"][0] + 4 * number
        start, end = struct.unpack_from(">II", self._file, at)
        glyf = self._places["glyf"][0]
        outline = self._file[glyf + start : glyf + end]
        metrics = self._metrics(number)
        width = round(int.from_bytes(metrics[:2], "big") * self._scale, 3)
        return Glyph(self, outline + bytes(-len(outline) % 4), metrics, width)

    def _metrics(self, number: int) -> bytes:
        """Advance and left bearing; the last glyphs of a file share one advance."""
        at, full = self._places["hmtx"][0], self._metrics_count
        if number < full:
            return self._file[at + 4 * number : at + 4 * number + 4]
        bearing = at + 4 * full + 2 * (number - full)
        return self._file[at + 4 * full - 4 : at + 4 * full - 2] + self._file[bearing : bearing + 2]

    @cached_property
    def descriptor(self) -> str:
        """What a PDF's font descriptor says of the face, without its name and file."""
        head, hhea, os2 = self.table("head"), self.table("hhea"), self.table("OS/2")
        box = [value * self._scale for value in struct.unpack(">4h", head[36:44])]
        ascent, descent = (value * self._scale for value in struct.unpack(">2h", hhea[4:8]))
        weight = struct.unpack_from(">H", os2, 4)[0]
        # the height of capitals came with version 2 of this table
        capitals = struct.unpack_from(">h", os2, 88)[0] * self._scale if len(os2) >= 90 else ascent
        return (
            f"/Flags 4 /ItalicAngle 0 /Ascent {ascent:g} /Descent {descent:g} /CapHeight {capitals:g}"
            f" /StemV {50 + int((weight / 65) ** 2)} /FontBBox [{' '.join(f'{edge:g}' for edge in box)}]"
        )


@lru_cache(maxsize=4096)
def _glyph(face: Face, char: int) -> Glyph:
    """The glyphs of a hall's name, its streets and its amounts are wanted again and again."""
    holder = face.holder(char) or face
    return holder.read_glyph(holder.glyph_number(char))


class _Widths(dict[str, float]):
    """Character → width in thousandths of the em; filled by what is asked."""

    def __init__(self, face: Face) -> None:
        super().__init__()
        self._face = face

    def __missing__(self, char: str) -> float:
        width = self[char] = self._face.glyph(ord(char)).width
        return width


def font_tables(face: Face, *, glyph_count: int, has_outlines_of: Sequence[Face]) -> dict[bytes, bytes]:
    """The small tables of an embedded font of so many glyphs, cut from `face`: all but outlines, offsets and metrics.

    What only an operating system needs (names, character map, layout) is left out: a PDF names glyphs by number.
    """
    head = bytearray(face.table("head"))
    head[8:12] = bytes(4)
    head[50:52] = b"\0\1"
    profile = face.table("maxp")
    limits = [max(values) for values in zip(*(_limits(f) for f in (face, *has_outlines_of)), strict=True)]
    tables = {
        b"head": bytes(head),
        b"hhea": face.table("hhea")[:34] + struct.pack(">H", glyph_count),
        b"maxp": profile[:4] + struct.pack(">5H", glyph_count, *limits) + profile[14:],
    }
    # where a file sets up its rasterizer, its glyphs rely on it
    return tables | {tag.encode(): data for tag in ("cvt ", "fpgm", "prep") if (data := face.table(tag))}


def _limits(face: Face) -> tuple[int, ...]:
    """The largest numbers of points and contours of the face's outlines."""
    return struct.unpack(">4H", face.table("maxp")[6:14])


def directory(sizes: Mapping[bytes, int], checksums: Mapping[bytes, int]) -> bytes:
    """The head of a TrueType file whose tables, each padded to four bytes, follow in the order of `sizes`."""
    entry = len(sizes).bit_length() - 1
    search = 16 << entry
    head = struct.pack(">IHHHH", 0x00010000, len(sizes), search, entry, len(sizes) * 16 - search)
    at, rows = 12 + 16 * len(sizes), []
    for tag, size in sizes.items():
        rows.append(struct.pack(">4sIII", tag, checksums[tag], at, size))
        at += size + -size % 4
    return head + b"".join(sorted(rows))


def checksum(padded: bytes) -> int:
    """A TrueType checksum of data padded to four bytes."""
    return sum(_numbers("I", padded)) & 0xFFFFFFFF


def _numbers(code: str, data: bytes) -> array[int]:
    """A table of big-endian numbers."""
    numbers = array(code, data)
    if sys.byteorder == "little":
        numbers.byteswap()
    return numbers


_Range = tuple[int, int, Sequence[int]]


def _ranges(cmap: bytes) -> list[_Range]:
    """First and last code point and the glyphs between, ascending, from the widest Unicode map of the table."""
    count = struct.unpack_from(">H", cmap, 2)[0]
    offsets = [offset for _, _, offset in struct.iter_unpack(">HHI", cmap[4 : 4 + 8 * count])]
    by_format = {struct.unpack_from(">H", cmap, offset)[0]: offset for offset in offsets}
    if 12 in by_format:
        return _ranges_12(cmap, by_format[12])
    if 4 in by_format:
        return _ranges_4(cmap, by_format[4])
    message = f"character map formats {sorted(by_format)} are not among those of the shipped fonts"
    raise ValueError(message)


def _ranges_12(cmap: bytes, at: int) -> list[_Range]:
    groups = struct.unpack_from(">I", cmap, at + 12)[0]
    found = struct.iter_unpack(">III", cmap[at + 16 : at + 16 + 12 * groups])
    return [(first, last, range(glyph, glyph + last - first + 1)) for first, last, glyph in found]


def _ranges_4(cmap: bytes, at: int) -> list[_Range]:
    size = struct.unpack_from(">H", cmap, at + 6)[0]
    words = _numbers("H", cmap[at + 14 : at + struct.unpack_from(">H", cmap, at + 2)[0]])
    count = size // 2
    ends, starts = words[:count], words[count + 1 : 2 * count + 1]
    deltas, skips = words[2 * count + 1 : 3 * count + 1], words[3 * count + 1 : 4 * count + 1]
    found: list[_Range] = []
    for n, (first, last, delta, skip) in enumerate(zip(starts, ends, deltas, skips, strict=True)):
        if skip:
            begin = 3 * count + 1 + n + skip // 2
            listed = words[begin : begin + last - first + 1]
            found.append((first, last, [glyph and glyph + delta & _GLYPHS_MAX for glyph in listed]))
        elif first != _GLYPHS_MAX:  # the last segment only ends the list
            found.append((first, last, [code + delta & _GLYPHS_MAX for code in range(first, last + 1)]))
    return found
