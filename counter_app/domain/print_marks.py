"""Which print of a document a paper is: the original, or a reprint with count, time and teller; and what undid it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from counter_app.domain.paper_wording import moment

_MADE = {"receipt": "（依流水重制，与原件一致）", "certificate": "（依流水出具，不是原收据）"}
VOID = "作废"
"""Stands across a document that no longer counts."""


class Rebuilt(StrEnum):
    """What a paper is that was made anew from the journal after a loss: the receipt itself, proved by the hash of its
    words, or a certificate of what was paid.
    """

    RECEIPT = "receipt"
    CERTIFICATE = "certificate"


@dataclass(frozen=True, slots=True)
class Void:
    """Why a document no longer counts: the paper that undid it by its name and number (empty where
    that was issued elsewhere), and the day of that.
    """

    paper: str
    paper_no: str
    on: date


@dataclass(frozen=True, slots=True)
class PrintMark:
    """Which print of a document this is: 1 the original, from 2 a reprint, its moment and teller (domain_rules 2.5);
    `void` where the document no longer counts, `rebuilt` where it was made anew from the journal.
    """

    copy_no: int
    printed_at: datetime
    staff_name: str
    void: Void | None = None
    rebuilt: Rebuilt | None = None

    @property
    def reprint_no(self) -> int:
        """0 for the original, n for the n-th reprint."""
        return self.copy_no - 1

    @property
    def is_marked(self) -> bool:
        """Whether the paper is not what it would be taken for at first sight: a reprint, or of a void document."""
        return self.reprint_no > 0 or self.void is not None

    @property
    def is_certificate(self) -> bool:
        """Whether it is no receipt but certifies what its entry says."""
        return self.rebuilt is Rebuilt.CERTIFICATE


def print_mark(mark: PrintMark) -> str:
    """`打印 …` for the original, `补打 第 n 次 …` for the n-th reprint, with time and teller (domain_rules 2.5); of a
    void document also since when, and by which paper.
    """
    stamp = f"{moment(mark.printed_at)} {mark.staff_name}"
    made = "" if mark.rebuilt is None else _MADE[mark.rebuilt]
    words = f"补打 第 {mark.reprint_no} 次{made} {stamp}" if mark.reprint_no else f"打印 {stamp}"
    if mark.void is None:
        return words
    return f"{words}  {VOID} {mark.void.on} {mark.void.paper} {mark.void.paper_no}".rstrip()
