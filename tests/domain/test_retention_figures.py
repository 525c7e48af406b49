"""Follow-ups, holds, re-entry, rates with their interval, and silent leavers, each on its edges."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counter_app.domain.money import Rate as Share
from counter_app.domain.retention import Result, Visit
from counter_app.domain.retention_figures import (
    EndedCase,
    GroupRate,
    Interval,
    Rate,
    is_held,
    is_success,
    keep_rate,
    rates_by,
    silent_leavers,
    success_rate,
    wilson,
)
from counter_app.domain.retention_followup import (
    NumberHold,
    Reentry,
    held_until,
    months_later,
    planned_visits,
    reentry,
)
from counter_app.domain.retention_rules import RetentionRules
from counter_app.domain.retention_usage import Fading, UsedMonth, fading
from counter_app.storage.rules import load_pack

ENDED = date(2026, 10, 31)
FIRST_30 = date(2026, 11, 30)
LAST_DUE = date(2027, 2, 28)


def rules() -> RetentionRules:
    found = load_pack("telecom").retention(ENDED)
    assert found is not None
    return found


# --- follow-ups, hold, re-entry ---


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 10, 31), 1, date(2026, 11, 30)),
        (date(2026, 10, 31), 4, date(2027, 2, 28)),
        (date(2027, 10, 31), 4, date(2028, 2, 29)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
        (date(2026, 1, 31), 0, date(2026, 1, 31)),
        (date(2026, 1, 1), -1, date(2025, 12, 1)),
    ],
)
def test_a_day_months_later_is_the_same_day_or_the_last_of_a_shorter_month(
    day: date, months: int, expected: date
) -> None:
    assert months_later(day, months) == expected


def plan(*, is_kept: bool, is_contact_agreed: bool) -> tuple[Visit, ...]:
    return planned_visits(
        rules(), ended_on=ENDED, is_kept=is_kept, is_contact_agreed=is_contact_agreed, owner_no="1001"
    )


def test_a_kept_customer_is_visited_once_a_month_for_four_months() -> None:
    days = [date(2026, 11, 30), date(2026, 12, 31), date(2027, 1, 31), date(2027, 2, 28)]
    expected = tuple(Visit(line, day, "1001") for line, day in enumerate(days, start=1))
    assert plan(is_kept=True, is_contact_agreed=False) == expected
    assert plan(is_kept=True, is_contact_agreed=True) == expected


def test_a_leaver_is_visited_only_with_consent() -> None:
    assert plan(is_kept=False, is_contact_agreed=False) == ()
    assert [v.due_on for v in plan(is_kept=False, is_contact_agreed=True)] == [date(2027, 1, 31), date(2027, 4, 30)]


def test_a_number_is_kept_half_a_year_and_the_days_are_counted_down() -> None:
    until = held_until(rules(), date(2026, 8, 31))
    assert until == date(2027, 2, 28)
    hold = NumberHold("13800138000", 7, 3, until)
    assert [hold.days_left(until + timedelta(days=days)) for days in (-1, 0, 1, 400)] == [2, 1, 0, 0]


def test_who_comes_back_in_time_gets_the_old_number_and_pays_no_fee() -> None:
    until = date(2027, 2, 28)
    holds = [
        NumberHold("13800138000", 7, 3, until),
        NumberHold("13800138001", 8, 3, until - timedelta(days=9)),
        NumberHold("13800138002", 9, 4, date.max),
    ]

    def back(customer_id: int, on: date, pack: RetentionRules) -> Reentry | None:
        return reentry(holds, customer_id=customer_id, on=on, rules=pack, fee_fen=1_000)

    assert back(3, until, rules()) == Reentry("13800138000", until, 0)
    assert back(3, until, replace(rules(), is_reentry_free=False)) == Reentry("13800138000", until, 1_000)
    assert back(3, until + timedelta(days=1), rules()) is None
    assert back(5, until, rules()) is None


# --- the rates ---


def ended(result: Result = Result.KEPT, **more: object) -> EndedCase:
    plain = EndedCase("c", "1001", ENDED, result, is_valued=False, reasons=("PRICE_FEE_HIGH",), last_due_on=LAST_DUE)
    return replace(plain, **more)  # type: ignore[arg-type]  # the tests name real fields


DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("case", "on", "expected"),
    [
        (ended(), FIRST_30 - DAY, "pending"),
        (ended(), FIRST_30, "yes"),
        (ended(left_on=FIRST_30), FIRST_30, "no"),
        (ended(left_on=ENDED), ENDED, "no"),
        (ended(left_on=FIRST_30 + DAY), LAST_DUE, "yes"),
        (ended(Result.LEFT), ENDED, "no"),
        (ended(Result.REFUSED_TALK), ENDED, "no"),
    ],
)
def test_a_save_counts_when_the_line_is_alive_after_30_days(case: EndedCase, on: date, expected: str) -> None:
    assert is_success(case, rules(), on) == expected


@pytest.mark.parametrize(
    ("case", "on", "expected"),
    [
        (ended(), LAST_DUE, "pending"),
        (ended(), LAST_DUE + DAY, "no"),
        (ended(last_visit_on=LAST_DUE), LAST_DUE, "yes"),
        (ended(last_visit_on=LAST_DUE + 9 * DAY), LAST_DUE + 9 * DAY, "yes"),
        (ended(last_visit_on=LAST_DUE, left_on=LAST_DUE), LAST_DUE, "no"),
        (ended(last_visit_on=LAST_DUE, left_on=LAST_DUE + DAY), LAST_DUE + DAY, "yes"),
        (ended(left_on=ENDED + DAY), ENDED + DAY, "no"),
        (ended(last_due_on=None), date(2027, 2, 28), "pending"),
        (ended(last_due_on=None), date(2027, 3, 1), "no"),
    ],
)
def test_a_save_holds_only_when_the_line_is_alive_after_the_last_visit(
    case: EndedCase, on: date, expected: str
) -> None:
    assert is_held(case, rules(), on) == expected


def test_both_rates_stand_beside_their_number_of_cases() -> None:
    cases = [
        *[ended(last_visit_on=LAST_DUE)] * 2,
        ended(left_on=FIRST_30 + DAY),
        ended(left_on=ENDED + DAY),
        *[ended(Result.LEFT)] * 3,
        ended(Result.REFUSED_TALK),
        *[ended(Result.WITHDRAWN)] * 5,
    ]
    assert success_rate(cases, rules(), FIRST_30) == Rate(3, 8)
    assert success_rate(cases, rules(), FIRST_30).figure.rounded() == "37.50"
    assert keep_rate(cases, rules(), LAST_DUE) == Rate(2, 4)
    assert success_rate([ended(), *cases], rules(), ENDED) == Rate(0, 5, pending=4)
    assert success_rate([], rules(), ENDED) == Rate(0, 0)
    assert Rate(0, 0).figure.rounded() is None
    assert Rate(0, 0).interval is None


def test_rates_by_reason_measure_teller_and_class() -> None:
    cases = [
        ended(measures=(("GIFT_FEE", False), ("ADDON", True)), last_visit_on=LAST_DUE),
        ended(measures=(("ADDON", True),), reasons=(), last_visit_on=LAST_DUE),
        ended(Result.LEFT, measures=(("GIFT_FEE", False),), reasons=("PRICE", "NETWORK"), staff_no="1002"),
        ended(Result.LEFT, reasons=("NETWORK", "PRICE"), is_valued=True),
        ended(measures=(("GIFT_FEE", False), ("GIFT_FEE", True)), reasons=("NETWORK_SLOW",), is_valued=True),
        ended(Result.WITHDRAWN, staff_no="1003"),
    ]
    by = {
        dimension: [
            (g.group, g.success.kept, g.success.cases, g.keep.kept, g.keep.cases)
            for g in rates_by(dimension, cases, rules(), LAST_DUE + DAY)
        ]
        for dimension in ("reason", "measure", "teller", "value")
    }
    assert by == {
        "reason": [("", 1, 1, 1, 1), ("NETWORK", 1, 2, 0, 1), ("PRICE", 1, 2, 1, 1)],
        "measure": [("ADDON", 2, 2, 2, 2), ("GIFT_FEE", 1, 3, 0, 1)],
        "teller": [("1001", 3, 4, 2, 3), ("1002", 0, 1, 0, 0)],
        "value": [("ordinary", 2, 3, 2, 2), ("valued", 1, 2, 0, 1)],
    }
    pending = GroupRate("1001", Rate(0, 0, pending=1), Rate(0, 0, pending=1))
    assert rates_by("teller", [ended()], rules(), ENDED) == (pending,)


# --- the interval ---


@pytest.mark.parametrize(
    ("kept", "cases", "low", "high"),
    [
        (81, 263, "0.2553", "0.3662"),
        (15, 148, "0.0624", "0.1605"),
        (0, 20, "0.0000", "0.1611"),
        (1, 29, "0.0061", "0.1718"),
    ],
)
def test_the_interval_has_the_published_values(kept: int, cases: int, low: str, high: str) -> None:
    """R. G. Newcombe, Statistics in Medicine 17 (1998), 857-872, table I, method 3: four decimals of a share."""
    assert wilson(kept, cases) == Interval(int(Decimal(low) * 10_000), int(Decimal(high) * 10_000))


def test_three_lucky_cases_do_not_look_like_a_policy() -> None:
    assert wilson(3, 3) == Interval(4_385, 10_000)
    assert wilson(300, 300) == Interval(9_874, 10_000)


@given(st.integers(1, 5_000).flatmap(lambda cases: st.tuples(st.integers(0, cases), st.just(cases))))
def test_each_end_of_the_interval_solves_its_equation_to_half_a_basis_point(counts: tuple[int, int]) -> None:
    """An end p satisfies (kept/cases - p)² = z² p (1 - p) / cases; the sign changes within the rounding."""
    kept, cases = counts
    squared = Fraction(Decimal("1.959963984540054")) ** 2

    def excess(place: Fraction) -> Fraction:
        return (Fraction(kept, cases) - place) ** 2 - squared * place * (1 - place) / cases

    found = wilson(kept, cases)
    assert 0 <= found.low <= Fraction(kept * 10_000, cases) + 1
    assert Fraction(kept * 10_000, cases) - 1 <= found.high <= 10_000
    half = Fraction(1, 20_000)
    for end, outward in ((found.low, -1), (found.high, 1)):
        place = Fraction(end, 10_000)
        assert excess(place + outward * half) >= 0
        assert excess(place - outward * half) <= 0


@pytest.mark.parametrize(("kept", "cases"), [(0, 0), (-1, 3), (4, 3)])
def test_an_interval_needs_cases(kept: int, cases: int) -> None:
    with pytest.raises(ValueError, match="of"):
        wilson(kept, cases)


# --- silent leavers ---


def months(*fens: int, first: int = 4, item: str = "通话费") -> tuple[UsedMonth, ...]:
    return tuple(UsedMonth(f"2026-{first + n:02d}", fen, ((item, fen),)) for n, fen in enumerate(fens))


def faded(used: tuple[UsedMonth, ...], share: str = "0.30", idle: int = 2) -> Fading | None:
    return fading(used, falling_months=3, falling_share=Share.parse(share), idle_months=idle, fixed_items={"月租费"})


def test_three_falls_in_a_row_by_the_packs_share_are_shown_with_their_months() -> None:
    used = months(9_000, 10_000, 9_000, 8_000, 7_000)
    assert faded(used) == Fading("falling", used[1:], 3_000)
    assert faded(months(10_000, 9_000, 8_000, 7_001)) is None
    assert faded(months(10_000, 8_000, 8_000, 5_000)) is None
    assert faded(months(10_000, 6_000, 7_000, 5_000)) is None
    assert faded(months(9_000, 6_000, 5_000)) is None
    assert faded(months(10_000, 9_000, 8_000, 7_001), share="0.29") is not None


def test_a_gap_in_the_bills_shows_nothing() -> None:
    used = months(10_000, 9_000, 8_000, 1_000)
    gap = (used[0], used[1], *(replace(month, month=f"2026-{n:02d}") for n, month in ((7, used[2]), (8, used[3]))))
    assert faded(used) is not None
    assert faded(gap) is None
    over_new_year = tuple(
        replace(month, month=name)
        for month, name in zip(used, ("2025-11", "2025-12", "2026-01", "2026-02"), strict=True)
    )
    assert faded(over_new_year) == Fading("falling", over_new_year, 9_000)


def test_nothing_but_fixed_items_is_no_use() -> None:
    idle = months(2_100, 2_100, item="月租费")
    assert faded(idle) == Fading("idle", idle, 0)
    assert faded(idle, idle=3) is None
    assert faded(months(0, 0)) is not None
    assert faded((UsedMonth("2026-04", 0), UsedMonth("2026-05", 0))) is not None
    assert faded((UsedMonth("2026-04", 0), UsedMonth("2026-05", 1))) is None
    assert faded((UsedMonth("2026-04", 0), UsedMonth("2026-06", 0))) is None
    assert faded(()) is None
    used = UsedMonth("2026-05", 2_101, (("月租费", 2_100), ("通话费", 1)))
    assert faded((idle[0], used)) is None


def test_the_list_puts_those_who_lost_most_first_and_leaves_out_old_bills() -> None:
    used = {
        1: months(10_000, 9_000, 8_000, 7_000),
        2: months(10_000, 9_000, 8_000, 100),
        3: months(10_000, 10_000, 10_000, 10_000),
        4: months(10_000, 9_000, 8_000, 100, first=3),
        5: months(10_000, 9_000, 8_000, 100),
        6: (),
    }
    found = silent_leavers(used, rules(), date(2026, 9, 30))
    assert [(service_id, reason.kind, reason.share) for service_id, reason in found] == [
        (2, "falling", 9_900),
        (5, "falling", 9_900),
        (1, "falling", 3_000),
    ]
    assert silent_leavers(used, rules(), date(2026, 10, 1)) == ()
