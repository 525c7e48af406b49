"""Books at the hub: what waited for one is in it as soon as there is one."""

from __future__ import annotations

from typing import Any

import pytest

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
