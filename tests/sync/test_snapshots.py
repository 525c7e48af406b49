"""A hall's snapshot: whole into an empty file, by its differences beside rows, and our own chain never touched."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from counter_app.domain.search import read_query
from counter_app.domain.sync_state import FeedMark
from counter_app.storage.feed_compare import Comparing
from counter_app.storage.feed_held import held_rows
from counter_app.storage.hall import OpenHall
from counter_app.storage.search import search
from counter_app.sync import wire
from counter_app.sync.feed_rows import Fit, read_row
from counter_app.sync.ground import Ground
from counter_app.sync.hub_line import LineDown
from counter_app.sync.rhythm import after_failure
from counter_app.sync.snapshots import Snapshots
from tests import halls
from tests.sync.feeds import Feed, ask, body, findings
from tests.sync.shelf import Shelf, hall_rows
from tests.sync.test_feed_beside_own import TABLES

AT = Feed("g2", 500, "c" * 64)


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[OpenHall]:
    opened = halls.a_hall(tmp_path / "hall")
    yield opened
    opened.close()


def down(hall: OpenHall) -> dict[str, list[str]]:
    """What came down, without the order in which it did."""
    dropped = {"settlements": 1, "book_moves": 1, "roles_down": 1, "undone_elsewhere": 1}
    found = {}
    for name in TABLES:
        if name != "feed_checks":
            where = " WHERE entry IS NULL" if name == "settlements" else ""
            found[name] = sorted(repr(row[dropped.get(name, 0) :]) for row in ask(hall, f"SELECT * FROM {name}{where}"))
    return found


def mark_of(hall: OpenHall) -> FeedMark | None:
    return Ground(hall).state().feed


def test_an_empty_file_is_filled_and_searched_and_verified(hall: OpenHall) -> None:
    Shelf(hall_rows(), AT).into(hall)
    assert mark_of(hall) == FeedMark("g2", 500, "c" * 64)
    assert ask(hall, "SELECT count(*) FROM customers") == [(4,)]
    assert ask(hall, "SELECT count(*) FROM settlements") == [(8,)]
    with hall.reading() as reading:
        assert [hit.customer_id for hit in search(reading, read_query("20003"))] == [3]
        assert held_rows(reading) == ()
    assert hall.hall.footer == "谢谢"
    assert findings(hall) == []


def test_the_same_rows_by_the_feed_and_by_a_snapshot_give_the_same_file(hall: OpenHall, tmp_path: Path) -> None:
    Shelf(hall_rows(), AT).into(hall)
    other = halls.a_hall(tmp_path / "other")
    feed = Feed()
    for kind, text in hall_rows():
        feed.raw(kind, text)
    feed.into(other)
    assert down(hall) == down(other)
    other.close()


@pytest.mark.parametrize("cut", range(1, 12))
def test_wherever_it_is_cut_it_goes_on_from_there_with_another_program(hall: OpenHall, cut: int) -> None:
    shelf = Shelf(hall_rows(), AT, part_rows=4, cut=cut)
    with pytest.raises(LineDown):
        shelf.into(hall)
    assert mark_of(hall) is None
    assert ask(hall, "SELECT count(*) FROM search_cards") == [(0,)], "nobody is found whose bills are not in"
    shelf.cut = None
    shelf.into(hall, Snapshots())
    assert len(shelf.asked) == len(shelf.parts()), "no part is asked for twice"
    assert ask(hall, "SELECT count(*) FROM settlements") == [(8,)]
    assert findings(hall) == []


@pytest.mark.parametrize("cut", [4, 7])
def test_a_hub_that_goes_back_while_a_file_is_filled_leaves_nothing_of_its_lost_history(
    hall: OpenHall, tmp_path: Path, cut: int
) -> None:
    lost = [*hall_rows(5), ("settlement", body("settlement", settlement_id="lost", bill_id=101, principal_fen=1))]
    with pytest.raises(LineDown):
        Shelf(lost, AT, part_rows=8, cut=cut).into(hall)
    restored = Shelf(hall_rows(), Feed("g3", 400, "d" * 64), part_rows=8)
    restored.into(hall)
    other = halls.a_hall(tmp_path / "other")
    restored.into(other)
    assert down(hall) == down(other)
    with hall.reading() as reading:
        assert [hit.customer_id for hit in search(reading, read_query("20003"))] == [3]
    assert ask(hall, "SELECT count(*) FROM search_cards") == [(4,)]
    assert findings(hall) == findings(other) == []
    other.close()


def test_one_that_is_still_being_made_is_asked_for_again_when_the_hub_says(hall: OpenHall) -> None:
    shelf = Shelf(hall_rows(), AT)
    busy = wire.Refusal(why=wire.Why.BUSY, facts={"what": "snapshot"}, retry_after_s=5)
    shelf.ask = lambda *_words, **_more: busy  # type: ignore[method-assign,assignment]  # the hub says no this time
    with pytest.raises(LineDown) as down:
        shelf.into(hall)
    assert (down.value.why, down.value.retry_after_s) == ("busy", 5)
    assert Ground(hall).state().loading is None
    waits = [after_failure(10, chance=chance, retry_after_s=5) for chance in (0.0, 0.999)]
    assert 5 <= waits[0] < waits[1] < 12, "money goes up meanwhile: not after minutes"


def test_a_part_that_is_not_what_was_signed_is_not_taken(hall: OpenHall) -> None:
    shelf = Shelf(hall_rows(), AT, spoiled=0)
    with pytest.raises(LineDown, match="part 0"):
        shelf.into(hall)
    assert ask(hall, "SELECT count(*) FROM customers") == [(0,)]


def test_rows_that_do_not_fit_wait_under_the_mark(hall: OpenHall) -> None:
    Shelf([*hall_rows(), ("weather", "{}"), ("bill", body("bill", account_id=99))], AT).into(hall)
    with hall.reading() as reading:
        assert [(row.generation, row.n, row.why) for row in held_rows(reading)] == [
            ("g2", 500, "unknown kind"),
            ("g2", 500, "no account 99"),
        ]


def test_a_row_that_the_file_has_just_so_is_not_written_again(hall: OpenHall) -> None:
    Shelf(hall_rows(), AT).into(hall)
    comparing = Comparing()
    with hall.reading() as reading:
        facts = ("settlement", "book_move", "undone", "relief", "line")
        for kind in ("customer", "account", "service", "bill", "book", *facts):
            fits = [read_row(kind, text) for name, text in hall_rows() if name == kind]
            values = [fit.values for fit in fits if isinstance(fit, Fit)]
            assert len(values) == len(fits) > 0
            assert comparing.other(reading, kind, values) == [], kind


def worked(hall: OpenHall) -> Feed:
    """A hall that follows another history of the hub, with payments and a book of its own."""
    feed = Feed("g1")
    for kind, text in hall_rows():
        feed.raw(kind, text)
    feed.into(hall)
    halls.an_open_shift(hall)
    halls.pay(hall, halls.Someone(2, 2), halls.cash(100))
    return feed


def own(hall: OpenHall) -> list[tuple[object, ...]]:
    names = ("entries", "postings", "payments", "receipts", "balances", "intents", "shifts")
    rows = [("settlements", *row) for row in ask(hall, "SELECT * FROM settlements WHERE entry IS NOT NULL")]
    return rows + [(name, *row) for name in names for row in ask(hall, f"SELECT * FROM {name} WHERE 1")]


def test_the_same_rows_again_change_nothing_but_the_mark(hall: OpenHall) -> None:
    worked(hall)
    before, mine = down(hall), own(hall)
    Shelf(hall_rows(), AT).into(hall)
    assert mark_of(hall) == FeedMark("g2", 500, "c" * 64)
    assert down(hall) == before
    assert mine
    assert set(mine) <= set(own(hall))
    assert findings(hall) == []


def test_what_is_other_in_the_new_history_is_other_here_and_our_own_stays(hall: OpenHall) -> None:
    feed = worked(hall)
    # lost with the hub's tail: a customer with all that hangs on them, an answer of the hub, a move, a task
    feed.add("customer", id=9, customer_no="C9").add("account", id=9, account_no="9", customer_id=9)
    feed.add("bill", id=999, bill_no="B999", account_id=9).add("settlement", settlement_id="lost", bill_id=999)
    feed.add("settlement", settlement_id="s101:excess", bill_id=101, principal_fen=-100, source="hub")
    feed.add("book_move", move_id="lost:1", book_id=1, amount_fen=77).add("task", task_id="lost")
    feed.add("task", task_id="lost-and-done", state="done", closed_at="2026-11-23T09:00:00.000+00:00")
    feed.add("undone", payment_id="lost").add("undone", payment_id="p2", undo_id="lost")
    feed.add("relief", step_id="lost", bill_id=101)
    feed.raw("weather", "{}").into(hall)
    mine = own(hall)
    rows = dict.fromkeys(hall_rows())
    changed = [
        (kind, text.replace("9800", "9900") if kind == "settlement" and '"s102"' in text else text)
        for kind, text in rows
    ]
    changed = [
        (kind, text.replace("5000", "6000") if kind == "book" and '"id": 3' in text else text) for kind, text in changed
    ]
    changed.append(("undone", body("undone", payment_id="p2", undo_id="u2")))
    changed.insert(8, ("customer", body("customer", id=7, customer_no="C9", name="新客户")))
    Shelf(changed, AT).into(hall)
    assert set(mine) <= set(own(hall))
    assert ask(hall, "SELECT id FROM customers ORDER BY id") == [(1,), (2,), (3,), (4,), (7,)]
    assert ask(hall, "SELECT count(*) FROM bills WHERE id = 999") == [(0,)]
    assert ask(hall, "SELECT principal_fen FROM settlements WHERE settlement_id = 's102'") == [(9_900,)]
    assert (
        ask(
            hall,
            "SELECT settlement_id FROM settlements WHERE settlement_id LIKE '%lost%' OR settlement_id LIKE '%excess'",
        )
        == []
    )
    assert ask(hall, "SELECT book_id, amount_fen FROM books_elsewhere ORDER BY book_id") == [
        (1, 3_800), (2, 3_800), (3, 4_800), (4, 3_800)
    ]  # fmt: skip
    assert ask(hall, "SELECT task_id FROM tasks") == [("t1",)]
    undone = ask(hall, "SELECT payment_id, undo_id FROM undone_elsewhere ORDER BY payment_id")
    assert undone == [("p1", "u1"), ("p2", "u2")]
    assert ask(hall, "SELECT step_id FROM reliefs_elsewhere") == [("r1:approved:B31",)]
    with hall.reading() as reading:
        assert held_rows(reading) == ()
        assert [hit.customer_id for hit in search(reading, read_query("新客户"))] == [7]
    assert findings(hall) == []


def test_what_we_took_money_for_stays_when_the_hub_lost_it(hall: OpenHall) -> None:
    feed = worked(hall)
    feed.add("customer", id=9, customer_no="C9").add("account", id=9, account_no="9", customer_id=9)
    feed.add("bill", id=999, bill_no="B999", account_id=9).into(hall)
    halls.pay(hall, halls.Someone(9, 9), halls.cash(100))
    mine = own(hall)
    Shelf(hall_rows(), AT).into(hall)
    assert set(mine) <= set(own(hall))
    assert ask(hall, "SELECT count(*) FROM bills WHERE id = 999") == [(1,)]
    assert findings(hall) == []


def test_before_the_last_commit_nothing_is_changed_and_payments_pass(hall: OpenHall) -> None:
    worked(hall)
    before = down(hall)
    shelf = Shelf([*hall_rows(), ("bill", body("bill", id=777, bill_no="B777", account_id=1))], AT, part_rows=2)
    ground, snapshots = Ground(hall), Snapshots()
    rounds = 0
    while (mark := mark_of(hall)) is not None and mark.generation == "g1":
        assert down(hall) == before
        snapshots(ground, shelf, "n")  # type: ignore[arg-type]  # the shelf answers as a contact does
        rounds += 1
        if rounds == 2:
            halls.pay(hall, halls.Someone(3, 3), halls.cash(100))
            before = down(hall)
    assert rounds > 2
    assert ask(hall, "SELECT count(*) FROM payments") == [(2,)]
    assert ask(hall, "SELECT count(*) FROM bills WHERE id = 777") == [(1,)]
    assert findings(hall) == []


def test_another_hall_nearly_is_taken_in_slices_and_what_stood_in_the_way_last(
    hall: OpenHall, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("counter_app.sync.snapshots.MOST_STAGED", 5)
    feed = worked(hall)
    feed.add("settlement", settlement_id="x", bill_id=101, principal_fen=1).into(hall)
    rows = [*hall_rows(8), ("settlement", body("settlement", settlement_id="x", bill_id=101, principal_fen=2))]
    Shelf(rows, AT).into(hall)
    assert ask(hall, "SELECT count(*) FROM customers") == [(8,)]
    assert ask(hall, "SELECT principal_fen FROM settlements WHERE settlement_id = 'x'") == [(2,)]
    assert findings(hall) == []


def test_a_file_that_came_by_differences_is_the_one_that_came_whole(hall: OpenHall, tmp_path: Path) -> None:
    fresh = halls.a_hall(tmp_path / "fresh")
    Shelf(hall_rows(6), AT).into(fresh)
    feed = Feed("g1")
    for kind, text in hall_rows(3):
        feed.raw(kind, text.replace("幸福路", "旧路").replace("-1200", "-5"))
    feed.into(hall)
    Shelf(hall_rows(6), AT).into(hall)
    assert down(hall) == down(fresh)
    assert json.dumps(findings(hall)) == json.dumps(findings(fresh)) == "[]"
    fresh.close()
