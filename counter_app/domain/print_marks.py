"""Which print of a document a paper is: the original, or a reprint with its count, time and teller."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from counter_app.domain.paper_wording import moment


@dataclass(frozen=True, slots=True)
class PrintMark:
    """Which print of a document this is: 1 the original, from 2 a reprint, its moment and teller (domain_rules 2.5)."""

    copy_no: int
    printed_at: datetime
    staff_name: str

    @property
    def reprint_no(self) -> int:
        """0 for the original, n for the n-th reprint."""
        return self.copy_no - 1


def print_mark(mark: PrintMark) -> str:
    """`打印 …` for the original, `补打 第 n 次 …` for the n-th reprint, with time and teller (domain_rules 2.5)."""
    stamp = f"{moment(mark.printed_at)} {mark.staff_name}"
    return f"补打 第 {mark.reprint_no} 次 {stamp}" if mark.reprint_no else f"打印 {stamp}"
