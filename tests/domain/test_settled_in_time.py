"""A bill that is told from its settlements alone to owe nothing has no late fee either."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from counter_app.domain.bills import Bill, Settlement
from counter_app.domain.late_fee_policy import LateFeePolicy
from counter_app.domain.late_fees import late_fee
from counter_app.domain.money import Rate

DUE = date(2025, 11, 20)
POLICY = LateFeePolicy(rate=Rate(1, 3), version="2024", valid_from=date(2024, 6, 1))
parts = st.tuples(st.integers(-30, 400), st.sampled_from((-100, 0, 100, 400, 500, 1000)), st.sampled_from((0, 3)))
bills = st.builds(
    lambda found, principal_fen: Bill(
        1,
        "B1",
        1,
        "2025-11",
        DUE,
        principal_fen,
        settlements=tuple(
            Settlement(str(place), DUE + timedelta(days=days), fen, late_fen)
            for place, (days, fen, late_fen) in enumerate(found)
        ),
    ),
    st.lists(parts, min_size=1, max_size=5),
    st.sampled_from((0, 500, 1000)),
)


@given(bill=bills, days=st.integers(-40, 500))
def test_a_bill_settled_in_time_owes_nothing_on_any_day(bill: Bill, days: int) -> None:
    working = late_fee(bill, POLICY, DUE + timedelta(days=days))
    if bill.is_settled_in_time:
        assert (working.computed_fen, working.due_fen, bill.principal_open_fen) == (0, 0, 0)
