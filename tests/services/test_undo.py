"""Undoing a payment: nothing of it is left, nobody does it alone, and what stands in its way is named with its way."""

from __future__ import annotations

import pytest

from counter_app.domain.refusals import Refused
from counter_app.domain.undo_refusals import AlreadyUndone
from counter_app.services import restores
from counter_app.services import undo as undoing
from counter_app.storage.hall import OpenHall
from tests import halls
from tests.undoing import findings, state, undo


def test_a_payment_in_cash_is_reversed_in_its_own_shift(hall: OpenHall) -> None:
    someone = halls.three_months_behind(hall)
    with hall.writing() as work:
        work.driver.execute("UPDATE services SET state='stopped_out', state_reason='arrears'")
    shift = halls.an_open_shift(hall)
    before = state(hall, someone.account_id)
    _, taken = halls.pay(hall, someone, halls.cash(500))
    assert restores.running(hall)
    plan = undoing.look(hall, halls.teller(), taken.payment_id)
    assert (plan.way, plan.why, plan.signatures) == ("reverse", "same_shift", 1)
    assert plan.cash_fen == taken.facts.total_fen
    done = undo(hall, taken.payment_id)
    assert (done.way, done.approvers, done.back_fen) == ("reverse", ("2001",), plan.cash_fen)
    assert state(hall, someone.account_id) == before
    assert findings(hall) == []
    with pytest.raises(Refused) as refused:
        undoing.look(hall, halls.teller(), taken.payment_id)
    assert refused.value.refusal == AlreadyUndone(taken.receipt_no, "reverse", shift.business_date, done.undo_id)
