"""The late fee (违约金) of a bill on a day, with the working that screen, receipt and auditor show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal, NamedTuple

from counter_app.domain.bills import Bill
from counter_app.domain.calendar import Calendar
from counter_app.domain.money import ZERO_RATE, Fen, Rate, half_up

CustomerClass = Literal["resident", "other"]
YearKind = Literal["same_year", "cross_year"]
CrossYearMode = Literal["split_by_calendar_year", "whole_period_high", "new_year_days_only"]
Scope = Literal["per_bill", "per_collection"]
RoundingScope = Literal["per_bill", "total"]

_DAY = timedelta(days=1)


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


@dataclass(frozen=True, slots=True)
class LateFeePolicy:
    """One version of a late-fee rule (domain_rules 1.9), and the versions before it in `history`, oldest first.

    Each day is charged at the rate of the version in force on that day; the start of accrual is that of the version in
    force on the due date; rounding, cap and floor are those of this version. Rates are per day, `daily_fixed_fen`
    replaces them. `cross_year_rate` of `None` means that the year end changes nothing. `start_day_of_following_month`
    starts accrual on that day of the month after the due date's. `calendar` is set where a due date on a rest day
    moves to the next working day.
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
    trade: str = ""
    customer_class: CustomerClass = "other"
    version: str = ""
    valid_from: date = date.min
    legal_basis: str = ""
    source: str = ""
    history: tuple[LateFeePolicy, ...] = ()
    scale: int = field(init=False, compare=False, repr=False)
    _rate_scaled: int = field(init=False, compare=False, repr=False)
    _grace: timedelta = field(init=False, compare=False, repr=False)
    _is_plain: bool = field(init=False, compare=False, repr=False)
    _plain_since: date = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        """Work out once what every bill needs: the common denominator of all rates, and whether the short way is
        open.
        """
        rates = [r for p in (*self.history, self) for r in (p.rate, p.cross_year_rate) if r is not None]
        places = max(r.places for r in rates)
        object.__setattr__(self, "scale", 10**places)
        object.__setattr__(self, "_rate_scaled", self.rate.scaled(places))
        object.__setattr__(self, "_grace", timedelta(days=1 + self.grace_days))
        is_plain = self.daily_fixed_fen is None and self.calendar is None and self.start_day_of_following_month is None
        object.__setattr__(self, "_is_plain", is_plain)
        object.__setattr__(self, "_plain_since", self.valid_from if self.history else date.min)

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
            return due_on + self._grace
        month_index = due_on.year * 12 + due_on.month
        return date(month_index // 12, month_index % 12 + 1, self.start_day_of_following_month)


# named tuples cost less to make than frozen dataclasses, and sixty workings are made while the teller waits
class Segment(NamedTuple):
    """Days in a row with one base and one rate: `numerator` / the working's `denominator` is the exact amount in
    fen."""

    from_on: date
    to_on: date
    days: int
    base_fen: Fen
    rate: Rate
    year_kind: YearKind
    version: str
    numerator: int
    daily_fixed_fen: Fen = 0


class LateFeeWorking(NamedTuple):
    """How a bill's late fee was reached on `on`: exact sum of the segments, rounded, capped, floored, less what was
    settled.

    `numerator` / `denominator` is the exact sum in fen. `due_fen` is what is still to pay, never below 0; it stays
    claimable after the principal is paid. `days` are the days charged. `cap_fen` and `floor_fen` are set only where
    they changed the figure.
    """

    bill_id: int
    on: date
    starts_on: date
    segments: tuple[Segment, ...]
    days: int
    numerator: int
    denominator: int
    rounded_fen: Fen
    cap_fen: Fen | None
    floor_fen: Fen | None
    computed_fen: Fen
    settled_fen: Fen
    due_fen: Fen
    policy: LateFeePolicy
    principal_fen: Fen

    @property
    def version(self) -> str:
        """The version of the rule that rounded, capped and floored."""
        return self.policy.version

    @property
    def legal_basis(self) -> str:
        """The text that a notice prints for it."""
        return self.policy.legal_basis


def late_fee(bill: Bill, policy: LateFeePolicy, on: date) -> LateFeeWorking:
    """The bill's late fee over its whole life up to and including `on` (domain_rules 1.9; 003-14, 004-74).

    Due day out, payment day in: what is settled on a day lowers the base from the next day. Each day's unpaid
    principal times that day's rate, no fee on a fee, summed exactly, rounded half up once, then the cap, then the
    floor. A floor or a rounding over the whole collection is not in it: see `late_fees`. A deferral or dispute never
    changes the figure.
    """
    is_plain = policy._is_plain and bill.due_on >= policy._plain_since
    due_on = bill.due_on if is_plain else policy.due_on(bill.due_on)
    starts_on = bill.accrual_start_on
    if starts_on is None:
        starts_on = due_on + policy._grace if is_plain else policy.version_on(due_on).starts_on(due_on)
    stop_on = bill.accrual_stop_on
    last_on = on if stop_on is None or on < stop_on else stop_on
    days = last_on.toordinal() - starts_on.toordinal() + 1
    settlements = bill.settlements
    segments: tuple[Segment, ...]
    if days <= 0 or bill.principal_fen <= 0 or (settlements and bill.is_clear_before(starts_on)):
        days, numerator, segments = 0, 0, ()
    elif (
        is_plain
        and not settlements
        and starts_on >= policy._plain_since
        and (policy.cross_year_rate is None or last_on.year <= due_on.year)
    ):
        base_fen = bill.principal_fen
        numerator = base_fen * days * policy._rate_scaled
        segments = (Segment(starts_on, last_on, days, base_fen, policy.rate, "same_year", policy.version, numerator),)
    else:
        segments = tuple(_segments(bill, policy, due_on, starts_on, last_on))
        days = sum(s.days for s in segments)
        numerator = sum(s.numerator for s in segments)
    rounded_fen, cap_fen, floor_fen, computed_fen = rounded_capped_floored(numerator, days, bill.principal_fen, policy)
    settled_fen = bill.late_fee_settled_fen if settlements else 0
    due_fen = computed_fen - settled_fen if computed_fen > settled_fen else 0
    return LateFeeWorking(
        bill.bill_id,
        on,
        starts_on,
        segments,
        days,
        numerator,
        policy.scale,
        rounded_fen,
        cap_fen,
        floor_fen,
        computed_fen,
        settled_fen,
        due_fen,
        policy,
        bill.principal_fen,
    )


def late_fee_of_days(principal_fen: Fen, runs: Sequence[tuple[int, YearKind]], policy: LateFeePolicy) -> LateFeeWorking:
    """The late fee of days that are told without dates, as notices and exam papers do: runs of (days late, kind of
    year) in order.

    Grace days are taken from the first of them. The working has no segments and no dates.
    """
    crosses_year = any(days and kind == "cross_year" for days, kind in runs)
    days = numerator = 0
    grace_days = policy.grace_days
    for run_days, kind in runs:
        spared = min(grace_days, run_days)
        grace_days -= spared
        charge = daily_charge(policy, principal_fen, kind, crosses_year=crosses_year)
        if charge is not None:
            days += run_days - spared
            numerator += charge[0] * (run_days - spared)
    rounded_fen, cap_fen, floor_fen, computed_fen = rounded_capped_floored(numerator, days, principal_fen, policy)
    return LateFeeWorking(
        bill_id=0,
        on=date.min,
        starts_on=date.min,
        segments=(),
        days=days,
        numerator=numerator,
        denominator=policy.scale,
        rounded_fen=rounded_fen,
        cap_fen=cap_fen,
        floor_fen=floor_fen,
        computed_fen=computed_fen,
        settled_fen=0,
        due_fen=computed_fen,
        policy=policy,
        principal_fen=principal_fen,
    )


def rounded_capped_floored(
    numerator: int, days: int, principal_fen: Fen, policy: LateFeePolicy
) -> tuple[Fen, Fen | None, Fen | None, Fen]:
    """Steps 4 to 6 of domain_rules 1.9 for an exact sum over `policy.scale`: rounded, cap that cut, floor that raised,
    computed.

    The floor of a bill fires only when at least one day counts and the fee is above 0.
    """
    scale = policy.scale
    computed_fen = rounded_fen = (2 * numerator + scale) // (2 * scale)
    cap_fen = floor_fen = None
    if policy.cap is not None:
        limit_fen = policy.cap.limit(principal_fen)
        if limit_fen < computed_fen:
            computed_fen = cap_fen = limit_fen
    if policy.floor_scope == "per_bill" and days > 0 and 0 < computed_fen < policy.floor_fen:
        computed_fen = floor_fen = policy.floor_fen
    return rounded_fen, cap_fen, floor_fen, computed_fen


def daily_charge(
    policy: LateFeePolicy, base_fen: Fen, year_kind: YearKind, *, crosses_year: bool
) -> tuple[int, Rate] | None:
    """What one day costs under this version, over its own `scale`, and at which rate; `None` when the reading forgets
    that day.

    `crosses_year` says whether the days charged reach a later calendar year than the due date's (domain_rules 1.2).
    """
    if policy.daily_fixed_fen is not None:
        return policy.daily_fixed_fen * policy.scale, ZERO_RATE
    rate = policy.rate
    if policy.cross_year_rate is not None:
        if year_kind == "cross_year" or (crosses_year and policy.cross_year_mode == "whole_period_high"):
            rate = policy.cross_year_rate
        elif crosses_year and policy.cross_year_mode == "new_year_days_only":
            return None
    return base_fen * rate.numerator * (policy.scale // rate.denominator), rate


def _segments(bill: Bill, policy: LateFeePolicy, due_on: date, starts_on: date, last_on: date) -> list[Segment]:
    crosses_year = last_on.year > due_on.year
    cuts = {starts_on}
    if crosses_year:
        cuts.add(date(due_on.year + 1, 1, 1))
    cuts.update(version.valid_from for version in (*policy.history[1:], policy) if policy.history)
    cuts.update(s.settled_on + _DAY for s in bill.settlements if s.principal_fen)
    ordered = sorted(day for day in cuts if starts_on <= day <= last_on)
    segments = []
    for from_on, to_on in zip(ordered, [day - _DAY for day in ordered[1:]] + [last_on], strict=True):
        base_fen = bill.principal_fen - sum(s.principal_fen for s in bill.settlements if s.settled_on < from_on)
        if base_fen <= 0:
            continue
        version = policy.version_on(from_on)
        year_kind: YearKind = "cross_year" if from_on.year > due_on.year else "same_year"
        charge = daily_charge(version, base_fen, year_kind, crosses_year=crosses_year)
        if charge is not None:
            days = to_on.toordinal() - from_on.toordinal() + 1
            numerator = charge[0] * (policy.scale // version.scale) * days
            fixed_fen = version.daily_fixed_fen or 0
            segments.append(
                Segment(from_on, to_on, days, base_fen, charge[1], year_kind, version.version, numerator, fixed_fen)
            )
    return segments


@dataclass(frozen=True, slots=True)
class CollectionLateFee:
    """The late fee of several bills collected together: the sum of their own figures and what the collection makes of
    it.

    `floor_fen` is set only where a floor over the whole collection raised the total; `total_fen` is what they owe
    together over their lives, before anything settled.
    """

    sum_fen: Fen
    floor_fen: Fen | None
    total_fen: Fen


def collection_late_fee(workings: Sequence[LateFeeWorking], policy: LateFeePolicy) -> CollectionLateFee:
    """The total of several bills: rounded once over all where the policy rounds the total, floored where its floor is
    the collection's.
    """
    sum_fen = sum(working.computed_fen for working in workings)
    total_fen, floor_fen = sum_fen, None
    if policy.rounding_scope == "total":
        total_fen = half_up(sum(_exact(w, policy) for w in workings), policy.scale)
    has_days = any(working.days for working in workings)
    if policy.floor_scope == "per_collection" and has_days and 0 < total_fen < policy.floor_fen:
        total_fen = floor_fen = policy.floor_fen
    return CollectionLateFee(sum_fen, floor_fen, total_fen)


def late_fees(bills: Sequence[Bill], policy: LateFeePolicy, on: date) -> tuple[LateFeeWorking, ...]:
    """Each bill's working, with the collection's rounding or floor shared out, so that the parts add up to the
    collection's total.

    A floor of the collection falls on the bill with the earliest due date that has a fee; a rounding of the total is
    shared by largest remainder. With a policy that does neither these are the bills' own workings.
    """
    return collected(bills, tuple(late_fee(bill, policy, on) for bill in bills), policy)


def collected(
    bills: Sequence[Bill], workings: tuple[LateFeeWorking, ...], policy: LateFeePolicy
) -> tuple[LateFeeWorking, ...]:
    """`late_fees` for bills whose own workings are there already, in the order of the bills."""
    if policy.rounding_scope == "per_bill" and (policy.floor_scope == "per_bill" or not policy.floor_fen):
        return workings
    collection = collection_late_fee(workings, policy)
    if collection.total_fen == collection.sum_fen:
        return workings
    computed = [working.computed_fen for working in workings]
    if collection.floor_fen is not None:
        charged = [i for i, working in enumerate(workings) if working.numerator > 0]
        first = min(charged, key=lambda i: (bills[i].due_on, i))
        computed[first] += collection.floor_fen - collection.sum_fen
    else:
        computed = _shared_out(collection.total_fen, [_exact(w, policy) for w in workings], policy.scale)
    return tuple(
        working._replace(
            computed_fen=computed_fen,
            due_fen=max(0, computed_fen - working.settled_fen),
            floor_fen=collection.floor_fen if computed_fen > working.computed_fen else working.floor_fen,
        )
        for working, computed_fen in zip(workings, computed, strict=True)
    )


def _shared_out(total_fen: Fen, exact: Sequence[int], scale: int) -> list[Fen]:
    """Whole fen for exact amounts over `scale` that add up to the rounded total; the largest remainders are rounded
    up.
    """
    parts = [amount // scale for amount in exact]
    by_remainder = sorted(range(len(exact)), key=lambda i: -(exact[i] % scale))
    for i in by_remainder[: total_fen - sum(parts)]:
        parts[i] += 1
    return parts


def _exact(working: LateFeeWorking, policy: LateFeePolicy) -> int:
    """The bill's fee over `policy.scale` with cap and floor but without rounding."""
    if working.floor_fen is not None:
        return working.floor_fen * policy.scale
    if policy.cap is None:
        return working.numerator
    return min(working.numerator, policy.cap.limit(working.principal_fen, policy.scale))
