"""Undone payments at the hub: exactly what was paid is taken back, once, in whatever order everything comes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from counter_app.domain.journal import Posting, nonzero
from counter_app.hub import tables as t
from counter_app.hub.database import Database
from counter_app.sync.wire import ROW_KEYS, Fate
from tests.hub.folds import check
from tests.hub.kit import DAY, Desk, HubHall
from tests.hub.rows import bill, customer, ids, take
from tests.hub.test_ledger import next_epoch, rechained


def said_of(desk: Desk, entry_id: str) -> dict[str, Any]:
    """What an entry of a chain says."""
    word = f'"entry_id":"{entry_id}"'
    said: dict[str, Any] = next(json.loads(sent.content) for sent, _ in desk.sent if word in sent.content)
    return said


def undo(desk: Desk, paid_by: Desk, payment_id: str, *, kind: str = "payment.reverse", **more: Any) -> str:
    """An entry that undoes a payment which stands in a chain, as its counter would write it; `wrong` replaces parts
    of its body.
    """
    said = said_of(paid_by, payment_id)
    body, shift = said["body"], f"shift-{desk.name}"
    gone = sum(
        fen for account, subject, fen in said["postings"] if subject == said["shift_id"] or account == "transfer"
    )
    is_move = kind == "payment.move"
    money = Posting("transfer", payment_id, -gone) if is_move else Posting("drawer", shift, -gone)
    others = [
        Posting(account, subject, -fen)
        for account, subject, fen in said["postings"]
        if subject != said["shift_id"] and account != "transfer"
    ]
    made = {
        "payment_id": payment_id,
        "account_id": body["account_id"],
        "receipt_no": body.get("receipt", body)["receipt_no"],
        "reason_code": "wrong_amount",
        "reason": "",
        "of_business_date": said["business_date"],
        "settlements": [
            [f"{name}:undo", bill, *(-part for part in fen), DAY.isoformat()]
            for name, bill, *fen in body["settlements"]
        ],
        "books": [[book, -fen] for book, fen in body["books"]],
        "change_fen": 0,
        "tenders": [["transfer" if is_move else "cash", -gone, "", "", "", None]],
        "ways": [],
        "orders": [],
        "services": more.pop("services", []),
        "paper": "returned",
        "red_note": None,
        "approvers": [more.get("approver_no", "2001")],
        **more.pop("wrong", {}),
    }
    more = {"approver_no": "2001", "staff_no": "1001", **more}
    return desk.write(
        kind, made, nonzero([money, *others]), shift_id=shift, customer_id=1, cause_entry_id=payment_id, **more
    )


def settle(desk: Desk, credit_id: str, fen: int, **more: Any) -> str:
    """A credit that is given back in cash."""
    shift = f"shift-{desk.name}"
    body = {"credit_id": credit_id, "way": "cash", "amount_fen": fen, "task_id": ""}
    lines = (Posting("credit", credit_id, fen), Posting("drawer", shift, -fen))
    return desk.write("credit.settled", body, lines, shift_id=shift, approver_no="2001", staff_no="1002", **more)


def settled(hall: HubHall) -> list[Any]:
    """What is settled of each bill."""
    return hall.rows(t.bill_sums, "bill_id", "settled_principal_fen", "settled_late_fee_fen", "settled_cost_fen")


@pytest.fixture
def hall(database: Database) -> Iterator[HubHall]:
    """A hall with two bills, one of which asks a cost as well."""
    made = HubHall(database)
    made.bill(1, 10_000, cost_fen=500)
    made.bill(2, 4_000)
    with database.transaction() as connection:
        account = {"hall_id": made.hall_id, "kind": "account", "key": "a", "id": 1, "customer_id": 1, "body": "{}"}
        connection.execute(t.master_rows.insert().values(**account))
    yield made
    check(made)


def test_an_undone_payment_leaves_bills_books_and_drawer_as_before(hall: HubHall) -> None:
    desk, book = hall.desk("A"), 2**40 + 1
    desk.pay((2, 1_000), stored=(book, 3_000))
    paid = desk.pay((1, 10_000, 30, 500), (2, 3_000), used=(book, 2_500))
    desk.sent_all()
    before = hall.feed()
    undone = undo(desk, desk, paid)

    assert desk.sent_all().fates == (Fate.APPLIED,)

    assert settled(hall) == [(1, 0, 0, 0), (2, 1_000, 0, 0)]
    assert hall.balances() == {("drawer", "shift-A"): 4_000, ("receivable", ""): -1_000, ("prepaid", ""): -3_000}
    assert hall.rows(t.book_sums, "moved_fen") == [(3_000,)]
    assert hall.tasks() == []
    told = hall.feed()[len(before) :]
    assert [kind for kind, _ in told] == ["line", "settlement", "settlement", "book_move", "undone"]
    assert all(body.keys() == set(ROW_KEYS[kind]) for kind, body in told)
    assert told[0][1]["amount_fen"] == -11_030
    assert told[-1][1] == {
        "payment_id": paid,
        "undo_id": undone,
        "way": "reverse",
        "counter_id": "A",
        "business_date": DAY.isoformat(),
        "receipt_no": "HZ01-A-2026-000002",
        "reason_code": "wrong_amount",
    }


def test_an_undo_before_its_payment_waits_and_money_in_suspense_goes_back_out_of_it(hall: HubHall) -> None:
    desk, other = hall.desk("A"), hall.desk("B")
    paid = desk.pay((2, 4_000), (77, 100, 5))
    undo(other, desk, paid)
    assert other.sent_all().fates == (Fate.PARKED,)
    check(hall)

    assert desk.sent_all().fates == (Fate.SUSPENSE,)

    assert settled(hall)[1] == (2, 0, 0, 0)
    assert hall.balances() == {("drawer", "shift-A"): 4_105, ("drawer", "shift-B"): -4_105}
    assert hall.tasks() == []
    assert hall.rows(t.parked, "freed_by")[0][0] is not None


@pytest.mark.parametrize("is_late", [False, True])
def test_a_payment_is_undone_once_and_a_second_undo_is_missing_money_with_a_task(hall: HubHall, is_late: bool) -> None:
    desk, other, book = hall.desk("A"), hall.desk("B"), 2**40 + 1
    paid = desk.pay((2, 4_000), stored=(book, 600))
    first, second = (other, desk) if is_late else (desk, other)
    if not is_late:
        desk.sent_all()
    for one in (first, second):
        undo(one, desk, paid, staff_no="1002")
    first.sent_all()
    second.sent_all()

    assert settled(hall)[1] == (2, 0, 0, 0)
    assert hall.rows(t.payments_undone, "payment_id", "counter_id") == [(paid, "A" if not is_late else "B")]
    assert hall.balances()["suspense", ""] == 4_600
    (task,) = hall.tasks()
    assert (task["kind"], task["amount_fen"], task["facts"]["reason"]) == ("quarantined", -4_600, "undone_already")
    assert task["facts"]["receipt_no"] == "HZ01-A-2026-000001"
    # the book of the counter that wrote the second one is the hub's, too
    assert hall.rows(t.book_sums, "moved_fen") == [(0,)]
    told = {body["move_id"]: body["amount_fen"] for kind, body in hall.feed() if kind == "book_move"}
    assert sorted(told.values()) == [-600, -600, 600, 600]


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"settlements": []}, "not_the_payment"),
        ({"receipt_no": "HZ01-A-2026-000009"}, "not_the_payment"),
        ({"settlements": [["intent-A-1-1:B1:undo", 1, -9_999, -31, 0, DAY.isoformat()]]}, "not_the_payment"),
        ({"settlements": [["intent-A-1-1:B1:undo", 1, -10_000, -30, 0, "2026-11-01"]]}, "not_the_payment"),
        ({"settlements": [["intent-A-1-1:B2:undo", 2, -10_000, -30, 0, DAY.isoformat()]]}, "not_the_payment"),
        ({"books": [[7, 1]]}, "not_the_payment"),
        ({"tenders": [["cash", -10_029, "", "", "", None]]}, "not_the_payment"),
        ({"tenders": "all"}, "unreadable"),
        ({"approvers": []}, "no_approver"),
        ({"approvers": ["2001", "2001"]}, "no_approver"),
        ({"approvers": ["2001", "1002"]}, "no_right"),
    ],
)
def test_what_is_not_the_exact_negation_is_kept_apart(hall: HubHall, wrong: dict[str, Any], reason: str) -> None:
    desk = hall.desk("A")
    paid = desk.pay((1, 10_000, 30))
    undo(desk, desk, paid, wrong=wrong)

    assert desk.sent_all().fates == (Fate.APPLIED, Fate.QUARANTINED)

    assert hall.rows(t.quarantine, "reason") == [(reason,)]
    assert settled(hall)[0] == (1, 10_000, 30, 0)
    assert hall.balances()["suspense", ""] == 10_030


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"approver_no": "1001"}, "no_approver"),
        ({"staff_no": "2001"}, "no_approver"),
        ({"staff_no": "1002", "approver_no": "1001"}, "no_approver"),
        ({"approver_no": "1002"}, "no_right"),
        ({"staff_no": "9001"}, "no_right"),
        ({"staff_no": "7777"}, "unknown_staff"),
    ],
)
def test_nobody_signs_for_what_passed_through_their_own_hands(hall: HubHall, more: dict[str, Any], reason: str) -> None:
    desk = hall.desk("A")
    paid = desk.pay((1, 10_000, 30))
    undo(desk, desk, paid, **more)
    desk.sent_all()

    assert hall.rows(t.quarantine, "reason") == [(reason,)]
    assert hall.rows(t.payments_undone) == []


def test_money_that_moves_to_another_account_is_taken_there_once_and_only_after_it_left(hall: HubHall) -> None:
    desk = hall.desk("A")
    paid = desk.pay((1, 4_000, 20))
    desk.sent_all()
    for bill_id in (2, 2):
        # what comes before the money has left waits for it
        moved_to(desk, paid, bill_id)
    undo(desk, desk, paid, kind="payment.move")

    assert desk.sent_all().fates == (Fate.PARKED, Fate.PARKED, Fate.APPLIED)

    assert settled(hall) == [(1, 0, 0, 0), (2, 4_000, 0, 0)]
    assert hall.balances()["drawer", "shift-A"] == 4_020, "in the drawer nothing moves"
    assert ("transfer", paid) not in hall.balances()
    assert hall.rows(t.quarantine, "reason") == [("moved_already",)], "the money was there for one of the two"
    assert hall.rows(t.payments_undone, "way", "moved_to") == [("move", "A-1-000002")]
    (apart,) = [task for task in hall.tasks() if task["kind"] == "quarantined"]
    assert apart["facts"]["receipt_no"] == "HZ01-A-2026-000003"
    # whoever undoes that one gives money out for nothing: a person hears of it at once
    undo(desk, desk, "A-1-000003", staff_no="1002")
    assert desk.sent_all().fates == (Fate.PARKED,)
    (waits,) = [task for task in hall.tasks() if task["kind"] == "parked"]
    assert (waits["amount_fen"], waits["facts"]["is_apart"]) == (-4_020, True)
    assert waits["facts"]["receipt_no"] == apart["facts"]["receipt_no"]


def moved_to(desk: Desk, paid: str, bill_id: int) -> None:
    """The payment that the money of another one becomes; 20 fen more than the bill asks go back as a credit."""
    name = desk.pay((bill_id, 4_020))
    said = json.loads(desk.sent.pop()[0].content)
    lines = [Posting("transfer", paid, 4_020), *(Posting(*line) for line in said["postings"] if line[0] != "drawer")]
    desk.write("payment.take", said["body"], lines, shift_id="shift-A", entry_id=name, customer_id=1)


def test_a_corrected_tender_moves_within_the_shift_and_nothing_else(hall: HubHall) -> None:
    desk = hall.desk("A")
    paid = desk.pay((2, 4_000))
    for fen in (4_000, 3_999):
        body = {"payment_id": paid, "receipt_no": "HZ01-A-2026-000001", "line": 1, "from": ["cash", 4_000]}
        body |= {"to": [["card", fen, "ref", "", "", None]], "reason": ""}
        lines = (Posting("drawer", "shift-A", -4_000), Posting("card", "shift-A", 4_000))
        desk.write("payment.retender", body, lines, shift_id="shift-A", cause_entry_id=paid, approver_no="2001")

    assert desk.sent_all().fates == (Fate.APPLIED, Fate.APPLIED, Fate.QUARANTINED)

    assert hall.rows(t.quarantine, "reason") == [("not_the_payment",)]
    assert settled(hall)[1] == (2, 4_000, 0, 0)
    # what was kept apart has moved at the desk all the same
    assert hall.balances() == {("drawer", "shift-A"): -4_000, ("card", "shift-A"): 8_000, ("receivable", ""): -4_000}


def test_a_payment_that_was_carried_over_or_kept_apart_is_undone_when_it_is_applied(hall: HubHall) -> None:
    desk, other = hall.desk("A"), hall.desk("B")
    desk.pay((1, 4_000))
    desk.sent_all()
    carried = desk.pay((1, 5_000), staff_no="9001")
    old = next_epoch(desk)
    undo(other, replace(desk, sent=old), carried)  # type: ignore[arg-type]  # what was sent before
    rechained(desk, old)
    assert other.sent_all().fates == (Fate.PARKED,)
    assert desk.sent_all().fates == (Fate.QUARANTINED,)
    check(hall)
    assert settled(hall)[0] == (1, 4_000, 0, 0)
    tasks = {task["kind"]: task for task in hall.tasks()}
    # what waited before the payment came and was kept apart waits for a person from now on
    assert tasks.keys() == {"quarantined", "parked"}
    assert tasks["parked"]["facts"]["is_apart"]

    done = {"task_id": tasks["quarantined"]["task_id"], "words": "已核对", "outcome": "accept"}
    desk.write("task.done", done, staff_no="2001")
    desk.sent_all()

    assert hall.tasks() == []
    assert settled(hall)[0] == (1, 4_000, 0, 0)
    told = [body["settlement_id"] for kind, body in hall.feed() if kind == "settlement"]
    assert [name.rpartition(":B1")[2] for name in told] == ["", "", ":undo"]
    assert hall.rows(t.payments_undone, "payment_id") == [(carried,)]


def test_a_service_that_still_waited_for_its_order_is_stopped_again(hall: HubHall) -> None:
    take(hall, customer("1001"))
    desk, service = hall.desk("A"), ids(hall, "service")["mobile:1391001"]
    back = [[service, "stopped", "2026-11-01", "arrears"]]
    for is_late in (False, True):
        paid = desk.pay((1, 100))
        desk.write("restore.sent", {"service_id": service, "order_id": "o", "payment_id": paid}, seen_n=1)
        if is_late:
            desk.write("restore.confirmed", {"service_id": service, "order_id": "o"}, seen_n=1)
        undo(desk, desk, paid, services=back, seen_n=1)
    desk.sent_all()

    told = [(body["state"], body["state_since_on"]) for kind, body in hall.feed() if kind == "service"]
    today = DAY.isoformat()
    assert told[1:] == [("restoring", today), ("stopped", "2026-11-01"), ("restoring", today), ("active", today)]


def test_a_bill_that_was_made_smaller_never_has_less_than_nothing_paid(hall: HubHall) -> None:
    desk = hall.desk("A")
    take(hall, [*customer("1001"), bill("B9", "1001", 900)])
    bill_id = ids(hall, "bill")["B9"]
    paid = desk.pay((bill_id, 900))
    desk.sent_all()
    take(hall, [bill("B9", "1001", 600)])
    credit_id = hall.rows(t.credits_, "credit_id")[0][0]
    settle(desk, credit_id, 300)
    undo(desk, desk, paid, staff_no="1002")
    desk.sent_all()

    assert settled(hall)[-1] == (bill_id, 0, 0, 0)
    assert hall.balances() == {("drawer", "shift-A"): -300, ("suspense", ""): 300}
    (task,) = hall.tasks()
    assert (task["kind"], task["amount_fen"], task["facts"]["receipt_no"]) == (
        "given_twice",
        300,
        "HZ01-A-2026-000001",
    )
    assert not any(body["settled_on"] != DAY.isoformat() for kind, body in hall.feed() if kind == "settlement")
