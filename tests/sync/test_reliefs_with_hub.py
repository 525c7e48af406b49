"""Late fees let off and put off, with the real hub: every counter of the hall knows of them, and decides them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from counter_app.hub import tables as t
from counter_app.services import approvals, reliefs
from counter_app.storage.hall import OpenHall
from tests import halls
from tests.hub.kit import HubHall
from tests.reliefs import ask as ask_for
from tests.reliefs import grant, signed, wish
from tests.sync.feeds import ask
from tests.sync.real_hub import RealHub
from tests.sync.test_down_with_hub import agreed, first, hub, joined, rounds
from tests.sync.test_tasks_with_hub import both, second

__all__ = ["first", "hub", "second"]


def test_what_one_counter_asks_another_decides_and_all_of_them_know(
    hub: RealHub, first: OpenHall, second: OpenHall
) -> None:
    someone = halls.Someone(1, 1)
    before = halls.position(first, someone).debts
    asked = ask_for(first, someone, replace(wish(first, someone), bill_ids=(2,)))
    put_off = grant(first, someone, replace(wish(first, someone, "defer"), bill_ids=(3,)))
    both(hub, first, second)
    # asked for here, decided there: nobody who asked signs there either
    steps = [[relief.step for relief in one.bill.reliefs] for one in halls.position(second, someone).open_bills]
    assert steps == [[], ["asked"], ["approved"]]
    reliefs.approve(second, halls.teller("1002"), asked, signed(second, asked, halls.teller("1002")))
    both(hub, first, second)
    for hall in (first, second):
        debts = halls.position(hall, someone).debts
        assert [debt.late_fee_fen for debt in debts] == [before[0].late_fee_fen, 0, before[2].late_fee_fen]
        assert [debt.is_late_fee_deferred for debt in debts] == [False, False, True]
        assert reliefs.view(hall, halls.teller(), asked).first.approvers == ("2001",)
    agreed(first, second)

    # ended at a third place and time: the waiver by two people, the deferral by one
    case = reliefs.case_of_end(first, halls.teller(), asked, "查明不符")
    by = approvals.sign(first, halls.teller(), case, staff_no="2001", password=halls.PASSWORD)
    reliefs.end_waiver(first, halls.teller(), asked, "查明不符", by)
    reliefs.end_deferral(second, halls.teller("1002"), put_off.first.relief_id, "客户来缴", "end-1")
    both(hub, first, second)
    assert halls.position(first, someone).debts == halls.position(second, someone).debts == before
    assert ask(first, "SELECT count(*) FROM tasks WHERE kind = 'quarantined'") == [(0,)]
    agreed(first, second)
    second.close()


def test_what_was_let_off_before_the_hub_goes_up_and_a_further_counter_has_it_from_its_snapshot(
    hub: RealHub, first: OpenHall, tmp_path: Path
) -> None:
    someone = halls.Someone(2, 2)
    waived = grant(first, someone, wish(first, someone, count=2, document="低保证"))
    put_off = grant(first, someone, replace(wish(first, someone, "defer"), bill_ids=(6,)))
    before = halls.position(first, someone).debts
    hub.joined(first)
    rounds(hub, first)
    assert ask(first, "SELECT count(*) FROM tasks WHERE kind = 'quarantined'") == [(0,)]
    at_hub = HubHall.over(hub.hub.database, first.hall.hall_id)
    assert ("低保证".encode(),) in at_hub.rows(t.side_records, "content"), "what was shown went up beside its entry"
    second = joined(hub, first, tmp_path / "second")
    rounds(hub, second)
    agreed(first, second)
    assert halls.position(second, someone).debts == halls.position(first, someone).debts == before
    for one in (waived, put_off):
        there = reliefs.view(second, halls.teller(), one.first.relief_id)
        assert there.reliefs == one.reliefs
        assert there.document == "", "what was shown stays where it was shown"
    second.close()
