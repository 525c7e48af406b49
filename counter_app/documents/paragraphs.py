"""Long texts on paper: broken into lines as Chinese is, with nothing cut off."""

from __future__ import annotations

from counter_app.documents.fonts import count_fitting, whole_text
from counter_app.documents.pdf import POINTS_PER_MM

_NOT_FIRST = frozenset("，。、；：？！）】》〉」』”’％‰,.;:?!)]}%…—")
_NOT_LAST = frozenset("（【《〈「『“‘([{￥")
_MOST_BACK = 24


def lines_of(text: str, *, size_pt: float, max_mm: float) -> list[str]:
    """All lines of a text that is `max_mm` wide. No line begins with a closing sign or ends with an opening one, a word
    or a number stays whole where a line has room for it, and empty lines are left out.
    """
    lines: list[str] = []
    room = max_mm * POINTS_PER_MM
    for paragraph in text.splitlines():
        rest = whole_text(paragraph).strip()
        while rest:
            count = _break(rest, max(count_fitting(rest, size_pt, room), 1))
            lines.append(rest[:count].rstrip())
            rest = rest[count:].lstrip()
    return lines


def _break(text: str, count: int) -> int:
    """Where the line ends: at `count`, or a little before where that place is no good one."""
    if count == len(text):
        return count
    for place in range(count, max(count - _MOST_BACK, 0), -1):
        if _is_good(text[place - 1], text[place]):
            return place
    return count


def _is_good(last: str, first: str) -> bool:
    if first in _NOT_FIRST or last in _NOT_LAST:
        return False
    return not (_is_of_word(last) and _is_of_word(first))


def _is_of_word(char: str) -> bool:
    return char.isascii() and (char.isalnum() or char in "-_.@/")
