"""A bill that two counters took: the customer's money goes back once, and counters and hub agree on it."""

from __future__ import annotations

from pathlib import Path

import pytest

from counter_app.clock import new_intent_id
from counter_app.domain.staff import Role
from counter_app.domain.tasks import CreditWay, OpenTask
from counter_app.hub import tables as t
from counter_app.hub.masters import take
from counter_app.services import approvals, tasks
from counter_app.storage.hall import OpenHall
from tests import halls
from tests.sync.feeds import ask, findings
from tests.sync.real_hub import RealHub
from tests.sync.test_down_with_hub import agreed, first, hub, joined, rounds

__all__ = ["first", "hub"]

TELLER = halls.teller()


@pytest.fixture
def second(hub: RealHub, first: OpenHall, tmp_path: Path) -> OpenHall:
    """A further counter; both took the second customer's money for the same bills while they were apart."""
    hub.joined(first)
    rounds(hub, first)
    hall = joined(hub, first, tmp_path / "second")
    rounds(hub, hall)
    with hall.store.writing() as work:
        # the first counter's passwords stay there; the supervisor of this test has chosen one here
        work.driver.execute("UPDATE staff SET must_change_password = 0")
        verifier = ask(first, "SELECT verifier FROM staff WHERE staff_no = '2001'")[0][0]
        work.driver.execute("UPDATE staff SET verifier = ?", (verifier,))
    halls.an_open_shift(hall)
    for one in (first, hall):
        halls.pay(one, halls.Someone(2, 2), halls.cash(500), is_change_stored=True)
    both(hub, first, hall)
    return hall


def both(hub: RealHub, *counters: OpenHall) -> None:
    for _ in range(3):
        for hall in counters:
            rounds(hub, hall)


def credits_of(hall: OpenHall) -> list[OpenTask]:
    return [task for task in tasks.waiting(hall).tasks if task.has_credit]


def settle(hall: OpenHall, task: OpenTask, way: CreditWay) -> None:
    challenge = tasks.ask(hall, TELLER, task.task_id, way)
    signed = approvals.sign(hall, TELLER, challenge, staff_no="2001", password=halls.PASSWORD)
    tasks.settle(hall, TELLER, task.task_id, way, signed)


def test_each_credit_is_given_back_once_and_everybody_hears_of_it(
    hub: RealHub, first: OpenHall, second: OpenHall
) -> None:
    found = credits_of(first)
    assert len(found) == 3
    assert found == credits_of(second)
    assert {(task.customer_name, task.account_no) for task in found} == {("李雷\u2028", "10002346")}
    assert all(task.facts["this"]["receipt_no"] and task.facts["other"]["receipt_no"] for task in found)
    settle(first, found[0], "cash")
    settle(first, found[1], "prepaid")
    settle(second, found[2], "prepaid")
    both(hub, first, second)
    assert credits_of(first) == credits_of(second) == []
    assert hub_says(hub) == ([], [])
    agreed(first, second)
    second.close()


def test_two_counters_that_give_the_same_back_apart_are_told_and_no_fen_is_hidden(
    hub: RealHub, first: OpenHall, second: OpenHall
) -> None:
    task = credits_of(first)[0]
    settle(first, task, "cash")
    settle(second, task, "cash")
    both(hub, first, second)
    kept_apart = [task for task in tasks.waiting(second).tasks if task.kind == "quarantined"]
    assert [task.facts["reason"] for task in kept_apart] == ["credit_spent"]
    supervisor = halls.teller("2001", Role.SUPERVISOR)
    tasks.finish(second, supervisor, kept_apart[0].task_id, "已向客户追回", new_intent_id())
    both(hub, first, second)
    assert [task.kind for task in tasks.waiting(first).tasks if not task.has_credit] == []
    assert findings(first) == findings(second) == []
    second.close()


def test_what_the_hub_keeps_apart_stays_paid_where_its_receipt_was_given_until_somebody_answers_for_it(
    hub: RealHub, first: OpenHall, tmp_path: Path
) -> None:
    hub.joined(first)
    rounds(hub, first)
    hall, someone = joined(hub, first, tmp_path / "second"), halls.Someone(2, 2)
    rounds(hub, hall)
    with hall.store.writing() as work:
        work.driver.execute("UPDATE staff SET must_change_password = 0")
    halls.an_open_shift(hall)
    names = "name, role, state, verifier, must_change_password"
    (kept,) = ask(hall, f"SELECT {names} FROM staff WHERE staff_no = '1001'")
    row = {**dict(zip(names.split(", "), kept, strict=True)), "staff_no": "1001", "role": "auditor"}
    with hub.hub.database.transaction() as connection:
        take(connection, first.hall.hall_id, "2026-11-21T02:04:00.000+00:00", [("staff", row)])
    both(hub, first, hall)
    with hall.store.writing() as work:
        # somebody gives himself a right that the hub has taken back
        work.driver.execute("UPDATE staff SET role = 'teller' WHERE staff_no = '1001'")
    before = halls.position(first, someone).due_fen
    halls.pay(hall, someone, halls.cash(60))
    both(hub, first, hall)
    assert (halls.position(hall, someone).due_fen, halls.position(first, someone).due_fen) == (before - 6_000, before)
    (task,) = tasks.waiting(first).tasks
    assert (task.kind, task.amount_fen, task.customer_id, task.facts["reason"]) == ("quarantined", 6_000, 2, "no_right")
    supervisor = halls.teller("2001", Role.SUPERVISOR)
    tasks.finish(first, supervisor, task.task_id, "收据和现金相符", new_intent_id(), is_accepted=True)
    both(hub, first, hall)
    assert halls.position(hall, someone).due_fen == halls.position(first, someone).due_fen == before - 6_000
    assert tasks.waiting(hall).tasks == tasks.waiting(first).tasks == ()
    assert findings(first) == []
    hall.close()


def hub_says(hub: RealHub) -> tuple[list[object], list[object]]:
    """What the hub keeps apart, and its credits that nobody has spent."""
    q, c = t.quarantine, t.credits_
    with hub.hub.database.transaction() as connection:
        apart = connection.execute(q.select().with_only_columns(q.c.reason)).fetchall()
        open_ = connection.execute(c.select().with_only_columns(c.c.credit_id).where(c.c.spent_by.is_(None))).fetchall()
    return [row[0] for row in apart], [row[0] for row in open_]
