"""A settlement and the one that takes it back on the same day leave a bill as it was, by every trade's rules."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

import pytest

from counter_app.domain.bills import Bill, Settlement
from counter_app.domain.hall import TRADES
from counter_app.domain.payments import open_bills
from counter_app.domain.undo import UNDONE_END
from counter_app.storage.rules import load_pack

DUE = date(2025, 11, 20)
CLASSES = ("resident", "business")


def some_bill(chance: Random) -> Bill:
    """A bill with up to three settlements before, at and after its due date."""
    principal_fen = chance.choice((900, 10_000, 123_456))
    parts = tuple(
        Settlement(f"s{no}", DUE + timedelta(chance.randrange(-20, 300)), chance.choice((0, principal_fen // 3)), 7)
        for no in range(chance.randrange(4))
    )
    return Bill(1, "B1", 1, "2025-11", DUE, principal_fen, cost_fen=chance.choice((0, 1_500)), settlements=parts)


@pytest.mark.parametrize("trade", TRADES)
def test_what_is_taken_back_leaves_no_trace_on_any_day(trade: str) -> None:
    pack, chance = load_pack(trade), Random(trade)
    for _ in range(60):
        bill = some_bill(chance)
        paid_on = DUE + timedelta(chance.randrange(-30, 400))
        fen, fee_fen, cost_fen = chance.choice((bill.principal_fen, 500, 1)), chance.choice((0, 88)), 3
        paid = Settlement("p", paid_on, fen, fee_fen, cost_fen)
        back = Settlement(f"p{UNDONE_END}", paid_on, -fen, -fee_fen, -cost_fen, "undo")
        # what came later lies between them in the file
        undone = bill._replace(settlements=(paid, *bill.settlements, back))
        for days in (-5, 0, 1, 30, 61, 200, 410, 800):
            on = DUE + timedelta(days)
            policy = pack.of_day(on).late_fee_policy(chance.choice(CLASSES))
            owed, owed_again = (open_bills([one], policy, on) for one in (bill, undone))
            assert [one.debt for one in owed_again] == [one.debt for one in owed], (trade, bill, paid, on)
            for one, again in zip(owed, owed_again, strict=True):
                kept = ("days", "numerator", "computed_fen", "settled_fen", "due_fen")
                assert [getattr(again.working, x) for x in kept] == [getattr(one.working, x) for x in kept]
                assert sum(part.numerator for part in again.working.segments) == one.working.numerator
