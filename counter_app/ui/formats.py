"""How figures, dates and foreign text are written on the screen."""

from __future__ import annotations

import re
from datetime import date, datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from counter_app.deferred import deferred

if TYPE_CHECKING:
    from counter_app.domain import money
else:
    # no amount stands on the screen before somebody has signed in
    money = deferred("counter_app.domain.money", is_kept=True)

LONGEST_TEXT = 500
"""No line of the screen shows more characters of a text than this."""

_BIDI_CONTROLS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_NOTHING = "—"
_FORMULA = r"\s*[=@＝＠]|\s*[+\-＋－](?![￥¥]?[\d,]+(\.\d+)?%?$)"
"""What a spreadsheet calculates when it is pasted; a plain figure with a sign is none. No start waits for it."""

_INTO_SPACES = dict.fromkeys((*range(0x20), 0x7F, 0x2028, 0x2029), " ")


def amount(amount_fen: int | None) -> str:
    """Fen as `1,234.50`; a dash where there is no amount."""
    return _NOTHING if amount_fen is None else _written(amount_fen)


def total(amount_fen: int) -> str:
    """Fen as `￥1,234.50`, for the one total of a page."""
    return f"-￥{money.format_fen(-amount_fen)}" if amount_fen < 0 else f"￥{money.format_fen(amount_fen)}"


def day(on: date | None) -> str:
    """A date as `2026-11-21`; a dash where there is none."""
    return _NOTHING if on is None else on.isoformat()


def month(on: date) -> str:
    """The month of a date as `2026-06`."""
    return f"{on.year:04d}-{on.month:02d}"


def clock(at: datetime) -> str:
    """A moment's time as `10:04`, in the zone it carries."""
    return f"{at.hour:02d}:{at.minute:02d}"


def day_and_clock(at: datetime) -> str:
    """A moment as `2026-11-21 10:04`, in the zone it carries."""
    return f"{day(at.date())} {clock(at)}"


def plain(text: str, *, is_multiline: bool = False) -> str:
    """Foreign text made harmless for a label: no control or direction marks, line breaks if wanted, not endless."""
    if len(text) <= LONGEST_TEXT and text.isprintable():
        # almost every text: no control, direction or line mark is printable
        return text
    kept = "".join(_harmless(character, is_multiline) for character in text[: LONGEST_TEXT + 1])
    return kept if len(text) <= LONGEST_TEXT else f"{kept[:LONGEST_TEXT]}…"


def for_a_sheet(text: str) -> str:
    """Foreign text made harmless for a spreadsheet: one cell on one line, and nothing that is calculated."""
    kept = text.translate(_INTO_SPACES)
    return f"'{kept}" if re.match(_FORMULA, kept) else kept


@lru_cache(maxsize=4096)
def _written(amount_fen: int) -> str:
    """One customer's page writes fifty sums, many of them the same."""
    return money.format_fen(amount_fen)


def _harmless(character: str, is_multiline: bool) -> str:
    if character == "\n" and is_multiline:
        return character
    if character in _BIDI_CONTROLS:
        return ""
    code = ord(character)
    if code < 0x20 or 0x7F <= code < 0xA0 or 0xD800 <= code < 0xE000 or code in (0x2028, 0x2029):
        return " "
    return character
