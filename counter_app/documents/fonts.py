"""The shipped fonts: which file holds a character, how wide a text is, and what no font can show."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from weakref import WeakKeyDictionary

from reportlab.pdfbase import pdfmetrics, ttfonts

from counter_app.documents.truetype import Face
from counter_app.domain.receipt_wording import dropped_marks, printable
from counter_app.resources import resource


class Font(Enum):
    """The font files, by what they are for; the value is the file's name."""

    REGULAR = "NotoSansSC-Regular.ttf"
    BOLD = "NotoSansSC-Bold-GB2312.ttf"
    RARE_A = "RareHanA.ttf"
    RARE_B = "RareHanB.ttf"


# asked in this order for a character that the wanted font lacks
_FALLBACKS = (Font.REGULAR, Font.RARE_A, Font.RARE_B)
_LOADING = threading.Lock()


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of a text that one font draws."""

    font: Font
    text: str


def font_path(font: Font) -> Path:
    """The font's file, so that the screen can register the same one.

    Raises:
        FileNotFoundError: the program was installed without it.
    """
    return resource("fonts", font.value)


def missing_characters(text: str) -> str:
    """The characters of the text that paper cannot show as themselves, each once, in their order.

    These are the characters that no font holds, and combining marks that belong to no composed letter. Said to the
    teller before printing; who prints anyway gets `〔U+XXXX〕` in place of the former, nothing in place of the latter.
    """
    unknown = (c for c in printable(text) if _font_of(c) is None)
    return "".join(dict.fromkeys([*unknown, *dropped_marks(text)]))


def paper_text(text: str) -> str:
    """The text as it is drawn: safe for paper, with `〔U+XXXX〕` for each character that no font holds."""
    text = printable(text)
    if regular_characters().issuperset(text):
        return text
    return "".join(c if _font_of(c) else f"〔U+{ord(c):04X}〕" for c in text)


def runs(text: str, *, is_bold: bool = False) -> list[Run]:
    """The text cut where the font changes; only for text that `paper_text` has made."""
    if not is_bold and regular_characters().issuperset(text):
        return [Run(Font.REGULAR, text)]
    wanted = Font.BOLD if is_bold else Font.REGULAR
    return [Run(font, "".join(chars)) for font, chars in groupby(text, lambda c: _font_of(c, wanted) or Font.REGULAR)]


def width_pt(text: str, size_pt: float, *, is_bold: bool = False) -> float:
    """How wide the drawn text is, in points."""
    total = 0.0
    for run in runs(text, is_bold=is_bold):
        widths = face(run.font).charWidths
        total += sum(widths[ord(c)] for c in run.text)
    return total * size_pt / 1000


@lru_cache(maxsize=1)
def regular_characters() -> frozenset[str]:
    """What the regular font holds."""
    return frozenset(map(chr, face(Font.REGULAR).charToGlyph))


def face(font: Font) -> Face:
    """The font's face, loaded on first use and kept; reportlab knows it by `font.name`."""
    with _LOADING:
        return _face(font)


@lru_cache(maxsize=len(Font))
def _face(font: Font) -> Face:
    embedded = _EmbeddedFont(font.name, Face(str(font_path(font))))
    pdfmetrics.registerFont(embedded)
    return embedded.face


class _EmbeddedFont(ttfonts.TTFont):  # type: ignore[misc] # reportlab has no types
    """reportlab's font around our face; without the whole of ASCII in every document (`_asciiReadable`)."""

    def __init__(self, name: str, face: Face) -> None:
        self.fontName = name
        self.face = face
        self.encoding = ttfonts.TTEncoding()
        self.state: WeakKeyDictionary[object, object] = WeakKeyDictionary()
        self._asciiReadable = 0
        self.shapable = False


def _font_of(char: str, wanted: Font = Font.REGULAR) -> Font | None:
    """The first font that holds the character."""
    return next((font for font in _candidates(wanted) if ord(char) in face(font).charToGlyph), None)


def _candidates(wanted: Font) -> Iterator[Font]:
    yield wanted
    yield from (font for font in _FALLBACKS if font is not wanted)


def _to_unicode(name: str, subset: list[int]) -> str:
    """The map from codes to text of an embedded subset, in UTF-16: reportlab's own breaks beyond U+FFFF."""
    rows = [f"<{code:02X}> <{chr(char).encode('utf-16-be').hex().upper()}>" for code, char in enumerate(subset)]
    blocks = [rows[n : n + 100] for n in range(0, len(rows), 100)]
    body = "\n".join(f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar" for block in blocks)
    return (
        "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
        f"/CIDSystemInfo << /Registry ({name}) /Ordering ({name}) /Supplement 0 >> def\n"
        f"/CMapName /{name} def\n/CMapType 2 def\n1 begincodespacerange\n<00> <{len(subset) - 1:02X}>\n"
        f"endcodespacerange\n{body}\nendcmap\nCMapName currentdict /CMap defineresource pop\nend\nend"
    )


ttfonts.makeToUnicodeCMap = _to_unicode
