"""The late fee (违约金) of a bill on a day, with the working that screen, receipt and auditor show."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from operator import attrgetter
from typing import NamedTuple

from counter_app.domain.bills import LOWERED, Bill, Settlement
from counter_app.domain.late_fee_policy import NO_DAYS, Accrual, LateFeePolicy, Stretch, YearKind
from counter_app.domain.money import Fen, Rate, half_up

_SETTLED_ON = attrgetter("settled_on")


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
    they changed the figure. `accrual` and `settlements` are what the segments are made from when somebody looks.
    """

    bill_id: int
    on: date
    accrual: Accrual
    settlements: tuple[Settlement, ...]
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
    def starts_on(self) -> date:
        """The first day that counts."""
        return self.accrual.starts_on

    @property
    def segments(self) -> tuple[Segment, ...]:
        """The days charged, cut wherever the base or the rate changes; their numerators add up to `numerator`."""
        return tuple(_segments(self.principal_fen, self.settlements, self.accrual.stretches))

    @property
    def version(self) -> str:
        """The version of the rule that rounded, capped and floored."""
        return self.policy.version

    @property
    def legal_basis(self) -> str:
        """The text that a notice prints for it."""
        return self.policy.legal_basis


_working = partial(tuple.__new__, LateFeeWorking)
"""A working without the check of its length: sixty are made while a teller waits."""


def late_fee(bill: Bill, policy: LateFeePolicy, on: date) -> LateFeeWorking:
    """The bill's late fee over its whole life up to and including `on` (domain_rules 1.9; 003-14, 004-74).

    Due day out, payment day in: what is settled on a day lowers the base from the next day. Each day's unpaid
    principal times that day's rate, no fee on a fee, summed exactly, rounded half up once, then the cap, then the
    floor. A floor or a rounding over the whole collection is not in it: see `late_fees`. A deferral never changes the
    figure; a part in dispute lowers the base like one that is settled, and one that was never due is not in the bill.
    """
    start_on, stop_on = bill.accrual_start_on, bill.accrual_stop_on
    if start_on is None and stop_on is None:
        accrual = policy.accrual(bill.due_on, on)
    else:
        accrual = policy.accrual_between(bill.due_on, start_on, on if stop_on is None or on < stop_on else stop_on)
    principal_fen, settlements = bill.principal_fen, bill.settlements
    days = numerator = settled_fen = 0
    is_lowered = False
    if not settlements:
        if principal_fen > 0:
            days, numerator = accrual.days, principal_fen * accrual.per_fen + accrual.fixed
    else:
        for _, _, _, fee_fen, _, source in settlements:
            settled_fen += fee_fen
            if LOWERED in source:
                is_lowered = True
        if is_lowered:
            principal_fen, settlements = _as_due(principal_fen, settlements)
        if principal_fen > 0:
            days, numerator = _charged(principal_fen, settlements, accrual.stretches)
    rounded_fen, cap_fen, floor_fen, computed_fen = rounded_capped_floored(numerator, days, principal_fen, policy)
    due_fen = computed_fen - settled_fen if computed_fen > settled_fen else 0
    return _working(
        (
            bill.bill_id,
            on,
            accrual,
            settlements,
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
            principal_fen,
        )
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
        rate = policy.rate_of_day(kind, crosses_year=crosses_year)
        if rate is not None:
            days += run_days - spared
            a_day = principal_fen * rate.numerator * (policy.scale // rate.denominator)
            numerator += (a_day + (policy.daily_fixed_fen or 0) * policy.scale) * (run_days - spared)
    rounded_fen, cap_fen, floor_fen, computed_fen = rounded_capped_floored(numerator, days, principal_fen, policy)
    return LateFeeWorking(
        bill_id=0,
        on=date.min,
        accrual=NO_DAYS,
        settlements=(),
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


def _as_due(principal_fen: Fen, settlements: tuple[Settlement, ...]) -> tuple[Fen, tuple[Settlement, ...]]:
    """A bill as if what a dispute has lowered had never been in it: its principal, and what is settled of that."""
    never_due = [row.principal_fen for row in settlements if LOWERED in row.source]
    return principal_fen - sum(never_due), tuple([row for row in settlements if LOWERED not in row.source])


def _in_order(settlements: tuple[Settlement, ...]) -> Sequence[Settlement]:
    """A bill's settlements by day; they are a set, and mostly one."""
    if len(settlements) == 2:  # the usual case of several is not sorted, only looked at
        first, second = settlements
        return settlements if first[1] <= second[1] else (second, first)
    return settlements if len(settlements) == 1 else sorted(settlements, key=_SETTLED_ON)


def _charged(
    principal_fen: Fen, settlements: tuple[Settlement, ...], stretches: tuple[Stretch, ...]
) -> tuple[int, int]:
    """How many days are charged, and the exact sum over the policy's scale, without a segment being made."""
    days = numerator = 0
    parts = _in_order(settlements)
    for first, last, per_fen, fixed, _, _, _, _ in stretches:
        base_fen, since = principal_fen, first
        for _, settled_on, part_fen, _, _, _ in parts:
            lower_from = settled_on.toordinal() + 1
            if lower_from > last:
                break
            if lower_from > since:
                if base_fen > 0:
                    days += lower_from - since
                    numerator += (lower_from - since) * (base_fen * per_fen + fixed)
                since = lower_from
            base_fen -= part_fen
        else:
            if base_fen <= 0:
                break  # nothing follows that would give some of it back
        if base_fen > 0:
            days += last + 1 - since
            numerator += (last + 1 - since) * (base_fen * per_fen + fixed)
    return days, numerator


def _segments(
    principal_fen: Fen, settlements: tuple[Settlement, ...], stretches: tuple[Stretch, ...]
) -> Iterator[Segment]:
    if principal_fen <= 0:
        return
    changes = [s.settled_on.toordinal() + 1 for s in settlements if s.principal_fen]
    for stretch in stretches:
        if not changes:
            # most bills are paid in one go, and each of their lines on a receipt asks
            yield _segment_of(stretch, stretch.first, stretch.last, principal_fen)
            continue
        begins = sorted({stretch.first, *(day for day in changes if stretch.first < day <= stretch.last)})
        for first, last in zip(begins, [day - 1 for day in begins[1:]] + [stretch.last], strict=True):
            base_fen = principal_fen - sum(s.principal_fen for s in settlements if s.settled_on.toordinal() < first)
            if base_fen > 0:
                yield _segment_of(stretch, first, last, base_fen)


def _segment_of(stretch: Stretch, first: int, last: int, base_fen: Fen) -> Segment:
    """Some days of a stretch, all on one base."""
    _, _, per_fen, fixed, rate, daily_fixed_fen, year_kind, version = stretch
    days = last - first + 1
    return Segment(
        date.fromordinal(first),
        date.fromordinal(last),
        days,
        base_fen,
        rate,
        year_kind,
        version,
        days * (base_fen * per_fen + fixed),
        daily_fixed_fen,
    )


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
