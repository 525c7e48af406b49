"""The late-fee rule (违约金规则) as a pack states it, with its earlier versions, and which days it counts."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal, NamedTuple

from counter_app.domain.calendar import Calendar
from counter_app.domain.money import ZERO_RATE, Fen, Rate, half_up

CustomerClass = Literal["resident", "other"]
YearKind = Literal["same_year", "cross_year"]
CrossYearMode = Literal["split_by_calendar_year", "whole_period_high", "new_year_days_only"]
Scope = Literal["per_bill", "per_collection"]
RoundingScope = Literal["per_bill", "total"]

_MOST_KEPT = 4096
"""Due dates that a policy remembers the days of."""


@dataclass(frozen=True, slots=True)
class Cap:
    """The most that a late fee may come to: a share of the bill's principal, or an amount in fen."""

    principal_ratio: Rate | None = None
    amount_fen: Fen | None = None

    def limit(self, principal_fen: Fen, denominator: int = 1) -> int:
        """The cap in fen over `denominator`, a share of the principal rounded half up at that precision."""
        if self.principal_ratio is None:
            return (self.amount_fen or 0) * denominator
        return half_up(principal_fen * denominator * self.principal_ratio.numerator, self.principal_ratio.denominator)


class Stretch(NamedTuple):
    """Days in a row under one rate, whatever the base; `first` and `last` are ordinals of dates.

    A day costs `per_fen` for each unpaid fen, and `fixed`, both over the policy's `scale`.
    """

    first: int
    last: int
    per_fen: int
    fixed: int
    rate: Rate
    daily_fixed_fen: Fen
    year_kind: YearKind
    version: str

    @property
    def days(self) -> int:
        """How many days."""
        return self.last - self.first + 1


class Accrual(NamedTuple):
    """The days that count for a due date, stretch by stretch, and together: `per_fen` and `fixed` are the whole
    period's, over the policy's `scale`.
    """

    starts_on: date
    stretches: tuple[Stretch, ...]
    days: int
    per_fen: int
    fixed: int


NO_DAYS = Accrual(date.min, (), 0, 0, 0)
"""What days that are told without dates have for an accrual."""


@dataclass(frozen=True, slots=True)
class LateFeePolicy:
    """One version of a late-fee rule (domain_rules 1.9), and the versions before it in `history`, oldest first.

    Each day is charged at the rate of the version in force on that day; the start of accrual is that of the version in
    force on the due date; rounding, cap and floor are those of this version. Rates are per day, `daily_fixed_fen`
    replaces them. `cross_year_rate` of `None` means that the year end changes nothing. `start_day_of_following_month`
    starts accrual on that day of the month after the due date's. `calendar` is set where a due date on a rest day
    moves to the next working day. `is_spared_in_dispute` says that days in dispute are not charged afterwards either,
    though the line stands.
    """

    rate: Rate
    cross_year_rate: Rate | None = None
    cross_year_mode: CrossYearMode = "split_by_calendar_year"
    grace_days: int = 0
    start_day_of_following_month: int | None = None
    cap: Cap | None = None
    floor_fen: Fen = 0
    floor_scope: Scope = "per_bill"
    rounding_scope: RoundingScope = "per_bill"
    daily_fixed_fen: Fen | None = None
    calendar: Calendar | None = None
    is_waivable: bool = False
    is_spared_in_dispute: bool = False
    trade: str = ""
    customer_class: CustomerClass = "other"
    version: str = ""
    valid_from: date = date.min
    legal_basis: str = ""
    source: str = ""
    history: tuple[LateFeePolicy, ...] = ()
    scale: int = field(init=False, compare=False, repr=False)
    _accruals: dict[tuple[date, date], Accrual] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        """Work out the common denominator of all rates once."""
        rates = [r for p in (*self.history, self) for r in (p.rate, p.cross_year_rate) if r is not None]
        object.__setattr__(self, "scale", 10 ** max(r.places for r in rates))
        object.__setattr__(self, "_accruals", {})

    def version_on(self, day: date) -> LateFeePolicy:
        """The version in force on that day; before the first one, the first."""
        if day >= self.valid_from or not self.history:
            return self
        for older in reversed(self.history):
            if day >= older.valid_from:
                return older
        return self.history[0]

    def due_on(self, due_on: date) -> date:
        """The due date, moved over rest days where the policy says so."""
        return due_on if self.calendar is None else self.calendar.next_working_day(due_on)

    def starts_on(self, due_on: date) -> date:
        """The first day that counts for a bill due (after any move) on `due_on`: the due day itself never does."""
        if self.start_day_of_following_month is None:
            return due_on + timedelta(days=1 + self.grace_days)
        month_index = due_on.year * 12 + due_on.month
        return date(month_index // 12, month_index % 12 + 1, self.start_day_of_following_month)

    def rate_of_day(self, year_kind: YearKind, *, crosses_year: bool) -> Rate | None:
        """The rate of one day under this version, 0 where a fixed sum replaces it; `None` when the reading forgets
        that day.

        `crosses_year` says whether the days charged reach a later calendar year than the due date's (domain_rules
        1.2).
        """
        if self.daily_fixed_fen is not None:
            return ZERO_RATE
        if self.cross_year_rate is not None:
            if year_kind == "cross_year" or (crosses_year and self.cross_year_mode == "whole_period_high"):
                return self.cross_year_rate
            if crosses_year and self.cross_year_mode == "new_year_days_only":
                return None
        return self.rate

    def accrual(self, due_on: date, on: date) -> Accrual:
        """The days that count up to and including `on` for a bill due on `due_on`; kept: bills share their dates."""
        found = self._accruals.get((due_on, on))
        if found is None:
            if len(self._accruals) >= _MOST_KEPT:
                self._accruals.clear()
            found = self._accruals[due_on, on] = self.accrual_between(due_on, None, on)
        return found

    def accrual_between(self, due_on: date, start_on: date | None, last_on: date) -> Accrual:
        """The same up to `last_on`, from the contract's own day `start_on` where it names one."""
        due_on = self.due_on(due_on)
        starts_on = self.version_on(due_on).starts_on(due_on) if start_on is None else start_on
        first, last = starts_on.toordinal(), last_on.toordinal()
        if last < first:
            return Accrual(starts_on, (), 0, 0, 0)
        new_year = date(due_on.year, 12, 31).toordinal() + 1
        cuts = {first, new_year, *(version.valid_from.toordinal() for version in (*self.history, self)[1:])}
        ordered = sorted(day for day in cuts if first <= day <= last)
        ends = [day - 1 for day in ordered[1:]] + [last]
        found = [self._stretch(*ends_of, new_year, last) for ends_of in zip(ordered, ends, strict=True)]
        stretches = tuple(stretch for stretch in found if stretch is not None)
        days = sum(s.days for s in stretches)
        per_fen = sum(s.days * s.per_fen for s in stretches)
        return Accrual(starts_on, stretches, days, per_fen, sum(s.days * s.fixed for s in stretches))

    def _stretch(self, first: int, last: int, new_year: int, last_of_all: int) -> Stretch | None:
        version = self.version_on(date.fromordinal(first))
        year_kind: YearKind = "cross_year" if first >= new_year else "same_year"
        rate = version.rate_of_day(year_kind, crosses_year=last_of_all >= new_year)
        if rate is None:
            return None
        per_fen = rate.numerator * (self.scale // rate.denominator)
        fixed_fen = version.daily_fixed_fen or 0
        return Stretch(first, last, per_fen, fixed_fen * self.scale, rate, fixed_fen, year_kind, version.version)
