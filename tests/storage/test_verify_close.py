"""Counts and closes that do not add up are found; the ordinary ones are clean."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from counter_app.clock import new_intent_id
from counter_app.domain.journal import Draft, Posting
from counter_app.domain.shifts import CashCount
from counter_app.storage.hall import OpenHall
from counter_app.storage.verify import verify
from tests import halls


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[OpenHall]:
    opened = halls.a_hall(tmp_path)
    yield opened
    opened.close()


def _of_the_count(body: dict[str, Any]) -> None:
    body["cash_fen"] += 100


def _of_a_cheque(body: dict[str, Any]) -> None:
    body["slips"] = [["cheque", 2, 500, [200, 200]]]


def _of_the_close(body: dict[str, Any]) -> None:
    body["tenders"][0][2] += 100


def _of_what_was_expected(body: dict[str, Any]) -> None:
    body["tenders"][0][1] += 100


def _of_the_paper(body: dict[str, Any]) -> None:
    body["z"]["facts_sha256"] = "0" * 64


@pytest.mark.parametrize(
    ("kind", "harm"),
    [
        ("shift.count", _of_the_count),
        ("shift.count", _of_a_cheque),
        ("shift.close", _of_the_close),
        ("shift.close", _of_what_was_expected),
        ("shift.close", _of_the_paper),
    ],
)
def test_an_entry_that_does_not_add_up_is_found(
    hall: OpenHall, kind: str, harm: Callable[[dict[str, Any]], None]
) -> None:
    halls.an_open_shift(hall)
    halls.close_shift(hall, halls.teller(), CashCount({10_000: 5}), "", new_intent_id())
    assert verify(hall.store).findings == ()
    with hall.writing() as work:
        # a program that lies writes the same once more, signed and all
        sql = "SELECT kind, content FROM entries WHERE kind IN ('shift.count', 'shift.close') ORDER BY id"
        for found, content in work.driver.execute(sql).fetchall():
            said = json.loads(content)
            if found == kind:
                harm(said["body"])
            hall.journal.append(
                work,
                Draft(
                    found,
                    said["body"],
                    "1001",
                    halls.NOW.date(),
                    postings=tuple(Posting(*line) for line in said["postings"]),
                    shift_id=said["shift_id"],
                ),
            )
    found_as = [finding for finding in verify(hall.store).findings if finding.what == "shift close"]
    assert found_as != []


def test_a_close_without_a_count_is_found(hall: OpenHall) -> None:
    halls.an_open_shift(hall)
    halls.close_shift(hall, halls.teller(), CashCount({10_000: 5}), "", new_intent_id())
    with hall.writing() as work:
        (content,) = work.driver.execute("SELECT content FROM entries WHERE kind = 'shift.close'").fetchall()[0]
        said = json.loads(content)
        hall.journal.append(
            work, Draft("shift.close", said["body"], "1001", halls.NOW.date(), shift_id=said["shift_id"])
        )
    assert "a count of the shift before it" in {finding.expected for finding in verify(hall.store).findings}
