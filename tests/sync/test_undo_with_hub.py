"""A payment that is undone, with the real hub: undone for every counter, after a restore, and by two copies once."""

from __future__ import annotations

import pytest

from counter_app.domain.refusals import Refused
from counter_app.domain.staff import Role
from counter_app.domain.undo_refusals import AlreadyUndone, CreditMadeOfIt
from counter_app.services import given_payments
from counter_app.storage.hall import OpenHall
from counter_app.ui.tasks.given import given_facts
from tests import halls
from tests.sync.feeds import ask
from tests.sync.real_hub import RealHub
from tests.sync.test_down_with_hub import agreed, first, hub, rounds
from tests.sync.test_restored_with_hub import Desk, confirm, desk
from tests.sync.test_tasks_with_hub import both, credits_of, second
from tests.undoing import undo

__all__ = ["desk", "first", "hub", "second"]


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


def test_what_another_counter_took_too_much_pays_the_bill_and_is_undone_itself(
    hub: RealHub, first: OpenHall, second: OpenHall
) -> None:
    someone, before = halls.Someone(1, 1), len(credits_of(first))
    owed_fen = halls.position(first, someone).due_fen
    _, mine = halls.pay(first, someone, halls.cash(400), is_change_stored=True)
    rounds(hub, first)
    _, theirs = halls.pay(second, someone, halls.cash(400), is_change_stored=True)
    rounds(hub, second)
    with pytest.raises(Refused) as no:
        undo(second, theirs.payment_id)
    assert isinstance(no.value.refusal, CreditMadeOfIt)
    # the first counter has not heard of it
    undo(first, mine.payment_id)
    both(hub, first, second)
    assert len(credits_of(first)) == len(credits_of(second)) == before
    assert halls.position(first, someone).due_fen == 0, "what the other one took pays"
    agreed(first, second)

    undo(second, theirs.payment_id)
    both(hub, first, second)
    assert halls.position(first, someone).due_fen == halls.position(second, someone).due_fen == owed_fen
    assert ask(first, "SELECT payment_id FROM undone_elsewhere") == [(theirs.payment_id,)]
    assert ask(second, "SELECT payment_id FROM undone_elsewhere") == [(mine.payment_id,)]
    assert len(ask(first, "SELECT task_id FROM tasks WHERE closed_at IS NULL")) == before
    agreed(first, second)
    second.close()
