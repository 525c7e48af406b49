"""A late fee that is let off or put off: computed stays computed, sums conserve, a lapsed deferral equals none."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

import pytest

from counter_app.domain.allocation import debt_of
from counter_app.domain.bills import Bill, Settlement
from counter_app.domain.hall import TRADES
from counter_app.domain.late_fee_policy import LateFeePolicy
from counter_app.domain.late_fees import late_fee
from counter_app.domain.payments import OpenBill, open_bills
from counter_app.domain.refusals import Refused
from counter_app.domain.relief_planning import ReliefWish, plan_relief
from counter_app.domain.relief_refusals import WaiverAboveDue
from counter_app.domain.reliefs import WAIVER, Relief, ReliefStep, fold
from counter_app.domain.undo import UNDONE_END
from counter_app.storage.rules import load_pack

DUE = date(2025, 11, 20)


def some_bill(chance: Random, number: int = 1) -> Bill:
    """A bill that is late, with up to two payments."""
    principal_fen = chance.choice((900, 10_000, 123_456))
    parts = tuple(
        Settlement(f"{number}s{no}", DUE + timedelta(chance.randrange(-20, 300)), principal_fen // 3, 7)
        for no in range(chance.randrange(3))
    )
    return Bill(number, f"B{number}", 1, f"2025-{number:02d}", DUE, principal_fen, settlements=parts)


def granted(bill: Bill, on: date, until: date, ended_on: date | None = None) -> Relief:
    """A deferral of a bill."""
    steps = [
        ReliefStep("r", "asked", bill.bill_id, bill.bill_no, "defer", 5, until, "hardship", "1001", (), on),
        ReliefStep("r", "approved", bill.bill_id, bill.bill_no, "defer", 5, until, "hardship", "1001", ("2001",), on),
    ]
    if ended_on is not None:
        steps.append(steps[0]._replace(step="ended", on=ended_on, staff_no="1002"))
    chance = Random(str(until))
    told = [chance.choice(steps) for _ in range(3)] + steps
    chance.shuffle(told)
    # in any order, and some of them twice, as two counters and the hub tell of them
    (made,) = fold(told)
    assert (made,) == fold(steps)
    return made


@pytest.mark.parametrize("trade", TRADES)
def test_what_is_let_off_changes_no_figure_but_what_is_due(trade: str) -> None:
    pack, chance = load_pack(trade), Random(trade)
    for _ in range(40):
        bill, on = some_bill(chance), DUE + timedelta(chance.randrange(1, 400))
        waived = Settlement(f"r:{bill.bill_no}", on, 0, chance.choice((1, 88, 4_000)), 0, WAIVER)
        less = bill._replace(settlements=(*bill.settlements, waived))
        back = waived._replace(settlement_id=f"r:{bill.bill_no}{UNDONE_END}", late_fee_fen=-waived.late_fee_fen)
        again = less._replace(settlements=(*less.settlements, back))
        assert [part.is_waiver for part in again.settlements[-2:]] == [True, True]
        for days in (0, 1, 30, 200, 410, 800):
            day = on + timedelta(days)
            policy = pack.of_day(day).late_fee_policy("resident")
            one, two, three = (_only(kind, day, policy) for kind in (bill, less, again))
            figures = [(made.working.computed_fen, made.working.numerator) for made in (one, two, three)]
            assert figures == figures[:1] * 3
            settled_fen = one.working.settled_fen + waived.late_fee_fen
            assert two.working.due_fen == max(0, one.working.computed_fen - settled_fen)
            assert three.debt == one.debt


@pytest.mark.parametrize("trade", TRADES)
def test_a_deferral_is_there_to_its_day_and_a_lapsed_or_ended_one_equals_none(trade: str) -> None:
    pack, chance = load_pack(trade), Random(trade)
    for _ in range(40):
        bill, on = some_bill(chance), DUE + timedelta(chance.randrange(1, 400))
        until = on + timedelta(chance.randrange(1, 90))
        ended_on = chance.choice((None, on + timedelta(chance.randrange(0, 90))))
        deferred = bill._replace(reliefs=(granted(bill, on, until, ended_on),))
        for day in (on - timedelta(1), on, until, until + timedelta(1), ended_on or until, until + timedelta(300)):
            policy = pack.of_day(day).late_fee_policy("resident")
            one, two = _only(bill, day, policy), _only(deferred, day, policy)
            is_put_off = on <= day <= until and (ended_on is None or day < ended_on)
            assert two.working == one.working
            assert two.debt == one.debt._replace(is_late_fee_deferred=is_put_off)
            assert one.debt.total_fen == two.debt.total_fen
            assert two.debt.payable_fen == one.debt.payable_fen - (one.debt.late_fee_fen if is_put_off else 0)


def test_a_waiver_goes_to_the_oldest_bills_first_and_sums_conserve() -> None:
    pack, chance = load_pack("telecom"), Random(1)
    on = DUE + timedelta(60)
    policy = pack.of_day(on).late_fee_policy("resident")
    for _ in range(60):
        owing = open_bills([some_bill(chance, number) for number in (3, 1, 2)], policy, on)
        due = {one.bill.bill_id: one.working.due_fen for one in owing}
        ids = tuple(chance.sample(sorted(due), chance.randrange(1, 4)))
        due_fen = sum(due[number] for number in ids)
        fen = chance.choice((1, due_fen // 2 or 1, due_fen))
        plan = plan_relief(owing, ReliefWish("waive", ids, "our_fault", amount_fen=fen), on)
        assert plan.amount_fen == fen
        assert [part.bill_id for part in plan.parts] == sorted(part.bill_id for part in plan.parts)
        assert all(part.amount_fen == due[part.bill_id] for part in plan.parts[:-1])
        assert 0 < plan.parts[-1].amount_fen <= due[plan.parts[-1].bill_id]
        for wrong_fen in (0, -1, due_fen + 1):
            with pytest.raises(Refused) as no:
                plan_relief(owing, ReliefWish("waive", ids, "our_fault", amount_fen=wrong_fen), on)
            assert isinstance(no.value.refusal, WaiverAboveDue)


def _only(bill: Bill, on: date, policy: LateFeePolicy) -> OpenBill:
    working = late_fee(bill, policy, on)
    return OpenBill(bill, working, debt_of(bill, working))
