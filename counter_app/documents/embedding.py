"""A font as one document embeds it: the glyphs that it shows, how text is written with them, and how it reads back."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, groupby

from counter_app.documents.fonts import Font, face
from counter_app.documents.truetype import Face, Glyph, checksum, directory, font_tables

_ZLIB_HEAD = b"\x78\x9c"
_ZLIB_END = b"\x03\x00"  # the last block, with nothing in it
_LEVEL, _LEVEL_KEPT = 6, 9
_DEFAULT_WIDTH = 1000.0
# bytes that mean something inside ( ) of a page, and the carriage return, which readers take for a line feed
_ESCAPED = str.maketrans({"(": "\\(", ")": "\\)", "\\": "\\\\", "\r": "\\r"})


@dataclass(frozen=True, slots=True)
class _Block:
    """Glyphs side by side, and the files that they come from."""

    glyphs: tuple[Glyph, ...]
    holders: frozenset[Face]
    outlines: bytes

    @classmethod
    def of(cls, font: Font, chars: Sequence[str]) -> _Block:
        """The glyphs of these characters, in their order."""
        main = face(font)
        glyphs = tuple(map(main.glyph, map(ord, chars)))
        return cls(glyphs, frozenset(glyph.holder for glyph in glyphs), b"".join(glyph.outline for glyph in glyphs))


@dataclass(frozen=True, slots=True)
class _Usual:
    """The glyphs that all documents of a kind begin with, numbered from 1, and their outlines deflated."""

    codes: dict[str, str]
    block: _Block
    checksum: int
    packed: bytes


class EmbeddedFont(dict[str, str]):
    """Character → its code as it stands inside ( ) of a page; a character that is asked for joins the font.

    Characters of all files behind the font get their place in the same embedded font, each its own, so that a name of
    common and rare characters stays one piece of text, which readers copy and search as one. `usual` characters are in
    every document with the same numbers: their part of the file is made and compressed once in a process.
    """

    def __init__(self, font: Font, usual: str = "") -> None:
        self.font = font
        self._usual = _usual(font, usual)
        super().__init__(self._usual.codes)

    def __missing__(self, char: str) -> str:
        code = self[char] = _code(len(self) + 1)
        return code

    def name(self) -> str:
        """The font's name with the tag of its selection of characters."""
        number = zlib.crc32("".join(self).encode("utf-32-le", "surrogatepass"))
        tag = "".join(chr(65 + number // 26**place % 26) for place in range(6))
        return f"{tag}+{face(self.font).name}"

    def descriptor(self) -> str:
        """The entries of the font's descriptor, but for its name and file."""
        return face(self.font).descriptor

    def widths(self) -> str:
        """The widths of the characters by their numbers, as a CID font's `/W` takes them; most are the default."""
        widths = face(self.font).widths
        rows = []
        numbered = enumerate(map(widths.__getitem__, self), 1)
        for is_default, run in groupby(numbered, key=lambda pair: pair[1] == _DEFAULT_WIDTH):
            if not is_default:
                pairs = list(run)
                rows.append(f"{pairs[0][0]} [{' '.join(f'{width:g}' for _, width in pairs)}]")
        return f"[{' '.join(rows)}]"

    def to_unicode(self) -> bytes:
        """The map from codes to text, in UTF-16 so that characters beyond U+FFFF read back as themselves; deflated."""
        texts = ["<0000>", *map(_utf_16, self)]
        rows = []
        for high in range(0, len(texts), 256):
            last = min(high + 255, len(texts) - 1)
            rows.append(f"<{high or 1:04X}> <{last:04X}> [{' '.join(texts[high or 1 : last + 1])}]")
        # a block of ranges holds a hundred of them
        blocks = (rows[n : n + 100] for n in range(0, len(rows), 100))
        body = "\n".join(f"{len(block)} beginbfrange\n" + "\n".join(block) + "\nendbfrange" for block in blocks)
        cmap = (
            "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
            "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
            "/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n1 begincodespacerange\n<0000> <FFFF>\n"
            f"endcodespacerange\n{body}\nendcmap\nCMapName currentdict /CMap defineresource pop\nend\nend"
        )
        return zlib.compress(cmap.encode("ascii"), _LEVEL)

    def file(self) -> tuple[bytes, int]:
        """The TrueType file with these glyphs alone: deflated, and its length before that."""
        kept = self._usual.block
        own = _Block.of(self.font, list(self)[len(kept.glyphs) :])
        glyphs = (*kept.glyphs, *own.glyphs)
        # glyph 0 stands for what is missing and is never shown: it has no outline
        offsets = accumulate((len(glyph.outline) for glyph in glyphs), initial=0)
        tables = {
            b"loca": struct.pack(f">{len(glyphs) + 2}I", 0, *offsets),
            b"hmtx": struct.pack(">Hh", int(_DEFAULT_WIDTH), 0) + b"".join(glyph.metrics for glyph in glyphs),
        }
        holders = sorted(kept.holders | own.holders, key=lambda holder: holder.name)
        tables |= font_tables(face(self.font), glyph_count=len(glyphs) + 1, has_outlines_of=holders)
        sizes = {b"glyf": len(kept.outlines) + len(own.outlines)} | {tag: len(data) for tag, data in tables.items()}
        padded = {tag: data + bytes(-len(data) % 4) for tag, data in tables.items()}
        sums = {tag: checksum(data) for tag, data in padded.items()}
        sums[b"glyf"] = (self._usual.checksum + checksum(own.outlines)) & 0xFFFFFFFF
        head, rest = directory(sizes, sums), b"".join((own.outlines, *padded.values()))
        whole = b"".join((head, kept.outlines, rest))
        packed = (_ZLIB_HEAD, _deflated(head, level=_LEVEL), self._usual.packed, _deflated(rest, level=_LEVEL))
        return b"".join((*packed, _ZLIB_END, zlib.adler32(whole).to_bytes(4, "big"))), len(whole)


@lru_cache(maxsize=8)
def _usual(font: Font, chars: str) -> _Usual:
    block = _Block.of(font, chars)
    codes = {char: _code(number) for number, char in enumerate(chars, 1)}
    return _Usual(codes, block, checksum(block.outlines), _deflated(block.outlines, level=_LEVEL_KEPT))


@lru_cache(maxsize=4096)
def _code(number: int) -> str:
    return f"{chr(number >> 8)}{chr(number & 255)}".translate(_ESCAPED)


@lru_cache(maxsize=4096)
def _utf_16(char: str) -> str:
    return f"<{char.encode('utf-16-be', 'surrogatepass').hex().upper()}>"


def _deflated(data: bytes, *, level: int) -> bytes:
    """Deflated to whole bytes, without a look at what stands before: such pieces can be put together in any order."""
    if not data:
        return b""
    packer = zlib.compressobj(level, zlib.DEFLATED, -zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush(zlib.Z_FULL_FLUSH)
