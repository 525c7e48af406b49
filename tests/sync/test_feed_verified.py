"""`verify` over what came down: clean when it is as it came, and every planted damage has its place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from counter_app.clock import FixedClock
from counter_app.storage.feed_checks import BLOCK_ROWS
from counter_app.storage.feed_seal import is_seal_due, seal
from counter_app.storage.hall import OpenHall
from counter_app.sync import feed_rows
from counter_app.sync.feed_care import care
from counter_app.sync.ground import Ground
from tests import halls
from tests.sync.feeds import Feed, ask, findings, harm


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[OpenHall]:
    opened = halls.a_hall(tmp_path / "hall")
    yield opened
    opened.close()


def filled(hall: OpenHall) -> Feed:
    """All kinds, a thousand settlements in several blocks with own payments between, and a seal."""
    feed = Feed().all_kinds()
    feed.add("bill", id=32, bill_no="B32", month="2026-09", due_on="2026-10-15")
    feed.into(hall)
    halls.an_open_shift(hall)
    for part in range(3):
        for at in range(BLOCK_ROWS // 2):
            feed.add("settlement", settlement_id=f"{part}-{at}", bill_id=32, principal_fen=at % 2, late_fee_fen=0)
        feed.into(hall)
        halls.pay(hall, halls.Someone(1, 11), halls.cash(10))
    seal(hall)
    return feed


def test_what_came_down_is_clean_with_own_payments_between_and_after_more_has_come(hall: OpenHall) -> None:
    feed = filled(hall)
    assert findings(hall) == []
    feed.add("settlement", settlement_id="late", bill_id=32, principal_fen=1, late_fee_fen=0)
    feed.add("staff", role="supervisor").add("book_move", move_id="e2:41", amount_fen=700).into(hall)
    assert findings(hall) == []


@pytest.mark.parametrize(
    ("statement", "place"),
    [
        ("UPDATE settlements SET principal_fen = principal_fen + 1 WHERE settlement_id = '1-300'", "settlements from"),
        ("UPDATE settlements SET channel = 'wx' WHERE settlement_id = '0-0'", "settlements from the hub, ids 1 … 1023"),
        ("DELETE FROM settlements WHERE settlement_id = '2-511'", "settlements from the hub, ids 1024 … 2047"),
        (
            "INSERT INTO settlements (settlement_id, bill_id, settled_on, principal_fen, late_fee_fen, source, channel)"
            " VALUES ('mine', 31, '2026-11-21', 100, 0, 'hub:import', 'bank')",
            "settlements from the hub",
        ),
        (
            "INSERT INTO settlements (settlement_id, bill_id, settled_on, principal_fen, late_fee_fen, source, channel)"
            " VALUES ('mine', 31, '2026-11-21', 100, 0, 'import', 'bank')",
            "settlements entry (mine)",
        ),
        ("UPDATE book_moves SET amount_fen = 9 WHERE move_id = 'e1:41'", "book_moves from the hub"),
        ("UPDATE undone_elsewhere SET payment_id = 'p2'", "undone_elsewhere from the hub"),
        ("UPDATE books_elsewhere SET amount_fen = amount_fen + 1", "books_elsewhere 41"),
        ("UPDATE books SET opening_fen = 100 WHERE id = 41", "books opening_entry (41)"),
        ("UPDATE staff SET role = 'admin' WHERE staff_no = '1003'", "staff 1003 role"),
        ("UPDATE roles_down SET role = 'admin'", "roles_down from the hub"),
        ("UPDATE feed_checks SET sum_fen = sum_fen + 1 WHERE what = 'settlements' AND block = 0", "ids 1 … 1023"),
        ("DELETE FROM feed_checks WHERE what = 'settlements'", "settlements from the hub, ids"),
        ("UPDATE book_moves SET book_id = 7", "book_moves book_id (1)"),
    ],
)
def test_planted_damage_is_found_at_its_place(hall: OpenHall, statement: str, place: str) -> None:
    filled(hall)
    harm(hall, statement)
    assert any(place in found for found in findings(hall)), findings(hall)


def test_who_makes_the_checks_anew_is_found_by_the_seal_in_the_journal(hall: OpenHall) -> None:
    from counter_app.storage.feed_checks import SETTLEMENTS, clear_block, rolled_blocks

    filled(hall)
    harm(hall, "UPDATE settlements SET principal_fen = principal_fen + 7 WHERE settlement_id = '0-3'")
    with hall.store.writing() as work:
        blocks = list(rolled_blocks(work, SETTLEMENTS))
        for block in blocks:
            clear_block(work, SETTLEMENTS, block.block)
            work.driver.execute(
                "INSERT INTO feed_checks VALUES ('settlements', ?, ?, ?, ?)",
                (block.block, block.count, block.sum_fen, block.hash),
            )
    assert [found for found in findings(hall) if "as the journal has them" in found]


def due(hall: OpenHall) -> bool:
    with hall.reading() as reading:
        return is_seal_due(reading)


def test_a_seal_is_due_when_something_came_and_is_written_once_a_day(hall: OpenHall) -> None:
    ground = Ground(hall)
    assert not due(hall)
    feed = Feed().all_kinds()
    feed.into(hall)
    assert due(hall)
    care(ground)
    assert not due(hall)
    feed.add("book_move", move_id="e2:41", amount_fen=1).into(hall)
    care(ground)
    assert due(hall), "the same day"
    hall.journal = replace(hall.journal, clock=FixedClock(halls.NOW + timedelta(days=1)))
    care(ground)
    assert not due(hall)
    care(ground)
    assert ask(hall, "SELECT count(*) FROM entries WHERE kind = 'feed.sealed'") == [(2,)]
    assert findings(hall) == []


def test_what_waits_is_tried_again_by_an_upgraded_program_before_newer_rows_come(
    hall: OpenHall, monkeypatch: pytest.MonkeyPatch
) -> None:
    ground, feed = Ground(hall), Feed()
    with monkeypatch.context() as older:
        older.delitem(feed_rows._FORMS, "task")
        feed.add("task", state="open").into(hall)
        care(ground)
    monkeypatch.setattr("counter_app.sync.feed_care.__version__", "99")
    care(ground)
    feed.add("task", state="closed").into(hall)
    assert ask(hall, "SELECT state FROM tasks") == [("closed",)]
    assert ask(hall, "SELECT count(*) FROM feed_held") == [(0,)]


def test_a_demo_halls_own_seal_of_master_rows_ends_when_they_come_from_a_hub(tmp_path: Path) -> None:
    from counter_app.domain.journal import Draft
    from counter_app.storage.master_seals import KIND, master_seal

    hall = halls.a_hall(tmp_path / "hall")
    halls.a_customer(hall)
    with hall.writing() as work:
        body = {"tables": master_seal(work)}
        hall.journal.append(work, Draft(kind=KIND, body=body, staff_no="system", business_date=halls.NOW.date()))
    harm(hall, "UPDATE customers SET name = '李雷'")
    assert findings(hall) == ["master row: customers 0 … 63"]
    Feed().add("customer", customer_no="C10002345").into(hall)
    assert findings(hall) == []
    hall.close()
