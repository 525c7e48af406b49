"""Two counters that both deduct, with the real hub: one deduction is left, and bills, books and services agree."""

from __future__ import annotations

import pytest

from counter_app.domain.deductions import OtherCounterDeducts
from counter_app.domain.refusals import Refused
from counter_app.domain.undo_refusals import CreditMadeOfIt
from counter_app.services import deductions
from counter_app.storage.hall import OpenHall
from tests import halls
from tests.sync.feeds import ask
from tests.sync.real_hub import RealHub
from tests.sync.test_down_with_hub import agreed, first, hub
from tests.sync.test_tasks_with_hub import both, credits_of, second
from tests.undoing import undo

__all__ = ["first", "hub", "second"]

OPEN = "SELECT task_id FROM tasks WHERE closed_at IS NULL"


def test_two_counters_that_both_deduct_come_to_one_deduction(hub: RealHub, first: OpenHall, second: OpenHall) -> None:
    someone, before = halls.Someone(1, 1), len(ask(first, OPEN))
    for hall in (first, second):
        with hall.writing() as work:
            work.driver.execute("UPDATE services SET state = 'stopped', state_reason = 'arrears' WHERE account_id = 1")
    owed_fen = halls.position(first, someone).due_fen
    halls.pay(first, someone, halls.cash(500), settle_fen=100, store_fen=40_000)
    both(hub, first, second)
    agreed(first, second)
    held_fen = halls.position(first, someone).prepaid_fen
    with pytest.raises(Refused) as no:
        deductions.run(second)
    assert no.value.refusal == OtherCounterDeducts("03", "3 号台")

    # the second one takes over while the first only sleeps
    mine, theirs = deductions.run(first), deductions.run(second, is_here=True)
    assert (mine.taken_count, mine.taken_fen) == (theirs.taken_count, theirs.taken_fen) == (1, owed_fen - 100)
    both(hub, first, second)
    agreed(first, second)
    for hall in (first, second):
        position = halls.position(hall, someone)
        assert (position.due_fen, position.prepaid_fen) == (0, held_fen - mine.taken_fen)
        assert [service.state for service in position.services] == ["restoring"]
    assert len(ask(first, OPEN)) == len(ask(second, OPEN)) == before, "nobody has to do anything"

    # the first one's is undone and holds for both; the second one's own went back already
    [(number,)] = ask(second, "SELECT deduction_id FROM deductions")
    with pytest.raises(Refused) as no:
        undo(second, number)
    assert isinstance(no.value.refusal, CreditMadeOfIt)
    [(number,)] = ask(first, "SELECT deduction_id FROM deductions")
    undo(first, number)
    both(hub, first, second)
    agreed(first, second)
    for hall in (first, second):
        position = halls.position(hall, someone)
        assert (position.due_fen, position.prepaid_fen) == (mine.taken_fen, held_fen)
    assert len(credits_of(first)) == len(credits_of(second))
    second.close()
