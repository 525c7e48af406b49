"""Rest days: which day is a public holiday or a weekend, and where a due date on one of them moves to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Calendar:
    """Public holidays, days worked in exchange, and whether Saturday and Sunday rest.

    `known_years` are the years whose holidays were published; outside them only the weekend is known.
    """

    holidays: frozenset[date] = frozenset()
    workdays: frozenset[date] = frozenset()
    has_weekends: bool = True
    known_years: frozenset[int] = frozenset()
    source: str = ""

    def is_rest_day(self, day: date) -> bool:
        """Whether the hall's offices rest on that day."""
        if day in self.holidays:
            return True
        return self.has_weekends and day.weekday() >= 5 and day not in self.workdays

    def next_working_day(self, day: date) -> date:
        """The day itself, or the first day after it that is not a rest day (Civil Code art. 203)."""
        while self.is_rest_day(day):
            day += _DAY
        return day


def calendar_of(document: Mapping[str, object]) -> Calendar:
    """A calendar from the parsed text of one year's file or of several merged: `holidays`, `workdays`, `years`,
    `source`.
    """
    return Calendar(
        holidays=frozenset(_days(document.get("holidays", ()))),
        workdays=frozenset(_days(document.get("workdays", ()))),
        known_years=frozenset(year for year in _listed(document.get("years", ())) if isinstance(year, int)),
        source=str(document.get("source", "")),
    )


def _days(value: object) -> Iterable[date]:
    return (day for day in _listed(value) if isinstance(day, date))


def _listed(value: object) -> Iterable[object]:
    return value if isinstance(value, list | tuple) else ()
