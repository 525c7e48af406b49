"""The late-fee engine agrees with the slow oracle, keeps its promises, and its working adds up."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counter_app.domain.bills import Bill, Settlement
from counter_app.domain.calendar import Calendar
from counter_app.domain.late_fee_policy import Cap, CrossYearMode, LateFeePolicy
from counter_app.domain.late_fees import collection_late_fee, late_fee, late_fee_of_days, late_fees
from counter_app.domain.money import Rate
from tests.domain.histories import Fee, History, random_history
from tests.domain.oracle import mismatches
from tests.domain.oracle_engine import bill_of, engine_fee, fee_on, policy_of

PER_MILLE_1 = Rate.parse("0.001")
PER_MILLE_2 = Rate.parse("0.002")
PER_MILLE_3 = Rate.parse("0.003")
DUE_ON = date(2024, 1, 15)
principals = st.integers(min_value=1, max_value=10**9)
days_late = st.integers(min_value=-10, max_value=900)
rates = st.builds(Rate, st.integers(min_value=0, max_value=999), st.just(5))


def _bill(principal_fen: int = 10_000, due_on: date = DUE_ON, **more: object) -> Bill:
    bill = Bill(bill_id=1, bill_no="1", account_id=1, month="2024-01", due_on=due_on, principal_fen=principal_fen)
    return bill._replace(**more)  # type: ignore[arg-type]  # the tests name real fields


def test_engine_and_oracle_agree_on_a_thousand_histories() -> None:
    assert mismatches(engine_fee, 1_000, seed=1) == []


def test_the_segments_made_afterwards_add_up_to_the_fee_under_every_kind_of_rule() -> None:
    rng = random.Random(4)
    charged = 0
    for _ in range(2_000):
        history = random_history(rng)
        bill = bill_of(history)
        back = tuple(s._replace(principal_fen=s.principal_fen * rng.choice((1, 1, -1))) for s in bill.settlements)
        working = late_fee(bill._replace(settlements=back), policy_of(history), history.on)
        segments = working.segments
        assert (sum(s.days for s in segments), sum(s.numerator for s in segments)) == (working.days, working.numerator)
        charged += len(segments) > 1
    assert charged > 200


def _due_day_counts(history: History) -> Fee:
    bill = bill_of(history)
    return fee_on(bill._replace(due_on=bill.due_on - timedelta(days=1)), policy_of(history), history.on)


def _payment_day_does_not_count(history: History) -> Fee:
    return fee_on(bill_of(history), policy_of(history), history.on - timedelta(days=1))


def _settlement_lowers_its_own_day(history: History) -> Fee:
    bill = bill_of(history)
    early = tuple(s._replace(settled_on=s.settled_on - timedelta(days=1)) for s in bill.settlements)
    return fee_on(bill._replace(settlements=early), policy_of(history), history.on)


def _newest_rate_for_every_day(history: History) -> Fee:
    return fee_on(bill_of(history), replace(policy_of(history), history=()), history.on)


def _year_end_is_ignored(history: History) -> Fee:
    policy = policy_of(history)
    older = tuple(replace(version, cross_year_rate=None) for version in policy.history)
    return fee_on(bill_of(history), replace(policy, cross_year_rate=None, history=older), history.on)


def _cap_is_forgotten(history: History) -> Fee:
    return fee_on(bill_of(history), replace(policy_of(history), cap=None), history.on)


def _floor_is_forgotten(history: History) -> Fee:
    return fee_on(bill_of(history), replace(policy_of(history), floor_fen=0), history.on)


def _half_rounds_down(history: History) -> Fee:
    fee = engine_fee(history)
    is_half = fee.exact - int(fee.exact) == Fraction(1, 2)
    return replace(fee, computed_fen=fee.computed_fen - 1) if is_half and fee.computed_fen else fee


@pytest.mark.parametrize(
    "wrong",
    [
        _due_day_counts,
        _payment_day_does_not_count,
        _settlement_lowers_its_own_day,
        _newest_rate_for_every_day,
        _year_end_is_ignored,
        _cap_is_forgotten,
        _floor_is_forgotten,
        _half_rounds_down,
    ],
)
def test_a_planted_bug_is_caught_by_the_oracle(wrong: Callable[[History], Fee]) -> None:
    assert mismatches(wrong, 1_000, seed=1, most=1)


@settings(max_examples=300)
@given(principals, days_late, rates, st.lists(st.tuples(st.integers(-5, 600), st.integers(0, 10**8)), max_size=4))
def test_segments_add_up_and_touch_no_day_twice(
    principal_fen: int, days: int, rate: Rate, payments: list[tuple[int, int]]
) -> None:
    settlements = tuple(
        Settlement(str(i), DUE_ON + timedelta(days=after), paid, 0) for i, (after, paid) in enumerate(payments)
    )
    policy = LateFeePolicy(rate, cross_year_rate=PER_MILLE_3)
    working = late_fee(_bill(principal_fen, settlements=settlements), policy, DUE_ON + timedelta(days=days))
    assert sum(s.numerator for s in working.segments) == working.numerator
    assert sum(s.days for s in working.segments) == working.days
    for segment in working.segments:
        assert segment.days == (segment.to_on - segment.from_on).days + 1
        exact = Fraction(segment.base_fen * segment.days * segment.rate.numerator, segment.rate.denominator)
        assert Fraction(segment.numerator, working.denominator) == exact
    assert all(
        earlier.to_on < later.from_on for earlier, later in zip(working.segments, working.segments[1:], strict=False)
    )


@settings(max_examples=300)
@given(principals, days_late, rates, st.sampled_from(["split_by_calendar_year", "whole_period_high"]))
def test_a_day_more_never_costs_less(principal_fen: int, days: int, rate: Rate, mode: CrossYearMode) -> None:
    policy = LateFeePolicy(rate, cross_year_rate=Rate(rate.numerator + 100, rate.places), cross_year_mode=mode)
    on = DUE_ON + timedelta(days=days)
    bill = _bill(principal_fen)
    assert late_fee(bill, policy, on).computed_fen <= late_fee(bill, policy, on + timedelta(days=1)).computed_fen


@settings(max_examples=300)
@given(principals, days_late, rates, st.integers(0, 10**6), st.integers(0, 10**6))
def test_cap_and_floor_bound_the_fee(principal_fen: int, days: int, rate: Rate, cap_fen: int, floor_fen: int) -> None:
    bare = LateFeePolicy(rate)
    on = DUE_ON + timedelta(days=days)
    plain_fen = late_fee(_bill(principal_fen), bare, on).computed_fen
    capped = late_fee(_bill(principal_fen), replace(bare, cap=Cap(amount_fen=cap_fen)), on)
    floored = late_fee(_bill(principal_fen), replace(bare, floor_fen=floor_fen), on)
    assert capped.computed_fen == min(plain_fen, cap_fen)
    assert (capped.cap_fen is not None) == (plain_fen > cap_fen)
    assert floored.computed_fen == (max(plain_fen, floor_fen) if plain_fen else 0)
    assert (floored.floor_fen is not None) == (0 < plain_fen < floor_fen)


def test_the_version_in_force_on_each_day_gives_the_rate_and_the_last_one_the_floor() -> None:
    old = LateFeePolicy(PER_MILLE_1, floor_fen=100, version="1996", valid_from=date(1996, 10, 8))
    new = LateFeePolicy(PER_MILLE_2, version="2024", valid_from=date(2024, 6, 1), history=(old,))
    working = late_fee(_bill(1_000, due_on=date(2024, 5, 29)), new, date(2024, 6, 2))
    assert [(s.version, s.days, s.numerator) for s in working.segments] == [("1996", 2, 2_000), ("2024", 2, 4_000)]
    assert working.computed_fen == 6
    assert late_fee(_bill(1_000, due_on=date(2024, 5, 29)), old, date(2024, 5, 31)).computed_fen == 100


def test_a_late_fee_stays_claimable_after_the_principal_is_paid() -> None:
    paid = Settlement("a", DUE_ON + timedelta(days=10), 10_000, 100)
    working = late_fee(_bill(settlements=(paid,)), LateFeePolicy(PER_MILLE_3), DUE_ON + timedelta(days=99))
    assert (working.days, working.computed_fen, working.settled_fen, working.due_fen) == (10, 300, 100, 200)


def test_more_late_fee_settled_than_computed_leaves_nothing_due() -> None:
    paid = Settlement("a", DUE_ON, 0, 999)
    working = late_fee(_bill(settlements=(paid,)), LateFeePolicy(PER_MILLE_3), DUE_ON + timedelta(days=1))
    assert (working.computed_fen, working.due_fen) == (30, 0)


def test_a_dispute_or_a_deferral_never_changes_the_figure() -> None:
    on = DUE_ON + timedelta(days=20)
    plain = late_fee(_bill(), LateFeePolicy(PER_MILLE_3), on)
    marked = late_fee(_bill(is_disputed=True, is_late_fee_deferred=True), LateFeePolicy(PER_MILLE_3), on)
    assert marked == plain


def test_a_due_date_on_a_rest_day_moves_only_where_the_policy_says_so() -> None:
    spring = Calendar(frozenset({date(2024, 2, 12)}))
    saturday = _bill(due_on=date(2024, 2, 10))
    moved = LateFeePolicy(PER_MILLE_3, calendar=spring)
    assert late_fee(saturday, moved, date(2024, 2, 14)).starts_on == date(2024, 2, 14)
    assert late_fee(saturday, LateFeePolicy(PER_MILLE_3), date(2024, 2, 14)).starts_on == date(2024, 2, 11)


@pytest.mark.parametrize(("due_on", "starts_on"), [("2024-11-30", "2024-12-06"), ("2024-12-31", "2025-01-06")])
def test_accrual_may_start_on_a_fixed_day_of_the_following_month(due_on: str, starts_on: str) -> None:
    policy = LateFeePolicy(PER_MILLE_3, start_day_of_following_month=6)
    working = late_fee(_bill(due_on=date.fromisoformat(due_on)), policy, date(2025, 6, 1))
    assert working.starts_on == date.fromisoformat(starts_on)


def test_a_floor_over_the_collection_falls_on_the_earliest_bill_and_adds_up() -> None:
    policy = LateFeePolicy(PER_MILLE_1, floor_fen=100, floor_scope="per_collection")
    bills = [_bill(1_200, due_on=date(2023, 5, 15)), _bill(1_000, due_on=date(2023, 4, 15))]
    workings = late_fees(bills, policy, date(2023, 5, 20))
    assert [w.computed_fen for w in workings] == [6, 94]
    assert [w.floor_fen for w in workings] == [None, 100]
    assert collection_late_fee([late_fee(b, policy, date(2023, 5, 20)) for b in bills], policy).total_fen == 100


def test_no_late_day_fires_no_floor_of_the_collection() -> None:
    policy = LateFeePolicy(PER_MILLE_1, floor_fen=100, floor_scope="per_collection")
    assert late_fees([_bill()], policy, DUE_ON)[0].due_fen == 0


@settings(max_examples=200)
@given(st.lists(st.tuples(st.integers(1, 10**6), st.integers(0, 300)), min_size=1, max_size=12))
def test_rounding_over_the_total_is_shared_out_exactly(lines: list[tuple[int, int]]) -> None:
    policy = LateFeePolicy(PER_MILLE_3, rounding_scope="total")
    bills = [_bill(fen, due_on=DUE_ON - timedelta(days=days)) for fen, days in lines]
    workings = late_fees(bills, policy, DUE_ON)
    exact = sum(Fraction(fen * days * 3, 1000) for fen, days in lines)
    assert sum(w.computed_fen for w in workings) == int(exact + Fraction(1, 2))
    assert all(abs(w.computed_fen - Fraction(w.numerator, w.denominator)) < 1 for w in workings)


@pytest.mark.parametrize(
    ("mode", "days", "fee_fen"),
    [
        ("split_by_calendar_year", 34, 17_200),
        ("whole_period_high", 34, 20_400),
        ("new_year_days_only", 18, 10_800),
    ],
)
def test_the_three_readings_of_the_year_end_with_and_without_dates(
    mode: CrossYearMode, days: int, fee_fen: int
) -> None:
    policy = LateFeePolicy(PER_MILLE_2, cross_year_rate=PER_MILLE_3, cross_year_mode=mode)
    dated = late_fee(_bill(200_000, due_on=date(2000, 12, 15)), policy, date(2001, 1, 18))
    told = late_fee_of_days(200_000, [(16, "same_year"), (18, "cross_year")], policy)
    assert (dated.days, dated.computed_fen) == (told.days, told.computed_fen) == (days, fee_fen)


def test_grace_days_are_spared_from_the_first_run() -> None:
    policy = LateFeePolicy(PER_MILLE_2, cross_year_rate=PER_MILLE_3, grace_days=20)
    told = late_fee_of_days(100_000, [(16, "same_year"), (18, "cross_year")], policy)
    assert (told.days, told.computed_fen) == (14, 4_200)
