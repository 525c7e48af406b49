"""The shipped fonts: which file holds a character, how wide a text is, and what no font can show."""

from __future__ import annotations

import threading
from enum import Enum
from functools import lru_cache, partial
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


# asked in this order for a character that the font itself lacks
_BEHIND = {Font.REGULAR: (Font.RARE_A, Font.RARE_B), Font.BOLD: (Font.REGULAR,), Font.RARE_A: (), Font.RARE_B: ()}
_CODE_FIRST = 33
_SPACE = 32
_FACES: dict[Font, Face] = {}
_LOADING = threading.RLock()


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
    unknown = (c for c in printable(text) if not is_drawable(c))
    return "".join(dict.fromkeys([*unknown, *dropped_marks(text)]))


@lru_cache(maxsize=2048)
def paper_text(text: str) -> str:
    """The text as it is drawn: safe for paper, with `〔U+XXXX〕` for each character that no font holds."""
    text = printable(text)
    if regular_characters().issuperset(text):
        return text
    return "".join(c if is_drawable(c) else f"〔U+{ord(c):04X}〕" for c in text)


def is_drawable(char: str) -> bool:
    """Whether some shipped font holds the character."""
    return face(Font.REGULAR).holder(ord(char)) is not None


@lru_cache(maxsize=2048)
def width_pt(text: str, size_pt: float, *, is_bold: bool = False) -> float:
    """How wide the drawn text is, in points."""
    return sum(map(face(font(is_bold=is_bold)).width, map(ord, text))) * size_pt / 1000


def font(*, is_bold: bool) -> Font:
    """The font of ordinary or heavy text."""
    return Font.BOLD if is_bold else Font.REGULAR


@lru_cache(maxsize=1)
def regular_characters() -> frozenset[str]:
    """What the regular font holds."""
    return frozenset(map(chr, face(Font.REGULAR).own_glyphs))


def face(font: Font) -> Face:
    """The font's face, loaded on first use and kept; reportlab knows it by `font.name`."""
    if font not in _FACES:
        with _LOADING:
            if font not in _FACES:
                embedded = _EmbeddedFont(
                    font.name, Face(str(font_path(font)), [partial(face, f) for f in _BEHIND[font]])
                )
                pdfmetrics.registerFont(embedded)
                _FACES[font] = embedded.face
    return _FACES[font]


class _EmbeddedFont(ttfonts.TTFont):  # type: ignore[misc] # reportlab has no types
    """reportlab's font around our face; without the whole of ASCII in every document (`_asciiReadable`)."""

    def __init__(self, name: str, face: Face) -> None:
        self.fontName = name
        self.face = face
        self.encoding = ttfonts.TTEncoding()
        self.state: WeakKeyDictionary[object, object] = WeakKeyDictionary()
        self._asciiReadable = 0
        self.shapable = False

    def splitString(self, text: str, doc: object, encoding: str = "utf-8") -> list[tuple[int, bytes]]:
        """The text as codes of embedded subsets; codes below 33 stay unused: readers take some for line breaks."""
        if doc not in self.state:
            self._assignState(doc).nextCode = _CODE_FIRST
        pieces: list[tuple[int, bytes]] = super().splitString(text, doc, encoding)
        return pieces


def _to_unicode(name: str, subset: list[int]) -> str:
    """The map from codes to text of an embedded subset, in UTF-16: reportlab's own breaks beyond U+FFFF."""
    # code 0 and the unused codes, which reportlab fills with spaces, mean nothing
    used = ((code, char) for code, char in enumerate(subset) if code and (char != _SPACE or code == _SPACE))
    rows = [f"<{code:02X}> <{_utf_16(char)}>" for code, char in used]
    blocks = [rows[n : n + 100] for n in range(0, len(rows), 100)]
    body = "\n".join(f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar" for block in blocks)
    return (
        "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
        f"/CIDSystemInfo << /Registry ({name}) /Ordering ({name}) /Supplement 0 >> def\n"
        f"/CMapName /{name} def\n/CMapType 2 def\n1 begincodespacerange\n<00> <{len(subset) - 1:02X}>\n"
        f"endcodespacerange\n{body}\nendcmap\nCMapName currentdict /CMap defineresource pop\nend\nend"
    )


@lru_cache(maxsize=2048)
def _utf_16(char: int) -> str:
    return chr(char).encode("utf-16-be").hex().upper()


ttfonts.makeToUnicodeCMap = _to_unicode
