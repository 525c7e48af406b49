"""Books at the hub: what waited for one is in it as soon as there is one."""

from __future__ import annotations

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


def test_what_was_taken_out_of_a_book_before_it_was_opened_is_out_of_it_afterwards(hall: HubHall) -> None:
    first, second, book = hall.desk("A"), hall.desk("B"), 2**40 + 1
    bill_id, account_id = ids(hall, "bill")["B1"], ids(hall, "account")["1001"]
    second.pay((bill_id, 10_000), used=(book, 4_000), account_id=account_id)
    second.sent_all()
    assert [task["kind"] for task in hall.tasks()] == ["suspense"]

    first.pay(stored=(book, 9_000), account_id=account_id)
    first.sent_all()

    assert hall.rows(t.book_sums, "book_id", "moved_fen") == [(book, 5_000)]
    assert hall.tasks() == []
    check(hall)
