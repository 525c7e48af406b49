"""Money goes to the oldest bill first, to the fen, and a brute-force allocator agrees."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from counter_app.domain.allocation import (
    Allocation,
    AllocationPolicy,
    Debt,
    LateFeeUnpaid,
    NegativePayment,
    OlderBillOpen,
    Part,
    UnknownBill,
    allocate,
    amount_to_restore,
    amount_total_due,
    debt_of,
)
from counter_app.domain.bills import Bill, Settlement
from counter_app.domain.late_fee_policy import LateFeePolicy
from counter_app.domain.late_fees import late_fee
from counter_app.domain.money import Rate
from counter_app.domain.refusals import Refused

ORDERS: list[tuple[Part, ...]] = [
    ("collection_cost", "late_fee", "principal"),
    ("principal", "late_fee", "collection_cost"),
    ("late_fee", "principal"),
]
PLAIN = AllocationPolicy()
WHOLE = AllocationPolicy(is_late_fee_paid_with_principal=True)


def _debt(number: int, month: int, parts: tuple[int, int, int], *, is_deferred: bool = False) -> Debt:
    cost_fen, late_fee_fen, principal_fen = parts
    return Debt(
        number,
        f"b{number}",
        f"2024-{month:02d}",
        date(2024, month, 15),
        cost_fen,
        late_fee_fen,
        principal_fen,
        is_deferred,
    )


amounts = st.tuples(st.integers(0, 4), st.integers(0, 5), st.integers(0, 8))


@st.composite
def debt_lists(draw: st.DrawFn) -> list[Debt]:
    """Up to five bills of a few fen each, some in the same month, some deferred, in any order."""
    rows = draw(st.lists(st.tuples(st.integers(1, 4), amounts, st.booleans()), max_size=5))
    return [_debt(i, month, parts, is_deferred=deferred) for i, (month, parts, deferred) in enumerate(rows)]


def _fen_by_fen(
    debts: Sequence[Debt], paid_fen: int, policy: AllocationPolicy
) -> tuple[dict[int, dict[Part, int]], int]:
    """The brute-force allocator: gives out one fen after the other to the first part that still wants one."""
    wants = {
        debt.bill_id: {
            "collection_cost": debt.collection_cost_fen,
            "late_fee": 0 if debt.is_late_fee_deferred else debt.late_fee_fen,
            "principal": debt.principal_fen,
        }
        for debt in debts
    }
    queue = sorted(debts, key=lambda debt: (debt.month, debt.due_on, debt.bill_id))
    given_out: dict[int, dict[Part, int]] = {}
    for fen in range(paid_fen):
        for debt in queue:
            part = next((p for p in policy.full_order if wants[debt.bill_id][p]), None)
            if part is not None:
                wants[debt.bill_id][part] -= 1
                row = given_out.setdefault(debt.bill_id, {"collection_cost": 0, "late_fee": 0, "principal": 0})
                row[part] += 1
                break
        else:
            return given_out, paid_fen - fen
    return given_out, 0


def _rows(allocation: Allocation) -> dict[int, dict[Part, int]]:
    return {
        row.bill_id: {
            "collection_cost": row.collection_cost_fen,
            "late_fee": row.late_fee_fen,
            "principal": row.principal_fen,
        }
        for row in allocation.applied
    }


@settings(max_examples=500)
@given(debt_lists(), st.integers(0, 60), st.sampled_from(ORDERS))
def test_the_brute_force_allocator_agrees(debts: list[Debt], paid_fen: int, order: tuple[Part, ...]) -> None:
    policy = AllocationPolicy(order=order)
    allocation = allocate(debts, paid_fen, policy)
    assert (_rows(allocation), allocation.surplus_fen) == _fen_by_fen(debts, paid_fen, policy)


@settings(max_examples=500)
@given(debt_lists(), st.integers(0, 60), st.sampled_from(["oldest_first", "due_date_then_ratio"]))
def test_applied_and_surplus_are_the_sum_and_applied_and_left_are_the_debts(
    debts: list[Debt], paid_fen: int, bill_order: str
) -> None:
    policy = AllocationPolicy(bill_order="oldest_first" if bill_order == "oldest_first" else "due_date_then_ratio")
    allocation = allocate(debts, paid_fen, policy)
    assert sum(row.total_fen for row in allocation.applied) + allocation.surplus_fen == paid_fen
    assert sum(row.total_fen for row in (*allocation.applied, *allocation.left)) == sum(d.total_fen for d in debts)
    assert all(fen >= 0 for row in (*allocation.applied, *allocation.left) for fen in row[2:])
    assert allocation.surplus_fen == max(0, paid_fen - amount_total_due(debts))


@settings(max_examples=500)
@given(debt_lists(), st.integers(1, 40))
def test_shares_of_one_day_differ_from_the_ratio_by_less_than_a_fen(debts: list[Debt], paid_fen: int) -> None:
    same_day = [debt._replace(due_on=date(2024, 1, 15), is_late_fee_deferred=False) for debt in debts]
    owed_fen = sum(debt.total_fen for debt in same_day)
    assume(0 < paid_fen < owed_fen)
    allocation = allocate(same_day, paid_fen, AllocationPolicy(bill_order="due_date_then_ratio"))
    applied = {row.bill_id: row.total_fen for row in allocation.applied}
    for debt in same_day:
        assert abs(applied.get(debt.bill_id, 0) * owed_fen - paid_fen * debt.total_fen) < owed_fen


@settings(max_examples=300)
@given(debt_lists(), st.integers(1, 5), st.sampled_from(["oldest_first", "due_date_then_ratio"]))
def test_the_amount_to_restore_is_the_least_that_clears_everything_overdue(
    debts: list[Debt], month: int, bill_order: str
) -> None:
    policy = AllocationPolicy(bill_order="oldest_first" if bill_order == "oldest_first" else "due_date_then_ratio")
    on = date(2024, month, 1)

    def is_clear(paid_fen: int) -> bool:
        left = {row.bill_id: row for row in allocate(debts, paid_fen, policy).left}
        return not any(
            debt.due_on < on
            and (row := left.get(debt.bill_id))
            and row.total_fen - (row.late_fee_fen if debt.is_late_fee_deferred else 0)
            for debt in debts
        )

    least_fen = next(fen for fen in range(200) if is_clear(fen))
    assert amount_to_restore(debts, policy, on) == least_fen


@settings(max_examples=300)
@given(debt_lists(), st.integers(0, 60))
def test_a_pack_that_wants_whole_bills_refuses_exactly_the_payments_that_split_one(
    debts: list[Debt], paid_fen: int
) -> None:
    allocation = allocate(debts, paid_fen, PLAIN)
    touched = {row.bill_id for row in allocation.applied}
    deferred = {debt.bill_id for debt in debts if debt.is_late_fee_deferred}
    splits = any(row.bill_id in touched and row.bill_id not in deferred for row in allocation.left)
    if splits:
        with pytest.raises(Refused) as refused:
            allocate(debts, paid_fen, WHOLE)
        assert isinstance(refused.value.refusal, LateFeeUnpaid)
        assert refused.value.refusal.missing_fen > 0
    else:
        assert allocate(debts, paid_fen, WHOLE) == allocation


def test_a_newer_bill_needs_a_pack_that_allows_it_or_a_reason_and_the_right() -> None:
    debts = [_debt(1, 1, (0, 5, 100)), _debt(2, 2, (0, 2, 120))]
    for reason, right in (("", False), ("", True), ("customer asks", False), ("   ", True)):
        with pytest.raises(Refused) as refused:
            allocate(debts, 122, PLAIN, choose=[2], redirect_reason=reason, may_redirect=right)
        assert refused.value.refusal == OlderBillOpen(1, "b1", 105, bool(reason.strip()), right)
    redirected = allocate(debts, 130, PLAIN, choose=[2], redirect_reason="customer asks", may_redirect=True)
    assert redirected == allocate(debts, 130, replace(PLAIN, is_skip_allowed=True), choose=[2])
    assert [row.bill_id for row in redirected.applied] == [2]
    assert (redirected.surplus_fen, redirected.left_fen) == (8, 105)


def test_choosing_the_oldest_bills_needs_no_reason() -> None:
    debts = [_debt(2, 2, (0, 2, 120)), _debt(1, 1, (0, 5, 100)), _debt(3, 1, (0, 0, 7))]
    assert [row.bill_id for row in allocate(debts, 105, PLAIN, choose=[1]).applied] == [1]
    assert [row.bill_id for row in allocate(debts, 234, PLAIN, choose=[2, 3, 1]).applied] == [1, 3, 2]


def test_an_older_bill_with_only_a_deferred_fee_left_blocks_nothing() -> None:
    debts = [_debt(1, 1, (0, 5, 0), is_deferred=True), _debt(2, 2, (0, 2, 120))]
    assert [row.bill_id for row in allocate(debts, 122, PLAIN, choose=[2]).applied] == [2]


def test_unknown_bills_and_negative_sums_are_refused() -> None:
    with pytest.raises(Refused) as refused:
        allocate([_debt(1, 1, (0, 0, 1))], 1, PLAIN, choose=[9])
    assert refused.value.refusal == UnknownBill(9)
    with pytest.raises(Refused) as refused:
        allocate([], -1, PLAIN)
    assert refused.value.refusal == NegativePayment(-1)


def test_a_bill_becomes_a_debt_with_what_is_still_open() -> None:
    bill = Bill(
        bill_id=7,
        bill_no="2024-01",
        account_id=1,
        month="2024-01",
        due_on=date(2024, 1, 15),
        principal_fen=10_000,
        cost_fen=500,
        settlements=(Settlement("a", date(2024, 1, 25), 4_000, 100, 500),),
    )
    working = late_fee(bill, LateFeePolicy(Rate.parse("0.003")), date(2024, 1, 26))
    assert debt_of(bill, working) == Debt(7, "2024-01", "2024-01", date(2024, 1, 15), 0, 218, 6_000)
