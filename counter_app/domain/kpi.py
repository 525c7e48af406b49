"""The hall's figures (domain_rules 9): each is exact until it is rounded once, and an empty denominator gives no
figure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from counter_app.domain.money import Fen, half_up


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure before rounding, `numerator / denominator`; a percentage unless `is_money`. Late fee is left out of
    all of them.
    """

    numerator: int
    denominator: int
    is_money: bool = False

    def rounded(self, places: int = 2) -> str | None:
        """The figure with that many decimals, half up, in percent or yuan; `None` (a dash on screen) for an empty
        denominator.
        """
        if self.denominator == 0:
            return None
        numerator, denominator = self.numerator, self.denominator
        if denominator < 0:
            numerator, denominator = -numerator, -denominator
        numerator *= 1 if self.is_money else 100
        denominator *= 100 if self.is_money else 1
        units = half_up(numerator * 10**places, denominator)
        digits = str(abs(units)).rjust(places + 1, "0")
        sign = "-" if units < 0 else ""
        return f"{sign}{digits[:-places]}.{digits[-places:]}" if places else f"{sign}{digits}"


RATIOS: Mapping[str, tuple[Mapping[str, int], Mapping[str, int]]] = {
    "collection_rate_total": ({"received": 1}, {"receivable": 1}),
    "collection_rate_current_year": (
        {"received": 1, "received_prior_years": -1},
        {"receivable": 1, "receivable_prior_years": -1},
    ),
    "collection_rate_prior_years": ({"received_prior_years": 1}, {"receivable_prior_years": 1}),
    "same_month_collection_rate": ({"received_for_that_month_by_cutoff": 1}, {"billed_in_month": 1}),
    "year_collection_rate": ({"received_for_that_year_by_period_end": 1}, {"billed_in_year": 1}),
    "arrears_recovery_rate": ({"recovered_from_opening_arrears": 1}, {"opening_arrears": 1}),
    "bad_debt_rate": ({"written_off_in_period": 1}, {"billed_in_period": 1}),
    "net_new_bad_debt_rate": (
        {"written_off_in_period": 1, "recovered_after_write_off": -1},
        {"billed_in_period": 1},
    ),
    "arrears_to_income_rate": ({"arrears": 1}, {"income": 1}),
    "over_three_months_arrears_to_income_rate": ({"arrears_over_three_months": 1}, {"income": 1}),
    "should_be_stopped_rate": ({"arrears_not_stopped": 1}, {"income": 1}),
    "retention_success_rate": ({"kept_and_active_after_30_days": 1}, {"cases_closed": 1}),
    "churn_rate": ({"left_in_month": 2}, {"active_at_start": 1, "active_at_end": 1}),
    "property_fee_rate": ({"received": 1}, {"receivable": 1}),
}
"""Each rate as sums of its inputs with their factors; churn divides by the mean of the opening and the closing base."""

COUNTS = frozenset(
    {"kept_and_active_after_30_days", "cases_closed", "left_in_month", "active_at_start", "active_at_end"}
)
"""The inputs that count customers or cases; the others are fen."""

MONEY_FIGURES: Mapping[str, tuple[str, str]] = {"arrears_per_customer": ("arrears_total", "customers_in_arrears")}
"""Yuan per customer: the sum in fen and the count that divides it."""

AGES = ("not_due", "d1_30", "d31_60", "d61_90", "d91_180", "d181_365", "over_365")
_LAST_DAYS = (0, 30, 60, 90, 180, 365)


def figure(name: str, inputs: Mapping[str, int]) -> Figure:
    """The named figure from its inputs in fen or heads; inputs that it does not use are ignored.

    Raises:
        KeyError: no such figure, or an input is missing.
    """
    if name in MONEY_FIGURES:
        sum_name, count_name = MONEY_FIGURES[name]
        return Figure(inputs[sum_name], inputs[count_name], is_money=True)
    above, below = RATIOS[name]
    return Figure(_sum(above, inputs), _sum(below, inputs))


def inputs_of(name: str) -> tuple[str, ...]:
    """The inputs that a figure needs.

    Raises:
        KeyError: no such figure.
    """
    if name in MONEY_FIGURES:
        return MONEY_FIGURES[name]
    above, below = RATIOS[name]
    return tuple(dict.fromkeys((*above, *below)))


def age_of(due_on: date, as_of: date) -> str:
    """The bucket of a bill by days late at the report date."""
    days = (as_of - due_on).days
    for age, last_day in zip(AGES, _LAST_DAYS, strict=False):
        if days <= last_day:
            return age
    return AGES[-1]


def ageing(bills: Iterable[tuple[date, Fen]], as_of: date) -> dict[str, Fen]:
    """What is left of bills by days late, every bucket named; each bill is its due date and what is left of it in
    fen.
    """
    sums = dict.fromkeys(AGES, 0)
    for due_on, left_fen in bills:
        sums[age_of(due_on, as_of)] += left_fen
    return sums


def _sum(factors: Mapping[str, int], inputs: Mapping[str, int]) -> int:
    return sum(inputs[name] * factor for name, factor in factors.items())
