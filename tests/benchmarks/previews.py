"""The preview of a payment over sixty open bills: what every key stroke of the amount costs."""

from __future__ import annotations

from datetime import date, timedelta

from counter_app.domain.bills import Bill
from counter_app.domain.customers import Account
from counter_app.domain.payments import Position, Tender, Wish, open_bills, plan
from counter_app.storage.rules import load_pack
from tests.benchmarks.measuring import Line, Scene, measure

COUNT = 60
ON = date(2026, 12, 1)


def preview_lines(scene: Scene) -> list[Line]:
    """CPU of one plan over all bills, the amount growing digit by digit."""
    pack = load_pack("telecom")
    policy = pack.late_fee_policy("resident", ON)
    bills = [
        Bill(n, f"B{n}", 1, f"{2021 + n // 12}-{n % 12 + 1:02d}", ON - timedelta(days=20 + 30 * (COUNT - n)), 9_000 + n)
        for n in range(COUNT)
    ]
    position = Position(
        on=ON,
        account=Account(1, "1", 1, "", {}, None, None),
        services=(),
        open_bills=open_bills(bills, policy, ON),
        books=(),
        allocation=pack.allocation_policy(ON),
        tenders=pack.tenders(ON),
    )
    assert len(position.open_bills) == COUNT
    due = str(position.due_fen)
    amounts = [int(due[:digits]) for digits in range(1, len(due) + 1)] * scene.count(100, 1)
    wishes = [Wish((Tender("cash", amount_fen),)) for amount_fen in amounts]

    def preview(wish: Wish) -> None:
        plan(position, wish)

    measure(preview, wishes)
    times = measure(preview, wishes)
    name = f"allocation preview, {COUNT} bills, CPU"
    return [Line(name, "ms", times.cpu_ms, "≤ 1 ms", times.cpu_ms <= 1, times.p99_ms(of_cpu=True))]
