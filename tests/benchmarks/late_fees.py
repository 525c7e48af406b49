"""Late fees of many open bills against a bare loop that only multiplies the same rows."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta

from counter_app.domain.bills import Bill
from counter_app.domain.late_fees import late_fee
from counter_app.storage.rules import load_pack
from tests.benchmarks.measuring import Line, Scene, once, without_collector

ON = date(2026, 12, 1)
SLICE = 50_000


def late_fee_lines(scene: Scene) -> list[Line]:
    """Microseconds of CPU per bill over all slices, both on the same slice in turn."""
    count = scene.count(1_000_000, 200)
    policy = load_pack("electricity").late_fee_policy("resident", ON)
    numerator, denominator = policy.rate.numerator, policy.rate.denominator
    ours_s = bare_s = 0.0
    for bills in _slices(count):

        def engine(bills: list[Bill] = bills) -> None:
            for bill in bills:
                late_fee(bill, policy, ON)

        def loop(bills: list[Bill] = bills) -> None:
            for bill in bills:
                days = (ON - bill.due_on).days
                if days > 0:
                    (bill.principal_fen * days * numerator * 2 + denominator) // (2 * denominator)

        with without_collector():
            bare_s += once(loop)[1]
            ours_s += once(engine)[1]
    return [
        Line(f"late fee with working, {count:,} bills, CPU per bill", "µs", ours_s / count * 1e6,
             baseline=bare_s / count * 1e6)
    ]  # fmt: skip


def _slices(count: int) -> Iterator[list[Bill]]:
    rng = random.Random(7)
    for begin in range(0, count, SLICE):
        yield [
            Bill(n, "", 1, "2026-01", ON - timedelta(days=rng.randrange(-20, 700)), rng.randrange(100, 90_000))
            for n in range(begin, min(count, begin + SLICE))
        ]
