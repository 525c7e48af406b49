"""A TrueType face that loads fast and embeds only the glyphs that one document shows."""

from __future__ import annotations

import struct
import sys
from array import array
from collections.abc import Sequence

from reportlab.pdfbase.ttfonts import TTFontFace

_SPACE, _NO_BREAK_SPACE = 0x20, 0xA0
_COMPOSITE_MORE, _COMPOSITE_WORDS = 0x20, 0x01
# (flag, extra bytes) of a composite glyph's scale
_COMPOSITE_SCALES = ((0x08, 2), (0x40, 4), (0x80, 8))


class Face(TTFontFace):  # type: ignore[misc] # reportlab has no types
    """reportlab's face with two slow parts done anew.

    Loading reads the tables in whole instead of number by number; a subset slices single glyphs out of the file instead
    of copying its whole outline table first (10 MB per document). Only what our own fonts need is read: a Unicode
    character map in format 4 or 12 and long glyph offsets.
    """

    def extractInfo(self, charInfo: int = 1) -> None:  # noqa: N803 - reportlab's name
        """Fills names and metrics as reportlab does, and characters, widths and offsets from whole tables.

        Raises:
            ValueError: the font has no character map of a kind that we ship.
        """
        super().extractInfo(charInfo=0)
        scale = 1000 / self.unitsPerEm
        metrics_count = struct.unpack(">H", self.get_table("hhea")[34:36])[0]
        hmtx = self.get_table("hmtx")
        full = list(struct.iter_unpack(">Hh", hmtx[: metrics_count * 4]))
        bearings = _numbers("h", hmtx[metrics_count * 4 :])
        self.hmetrics = full + [(full[-1][0], bearing) for bearing in bearings]
        self.glyphPos = _numbers("I", self.get_table("loca"))
        self.charToGlyph = _characters(self.get_table("cmap"))
        advances = [round(advance * scale, 3) for advance, _ in self.hmetrics]
        self.charWidths = {char: advances[glyph] for char, glyph in self.charToGlyph.items()}
        self.defaultWidth = advances[0]
        self.glyphToChar: dict[int, list[int]] = {}
        if _SPACE in self.charToGlyph:
            self.charToGlyph[_NO_BREAK_SPACE] = self.charToGlyph[_SPACE]
            self.charWidths[_NO_BREAK_SPACE] = self.charWidths[_SPACE]

    def makeSubset(self, subset: Sequence[int]) -> bytes:
        """A TrueType file with the glyphs of these characters alone, coded 0, 1, 2 … in their order."""
        glyphs = [0]
        place = {0: 0}
        codes = [_placed(self.charToGlyph.get(char, 0), glyphs, place) for char in subset]
        outlines = self._outlines(glyphs, place)
        offsets = [0]
        for outline in outlines:
            offsets.append(offsets[-1] + len(outline))
        metrics = [n for glyph in glyphs for n in self.hmetrics[glyph]]
        head = bytearray(self.get_table("head"))
        head[8:12] = bytes(4)
        head[50:52] = b"\0\1"
        hhea = self.get_table("hhea")[:34] + struct.pack(">H", len(glyphs))
        maxp = bytearray(self.get_table("maxp"))
        maxp[4:6] = struct.pack(">H", len(glyphs))
        cmap = struct.pack(">9H", 0, 1, 1, 0, 0, 12, 6, 10 + 2 * len(codes), 0)
        cmap += struct.pack(f">{len(codes) + 2}H", 0, len(codes), *codes)
        return _font_file(
            {
                b"cmap": cmap,
                b"glyf": b"".join(outlines),
                b"head": bytes(head),
                b"hhea": hhea,
                b"hmtx": struct.pack(">" + "Hh" * len(glyphs), *metrics),
                b"loca": struct.pack(f">{len(offsets)}I", *offsets),
                b"maxp": bytes(maxp),
            }
        )

    def _outlines(self, glyphs: list[int], place: dict[int, int]) -> list[bytes]:
        """The outlines of the glyphs, each padded to four bytes; parts of composite glyphs join `glyphs` at its end."""
        start = self.get_table_pos("glyf")[0]
        outlines = []
        for glyph in glyphs:  # grows while we walk: the parts of composites come after
            data = self._ttf_data[start + self.glyphPos[glyph] : start + self.glyphPos[glyph + 1]]
            if data[:1] >= b"\x80":  # a negative number of contours
                data = _renumbered(bytearray(data), glyphs, place)
            outlines.append(data + bytes(-len(data) % 4))
        return outlines


def _placed(glyph: int, glyphs: list[int], place: dict[int, int]) -> int:
    """The glyph's number in the subset, given on its first use."""
    number = place.setdefault(glyph, len(glyphs))
    if number == len(glyphs):
        glyphs.append(glyph)
    return number


def _renumbered(data: bytearray, glyphs: list[int], place: dict[int, int]) -> bytes:
    """A composite glyph whose parts are named by their numbers in the subset."""
    at, flags = 10, _COMPOSITE_MORE
    while flags & _COMPOSITE_MORE:
        flags, part = struct.unpack_from(">HH", data, at)
        struct.pack_into(">H", data, at + 2, _placed(part, glyphs, place))
        at += 8 if flags & _COMPOSITE_WORDS else 6
        at += next((size for flag, size in _COMPOSITE_SCALES if flags & flag), 0)
    return bytes(data)


def _numbers(code: str, data: bytes) -> array[int]:
    """A table of big-endian numbers."""
    numbers = array(code, data)
    if sys.byteorder == "little":
        numbers.byteswap()
    return numbers


def _characters(cmap: bytes) -> dict[int, int]:
    """Code point to glyph, from the widest Unicode map of the table."""
    count = struct.unpack_from(">H", cmap, 2)[0]
    offsets = [offset for _, _, offset in struct.iter_unpack(">HHI", cmap[4 : 4 + 8 * count])]
    by_format = {struct.unpack_from(">H", cmap, offset)[0]: offset for offset in offsets}
    if 12 in by_format:
        return _characters_12(cmap, by_format[12])
    if 4 in by_format:
        return _characters_4(cmap, by_format[4])
    message = f"character map formats {sorted(by_format)} are not among those of the shipped fonts"
    raise ValueError(message)


def _characters_12(cmap: bytes, at: int) -> dict[int, int]:
    groups = struct.unpack_from(">I", cmap, at + 12)[0]
    found: dict[int, int] = {}
    for first, last, glyph in struct.iter_unpack(">III", cmap[at + 16 : at + 16 + 12 * groups]):
        found.update(zip(range(first, last + 1), range(glyph, glyph + last - first + 1), strict=True))
    return found


def _characters_4(cmap: bytes, at: int) -> dict[int, int]:
    size = struct.unpack_from(">H", cmap, at + 6)[0]
    words = _numbers("H", cmap[at + 14 : at + struct.unpack_from(">H", cmap, at + 2)[0]])
    count = size // 2
    ends, starts = words[:count], words[count + 1 : 2 * count + 1]
    deltas, ranges = words[2 * count + 1 : 3 * count + 1], words[3 * count + 1 : 4 * count + 1]
    found: dict[int, int] = {}
    for n, (first, last, delta, offset) in enumerate(zip(starts, ends, deltas, ranges, strict=True)):
        for char in range(first, last + 1):
            glyph = char
            if offset:
                glyph = words[3 * count + 1 + n + offset // 2 + char - first]
            if glyph:
                found[char] = (glyph + delta) & 0xFFFF
    found.pop(0xFFFF, None)
    return found


def _font_file(tables: dict[bytes, bytes]) -> bytes:
    """The tables as one TrueType file, with directory and checksums."""
    entry = len(tables).bit_length() - 1
    search = 16 << entry
    head = struct.pack(">IHHHH", 0x00010000, len(tables), search, entry, len(tables) * 16 - search)
    offset = 12 + 16 * len(tables)
    directory, bodies = [], []
    for tag, data in sorted(tables.items()):
        padded = data + bytes(-len(data) % 4)
        directory.append(struct.pack(">4sIII", tag, _checksum(padded), offset, len(data)))
        bodies.append(padded)
        offset += len(padded)
    return b"".join([head, *directory, *bodies])


def _checksum(padded: bytes) -> int:
    return sum(_numbers("I", padded)) & 0xFFFFFFFF
