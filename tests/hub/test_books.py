"""Books at the hub: what waited for one is in it as soon as there is one."""

from __future__ import annotations

from typing import Any

import pytest

from counter_app.domain.journal import Posting
from counter_app.hub import tables as t
from counter_app.hub.database import Database
from tests.hub.folds import check
from tests.hub.kit import HubHall
from tests.hub.rows import bill, customer, ids, take


@pytest.fixture
def hall(database: Database) -> HubHall:
    made = HubHall(database)
    take(made, [*customer("1001"), bill("B1", "1001", 10_000)])
    return made


@pytest.mark.parametrize("said", [{}, {"account_no": "1001"}], ids=["before", "with its number"])
def test_what_was_taken_out_of_a_book_before_it_was_opened_is_out_of_it_afterwards(
    hall: HubHall, said: dict[str, Any]
) -> None:
    first, second, book = hall.desk("A"), hall.desk("B"), 2**40 + 1
    bill_id, account_id = ids(hall, "bill")["B1"], ids(hall, "account")["1001"]
    second.pay((bill_id, 10_000), used=(book, 4_000), account_id=account_id, **said)
    second.sent_all()
    assert [task["kind"] for task in hall.tasks()] == ["suspense"]

    first.pay(stored=(book, 9_000), account_id=account_id, **said)
    first.sent_all()

    assert hall.rows(t.book_sums, "book_id", "moved_fen") == [(book, 5_000)]
    assert hall.tasks() == []
    check(hall)


def test_money_for_a_book_whose_id_is_another_accounts_by_now_goes_into_none(hall: HubHall) -> None:
    opening = {"account_no": "1001", "kind": "gift", "opening_fen": 500, "opened_on": "2026-11-01"}
    take(hall, [("book", opening)])
    desk, (book, before), account_id = hall.desk("A"), _balances(hall)[0], ids(hall, "account")["1001"]
    lost: dict[str, Any] = {"account_id": account_id, "account_no": "1002"}
    desk.pay(stored=(book, 9_000), **lost)
    desk.pay(stored=(2**40 + 1, 300), **lost)
    desk.pay((ids(hall, "bill")["B1"], 10_000), used=(book, 200), **lost)
    desk.sent_all()

    assert _balances(hall) == [(book, before)], "and none is opened"
    assert sorted(task["amount_fen"] for task in hall.tasks()) == [-200, 300, 9_000]

    take(hall, customer("1002"))
    desk.pay(stored=(2**40 + 1, 40), account_id=account_id, account_no="1001")
    desk.sent_all()

    assert _balances(hall) == [(book, before), (2**40 + 1, 40)]
    assert len(hall.tasks()) == 3, "what waits for an account's book is not let into another's when that one is opened"
    assert hall.balances()["suspense", ""] == -9_100
    check(hall)


def _balances(hall: HubHall) -> list[tuple[int, int]]:
    return hall.rows(t.book_sums, "book_id", "moved_fen")


def test_a_move_and_a_refund_come_to_the_same_at_the_hub_whoever_tells_of_them_first(hall: HubHall) -> None:
    """One counter fills the general book and moves a part to load control, another moves more before the hub knows of
    the book, and the rest goes out of a drawer: nothing is lost on the way, and the books are what the counters say.
    """
    first, second, account_id = hall.desk("A"), hall.desk("B"), ids(hall, "account")["1001"]
    cash, control = 2**40 + 1, 2**40 + 2
    second.write("book.move", **moves(account_id, cash, control, 3_000))
    second.sent_all()
    first.pay(stored=(cash, 9_000), account_id=account_id, account_no="1001")
    first.write("book.move", **moves(account_id, cash, control, 1_500, approvers=[]))
    first.sent_all()
    refund = {
        "account_id": account_id,
        "account_no": "1001",
        "books": [[cash, -4_500], [control, -500]],
        "kept": [],
        "amount_fen": 5_000,
        "reason": "销户",
        "approvers": ["2001"],
    }
    out = [Posting("drawer", "shift-A", -5_000), Posting("prepaid", str(cash), 4_500)]
    out.append(Posting("prepaid", str(control), 500))
    first.write("book.refund", refund, out, shift_id="shift-A", approver_no="2001")
    first.sent_all()

    assert _balances(hall) == [(cash, 0), (control, 4_000)]
    rows = {body["id"]: body for kind, body in hall.feed() if kind == "book"}
    assert [(rows[one]["name"], rows[one]["kind"], rows[one]["items"]) for one in (cash, control)] == [
        ("预存", "cash", []),
        ("负控购电", "earmarked", ["负控购电"]),
    ]
    assert hall.tasks() == []
    check(hall)


@pytest.mark.parametrize(
    ("what", "reason"),
    [
        ({"books": [[7, -3_000], [8, 2_999]]}, "not_what_it_says"),
        ({"books": [[7, -3_000], [7, 3_000]]}, "not_what_it_says"),
        ({"amount_fen": 2_999}, "not_what_it_says"),
        ({"approvers": ["1001"]}, "no_approver"),
        ({"to": {"name": "x", "kind": "benefit", "items": [], "priority": 1}}, "unreadable"),
    ],
)
def test_an_act_that_is_not_what_it_says_moves_nothing(hall: HubHall, what: dict[str, Any], reason: str) -> None:
    desk, account_id = hall.desk("A"), ids(hall, "account")["1001"]
    made = moves(account_id, 7, 8, 3_000)
    desk.write("book.move", **{**made, "body": {**made["body"], **what}})
    desk.sent_all()
    assert [task["facts"]["reason"] for task in hall.tasks()] == [reason]
    assert _balances(hall) == []
    check(hall)


def moves(account_id: int, source: int, to: int, fen: int, approvers: list[str] | None = None) -> dict[str, Any]:
    """A move of money to load control within one account, as a counter writes it."""
    people = ["2001"] if approvers is None else approvers
    body = {
        "account_id": account_id,
        "account_no": "1001",
        "to_account_id": account_id,
        "to_account_no": "1001",
        "books": [[source, -fen], [to, fen]],
        "amount_fen": fen,
        "reason": "改用",
        "approvers": people,
        "to": {"name": "负控购电", "kind": "earmarked", "items": ["负控购电"], "priority": 1},
        "is_opened": True,
    }
    postings = [Posting("prepaid", str(source), fen), Posting("prepaid", str(to), -fen)]
    return {"body": body, "postings": postings, "approver_no": people[0] if people else None}


def test_a_top_up_of_a_channel_is_in_the_book_once_and_a_receipt_for_it_is_given_once(hall: HubHall) -> None:
    record = {
        "reference": "W1",
        "account_no": "1001",
        "channel": "online",
        "amount_fen": 5_000,
        "paid_on": "2026-11-20",
    }
    other = {**record, "reference": "W2", "amount_fen": 700}
    for rows, counted in (([record, other], (2, 0)), ([record], (0, 1))):
        taken = take(hall, [("topup", row) for row in rows])
        assert (taken.new, taken.unchanged) == counted
    again = take(hall, [("topup", {**record, "amount_fen": 5_001}), ("topup", {**other, "account_no": "x"})])
    assert [why for _, why, _ in again.faults] == ["other_content", "unknown_account"]
    ((book, fen),) = _balances(hall)
    assert fen == 5_700
    assert [body["name"] for kind, body in hall.feed() if kind == "book"] == ["预存"]
    assert hall.balances() == {("prepaid", ""): -5_700, ("elsewhere", ""): 5_700}

    first, second, account_id = hall.desk("A"), hall.desk("B"), ids(hall, "account")["1001"]
    note = {"move_id": "topup:online:W1", "book_id": book, "amount_fen": 5_000, "account_id": account_id}
    for desk in (first, second):
        desk.write("book.note", {**note, "account_no": "1001", "paper_no": f"YC-{desk.name}"})
        desk.sent_all()
    second.write("book.note", {**note, "amount_fen": 5_001, "account_no": "1001"})
    second.sent_all()

    assert sorted(task["facts"]["reason"] for task in hall.tasks()) == ["no_such_move", "noted_already"]
    told = [body for kind, body in hall.feed() if kind == "book_move" and body["move_id"].startswith("noted:")]
    assert [(body["move_id"], body["amount_fen"], body["counter_id"]) for body in told] == [
        ("noted:topup:online:W1", 0, "A")
    ]
    assert _balances(hall) == [(book, 5_700)]
    check(hall)
