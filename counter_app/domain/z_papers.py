"""The Z report (班结单): the facts of a closed shift from which every print of it is rebuilt."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from counter_app.domain.money import Fen
from counter_app.domain.papers import PaperPerson, facts_of, series_number
from counter_app.domain.shift_close import Compared

Z_REPORT = "z_report"
"""The kind of this paper among the numbered ones; its series runs per counter and year."""

HEADING = "班结单"
VERSION = 1


@dataclass(frozen=True, slots=True)
class ZFigure:
    """One figure of the shift as it stood at the close."""

    name: str
    fen: Fen
    count: int


@dataclass(frozen=True, slots=True)
class ZPieces:
    """Notes or coins of one denomination; 1 is the loose sum in fen."""

    denomination_fen: Fen
    pieces: int


@dataclass(frozen=True, slots=True)
class ZCount:
    """One count of the drawer; the last is the one that was closed on."""

    count_no: int
    counted_at: datetime
    cash_fen: Fen
    slips_fen: Fen


@dataclass(frozen=True, slots=True)
class ZFacts:
    """What stands on it. `receipt_first` and `receipt_last` are empty where nothing was taken; `void_nos` are the
    receipts that were undone in this shift; `approvers` signed the difference.
    """

    hall_name: str
    company: str
    hall_id: str
    counter_id: str
    counter_name: str
    paper_no: str
    year: int
    serial: int
    shift_id: str
    shift_no: str
    business_date: date
    opened_at: datetime
    closed_at: datetime
    teller: PaperPerson
    approvers: tuple[PaperPerson, ...]
    receipt_first: str
    receipt_last: str
    void_nos: tuple[str, ...]
    figures: tuple[ZFigure, ...]
    tenders: tuple[Compared, ...]
    pieces: tuple[ZPieces, ...]
    counts: tuple[ZCount, ...]
    reason: str
    is_demo: bool = False
    version: int = VERSION

    def fen(self, name: str) -> Fen:
        """The fen of a figure; nothing where the shift has none of it."""
        return next((figure.fen for figure in self.figures if figure.name == name), 0)


def z_number(*, hall_code: str, counter_code: str, year: int, serial: int) -> str:
    """`HZ01-03-2026-Z000001`."""
    return series_number("Z", hall_code=hall_code, counter_code=counter_code, year=year, serial=serial)


def z_of_text(text: str) -> ZFacts:
    """The facts that `papers.facts_text` wrote.

    Raises:
        ValueError: as `papers.facts_of` says.
    """
    return facts_of(text, ZFacts, place="z_report", version=VERSION)
