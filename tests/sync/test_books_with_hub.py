"""Prepaid books with the real hub: moved, topped up and given back at one counter, they are so at every counter."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path

import pytest

from counter_app.clock import new_intent_id
from counter_app.commands import hub_imports
from counter_app.domain.book_moves import MoveWish
from counter_app.domain.refusals import Refused
from counter_app.domain.topups import TopupNoted
from counter_app.services import book_history, topups
from counter_app.storage.hall import OpenHall
from tests import halls
from tests.services.test_book_moves import TELLER, USE, moved, targets_of
from tests.sync.feeds import ask
from tests.sync.real_hub import RealHub
from tests.sync.test_down_with_hub import agreed, books, hub, joined, rounds

__all__ = ["hub"]
SOMEONE = halls.Someone(1, 1)


@pytest.fixture
def first(tmp_path: Path) -> Iterator[OpenHall]:
    """A hall for electricity whose customer has prepaid money."""
    hall = halls.a_hall(tmp_path / "first", trade="electricity")
    halls.a_customer(hall)
    halls.an_open_shift(hall)
    halls.pay(hall, SOMEONE, halls.cash(300), is_change_stored=True)
    yield hall
    hall.close()


def imported(hub: RealHub, path: Path) -> int:
    """What `counter-app hub import topups` says."""
    args = Namespace(what="topups", file=path, hall="HZ01", map=None, check=False, json=True)
    return hub_imports.run(args, hub.hub.database, halls.NOW)


def test_two_counters_and_the_hub_agree_on_what_was_moved_topped_up_and_receipted(
    hub: RealHub, first: OpenHall, tmp_path: Path
) -> None:
    hub.joined(first)
    rounds(hub, first)
    second = joined(hub, first, tmp_path / "second")
    rounds(hub, second)
    with second.writing() as work:
        work.driver.execute("UPDATE staff SET must_change_password = 0")
    halls.an_open_shift(second)
    for hall, fen in ((first, 10_000), (second, 5_000)):
        key = targets_of(hall, SOMEONE)[f"10002345 {USE}"].key
        cash = next(held.id for held in halls.position(hall, SOMEONE).books if held.name == "预存")
        moved(hall, SOMEONE, MoveWish(cash, key, fen, "改用"))
        rounds(hub, hall)
        rounds(hub, second)
    records = tmp_path / "topups.csv"
    records.write_text("流水号,户号,充值金额,充值日期,渠道\nW1,10002345,50.00,2026-11-20,网上\n", "utf-8")
    for _again in range(2):
        assert imported(hub, records) == 0
        for hall in (first, second):
            rounds(hub, hall)
    number = topups.give(first, TELLER, (1, 1), "topup:online:W1", new_intent_id())
    for hall in (first, second, first):
        rounds(hub, hall)
    agreed(first, second)
    assert {fen for _, fen in books(first)} == {15_000, 20_000}
    assert ask(second, "SELECT name, kind, items FROM books WHERE name = ?", USE) == [(USE, "earmarked", f'["{USE}"]')]
    with pytest.raises(Refused) as caught:
        topups.give(second, TELLER, (1, 1), "topup:online:W1", new_intent_id())
    assert caught.value.refusal == TopupNoted("W1", "3 号台")
    here, there = book_history.history(first, TELLER, 1), book_history.history(second, TELLER, 1)
    assert next(line.moved.paper_no for line in here if line.moved.what == "topup") == number
    assert sorted((line.moved.what, line.moved.amount_fen) for line in here) == sorted(
        (line.moved.what, line.moved.amount_fen) for line in there
    )
    second.close()
