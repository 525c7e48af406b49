"""A line in dispute with the real hub: frozen for every counter, decided where it was opened, also after a restore."""

from __future__ import annotations

import pytest

from counter_app.clock import new_intent_id
from counter_app.domain.disputes import DisputeElsewhere, is_in_dispute
from counter_app.domain.refusals import Refused
from counter_app.services import disputes
from counter_app.services.disputes import BillCase, DecisionWish, DisputeDone, DisputeWish
from counter_app.storage.hall import OpenHall
from tests import halls
from tests.sync.real_hub import RealHub
from tests.sync.test_down_with_hub import agreed, first, hub, rounds
from tests.sync.test_restored_with_hub import Desk, confirm, desk
from tests.sync.test_tasks_with_hub import both, second
from tests.undoing import signatures

__all__ = ["desk", "first", "hub", "second"]


def case_of(hall: OpenHall, someone: halls.Someone) -> BillCase:
    """The oldest open bill of somebody, or the one that is in dispute."""
    with hall.reading() as reading:
        found = reading.driver.execute(
            "SELECT min(id) FROM bills WHERE account_id = ? AND due_on < '2026-11-01'", (someone.account_id,)
        ).fetchone()
    assert found is not None
    return disputes.look(hall, halls.teller(), someone.customer_id, found[0])


def freeze(hall: OpenHall, someone: halls.Someone, fen: int) -> DisputeDone:
    case, wish = case_of(hall, someone), DisputeWish(0, fen, "amount", "多算一次")
    return disputes.open_dispute(hall, halls.teller(), someone.customer_id, case.bill.bill_id, wish, new_intent_id())


def decide(hall: OpenHall, someone: halls.Someone, dispute_id: str, lowered_fen: int) -> DisputeDone:
    case, who, wish = case_of(hall, someone), halls.teller("1002"), DecisionWish(dispute_id, lowered_fen, "查实")
    shown = disputes.look_decision(hall, who, case, wish)
    (signed,) = signatures(hall, who, disputes.request(case, shown, wish))
    return disputes.decide(hall, who, case, shown, wish, signed)


def test_what_is_frozen_at_one_counter_is_frozen_at_the_other_and_decided_where_it_was_opened(
    hub: RealHub, first: OpenHall, second: OpenHall
) -> None:
    someone = halls.Someone(1, 1)
    owed_fen = halls.position(first, someone).due_fen
    opened = freeze(first, someone, 500)
    both(hub, first, second)
    there = case_of(second, someone)
    (dispute,) = there.disputes
    assert (dispute.dispute_id, dispute.frozen_fen, is_in_dispute(there.bill)) == (opened.dispute_id, 500, True)
    assert halls.position(second, someone).due_fen == halls.position(first, someone).due_fen == owed_fen - 500
    with pytest.raises(Refused) as no:
        decide(second, someone, opened.dispute_id, 0)
    assert no.value.refusal == DisputeElsewhere(there.bill.bill_no, dispute.counter_id)
    assert dispute.counter_id != first.hall.counter_id, "its name, not its id"
    # the rest is paid at the other counter; then it is decided that half of it was never due
    halls.pay(second, someone, halls.cash((owed_fen - 500) // 100 + 1))
    rounds(hub, second)
    done = decide(first, someone, opened.dispute_id, 200)
    # a part of the bill was paid late before: the late fee of what was never due comes back
    assert 0 < done.back_fen < 200
    both(hub, first, second)
    agreed(first, second)
    for hall in (first, second):
        bill = case_of(hall, someone).bill
        assert (bill.principal_open_fen, is_in_dispute(bill)) == (300, False)
    second.close()


def test_a_counter_that_lost_its_file_decides_its_own_dispute(desk: Desk) -> None:
    someone = desk.people[1]
    assert desk.meet() == ""
    desk.copy("backup")
    opened = freeze(desk.hall, someone, 500)
    assert desk.meet() == ""
    frozen_fen = desk.due()
    desk.restore("backup", keeps_mark=True)
    assert desk.due() != frozen_fen
    desk.meet()
    confirm(desk.hall)
    assert desk.meet() == ""
    assert desk.due() == frozen_fen
    decide(desk.hall, someone, opened.dispute_id, 500)
    assert desk.meet() == ""
    case = case_of(desk.hall, someone)
    assert [(one.is_decided, one.lowered_fen) for one in case.disputes] == [(True, 500)]
    assert desk.kept_apart() == []
    assert desk.is_sound()
