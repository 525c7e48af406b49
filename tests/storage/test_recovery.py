"""Shifts of entries that the hub gave back, beside the file's own: numbers, what is open, and what was counted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from counter_app.domain.shifts import Shift
from counter_app.storage import recovery
from counter_app.storage.hall import OpenHall
from counter_app.storage.receipts import keep_serial
from counter_app.storage.recovery import GivenBack
from tests import halls

AT = "2026-11-21T09:00:00.000+00:00"
Row = tuple[Any, ...]


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[OpenHall]:
    opened = halls.a_hall(tmp_path / "hall")
    yield opened
    opened.close()


def opening(shift_id: str, shift: Shift, *, seq: int, float_fen: int = 30_000) -> dict[str, Any]:
    """An entry that opened a shift under the same number as one of this file."""
    return {
        "seq": seq,
        "shift_id": shift_id,
        "counter_id": shift.counter_id,
        "staff_no": "1002",
        "business_date": "2026-11-21",
        "at": "2026-11-21T08:30:00.000+08:00",
        "body": {"shift_no": shift.shift_no, "float_fen": float_fen},
    }


def closing(shift_id: str, *, counted_fen: int) -> dict[str, Any]:
    return {"shift_id": shift_id, "at": "2026-11-21T17:30:00.000+08:00", "body": {"counted_fen": counted_fen}}


def settled(hall: OpenHall, given: GivenBack) -> dict[str, Row]:
    """Number, float, end and count of every shift after what was given back is settled, by its id."""
    with hall.writing() as work:
        recovery.settle(work, given, entry=1, at=AT)
    with hall.reading() as reading:
        rows = reading.driver.execute("SELECT shift_id, shift_no, float_fen, closed_at, counted_fen FROM shifts")
        return {row[0]: row[1:] for row in rows.fetchall()}


def test_shifts_of_one_number_are_told_apart_and_one_stays_open(hall: OpenHall) -> None:
    own = halls.an_open_shift(hall)
    given = GivenBack(3, opened={name: opening(name, own, seq=seq) for name, seq in (("open", 7), ("done", 2))})
    given.closed["done"] = closing("done", counted_fen=41_000)
    given.closed[own.shift_id] = closing(own.shift_id, counted_fen=50_000)
    # the own one was closed in the part that was lost: the first open one of those given back goes on
    assert settled(hall, given) == {
        own.shift_id: (own.shift_no, own.float_fen, "2026-11-21T09:30:00.000+00:00", 50_000),
        "open": (f"{own.shift_no}/3-7", 30_000, None, None),
        "done": (f"{own.shift_no}/3-2", 30_000, "2026-11-21T09:30:00.000+00:00", 41_000),
    }
    again = GivenBack(4, opened={"later": opening("later", own, seq=5)})
    rows = settled(hall, again)
    assert rows["later"] == (f"{own.shift_no}/4-5", 30_000, AT, None), "beside an open one it ends, uncounted"
    assert settled(hall, GivenBack(4, opened=again.opened)) == rows, "the same once more changes nothing"


def test_serials_go_on_behind_the_highest_that_is_on_paper(hall: OpenHall) -> None:
    counter_id = hall.hall.counter_id
    with hall.writing() as work:
        keep_serial(work, counter_id, 2026, 9)
        given = GivenBack(1, receipts=[(counter_id, 2026, 4), (counter_id, 2026, 12), (counter_id, 2025, 3)])
        given.papers += [(counter_id, 2026, "exit_slip", 2)]
        recovery.settle(work, given, entry=1, at=AT)
    with hall.reading() as reading:
        ask = reading.driver.execute
        kept = ask("SELECT year, last_serial FROM receipt_series ORDER BY year").fetchall()
        assert kept == [(2025, 3), (2026, 12)]
        assert ask("SELECT kind, last_serial FROM paper_series").fetchall() == [("exit_slip", 2)]
