"""A payment that is undone, with the real hub: undone for every counter, after a restore, and by two copies once."""

from __future__ import annotations

import pytest

from counter_app.domain.refusals import Refused
from counter_app.domain.staff import Role
from counter_app.domain.undo_refusals import AlreadyUndone
from counter_app.services import given_payments
from counter_app.ui.tasks.given import given_facts
from tests import halls
from tests.sync.feeds import ask
from tests.sync.test_restored_with_hub import Desk, confirm, desk
from tests.undoing import undo

__all__ = ["desk"]


def test_what_was_undone_stays_undone_after_a_restore_and_two_copies_undo_it_once(desk: Desk) -> None:
    before = desk.due()
    _, taken = halls.pay(desk.hall, desk.people[1], halls.cash(200), is_change_stored=True)
    assert desk.meet() == ""
    desk.copy("backup")
    desk.copy("copy")
    undo(desk.hall, taken.payment_id)
    _, lost = halls.pay(desk.hall, desk.people[2], halls.cash(30))
    undo(desk.hall, lost.payment_id)
    assert desk.meet() == ""
    assert desk.kept_apart() == []
    assert desk.at_hub(desk.people[1]) == 0
    assert desk.due() == before
    drawer_fen = desk.drawer_fen()

    desk.restore("backup", keeps_mark=True)
    assert desk.due() != before
    desk.meet()
    confirm(desk.hall)
    assert desk.meet() == ""
    assert (desk.due(), desk.drawer_fen()) == (before, drawer_fen)
    assert halls.position(desk.hall, desk.people[1]).prepaid_fen == 0
    with pytest.raises(Refused) as no:
        undo(desk.hall, taken.payment_id)
    assert isinstance(no.value.refusal, AlreadyUndone)
    (given,) = given_payments.listed(desk.hall, halls.teller("2001", Role.SUPERVISOR))
    assert (given.receipt_no, given.undone_way) == (lost.receipt_no, "reverse")
    assert [fact.value for fact in given_facts(given)].count("已冲正") == 1
    assert desk.is_sound()

    other = desk.opened("copy")
    undo(other, taken.payment_id)
    assert desk.hub.rounds(other).why == "epoch_closed"
    confirm(other)
    assert desk.hub.rounds(other).why == ""
    assert [reason for reason in desk.kept_apart() if "undone_already" in reason]
    assert desk.due(other) == before
    assert halls.position(other, desk.people[1]).prepaid_fen == 0
    assert desk.at_hub(desk.people[1]) == 0
    assert ask(other, "SELECT kind, facts ->> 'reason' FROM tasks WHERE closed_at IS NULL") == [
        ("quarantined", "undone_already")
    ]
    other.close()
