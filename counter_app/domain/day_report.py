"""The day report (日结单): the Z reports of one business date added up, on paper for good."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from counter_app.domain.money import Fen
from counter_app.domain.papers import PaperPerson, facts_of, series_number
from counter_app.domain.refusals import Refusal
from counter_app.domain.shift_close import Compared
from counter_app.domain.z_papers import ZFacts, ZFigure
from counter_app.domain.z_report import ShiftReport

CLOSED = "day.close"
"""The kind of the entry by which a day is closed."""
DAY_REPORT = "day_report"
"""The kind of this paper among the numbered ones; its series runs per counter and year."""

HEADING = "日结单"
VERSION = 1


@dataclass(frozen=True, slots=True)
class DayShift:
    """One shift of the day, as its Z report says; receipt numbers are empty where nothing was taken."""

    shift_no: str
    z_no: str
    teller: PaperPerson
    opened_at: datetime
    closed_at: datetime
    counted_fen: Fen
    difference_fen: Fen
    receipts: int
    receipt_first: str
    receipt_last: str


@dataclass(frozen=True, slots=True)
class DayFacts:
    """What stands on it. `part_no` counts the reports of one date: shifts that began after the first are on a further
    one. `without_z` are shifts of the date that have no Z report: an older program closed them, or they were given back
    after a loss.
    """

    hall_name: str
    company: str
    hall_id: str
    counter_id: str
    counter_name: str
    paper_no: str
    year: int
    serial: int
    business_date: date
    part_no: int
    closed_at: datetime
    closed_by: PaperPerson
    shifts: tuple[DayShift, ...]
    without_z: tuple[str, ...]
    figures: tuple[ZFigure, ...]
    tenders: tuple[Compared, ...]
    in_safe_fen: Fen
    missing_proofs: int
    is_demo: bool = False
    version: int = VERSION

    @property
    def day(self) -> str:
        """What the paper is about, as its entry calls it."""
        return self.business_date.isoformat()


@dataclass(frozen=True, slots=True)
class OtherCounter:
    """What the hub has told of another counter's day: shifts opened and closed, and how often it closed its day."""

    counter_id: str
    name: str
    opened: int
    closed: int
    days_closed: int


@dataclass(frozen=True, slots=True)
class OpenDay:
    """A business date of this counter with shifts that stand on no day report; `open_shift_no` is the one that goes on,
    empty when all are closed.
    """

    business_date: date
    shift_ids: tuple[str, ...]
    shift_nos: tuple[str, ...]
    open_shift_no: str
    others: tuple[OtherCounter, ...] = ()


@dataclass(frozen=True, slots=True)
class DayHasOpenShift(Refusal):
    """A shift of the day goes on: it is closed first."""

    business_date: date
    shift_no: str


@dataclass(frozen=True, slots=True)
class DayIsEmpty(Refusal):
    """No shift of the date is without its day report."""

    business_date: date


@dataclass(frozen=True, slots=True)
class DayBefore(Refusal):
    """An earlier day was forgotten: days are closed in their order."""

    business_date: date


@dataclass(frozen=True, slots=True)
class DayDiffers(Refusal):
    """A figure of the day is one thing by the Z reports and another by the journal: nothing is closed on it."""

    business_date: date
    figure: str
    papers_fen: Fen
    journal_fen: Fen


def day_number(*, hall_code: str, counter_code: str, year: int, serial: int) -> str:
    """`HZ01-03-2026-RJ000001`."""
    return series_number("RJ", hall_code=hall_code, counter_code=counter_code, year=year, serial=serial)


def day_of_text(text: str) -> DayFacts:
    """The facts that `papers.facts_text` wrote.

    Raises:
        ValueError: as `papers.facts_of` says.
    """
    return facts_of(text, DayFacts, place="day_report", version=VERSION)


def shift_line(facts: ZFacts) -> DayShift:
    """A shift as the day report names it."""
    cash = facts.tenders[0]
    receipts = next((figure.count for figure in facts.figures if figure.name == "receipts"), 0)
    return DayShift(
        facts.shift_no,
        facts.paper_no,
        facts.teller,
        facts.opened_at,
        facts.closed_at,
        cash.counted_fen,
        cash.difference_fen,
        receipts,
        facts.receipt_first,
        facts.receipt_last,
    )


def tenders_of(papers: Iterable[ZFacts]) -> tuple[Compared, ...]:
    """Each tender of the day, in the order in which it first stands on a Z report."""
    sums: dict[str, Compared] = {}
    for one in (line for facts in papers for line in facts.tenders):
        before = sums.get(one.tender, Compared(one.tender, 0, 0, 0, 0))
        sums[one.tender] = Compared(
            one.tender,
            before.expected_fen + one.expected_fen,
            before.counted_fen + one.counted_fen,
            before.expected_pieces + one.expected_pieces,
            before.counted_pieces + one.counted_pieces,
        )
    return tuple(sums.values())


def add_up(on: date, papers: Iterable[ZFacts], reports: Iterable[ShiftReport]) -> tuple[ZFigure, ...] | DayDiffers:
    """Every figure of the day, once from the sealed Z reports and once from the journal as it is folded now; or the
    first on which the two do not agree.
    """
    sealed = _sums((figure.name, figure.fen, figure.count) for z in papers for figure in z.figures)
    folded = _sums((figure.name, figure.fen, figure.count) for report in reports for figure in report.figures)
    for name in sorted({*sealed, *folded}):
        if sealed.get(name) != folded.get(name):
            return DayDiffers(on, name, sealed.get(name, [0])[0], folded.get(name, [0])[0])
    return tuple(ZFigure(name, fen, count) for name, (fen, count) in sealed.items())


def _sums(figures: Iterable[tuple[str, Fen, int]]) -> dict[str, list[int]]:
    made: dict[str, list[int]] = {}
    for name, fen, count in figures:
        held = made.setdefault(name, [0, 0])
        held[0] += fen
        held[1] += count
    return made
