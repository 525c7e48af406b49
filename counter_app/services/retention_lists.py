"""What is worth reading afterwards: libraries, audits, visits, the month's reasons, rates, and silent leavers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice

from counter_app.domain.journal import Draft
from counter_app.domain.retention_figures import (
    PAST,
    Dimension,
    GroupRate,
    Rate,
    keep_rate,
    past_rate,
    rates_by,
    silent_leavers,
    success_rate,
)
from counter_app.domain.retention_followup import months_later
from counter_app.domain.retention_library import COLUMNS, OF_LIBRARY, Library, LibraryRow
from counter_app.domain.retention_rules import RetentionRules
from counter_app.domain.retention_usage import Fading
from counter_app.domain.staff import Right, Session
from counter_app.services import authority
from counter_app.services.retention_desk import rules_of
from counter_app.storage import retention as rows
from counter_app.storage.hall import OpenHall
from counter_app.storage.past_retentions import past_between, past_reasons
from counter_app.storage.retention import CaseRow
from counter_app.storage.retention_figures import ended_case
from counter_app.storage.sql import Reading
from counter_app.storage.usage import lines_in_use, owner_of_line, used_by_line
from counter_app.storage.visits import VisitRow, open_visits, visits_of

__all__ = [
    "DIMENSIONS",
    "CaseRow",
    "Library",
    "LibraryRow",
    "Rates",
    "ReasonCount",
    "SilentLine",
    "TellerErrors",
    "VisitRow",
    "all_reasons",
    "errors_of_a_year",
    "export",
    "library",
    "rates",
    "silent",
    "teller_errors",
    "to_audit",
    "visits_due",
    "visits_of_case",
]

DIMENSIONS: tuple[Dimension, ...] = ("reason", "measure", "teller", "value", "source")
Progress = Callable[[int, int], object]
"""Hears how much is done, of how much; what it raises ends the work."""
_SLICE = 1_000
"""Lines whose usage is looked at together."""
_STEP = 50
"""Cases after which somebody hears how far it is."""
_BEFORE = 3
"""Months that are read besides those which the pack compares: a bill comes a while after its month."""


@dataclass(frozen=True, slots=True)
class ReasonCount:
    """How often a reason was given; `source_reason` is what the file of an import called it."""

    reason: str
    source_reason: str | None
    count: int


@dataclass(frozen=True, slots=True)
class TellerErrors:
    """A teller's audited cases of a month: how many, how many of them with an error, how often each kind of miss."""

    staff_no: str
    audited: int
    faulty: int
    misses: tuple[tuple[str, int], ...]

    def count(self, miss: str) -> int:
        """How often that was missing."""
        return dict(self.misses).get(miss, 0)

    @property
    def total(self) -> int:
        """All errors."""
        return sum(count for _miss, count in self.misses)


@dataclass(frozen=True, slots=True)
class Rates:
    """Both figures of a period with the number of cases beside each, and the first one by group; results of imports
    stand in a group of their own by source, and nowhere else.
    """

    success: Rate
    keep: Rate
    groups: dict[Dimension, tuple[GroupRate, ...]]


@dataclass(frozen=True, slots=True)
class SilentLine:
    """A line whose use falls or has stopped, with the reason that is shown (隐性离网)."""

    service_id: int
    number: str
    customer_id: int
    name: str
    fading: Fading


def library(hall: OpenHall, session: Session, which: Library, from_on: date, to_on: date) -> tuple[LibraryRow, ...]:
    """The leavers or the saved of a period, results from before this program among them, the newest first (002-A5).

    Raises:
        Refused: `NoRight`.
    """
    session.need(Right.SEE_RETENTION)
    with hall.reading() as reading:
        return _library(reading, which, from_on, to_on)


def export(
    hall: OpenHall,
    session: Session,
    which: Library,
    from_on: date,
    to_on: date,
    *,
    only: Collection[str] | None = None,
) -> tuple[tuple[str, ...], ...]:
    """A library as rows for a file, its five titles first; that it left the hall is an entry (002-A13). `only`: the
    keys of the lines that a search left on the screen.

    Raises:
        Refused: `NoRight`, `SignedOut`, `NoRetentionForm`.
    """
    session.need(Right.REVEAL)
    rules = rules_of(hall, hall.clock.now().date())
    with hall.writing() as work:
        authority.still(work, session, Right.REVEAL)
        whole = _library(work, which, from_on, to_on)
        found = whole if only is None else tuple(row for row in whole if row.key in only)
        hall.journal.append(
            work,
            Draft(
                kind="library.export",
                body={
                    "library": which,
                    "from_on": from_on.isoformat(),
                    "to_on": to_on.isoformat(),
                    "rows": len(found),
                    **({} if only is None else {"of": len(whole)}),
                },
                staff_no=session.staff_no,
                business_date=hall.clock.now().date(),
            ),
        )
    return (COLUMNS, *(row.exported(rules) for row in found))


def to_audit(hall: OpenHall, session: Session) -> tuple[CaseRow, ...]:
    """Ended cases that nobody has checked, the oldest first (002-A15).

    Raises:
        Refused: `NoRight`.
    """
    session.need(Right.AUDIT_CASES)
    with hall.reading() as reading:
        return rows.cases_to_audit(reading)


def visits_due(hall: OpenHall, session: Session, owner_no: str = "") -> tuple[VisitRow, ...]:
    """Follow-ups that are due by today and not made, the most overdue first; of one owner or of all (002-A18).

    Raises:
        Refused: `NoRight`.
    """
    session.need(Right.SEE_RETENTION)
    on = hall.clock.now().date()
    with hall.reading() as reading:
        waiting = open_visits(reading)
    return tuple(visit for visit in waiting if visit.due_on <= on and owner_no in ("", visit.owner_no))


def visits_of_case(hall: OpenHall, session: Session, case_id: str) -> tuple[VisitRow, ...]:
    """All follow-ups of a case, made and planned, in their order.

    Raises:
        Refused: `NoRight`.
    """
    session.need(Right.SEE_RETENTION)
    with hall.reading() as reading:
        return visits_of(reading, case_id)


def teller_errors(hall: OpenHall, session: Session, month: date) -> tuple[TellerErrors, ...]:
    """What the audits of a month's cases found missing, for each teller whose case was audited (002-B6).

    Raises:
        Refused: `NoRight`.
    """
    session.need(Right.SEE_RETENTION)
    with hall.reading() as reading:
        return _errors_of(reading, month)


def errors_of_a_year(hall: OpenHall, session: Session) -> tuple[tuple[date, TellerErrors], ...]:
    """The same of this month and the eleven before it, the newest first, each with the first day of its month.

    Raises:
        Refused: `NoRight`.
    """
    session.need(Right.SEE_RETENTION)
    first = hall.clock.now().date().replace(day=1)
    months = [months_later(first, -back) for back in range(12)]
    with hall.reading() as reading:
        return tuple((month, one) for month in months for one in _errors_of(reading, month))


def all_reasons(reading: Reading) -> tuple[ReasonCount, ...]:
    """Every reason that stands in the libraries: those of imports with the words of their file, the hall's own after
    them.
    """
    past = [ReasonCount(*row) for row in past_reasons(reading)]
    return (*past, *(ReasonCount(reason, None, count) for reason, count in rows.exit_reasons(reading)))


def rates(
    hall: OpenHall,
    session: Session,
    from_on: date,
    to_on: date,
    progress: Progress = lambda done, total: None,
) -> Rates:
    """挽留成功率 and 四个月保有率 of the cases that ended in a period, and by reason, measure, teller, value, source.
    For the long lane: `progress` hears how many cases were read.

    Raises:
        Refused: `NoRight`, `NoRetentionForm`.
    """
    session.need(Right.SEE_RETENTION)
    on = hall.clock.now().date()
    rules = rules_of(hall, on)
    ended = []
    with hall.reading() as reading:
        found = rows.cases_ended(reading, from_on, to_on)
        for place, row in enumerate(found):
            if place % _STEP == 0:
                progress(place, len(found))
            ended.append(ended_case(reading, row))
        past = past_rate(record.result for record in past_between(reading, from_on, to_on))
    progress(len(found), len(found))
    cases = [case for case in ended if case is not None]
    groups = {dimension: rates_by(dimension, cases, rules, on) for dimension in DIMENSIONS}
    if past.cases:
        groups["source"] += (GroupRate(PAST, past, Rate(0, 0)),)
    return Rates(success_rate(cases, rules, on), keep_rate(cases, rules, on), groups)


def silent(hall: OpenHall, session: Session, progress: Progress = lambda done, total: None) -> tuple[SilentLine, ...]:
    """Lines with falling or no use by their bills, those that lost most first (002-2). For the long lane: it reads the
    bills of all lines, a slice at a time, and `progress` hears after each how many it has looked at.

    Raises:
        Refused: `NoRight`, `NoRetentionForm`.
    """
    session.need(Right.SEE_RETENTION)
    on = hall.clock.now().date()
    rules = rules_of(hall, on)
    with hall.reading() as reading:
        found = _fading(reading, rules, on, progress)
        return tuple(SilentLine(line, *owner_of_line(reading, line), fading) for line, fading in found)


def _fading(reading: Reading, rules: RetentionRules, on: date, progress: Progress) -> list[tuple[int, Fading]]:
    back = max(rules.falling_months + 1, rules.idle_months) + _BEFORE
    total = lines_in_use(reading)
    used = used_by_line(reading, f"{months_later(on.replace(day=1), -back):%Y-%m}", f"{on:%Y-%m}")
    found: list[tuple[int, Fading]] = []
    count = 0
    while some := dict(islice(used, _SLICE)):
        found += silent_leavers(some, rules, on)
        count += len(some)
        progress(count, total)
    # a line without a bill has nothing to be looked at
    progress(total, total)
    return sorted(found, key=lambda line: (-line[1].share, line[0]))


def _library(reading: Reading, which: Library, from_on: date, to_on: date) -> tuple[LibraryRow, ...]:
    results = OF_LIBRARY[which]
    own = [
        LibraryRow(row.case_id, row.number, row.name, row.reason, row.measures, row.result, row.ended_on)
        for row in rows.cases_ended(reading, from_on, to_on)
        if row.result in results and row.ended_on is not None
    ]
    past = [
        LibraryRow("", p.number, p.name, p.reason, (p.measure,) if p.measure else (), p.result, p.ended_on, p.record_no)
        for p in past_between(reading, from_on, to_on)
        if p.result in results
    ]
    return tuple(sorted([*own, *past], key=lambda row: row.ended_on, reverse=True))


def _errors_of(reading: Reading, month: date) -> tuple[TellerErrors, ...]:
    audited, faulty = Counter[str](), Counter[str]()
    misses: dict[str, Counter[str]] = {}
    for row in _of_month(reading, month):
        audited[row.staff_no] += row.is_audit_passed is not None
        if row.is_audit_passed is False:
            case = rows.load_case(reading, row.case_id)
            faulty[row.staff_no] += 1
            misses.setdefault(row.staff_no, Counter()).update(case.misses if case else ())
    return tuple(
        TellerErrors(no, count, faulty[no], tuple(sorted(misses.get(no, Counter()).items())))
        for no, count in sorted(audited.items())
        if count
    )


def _of_month(reading: Reading, month: date) -> tuple[CaseRow, ...]:
    return rows.cases_ended(reading, *_month(month))


def _month(month: date) -> tuple[date, date]:
    first = month.replace(day=1)
    return first, months_later(first, 1) - timedelta(days=1)
