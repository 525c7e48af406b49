"""Payments at the hub: settled in its order; what is too much is a credit, what fits nowhere is in suspense."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from counter_app.hub import tables as t
from counter_app.hub.database import Database
from counter_app.sync.wire import ROW_KEYS, Fate
from tests.hub.folds import check
from tests.hub.kit import HubHall


@pytest.fixture
def hall(database: Database) -> Iterator[HubHall]:
    """A hall with a bill of 100 yuan, which also asks 5 yuan of cost."""
    made = HubHall(database)
    made.bill(1, 10_000, cost_fen=500)
    yield made
    check(made)


def test_a_payment_settles_its_bill_and_is_told_to_the_hall(hall: HubHall) -> None:
    desk = hall.desk("A")
    desk.pay((1, 10_000, 30, 500))

    said = desk.sent_all()

    assert said.fates == (Fate.APPLIED,)
    assert said.hub.head == said.upto
    assert hall.rows(t.bill_sums, "settled_principal_fen", "settled_late_fee_fen", "settled_cost_fen") == [
        (10_000, 30, 500)
    ]
    assert hall.balances() == {
        ("drawer", "shift-A"): 10_530,
        ("receivable", ""): -10_000,
        ("late_fee", ""): -30,
        ("cost", ""): -500,
    }
    told = hall.feed()
    assert [kind for kind, _ in told] == ["line", "settlement"]
    assert all(body.keys() == set(ROW_KEYS[kind]) for kind, body in told)
    assert told[0][1]["amount_fen"] == 10_530
    assert hall.tasks() == []


def test_the_second_of_two_payments_of_a_bill_is_a_credit_with_everything_the_customer_is_told(hall: HubHall) -> None:
    first, second = hall.desk("A"), hall.desk("B")
    first.pay((1, 10_000, 0, 500))
    second.pay((1, 10_000, 40, 500))
    first.sent_all()

    assert second.sent_all().fates == (Fate.APPLIED,)

    assert hall.rows(t.bill_sums, "settled_principal_fen", "settled_late_fee_fen") == [(10_000, 0)]
    assert hall.rows(t.credits_, "amount_fen", "account_id", "spent_by") == [(10_540, 1, None)]
    assert hall.balances()["credit", ""] == -10_540
    (task,) = hall.tasks()
    assert (task["kind"], task["amount_fen"]) == ("duplicate_payment", 10_540)
    assert task["facts"]["this"]["receipt_no"] == "HZ01-B-2026-000001"
    assert task["facts"]["other"]["receipt_no"] == "HZ01-A-2026-000001"
    assert (task["facts"]["principal_fen"], task["facts"]["late_fee_fen"], task["facts"]["cost_fen"]) == (
        10_000,
        40,
        500,
    )
    kinds = [kind for kind, _ in hall.feed()]
    assert kinds == ["line", "settlement", "line", "settlement", "settlement", "task"]
    assert all(body.keys() == set(ROW_KEYS[kind]) for kind, body in hall.feed())


def test_what_is_too_much_in_part_leaves_the_late_fee_that_was_owed(hall: HubHall) -> None:
    first, second = hall.desk("A"), hall.desk("B")
    first.pay((1, 4_000))
    second.pay((1, 10_000, 40, 500))
    first.sent_all()
    second.sent_all()

    assert hall.rows(t.bill_sums, "settled_principal_fen", "settled_late_fee_fen", "settled_cost_fen") == [
        (10_000, 40, 500)
    ]
    assert hall.rows(t.credits_, "amount_fen") == [(4_000,)]


def test_money_for_a_bill_that_the_hub_does_not_know_is_in_suspense(hall: HubHall) -> None:
    desk = hall.desk("A")
    desk.pay((1, 10_000), (77, 2_000, 5))

    assert desk.sent_all().fates == (Fate.SUSPENSE,)

    assert hall.rows(t.suspense, "kind", "subject_id", "amount_fen") == [("bill", 77, 2_005)]
    assert hall.balances() == {("drawer", "shift-A"): 12_005, ("receivable", ""): -10_000, ("suspense", ""): -2_005}
    assert [task["kind"] for task in hall.tasks()] == ["suspense"]


def test_a_payment_whose_body_and_postings_disagree_is_kept_apart_and_its_money_is_in_suspense(hall: HubHall) -> None:
    desk = hall.desk("A")
    desk.pay((1, 10_000))
    honest = desk.sent.pop()[0].content
    desk.add(honest.replace('"B1",1,10000,0,0]', '"B1",1,9000,0,0]').replace(':B1",1,10000,', ':B1",1,9000,'))

    assert desk.sent_all().fates == (Fate.QUARANTINED,)

    assert hall.rows(t.quarantine, "reason", "kind") == [("incoherent", "payment.take")]
    assert hall.balances() == {("drawer", "shift-A"): 10_000, ("suspense", ""): -10_000}
    assert hall.rows(t.settlements, "settlement_id") == []


@pytest.mark.parametrize(("staff_no", "reason"), [("7777", "unknown_staff"), ("9001", "no_right")])
def test_an_entry_of_somebody_without_the_right_is_kept_apart(hall: HubHall, staff_no: str, reason: str) -> None:
    desk = hall.desk("A")
    desk.pay((1, 10_000), staff_no=staff_no, seen_n=0)
    desk.pay((1, 10_000))

    assert desk.sent_all().fates == (Fate.QUARANTINED, Fate.APPLIED)

    assert hall.rows(t.quarantine, "reason") == [(reason,)]
    assert hall.balances()["suspense", ""] == -10_000
    assert hall.balances()["receivable", ""] == -10_000


def test_a_supervisor_can_answer_for_an_entry_that_was_kept_apart(hall: HubHall) -> None:
    desk = hall.desk("A")
    desk.pay((1, 10_000), staff_no="9001", seen_n=0)
    desk.sent_all()
    (task,) = hall.tasks()
    desk.write("task.done", {"task_id": task["task_id"], "words": "已核对", "outcome": "accept"}, staff_no="2001")

    desk.sent_all()

    assert hall.tasks() == []
    assert hall.balances() == {("drawer", "shift-A"): 10_000, ("receivable", ""): -10_000}
    assert hall.rows(t.quarantine, "freed_at")[0][0] is not None


def test_a_role_is_judged_by_what_the_counter_could_know(hall: HubHall) -> None:
    with hall.database.transaction() as connection:
        hall.staff(connection, "1001", "teller", state="left", n=5)
    desk = hall.desk("A")
    desk.pay((1, 100), seen_n=4)
    desk.pay((1, 100), seen_n=5)

    assert desk.sent_all().fates == (Fate.APPLIED, Fate.QUARANTINED)


def test_a_first_cash_book_of_an_account_is_opened_by_its_money_and_can_be_overdrawn_by_two_counters(
    hall: HubHall,
) -> None:
    with hall.database.transaction() as connection:
        connection.execute(
            t.master_rows.insert().values(hall_id=hall.hall_id, kind="account", key="a", id=1, customer_id=1, body="{}")
        )
    book = 2**40 + 1
    first, second = hall.desk("A"), hall.desk("B")
    first.pay(stored=(book, 3_000))
    first.sent_all()
    first.pay((1, 2_000), used=(book, 2_000))
    second.pay((1, 2_500), used=(book, 2_500))
    first.sent_all()
    second.sent_all()

    assert hall.rows(t.book_sums, "book_id", "account_id", "moved_fen") == [(book, 1, -1_500)]
    assert [(task["kind"], task["amount_fen"]) for task in hall.tasks()] == [("book_overdrawn", -1_500)]
    assert [kind for kind, _ in hall.feed()][:3] == ["line", "book", "book_move"]
    assert all(body.keys() == set(ROW_KEYS[kind]) for kind, body in hall.feed())
