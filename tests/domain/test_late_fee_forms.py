"""The rules command on late-fee forms that the published cases leave out; each answer was worked out by hand."""

from __future__ import annotations

from typing import Any

import pytest

from counter_app.commands import rules

Case = dict[str, Any]
HIGH = {"rate_per_day": "0.002", "cross_year_rate_per_day": "0.003"}


def _answer(case: Case, **head: Any) -> dict[str, Any]:
    return rules.answer("late-fee", {"cases": [{"id": "x", **case}], **head})["answers"][0]


def _late_fee(
    policy: Case, bills: list[Case], payment_date: str | None = None, **inputs: Any
) -> tuple[str, list[Any], str]:
    given = {"bills": bills, **inputs} | ({"payment_date": payment_date} if payment_date else {})
    found = _answer({"policy": policy, "inputs": given})
    rows: Any = found["per_bill"]
    return str(found["late_fee_total"]), [(r["chargeable_days"], r["late_fee"]) for r in rows], str(found["total_due"])


@pytest.mark.parametrize(
    ("policy", "bill", "payment_date", "inputs", "total", "days", "total_due"),
    [
        # part payment: 5 days on 1000, the payment day included, then 5 on 400
        (
            {"rate_per_day": "0.003"},
            {
                "principal": "1000.00",
                "due_date": "2024-03-10",
                "partial_payments": [{"date": "2024-03-15", "principal_paid": "600.00"}],
            },
            "2024-03-20",
            {},
            "21.00",
            10,
            "421.00",
        ),
        # a part payment after the payment date does not count yet, one before the due date counts from the start
        (
            {"rate_per_day": "0.001"},
            {
                "principal": "1000.00",
                "due_date": "2024-03-10",
                "partial_payments": [
                    {"date": "2024-04-01", "principal_paid": "100.00"},
                    {"date": "2024-03-01", "principal_paid": "500.00"},
                ],
            },
            "2024-03-20",
            {},
            "5.00",
            10,
            "505.00",
        ),
        # two part payments on one day
        (
            {"rate_per_day": "0.001"},
            {
                "principal": "1000.00",
                "due_date": "2024-03-10",
                "partial_payments": [
                    {"date": "2024-03-11", "principal_paid": "200.00"},
                    {"date": "2024-03-11", "principal_paid": "300.00"},
                ],
            },
            "2024-03-12",
            {},
            "1.50",
            2,
            "501.50",
        ),
        # the three readings of the year end, told by segments
        (
            {**HIGH, "cross_year_mode": "split_by_calendar_year"},
            {
                "principal": "2000.00",
                "segments": [{"days": 16, "year_kind": "same_year"}, {"days": 18, "year_kind": "cross_year"}],
            },
            None,
            {},
            "172.00",
            34,
            "2172.00",
        ),
        (
            {**HIGH, "cross_year_mode": "whole_period_high"},
            {
                "principal": "2000.00",
                "segments": [{"days": 16, "year_kind": "same_year"}, {"days": 18, "year_kind": "cross_year"}],
            },
            None,
            {},
            "204.00",
            34,
            "2204.00",
        ),
        (
            {**HIGH, "cross_year_mode": "new_year_days_only"},
            {"principal": "2000.00", "due_date": "2000-12-15"},
            "2001-01-18",
            {},
            "108.00",
            18,
            "2108.00",
        ),
        # the new-year reading leaves a bill within one year alone
        (
            {**HIGH, "cross_year_mode": "new_year_days_only"},
            {"principal": "3000.00", "due_date": "2001-01-15"},
            "2001-01-18",
            {},
            "18.00",
            3,
            "3018.00",
        ),
        # no cross-year rate: the kind of year changes nothing
        (
            {"rate_per_day": "0.002"},
            {"principal": "100.00", "overdue_days": 10, "year_kind": "cross_year"},
            None,
            {},
            "2.00",
            10,
            "102.00",
        ),
        # leap day
        (
            {"rate_per_day": "0.001"},
            {"principal": "350.00", "due_date": "2024-02-25"},
            "2024-03-05",
            {},
            "3.15",
            9,
            "353.15",
        ),
        # the holiday roll: due on the first of three days off, so the fourth is the due day
        (
            {"rate_per_day": "0.001", "roll_due_date_over_holidays": True},
            {"principal": "1000.00", "due_date": "2024-10-01"},
            "2024-10-06",
            {"holidays": ["2024-10-01", "2024-10-02", "2024-10-03"]},
            "2.00",
            2,
            "1002.00",
        ),
        (
            {"rate_per_day": "0.001", "roll_due_date_over_holidays": False},
            {"principal": "1000.00", "due_date": "2024-10-01"},
            "2024-10-06",
            {"holidays": ["2024-10-01", "2024-10-02", "2024-10-03"]},
            "5.00",
            5,
            "1005.00",
        ),
        # grace that is not over; grace with dates
        (
            {"rate_per_day": "0.003", "grace_days": 45},
            {"principal": "800.00", "overdue_days": 45},
            None,
            {},
            "0.00",
            0,
            "800.00",
        ),
        (
            {"rate_per_day": "0.003", "grace_days": 5},
            {"principal": "100.00", "due_date": "2024-03-01"},
            "2024-03-08",
            {},
            "0.60",
            2,
            "100.60",
        ),
        # a contract's own start stands above the grace days, and its stop ends the counting
        (
            {"rate_per_day": "0.003", "grace_days": 5},
            {
                "principal": "100.00",
                "due_date": "2024-03-01",
                "accrual_start": "2024-03-02",
                "accrual_stop": "2024-03-04",
            },
            "2024-03-08",
            {},
            "0.90",
            3,
            "100.90",
        ),
        # cap as a share of the principal, as an amount, and a floor above the cap
        (
            {"rate_per_day": "0.003", "cap": {"type": "principal_ratio", "value": "0.30"}},
            {"principal": "33.33", "overdue_days": 300},
            None,
            {},
            "10.00",
            300,
            "43.33",
        ),
        (
            {"rate_per_day": "0.003", "cap": {"type": "amount", "value": "0.50"}, "min_total": "1.00"},
            {"principal": "100.00", "overdue_days": 3},
            None,
            {},
            "1.00",
            3,
            "101.00",
        ),
        # a fixed sum a day with dates and without a principal
        ({"daily_fixed": "12.00"}, {"due_date": "2012-01-25"}, "2012-02-02", {}, "96.00", 8, "96.00"),
        ({"daily_fixed": "12.00"}, {"principal": "50.00", "overdue_days": 8}, None, {}, "96.00", 8, "146.00"),
        # paid before the due date
        (
            {"rate_per_day": "0.003"},
            {"principal": "10.00", "due_date": "2024-03-10"},
            "2024-03-01",
            {},
            "0.00",
            0,
            "10.00",
        ),
    ],
)
def test_late_fee_forms(
    policy: Case, bill: Case, payment_date: str | None, inputs: Case, total: str, days: int, total_due: str
) -> None:
    assert _late_fee(policy, [bill], payment_date, **inputs) == (total, [(days, total)], total_due)


def test_the_default_policy_fills_in_what_a_case_does_not_name() -> None:
    case = {"policy": {"rate_per_day": "0.001"}, "inputs": {"bills": [{"principal": "10.00", "overdue_days": 1}] * 2}}
    head = {"default_policy": {"min_total": "1.00", "min_scope": "per_collection", "compounding": "simple"}}
    assert _answer(case, **head)["late_fee_total"] == "1.00"


def test_a_floor_over_the_collection_does_not_rise_above_what_is_more_already() -> None:
    policy = {"rate_per_day": "0.001", "min_total": "1.00", "min_scope": "per_collection"}
    bills = [{"principal": "500.00", "overdue_days": 1}, {"principal": "600.00", "overdue_days": 1}]
    assert _late_fee(policy, bills)[0] == "1.10"


def test_rounding_at_the_total_respects_each_bills_cap() -> None:
    policy = {"rate_per_day": "0.003", "rounding_scope": "total", "cap": {"type": "amount", "value": "0.10"}}
    bills = [
        {"principal": "1.50", "overdue_days": 1},
        {"principal": "1.50", "overdue_days": 1},
        {"principal": "99.00", "overdue_days": 9},
    ]
    assert _late_fee(policy, bills) == ("0.11", [(1, "0.00"), (1, "0.00"), (9, "0.10")], "102.11")
