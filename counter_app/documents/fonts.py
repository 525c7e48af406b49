"""The shipped fonts: which file holds a character, how wide a text is, and what no font can show."""

from __future__ import annotations

import threading
from enum import Enum
from functools import partial
from pathlib import Path

from counter_app.documents.truetype import Face
from counter_app.domain.paper_wording import TEXT_LENGTH_MAX, dropped_marks, printable
from counter_app.resources import resource


class Font(Enum):
    """The font files, by what they are for; the value is the file's name."""

    REGULAR = "NotoSansSC-Regular.ttf"
    BOLD = "NotoSansSC-Bold-GB2312.ttf"
    RARE_A = "RareHanA.ttf"
    RARE_B = "RareHanB.ttf"

    # a font is looked up for every text, and the hash that Enum brings is a function of its own
    __hash__ = object.__hash__


# asked in this order for a character that the font itself lacks
_BEHIND = {Font.REGULAR: (Font.RARE_A, Font.RARE_B), Font.BOLD: (Font.REGULAR,), Font.RARE_A: (), Font.RARE_B: ()}
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

    These are the characters that no font holds, and combining marks that belong to no composed letter, however long the
    text is. Said to the teller before printing; who prints anyway gets `〔U+XXXX〕` in place of the former, nothing in
    place of the latter.
    """
    unknown = (c for c in printable(text, len(text)) if not is_drawable(c))
    return "".join(dict.fromkeys([*unknown, *dropped_marks(text)]))


def paper_text(text: str, length_max: int = TEXT_LENGTH_MAX) -> str:
    """The text as it is drawn: safe for paper, with `〔U+XXXX〕` for each character that no font holds."""
    if len(text) <= length_max and all(map(_PLAIN.__getitem__, text)):
        return text
    return "".join(c if is_drawable(c) else f"〔U+{ord(c):04X}〕" for c in printable(text, length_max))


def whole_text(text: str) -> str:
    """The text as it is drawn, however long it is: for paragraphs, which go on over lines and pages."""
    return paper_text(text, len(text))


def is_drawable(char: str) -> bool:
    """Whether some shipped font holds the character."""
    return face(Font.REGULAR).holder(ord(char)) is not None


def count_fitting(text: str, size_pt: float, room_pt: float, *, is_bold: bool = False) -> int:
    """How many characters from the beginning fit."""
    used = 0.0
    for count, char in enumerate(text):
        used += width_pt(char, size_pt, is_bold=is_bold)
        if used > room_pt:
            return count
    return len(text)


def width_pt(text: str, size_pt: float, *, is_bold: bool = False) -> float:
    """How wide the drawn text is, in points."""
    return sum(map(face(font(is_bold=is_bold)).widths.__getitem__, text)) * size_pt / 1000


def font(*, is_bold: bool) -> Font:
    """The font of ordinary or heavy text."""
    return Font.BOLD if is_bold else Font.REGULAR


def face(font: Font) -> Face:
    """The font's face, loaded on first use and kept."""
    found = _FACES.get(font)
    if found is None:
        with _LOADING:
            found = _FACES.get(font) or Face(font_path(font), [partial(face, behind) for behind in _BEHIND[font]])
            _FACES[font] = found
    return found


class _Plain(dict[str, bool]):
    """Character → whether it goes on paper as it is, whatever stands beside it; filled by what is asked."""

    def __missing__(self, char: str) -> bool:
        is_plain = self[char] = printable(char) == char and is_drawable(char)
        return is_plain


_PLAIN = _Plain()
