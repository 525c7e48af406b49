"""The journal of a real counter at the hub: everything that the program writes is understood, applied and folded."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from counter_app.clock import new_intent_id
from counter_app.domain.payments import Tender
from counter_app.domain.retenders import RetenderWish
from counter_app.domain.shift_close import Declared
from counter_app.domain.shifts import CashCount
from counter_app.domain.undo import TenderAnswer, UndoWish
from counter_app.hub import tables as t
from counter_app.services import approvals, handovers, invoices, restores, shift_close, shifts
from counter_app.services import undo as undoing
from counter_app.storage.hall import OpenHall
from tests import halls, leaving
from tests.hub.folds import check
from tests.hub.kit import HubHall
from tests.services.test_moves import moved
from tests.services.test_retenders import corrected
from tests.storage.test_verify_safe import worked
from tests.sync.real_hub import RealHub, a_real_hub
from tests.undoing import findings, undo

HELD = (
    *("bank", "card", "drawer", "float", "float_issued", "float_out", "handed_over", "safe", "safe.fund", "transfer"),
    "turned_in",
)
"""Accounts of money in hands."""


@pytest.fixture
def hub() -> Iterator[RealHub]:
    """An empty hub."""
    with a_real_hub() as made:
        yield made


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[OpenHall]:
    """A hall that has worked alone: payments, some put right, prepaid money, a kept and a lost customer."""
    opened = leaving.a_hall(tmp_path / "hall")
    halls.an_open_shift(opened)
    behind = halls.three_months_behind(opened, no="20000001")
    halls.pay(opened, behind, halls.cash(100))
    halls.pay(opened, behind, halls.cash(500), is_change_stored=True)
    put_right(opened)
    leaving.tell(opened, leaving.a_line(opened, no="10000001", is_vip=True), leaving.KEPT)
    leaving.tell(opened, leaving.a_line(opened, no="10000002", is_vip=True), leaving.LEFT)
    yield opened
    opened.close()


def put_right(hall: OpenHall) -> None:
    """A tender corrected and the payment undone, a stopped line with it; one moved; one refunded after the close."""
    wrong, right = (halls.three_months_behind(hall, no=f"2000000{no}") for no in (2, 3))
    with hall.writing() as work:
        stopped = "UPDATE services SET state = 'stopped', state_reason = 'arrears' WHERE account_id = ?"
        work.driver.execute(stopped, (wrong.account_id,))
    _, taken = halls.pay(hall, wrong, Tender("cash", 60_000), is_change_stored=True)
    invoices.note(hall, halls.teller(), taken.receipt_no, "F-1", halls.NOW.date(), new_intent_id())
    to_card = RetenderWish(1, (Tender("card", 3_000, reference="4"),), "实际刷卡")
    corrected(hall, taken.payment_id, to_card)
    undo(hall, taken.payment_id, UndoWish("wish", answers=(TenderAnswer(2, reference="9"),), red_no="R-1"))
    _, other = halls.pay(hall, wrong, halls.cash(70))
    moved(hall, other.payment_id, right.account_id)
    _, late = halls.pay(hall, wrong, halls.cash(20))
    sheet = shifts.sheet(hall)
    assert sheet is not None
    halls.close_shift(hall, halls.teller(), CashCount({}, sheet.expected_cash_fen), "", new_intent_id())
    halls.an_open_shift(hall)
    undo(hall, late.payment_id)
    # the drawer goes to the next teller, and back
    for giver, taker in (("1001", "1002"), ("1002", "1001")):
        hand_over(hall, giver, taker)


def hand_over(hall: OpenHall, giver: str, taker: str) -> None:
    """One teller's shift ends with what the other's begins with."""
    who, sheet = halls.teller(giver), shifts.sheet(hall)
    assert sheet is not None
    shift_close.count(hall, who, Declared(CashCount({}, sheet.expected_cash_fen)), new_intent_id())
    case = handovers.look(hall, who, "")
    handovers.hand_over(hall, who, "", approvals.sign(hall, who, case, staff_no=taker, password=halls.PASSWORD))


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
    sheet = shifts.sheet(hall)
    assert sheet is not None
    halls.close_shift(hall, halls.teller(), CashCount({}, sheet.expected_cash_fen), "", new_intent_id())
    worked(hall)
    halls.an_open_shift(hall)
    hub.joined(hall)
    hub.rounds(hall)
    at_hub = HubHall.over(hub.hub.database, hall.hall.hall_id)

    with hall.reading() as reading:
        kept = reading.driver.execute(
            "SELECT bill_id, sum(principal_fen), sum(late_fee_fen) FROM settlements GROUP BY bill_id ORDER BY 1"
        ).fetchall()
        in_shifts = reading.driver.execute(
            f"SELECT account, sum(balance_fen) FROM balances WHERE account IN ({','.join('?' * len(HELD))}) GROUP BY 1",
            HELD,
        ).fetchall()
        prepaid = reading.driver.execute("SELECT sum(balance_fen) FROM balances WHERE account = 'prepaid'").fetchall()
    names = ("bill_id", "settled_principal_fen", "settled_late_fee_fen")
    assert [row for row in at_hub.rows(t.bill_sums, *names) if any(row[1:])] == [row for row in kept if any(row[1:])]
    held = dict.fromkeys(HELD, 0)
    for (account, _), fen in at_hub.balances().items():
        if account in held:
            held[account] += fen
    assert held == dict(in_shifts)
    assert held["drawer"] > held["card"] == held["transfer"] == held["handed_over"] == 0
    assert held["float_out"] == held["float_issued"] == 0 < held["safe"] < held["bank"]
    assert at_hub.balances()["prepaid", ""] == prepaid[0][0] < 0
    assert (at_hub.rows(t.quarantine, "kind", "reason"), at_hub.tasks()) == ([], [])
    (missed,) = at_hub.tasks("done")
    assert (missed["kind"], missed["amount_fen"], missed["facts"]["tender"]) == ("proof_missing", 3_000, "card")
    check(at_hub)


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


@pytest.mark.parametrize("is_sent_on", [False, True])
def test_a_service_goes_back_when_its_payment_is_undone(hub: RealHub, hall: OpenHall, is_sent_on: bool) -> None:
    with hall.writing() as work:
        row = work.driver.execute("SELECT id, customer_id FROM accounts WHERE account_no = '20000002'").fetchone()
    assert row is not None
    someone = halls.Someone(row[1], row[0])
    with hall.reading() as reading:
        line = reading.driver.execute("SELECT id FROM services WHERE account_id = ?", (row[0],)).fetchone()
    assert line is not None
    hub.joined(hall)
    assert not hub.rounds(hall).why
    assert state_of(hall, line[0]) == "stopped"

    _, taken = halls.pay(hall, someone, halls.cash(600))
    if is_sent_on:
        assert not hub.rounds(hall).why
    assert state_of(hall, line[0]) == "restoring"
    plan = undoing.look(hall, halls.teller(), taken.payment_id)
    assert [order.outcome for order in plan.orders] == ["countered" if is_sent_on else "withdrawn"]
    undo(hall, taken.payment_id)
    # one more is from before the hall had a hub
    assert [order.state for order in restores.running(hall)] == ["countered"] * (1 + is_sent_on)

    assert not hub.rounds(hall).why
    assert state_of(hall, line[0]) == "stopped"
    at_hub = HubHall.over(hub.hub.database, hall.hall.hall_id)
    assert at_hub.rows(t.quarantine, "kind", "reason", "detail") == []
    assert findings(hall) == []
    check(at_hub)
