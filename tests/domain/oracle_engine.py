"""Runs the engine on an oracle's history: the only place where the two meet."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import cast

from counter_app.domain.bills import Bill, Settlement
from counter_app.domain.calendar import Calendar
from counter_app.domain.late_fee_policy import Cap, CrossYearMode, LateFeePolicy
from counter_app.domain.late_fees import late_fee
from counter_app.domain.money import Rate
from tests.domain.histories import Fee, History, Version


def policy_of(history: History) -> LateFeePolicy:
    """The engine's policy for the history."""
    policies: list[LateFeePolicy] = []
    for version in history.versions:
        bare = tuple(replace(policy, history=()) for policy in policies)
        policies.append(replace(_version(version, history), history=bare))
    return policies[-1]


def bill_of(history: History) -> Bill:
    """The engine's bill for the history."""
    return Bill(
        bill_id=1,
        bill_no="1",
        account_id=1,
        month="2024-01",
        due_on=history.due_on,
        principal_fen=history.principal_fen,
        accrual_start_on=history.start_on,
        accrual_stop_on=history.stop_on,
        settlements=tuple(
            Settlement(str(number), on, principal_fen, fee_fen)
            for number, (on, principal_fen, fee_fen) in enumerate(history.settled)
        ),
    )


def engine_fee(history: History) -> Fee:
    """What the engine makes of the history."""
    return fee_on(bill_of(history), policy_of(history), history.on)


def fee_on(bill: Bill, policy: LateFeePolicy, on: date) -> Fee:
    """The engine's working in the oracle's form."""
    working = late_fee(bill, policy, on)
    return Fee(working.days, Fraction(working.numerator, working.denominator), working.computed_fen, working.due_fen)


def _version(version: Version, history: History) -> LateFeePolicy:
    cap = None
    if history.cap_ratio is not None:
        cap = Cap(principal_ratio=Rate.parse(history.cap_ratio))
    elif history.cap_fen is not None:
        cap = Cap(amount_fen=history.cap_fen)
    return LateFeePolicy(
        rate=Rate.parse(version.rate),
        cross_year_rate=None if version.cross_rate is None else Rate.parse(version.cross_rate),
        cross_year_mode=cast("CrossYearMode", version.mode),
        grace_days=version.grace_days,
        start_day_of_following_month=version.start_day,
        cap=cap,
        floor_fen=history.floor_fen,
        daily_fixed_fen=version.daily_fixed_fen,
        calendar=Calendar(history.holidays, has_weekends=False) if version.is_rolled else None,
        valid_from=version.valid_from,
    )
