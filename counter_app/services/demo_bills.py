"""Bills of a demo hall by tariff and season, and what was paid of them, by the payer's habit."""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from random import Random
from typing import Any

from counter_app.domain.bills import Bill, Settlement
from counter_app.domain.late_fee_policy import LateFeePolicy
from counter_app.domain.late_fees import late_fee


class Habit(StrEnum):
    """How somebody pays."""

    PROMPT = "prompt"
    LATE = "late"
    PARTIAL = "partial"
    TWO_BEHIND = "two_behind"
    THREE_BEHIND = "three_behind"
    LONG_BEHIND = "long_behind"


UNPAID = {Habit.TWO_BEHIND: 2, Habit.THREE_BEHIND: 3}
"""How many overdue bills such a payer leaves open."""
LONG_UNPAID_DAYS = (215, 430)
"""Somebody long behind leaves open what fell due within so many days: over six months, up to across a year's end."""


@dataclass(frozen=True, slots=True)
class Period:
    """One billing period: the bill month, its days, and how strong the season is in thousandths."""

    month: str
    issued_on: date
    due_on: date
    season: int


@dataclass(frozen=True, slots=True)
class Usage:
    """What is steady about an account: how much of the tariff's range it uses, and which extras it has."""

    level: float
    extras: float


@dataclass(frozen=True, slots=True)
class Charge:
    """One bill with its items and its settlements, before it has ids."""

    period: Period
    items: tuple[tuple[str, int], ...]
    settlements: tuple[Settlement, ...]
    channels: tuple[str, ...]
    is_disputed: bool = False

    @property
    def principal_fen(self) -> int:
        """The bill's principal."""
        return sum(amount_fen for _, amount_fen in self.items)

    @property
    def is_open(self) -> bool:
        """Whether principal is still owed."""
        return self.principal_fen > sum(s.principal_fen for s in self.settlements)


def periods(trade: Mapping[str, Any], today: date, months: int) -> tuple[Period, ...]:
    """The billing periods of the last `months` whole months whose bill is out by `today`, oldest first."""
    found = []
    for back in range(months, -1, -1):
        first = _month_after(today.replace(day=1), -back)
        issued_on = _day(_month_after(first, trade.get("issue_months_later", 1)), trade["issue_day"])
        due_on = _day(_month_after(issued_on, trade.get("due_months_later", 0)), trade["due_day"])
        if _is_billed(trade, first.month) and issued_on <= today:
            season = trade["season"][first.month - 1]
            found.append(Period(f"{first:%Y-%m}", issued_on, due_on, season))
    return tuple(found)


def charge_items(plan: Mapping[str, Any], usage: Usage, draw: Random, season: int) -> tuple[tuple[str, int], ...]:
    """The items of one bill, amounts in fen, those of nothing left out."""
    items = []
    swing = draw.uniform(0.85, 1.15)
    for row in plan["items"]:
        if "fixed_fen" in row:
            amount_fen = row["fixed_fen"] if usage.extras * 1000 < row.get("chance_of_account", 1000) else 0
        elif "price" in row:
            share = usage.level * (1.0 if row.get("is_area") else swing)
            units = round((row["low"] + (row["high"] - row["low"]) * share) * season / 1000) - row.get("above", 0)
            amount_fen = _priced(row["price"], units)
        else:
            amount_fen = draw.randint(row["low_fen"], row["high_fen"]) if draw.randrange(1000) < row["chance"] else 0
        if amount_fen > 0:
            items.append((row["item"], amount_fen))
    return tuple(items)


@dataclass(frozen=True, slots=True)
class Payer:
    """Settles an account's bills as somebody of this habit does."""

    habit: Habit
    policy: LateFeePolicy
    channels: tuple[str, ...]
    today: date
    long_unpaid_days: int = LONG_UNPAID_DAYS[0]

    def settle(self, charges: list[Charge], draw: Random) -> list[Charge]:
        """The bills with what was paid of them until today, oldest first and late fees with their principal."""
        open_from = len(charges) - self._open_count(charges)
        settled: list[Charge] = []
        paid_on: date | None = date.min
        for place, charge in enumerate(charges):
            if place < open_from and paid_on is not None:
                paid_on = self._paid_on(charge, draw, paid_on)
                settled.append(self._paid(charge, draw, paid_on))
            elif place == open_from and self.habit is Habit.PARTIAL:
                settled.append(self._part_paid(charge, draw))
            else:
                settled.append(charge)
        return settled

    def _open_count(self, charges: list[Charge]) -> int:
        not_due = sum(charge.period.due_on >= self.today for charge in charges)
        overdue = len(charges) - not_due
        if self.habit is Habit.LONG_BEHIND:
            since = self.today - timedelta(days=self.long_unpaid_days)
            late = [charge for charge in charges[:overdue] if charge.period.due_on >= since]
            return not_due + min(overdue, len(late) + 1)
        if self.habit is Habit.PARTIAL:
            return not_due + min(overdue, 1)
        unpaid = UNPAID.get(self.habit)
        # whoever pays in time may have paid the newest one already; `_paid` decides that by the day drawn
        return 0 if unpaid is None else not_due + min(overdue, unpaid)

    def _paid_on(self, charge: Charge, draw: Random, not_before: date) -> date | None:
        """The day on which the bill was paid, never before the one before it; None when that is still to come."""
        period = charge.period
        yesterday = self.today - timedelta(days=1)
        if self.habit is Habit.PROMPT or draw.random() < 0.7:
            paid_on = period.issued_on + timedelta(days=draw.randint(0, (period.due_on - period.issued_on).days))
        else:
            paid_on = period.due_on + timedelta(days=1 + int(draw.expovariate(1 / 9)) % 40)
        paid_on = max(paid_on, not_before)
        if paid_on <= yesterday:
            return paid_on
        return None if self.habit in (Habit.PROMPT, Habit.LATE) else yesterday

    def _paid(self, charge: Charge, draw: Random, paid_on: date | None) -> Charge:
        if paid_on is None or not charge.principal_fen:
            return charge
        return self._with_payment(charge, paid_on, charge.principal_fen, draw)

    def _part_paid(self, charge: Charge, draw: Random) -> Charge:
        paid_on = min(charge.period.due_on, self.today - timedelta(days=1))
        part_fen = charge.principal_fen * draw.randint(20, 80) // 10_000 * 100
        if part_fen <= 0 or paid_on < charge.period.issued_on:
            return charge
        return self._with_payment(charge, paid_on, part_fen, draw)

    def _with_payment(self, charge: Charge, paid_on: date, principal_fen: int, draw: Random) -> Charge:
        late_fee_fen = 0
        if paid_on > charge.period.due_on:
            period = charge.period
            bill = Bill(0, "", 0, period.month, period.due_on, charge.principal_fen, settlements=charge.settlements)
            late_fee_fen = late_fee(bill, self.policy, paid_on).due_fen
        settlement = Settlement("", paid_on, principal_fen, late_fee_fen, source="import")
        channel = self.channels[int(len(self.channels) * draw.random() ** 1.6)]
        return replace(charge, settlements=(*charge.settlements, settlement), channels=(*charge.channels, channel))


def draw_habit(draw: Random) -> Habit:
    """A habit, as often as a hall meets it."""
    chance = draw.random()
    for habit, limit in (
        (Habit.PROMPT, 0.72),
        (Habit.LATE, 0.87),
        (Habit.PARTIAL, 0.90),
        (Habit.TWO_BEHIND, 0.945),
        (Habit.THREE_BEHIND, 0.975),
    ):
        if chance < limit:
            return habit
    return Habit.LONG_BEHIND


def _is_billed(trade: Mapping[str, Any], month: int) -> bool:
    if "bill_months" in trade:
        return month in trade["bill_months"]
    return int(month % trade["period_months"]) == 0


def _priced(price: str, units: int) -> int:
    return int((Decimal(price) * 100 * units).quantize(Decimal(1), ROUND_HALF_UP)) if units > 0 else 0


def _month_after(day: date, months: int) -> date:
    index = day.year * 12 + day.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


def _day(month: date, day: int) -> date:
    return month.replace(day=min(day, calendar.monthrange(month.year, month.month)[1]))
