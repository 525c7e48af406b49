"""A TrueType face that loads fast and embeds only the glyphs that one document shows."""

from __future__ import annotations

import struct
import sys
from array import array
from collections.abc import Callable, Sequence
from itertools import accumulate

from reportlab.pdfbase.ttfonts import TTFontFace

_COMPOSITE_MORE, _COMPOSITE_WORDS = 0x20, 0x01
# (flag, extra bytes) of a composite glyph's scale
_COMPOSITE_SCALES = ((0x08, 2), (0x40, 4), (0x80, 8))


class Face(TTFontFace):  # type: ignore[misc] # reportlab has no types
    """reportlab's face with its slow parts done anew, and other files behind it for the characters that it lacks.

    Loading reads the tables in whole instead of number by number; a subset slices single glyphs out of the files
    instead of copying a whole outline table first (10 MB per document). Glyphs from the files behind go into the same
    embedded font, so that a name of common and rare characters stays one piece of text, which readers copy and search
    as one. Only what the shipped fonts need is read: a Unicode map in format 4 or 12, long glyph offsets, one em size.
    """

    def __init__(self, path: str, behind: Sequence[Callable[[], Face]] = ()) -> None:
        """`behind` are asked in their order, and loaded not before a character is missing here."""
        self._behind = behind
        super().__init__(path)

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
        self.own_glyphs = _characters(self.get_table("cmap"))
        advances = [round(advance * scale, 3) for advance, _ in self.hmetrics]
        self.charWidths = {char: advances[glyph] for char, glyph in self.own_glyphs.items()}
        self.defaultWidth = advances[0]
        self.charToGlyph = _Holdings(self)

    def holder(self, char: int) -> Face | None:
        """The face that draws the code point: this one, one behind it, or none."""
        if char in self.own_glyphs or not char:
            return self  # 0 stands for no character at all: not worth loading a file
        return next((face for load in self._behind if (face := load()).holder(char)), None)

    def width(self, char: int) -> float:
        """The width of a code point in thousandths of the em."""
        face = self if char in self.own_glyphs else self.holder(char) or self
        width: float = face.charWidths.get(char, self.defaultWidth)
        return width

    def getCharWidth(self, code: int) -> bytes:
        """The width as PDF writes it; as numbers reportlab formats each of them anew, per document."""
        return b"%g" % self.width(code)

    def makeSubset(self, subset: Sequence[int]) -> bytes:
        """A TrueType file with the glyphs of these characters alone, coded 0, 1, 2 … in their order."""
        chosen = _Chosen([(self, 0)])
        codes = []
        for char in subset:
            face = self.holder(char) or self
            codes.append(chosen.number(face, face.own_glyphs.get(char, 0)))
        outlines = [face.outline(glyph, chosen) for face, glyph in chosen.glyphs]
        offsets = list(accumulate(map(len, outlines), initial=0))
        metrics = [n for face, glyph in chosen.glyphs for n in face.hmetrics[glyph]]
        count = len(outlines)
        head = bytearray(self.get_table("head"))
        head[8:12] = bytes(4)
        head[50:52] = b"\0\1"
        cmap = struct.pack(">9H", 0, 1, 1, 0, 0, 12, 6, 10 + 2 * len(codes), 0)
        tables = {
            b"cmap": cmap + struct.pack(f">{len(codes) + 2}H", 0, len(codes), *codes),
            b"glyf": b"".join(outlines),
            b"head": bytes(head),
            b"hhea": self.get_table("hhea")[:34] + struct.pack(">H", count),
            b"hmtx": struct.pack(">" + "Hh" * count, *metrics),
            b"loca": struct.pack(f">{len(offsets)}I", *offsets),
            b"maxp": self._limits({face for face, _ in chosen.glyphs}, count),
        }
        # the glyphs' own instructions call into these
        tables |= {tag.encode(): self.get_table(tag) for tag in ("cvt ", "fpgm", "prep") if tag in self.table}
        return _font_file(tables)

    def outline(self, glyph: int, chosen: _Chosen) -> bytes:
        """A glyph padded to four bytes; the parts of a composite join what is chosen."""
        start = self.get_table_pos("glyf")[0]
        data = self._ttf_data[start + self.glyphPos[glyph] : start + self.glyphPos[glyph + 1]]
        if data[:1] >= b"\x80":  # a negative number of contours
            data = self._renumbered(bytearray(data), chosen)
        padded: bytes = data + bytes(-len(data) % 4)
        return padded

    def _renumbered(self, data: bytearray, chosen: _Chosen) -> bytes:
        """A composite glyph whose parts are named by their numbers in the subset."""
        at, flags = 10, _COMPOSITE_MORE
        while flags & _COMPOSITE_MORE:
            flags, part = struct.unpack_from(">HH", data, at)
            struct.pack_into(">H", data, at + 2, chosen.number(self, part))
            at += 8 if flags & _COMPOSITE_WORDS else 6
            at += next((size for flag, size in _COMPOSITE_SCALES if flags & flag), 0)
        return bytes(data)

    def _limits(self, faces: set[Face], count: int) -> bytes:
        """The profile: the number of glyphs, and the largest outlines of all files in use."""
        tables = [face.get_table("maxp") for face in faces]
        largest = [max(values) for values in zip(*(struct.unpack(">4H", t[6:14]) for t in tables), strict=True)]
        maxp: bytes = self.get_table("maxp")
        return maxp[:4] + struct.pack(">5H", count, *largest) + maxp[14:]


class _Chosen:
    """The glyphs of a subset in the order of their numbers; grows while the parts of composites are found."""

    def __init__(self, glyphs: list[tuple[Face, int]]) -> None:
        self.glyphs = glyphs
        self._numbers = {key: n for n, key in enumerate(glyphs)}

    def number(self, face: Face, glyph: int) -> int:
        """The glyph's number in the subset, given on its first use."""
        number = self._numbers.setdefault((face, glyph), len(self.glyphs))
        if number == len(self.glyphs):
            self.glyphs.append((face, glyph))
        return number


class _Holdings:
    """What reportlab asks a face's character map: whether a character is in it."""

    def __init__(self, face: Face) -> None:
        self._face = face

    def __contains__(self, char: int) -> bool:
        return char in self._face.own_glyphs or self._face.holder(char) is not None


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
