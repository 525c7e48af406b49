"""Words that all papers share: amounts, months and moments, and text made safe for paper."""

from __future__ import annotations

import unicodedata
from datetime import datetime

from counter_app.domain.money import format_fen

TITLE_DEMO = "演示"
DEMO_NOTE = "演示数据 不作凭证"
TEXT_LENGTH_MAX = 400
"""A text on one line is cut at so many signs, however wide the paper is."""


def yuan(fen: int) -> str:
    """Fen as figures of yuan: 123456 → `1,234.56`."""
    return format_fen(fen)


def money(fen: int) -> str:
    """Fen with the full-width currency sign, which every Chinese encoding holds: 123456 → `￥1,234.56`."""
    return f"￥{yuan(fen)}"


def moment(at: datetime) -> str:
    """A moment in its own offset, to the second, as paper shows it."""
    return at.strftime("%Y-%m-%d %H:%M:%S")


def month(bill_month: str) -> str:
    """`2026-10` → `2026年10月`."""
    year, number = bill_month.split("-")
    return f"{year}年{number}月"


def printable(text: str, length_max: int = TEXT_LENGTH_MAX) -> str:
    """The text as paper may show it: in its own order, on one line, with nothing that could hide or reorder the rest.

    Control, bidirectional and other format characters and variation selectors are dropped, every kind of space and line
    break becomes a space, a combining mark stays only where it composes with its letter. At most `length_max` signs are
    kept (the rest becomes `…`). Characters that no font holds are left in, for the font to deal with.
    """
    return _safe(text, length_max)[0]


def dropped_marks(text: str) -> str:
    """The combining marks that `printable` leaves out although they carry meaning (a variation selector does not)."""
    return _safe(text, len(text))[1]


def _safe(text: str, length_max: int) -> tuple[str, str]:
    """The printable text, and the combining marks that had no place in it."""
    if len(text) > length_max:
        text = text[: length_max - 1] + "…"
    if text.isascii() and text.isprintable():
        return text, ""
    kept: list[str] = []
    dropped: list[str] = []
    for char in text:
        category = unicodedata.category(char)
        if category in ("Mn", "Me"):
            if not _composed(kept, char) and not unicodedata.name(char, "").startswith("VARIATION SELECTOR"):
                dropped.append(char)
        elif category in ("Zs", "Zl", "Zp") or char in "\t\n\r\v\f":
            kept.append(" ")
        elif category not in ("Cc", "Cf"):
            kept.append(char)
    return "".join(kept), "".join(dropped)


def _composed(kept: list[str], mark: str) -> bool:
    """Joins the mark to the letter before it where Unicode has the pair as one character; says whether it did."""
    if not kept or len(joined := unicodedata.normalize("NFC", kept[-1] + mark)) != 1:
        return False
    kept[-1] = joined
    return True
