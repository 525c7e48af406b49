"""How a service was used, by its bills: the last months, their average, and who leaves without a word (隐性离网)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Literal

from counter_app.domain.bills import Bill
from counter_app.domain.money import Fen, Rate, half_up


@dataclass(frozen=True, slots=True)
class UsedMonth:
    """What a service was billed for one month: principal in fen, and the items with their fen."""

    month: str
    total_fen: Fen
    items: tuple[tuple[str, Fen], ...] = ()


@dataclass(frozen=True, slots=True)
class Fading:
    """Why a service looks as if its customer were leaving: `falling` over the months shown, or `idle` in the last of
    them. `share` is how much less the last month is than the first, in basis points, rounded half up.
    """

    kind: Literal["falling", "idle"]
    months: tuple[UsedMonth, ...]
    share: int


def used_months(bills: Iterable[Bill], service_id: int, on: date) -> tuple[UsedMonth, ...]:
    """The months billed for a service up to the month of `on`, oldest first. Where no bill names the service, those
    that name none are its account's and count. Late fee is no use and is left out.
    """
    known = [bill for bill in bills if bill.month <= f"{on:%Y-%m}"]
    mine = [bill for bill in known if bill.service_id == service_id]
    months: dict[str, UsedMonth] = {}
    for bill in sorted(mine or (bill for bill in known if bill.service_id is None), key=lambda b: (b.month, b.bill_id)):
        before = months.get(bill.month, UsedMonth(bill.month, 0))
        months[bill.month] = UsedMonth(bill.month, before.total_fen + bill.principal_fen, (*before.items, *bill.items))
    return tuple(months[month] for month in sorted(months))


def average_fen(months: Sequence[UsedMonth]) -> Fen:
    """The average of the months there are, half up to a fen (domain_rules 8); of none it is 0."""
    return half_up(sum(month.total_fen for month in months), len(months)) if months else 0


def fading(
    months: Sequence[UsedMonth],
    *,
    falling_months: int,
    falling_share: Rate,
    idle_months: int,
    fixed_items: Collection[str] = (),
) -> Fading | None:
    """Why the service is on the list of silent leavers, or None (002-2).

    `idle`: nothing but fixed items in each of the last `idle_months` months. `falling`: each of the last
    `falling_months` was lower than the one before it, and the last is lower by `falling_share` at least than the month
    before they began. Months must follow one another: a gap in the bills shows nothing.
    """
    last = tuple(months[-idle_months:])
    if len(last) == idle_months and all(_is_idle(month, fixed_items) for month in last) and _is_unbroken(last):
        return Fading("idle", last, _share(last[0].total_fen, last[-1].total_fen))
    run = tuple(months[-falling_months - 1 :])
    # what is so on one line in a hundred is asked before what is so on almost all of them
    if len(run) <= falling_months or not all(later.total_fen < earlier.total_fen for earlier, later in pairwise(run)):
        return None
    first_fen, last_fen = run[0].total_fen, run[-1].total_fen
    is_enough = (first_fen - last_fen) * falling_share.denominator >= first_fen * falling_share.numerator
    return Fading("falling", run, _share(first_fen, last_fen)) if is_enough and _is_unbroken(run) else None


def _is_idle(month: UsedMonth, fixed_items: Collection[str]) -> bool:
    if not month.items:
        return month.total_fen == 0
    return all(amount_fen == 0 for item, amount_fen in month.items if item not in fixed_items)


def _is_unbroken(months: Sequence[UsedMonth]) -> bool:
    counts = [int(month.month[:4]) * 12 + int(month.month[5:7]) for month in months]
    return all(later == earlier + 1 for earlier, later in pairwise(counts))


def _share(first_fen: Fen, last_fen: Fen) -> int:
    return half_up((first_fen - last_fen) * 10_000, first_fen) if first_fen > 0 else 0
