"""The hall's figures beyond the published cases."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counter_app.domain.kpi import AGES, MONEY_FIGURES, RATIOS, age_of, ageing, figure, inputs_of


@pytest.mark.parametrize(
    ("name", "inputs", "places", "shown"),
    [
        (
            "collection_rate_prior_years",
            {"received_prior_years": 34_000_000, "receivable_prior_years": 50_000_000},
            1,
            "68.0",
        ),
        (
            "same_month_collection_rate",
            {"received_for_that_month_by_cutoff": 96_005, "billed_in_month": 100_000},
            2,
            "96.01",
        ),
        ("same_month_collection_rate", {"received_for_that_month_by_cutoff": 1, "billed_in_month": 3}, 0, "33"),
        (
            "net_new_bad_debt_rate",
            {"billed_in_period": 1_000_000, "written_off_in_period": 6_000, "recovered_after_write_off": 1_000},
            2,
            "0.50",
        ),
        (
            "net_new_bad_debt_rate",
            {"billed_in_period": 1_000_000, "written_off_in_period": 0, "recovered_after_write_off": 50},
            2,
            "-0.01",
        ),
        ("retention_success_rate", {"kept_and_active_after_30_days": 2, "cases_closed": 3}, 2, "66.67"),
        ("arrears_per_customer", {"arrears_total": 10_000, "customers_in_arrears": 3}, 2, "33.33"),
        ("arrears_per_customer", {"arrears_total": 10_050, "customers_in_arrears": 1}, 2, "100.50"),
        ("bad_debt_rate", {"written_off_in_period": 5, "billed_in_period": 1_000}, 2, "0.50"),
    ],
)
def test_figures(name: str, inputs: dict[str, int], places: int, shown: str) -> None:
    assert figure(name, inputs).rounded(places) == shown


@pytest.mark.parametrize("name", [*RATIOS, *MONEY_FIGURES])
def test_an_empty_denominator_gives_no_figure(name: str) -> None:
    assert figure(name, dict.fromkeys(inputs_of(name), 0)).rounded() is None


@given(st.lists(st.tuples(st.dates(date(2020, 1, 1), date(2026, 1, 1)), st.integers(0, 10**6))))
def test_ageing_loses_nothing(bills: list[tuple[date, int]]) -> None:
    sums = ageing(bills, date(2024, 6, 30))
    assert tuple(sums) == AGES
    assert sum(sums.values()) == sum(left_fen for _, left_fen in bills)


def test_the_due_day_is_not_late() -> None:
    assert age_of(date(2024, 6, 30), date(2024, 6, 30)) == "not_due"
    assert age_of(date(2024, 6, 29), date(2024, 6, 30)) == "d1_30"
