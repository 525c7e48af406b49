"""What retention achieves: the rate at 30 days, the one after four months, with the number of cases and an interval."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import Literal

from counter_app.domain.kpi import Figure
from counter_app.domain.retention import Result
from counter_app.domain.retention_followup import months_later
from counter_app.domain.retention_rules import RetentionRules
from counter_app.domain.retention_usage import Fading, UsedMonth, fading

Dimension = Literal["reason", "measure", "teller", "value", "source"]
Verdict = Literal["yes", "no", "pending"]
_Z = Decimal("1.959963984540054")
"""The 97.5 % point of the normal distribution: an interval of 95 %."""
_BILLED_LATELY = 2
"""A service without a bill for more than two months is not fading: it is not billed any more."""


OWN, PAST = "own", "past"
"""Where a result comes from: a case of this program, or an import of results from before it."""


@dataclass(frozen=True, slots=True)
class EndedCase:
    """A case after its outcome. `measures` are the offers with whether each was taken; `left_on` is the day on which
    the line ended after all, `last_visit_on` the day of the last follow-up, once it was made; `last_due_on` when it is
    due.
    """

    case_id: str
    staff_no: str
    ended_on: date
    result: Result
    is_valued: bool
    reasons: tuple[str, ...]
    measures: tuple[tuple[str, bool], ...] = ()
    left_on: date | None = None
    last_visit_on: date | None = None
    last_due_on: date | None = None


@dataclass(frozen=True, slots=True)
class Interval:
    """A Wilson score interval of 95 % in basis points (1/100 %), each end rounded half up."""

    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Rate:
    """A rate with the number of cases beside it; `pending` cases are not decided yet and in neither count."""

    kept: int
    cases: int
    pending: int = 0

    @property
    def figure(self) -> Figure:
        """The rate before rounding; a dash where no case is decided."""
        return Figure(self.kept, self.cases)

    @property
    def interval(self) -> Interval | None:
        """Where the rate lies, as far as so few cases can tell; None without a case."""
        return wilson(self.kept, self.cases) if self.cases else None


@dataclass(frozen=True, slots=True)
class GroupRate:
    """Both rates of the cases of one reason, measure, teller, class (`valued`, `ordinary`) or source."""

    group: str
    success: Rate
    keep: Rate


def is_success(case: EndedCase, rules: RetentionRules, on: date) -> Verdict:
    """Whether the customer was kept and the line is alive 30 days later (domain_rules 9; days by the pack)."""
    if case.result is not Result.KEPT:
        return "no"
    watched_to = case.ended_on + timedelta(days=rules.success_days)
    if case.left_on is not None and case.left_on <= watched_to:
        return "no"
    return "yes" if on >= watched_to else "pending"


def is_held(case: EndedCase, rules: RetentionRules, on: date) -> Verdict:
    """Whether a kept customer's line is alive after the last follow-up. A follow-up that is overdue holds nothing until
    it is made; a case without a plan is due when the pack's last visit would be.
    """
    due_on = case.last_due_on or months_later(case.ended_on, rules.kept_visit_months[-1])
    if case.last_visit_on is not None:
        return "no" if case.left_on is not None and case.left_on <= case.last_visit_on else "yes"
    return "no" if case.left_on is not None or on > due_on else "pending"


def success_rate(cases: Iterable[EndedCase], rules: RetentionRules, on: date) -> Rate:
    """挽留成功率: kept and alive at 30 days ÷ cases closed. Who withdrew the wish to leave is no save and no case."""
    return _rate([is_success(case, rules, on) for case in _counted(cases)])


def keep_rate(cases: Iterable[EndedCase], rules: RetentionRules, on: date) -> Rate:
    """四个月保有率: alive after the last follow-up ÷ kept."""
    return _rate([is_held(case, rules, on) for case in cases if case.result is Result.KEPT])


def rates_by(
    dimension: Dimension, cases: Iterable[EndedCase], rules: RetentionRules, on: date
) -> tuple[GroupRate, ...]:
    """Both rates for each group, by the group's name. A case counts under its main reason of the first level,
    an empty one where none was given; a measure has saved a case only if it was taken in it, and only then it can hold
    the customer.
    """
    success: dict[str, list[Verdict]] = {}
    keep: dict[str, list[Verdict]] = {}
    for case in _counted(cases):
        verdict = is_success(case, rules, on)
        held = is_held(case, rules, on) if case.result is Result.KEPT else None
        for group, is_cause in _groups(dimension, case, rules):
            success.setdefault(group, []).append(verdict if is_cause else "no")
            if held is not None and is_cause:
                keep.setdefault(group, []).append(held)
    return tuple(GroupRate(group, _rate(success[group]), _rate(keep.get(group, ()))) for group in sorted(success))


def past_rate(results: Iterable[Result]) -> Rate:
    """How many of the results from before this program were saves, as their file had it: nobody watched those lines for
    30 days, so they stand in no other rate.
    """
    counted = [result for result in results if result is not Result.WITHDRAWN]
    return Rate(counted.count(Result.KEPT), len(counted))


def wilson(kept: int, cases: int) -> Interval:
    """The Wilson score interval of 95 % without a correction for continuity, in basis points, exact to the last.

    Raises:
        ValueError: no cases, or more kept than there are.
    """
    if not 0 <= kept <= cases or not cases:
        message = f"{kept} of {cases}"
        raise ValueError(message)
    with localcontext() as context:
        context.prec = 50
        squared = _Z * _Z
        centre = 2 * kept + squared
        spread = _Z * (squared + Decimal(4 * kept * (cases - kept)) / cases).sqrt()
        whole = 2 * (cases + squared)
        low, high = ((centre + sign * spread) / whole * 10_000 for sign in (-1, 1))
        return Interval(*(int(end.quantize(Decimal(1), ROUND_HALF_UP)) for end in (low, high)))


def silent_leavers(
    used: Mapping[int, Sequence[UsedMonth]], rules: RetentionRules, on: date
) -> tuple[tuple[int, Fading], ...]:
    """The services that look as if their customers were leaving without a word (002-2), each with its reason; those
    that lost most come first, then by id.
    """
    earliest = f"{months_later(on.replace(day=1), -_BILLED_LATELY):%Y-%m}"
    found = []
    for service_id, months in used.items():
        reason = fading(
            months,
            falling_months=rules.falling_months,
            falling_share=rules.falling_share,
            idle_months=rules.idle_months,
            fixed_items=rules.fixed_items,
        )
        if reason is not None and months[-1].month >= earliest:
            found.append((service_id, reason))
    found.sort(key=lambda entry: (-entry[1].share, entry[0]))
    return tuple(found)


def _counted(cases: Iterable[EndedCase]) -> Iterator[EndedCase]:
    return (case for case in cases if case.result is not Result.WITHDRAWN)


def _groups(dimension: Dimension, case: EndedCase, rules: RetentionRules) -> Iterator[tuple[str, bool]]:
    """The groups that a case is in, each with whether it can have been the cause of how the case ended."""
    match dimension:
        case "measure":
            taken = {offer: any(yes for o, yes in case.measures if o == offer) for offer, _ in case.measures}
            yield from taken.items()
        case "reason":
            yield rules.first_level(case.reasons[0] if case.reasons else ""), True
        case "teller":
            yield case.staff_no, True
        case "value":
            yield "valued" if case.is_valued else "ordinary", True
        case "source":
            yield OWN, True


def _rate(verdicts: Sequence[Verdict]) -> Rate:
    kept, pending = verdicts.count("yes"), verdicts.count("pending")
    return Rate(kept, len(verdicts) - pending, pending)
