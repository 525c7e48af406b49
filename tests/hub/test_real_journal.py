"""The journal of a real counter at the hub: everything that the program writes is understood, applied and folded."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from counter_app.clock import new_intent_id
from counter_app.domain.shifts import CashCount
from counter_app.hub import tables as t
from counter_app.services import shifts
from counter_app.storage.hall import OpenHall
from tests import halls, leaving
from tests.hub.folds import check
from tests.hub.kit import HubHall
from tests.sync.real_hub import RealHub, a_real_hub


@pytest.fixture
def hub() -> Iterator[RealHub]:
    """An empty hub."""
    with a_real_hub() as made:
        yield made


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[OpenHall]:
    """A hall that has worked alone: payments, prepaid money, a kept and a lost customer."""
    opened = leaving.a_hall(tmp_path / "hall")
    halls.an_open_shift(opened)
    behind = halls.three_months_behind(opened, no="20000001")
    halls.pay(opened, behind, halls.cash(100))
    halls.pay(opened, behind, halls.cash(500), is_change_stored=True)
    leaving.tell(opened, leaving.a_line(opened, no="10000001", is_vip=True), leaving.KEPT)
    leaving.tell(opened, leaving.a_line(opened, no="10000002", is_vip=True), leaving.LEFT)
    yield opened
    opened.close()


def state_of(hall: OpenHall, service_id: int) -> str:
    """The state of a service at the counter."""
    with hall.reading() as reading:
        row = reading.driver.execute("SELECT state FROM services WHERE id = ?", (service_id,)).fetchone()
    assert row is not None
    return str(row[0])


def test_everything_that_a_counter_has_written_is_applied(hub: RealHub, hall: OpenHall) -> None:
    hub.joined(hall)

    assert not hub.rounds(hall).why

    at_hub = HubHall.over(hub.hub.database, hall.hall.hall_id)
    assert at_hub.rows(t.quarantine, "kind", "reason", "detail") == []
    assert at_hub.rows(t.suspense, "kind", "amount_fen") == []
    assert at_hub.tasks() == []
    check(at_hub)
    assert len(at_hub.rows(t.inbox, "seq")) > 50
    assert {stage for (stage,) in at_hub.rows(t.cases, "stage")} <= {"done", "follow_up"}
    records = at_hub.rows(t.side_records, "record_id", "received_at")
    assert len(records) > 5
    assert all(received for _, received in records), "what is personal has come by its own lane"


def test_what_is_owed_and_what_is_held_is_the_same_on_both_sides(hub: RealHub, hall: OpenHall) -> None:
    hub.joined(hall)
    hub.rounds(hall)
    at_hub = HubHall.over(hub.hub.database, hall.hall.hall_id)

    with hall.reading() as reading:
        kept = reading.driver.execute(
            "SELECT bill_id, sum(principal_fen), sum(late_fee_fen) FROM settlements GROUP BY bill_id ORDER BY 1"
        ).fetchall()
        drawer = reading.driver.execute("SELECT balance_fen FROM balances WHERE account = 'drawer'").fetchall()
        prepaid = reading.driver.execute("SELECT sum(balance_fen) FROM balances WHERE account = 'prepaid'").fetchall()
    names = ("bill_id", "settled_principal_fen", "settled_late_fee_fen")
    assert [row for row in at_hub.rows(t.bill_sums, *names) if any(row[1:])] == [tuple(row) for row in kept]
    assert [fen for (account, _), fen in at_hub.balances().items() if account == "drawer"] == [drawer[0][0]]
    assert at_hub.balances()["prepaid", ""] == prepaid[0][0] < 0


def test_what_is_done_after_the_hall_has_joined_moves_services_too(hub: RealHub, hall: OpenHall) -> None:
    hub.joined(hall)
    hub.rounds(hall)
    line = leaving.a_line(hall, no="10000003", is_vip=True)
    at_hub = HubHall.over(hub.hub.database, hall.hall.hall_id)
    before = len(at_hub.rows(t.inbox, "seq"))
    shift = shifts.sheet(hall)
    assert shift is not None
    count = CashCount({}, loose_fen=shift.expected_cash_fen)
    halls.close_shift(hall, halls.teller(), count, "", new_intent_id())
    halls.an_open_shift(hall)
    case = leaving.open_case(hall, line)
    assert case.case.service_id == line.service_id

    assert not hub.rounds(hall).why

    assert len(at_hub.rows(t.inbox, "seq")) > before + 3
    # the customer was made here, behind the back of the hub: what is said of its service waits for it
    assert {reason for (reason,) in at_hub.rows(t.quarantine, "reason")} <= {"unknown_service"}
    check(at_hub)
    feed = [json.loads(body)["kind"] for kind, body in at_hub.rows(t.feed, "kind", "body") if kind == "line"]
    assert {"shift.close", "shift.open", "retention.open"} <= set(feed)
