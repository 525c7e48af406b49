"""Signed tables of a month that somebody edited, or whose cases somebody edited: each is found and named."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from counter_app.clock import new_intent_id
from counter_app.domain.journal import Draft
from counter_app.domain.retention import Result
from counter_app.services import retention_months
from counter_app.storage.driver import find_driver
from counter_app.storage.hall import OpenHall
from counter_app.storage.past_retentions import PastRetention
from tests import halls, leaving
from tests.storage.conftest import Worked

SIGNED = "(SELECT min(id) FROM entries WHERE kind = 'exit_month.sign')"


def past(hall: OpenHall, no: str, on: date) -> None:
    with hall.writing() as work:
        entry = hall.journal.append(work, Draft("a test's own", {}, "9001", halls.NOW.date()))
        record = PastRetention(no, "13900000001", "王芳", "PRICE", None, "", Result.LEFT, on)
        leaving.a_past_result(work, record, entry.id)


def sign(hall: OpenHall, month: date) -> None:
    shown = retention_months.read(hall, leaving.TELLER, month)
    retention_months.sign(
        hall,
        leaving.TELLER,
        month,
        shown.table.digest,
        staff_no="2001",
        password=halls.PASSWORD,
        intent_id=new_intent_id(),
    )


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """November with two exits of the hall and one from before it, signed; then a late one, and signed anew."""
    folder = tmp_path_factory.mktemp("months") / "hall"
    hall = leaving.a_hall(folder)
    halls.an_open_shift(hall)
    for no, reason in (("10002001", "PRICE"), ("10002002", "RELOCATE")):
        leaving.left_at_once(hall, no, reason)
    past(hall, "P1", date(2026, 11, 3))
    leaving.later(hall, days=20)
    sign(hall, date(2026, 11, 1))
    past(hall, "P2", date(2026, 11, 4))
    past(hall, "P3", date(2026, 10, 4))
    sign(hall, date(2026, 11, 1))
    hall.close()
    return folder


@pytest.fixture
def months(template: Path, tmp_path: Path) -> Worked:
    shutil.copytree(template, tmp_path / "hall")
    return Worked(tmp_path / "hall", find_driver(), None)


def found(months: Worked) -> list[tuple[str, str, str]]:
    return [(f.where, f.expected, f.found) for f in months.look().findings if f.what == "signed month"]


def test_a_table_that_was_signed_before_something_came_late_is_whole(months: Worked) -> None:
    assert found(months) == []
    assert months.ask("SELECT count(*) FROM entries WHERE kind = 'exit_month.sign'") == 2


def test_a_case_with_another_reason_is_named_in_every_table_that_counts_it(months: Worked) -> None:
    months.harm("UPDATE retention_cases SET reason = 'NETWORK' WHERE reason = 'RELOCATE'")
    named = found(months)
    assert [where.split(" ", 2)[2] for where, _, _ in named] == [
        f"{row} 2026-11 {reason}" for row in months_rows(months) for reason in ("NETWORK", "RELOCATE")
    ]
    assert named[1][1:] == ("0 left, 1 refused to talk, 0 in the month before", "nothing")


def months_rows(months: Worked) -> list[int]:
    with months.raw() as connection:
        rows = connection.execute("SELECT id FROM entries WHERE kind = 'exit_month.sign' ORDER BY id").fetchall()
    return [row[0] for row in rows]


@pytest.mark.parametrize(
    ("statement", "tables"),
    [
        ("UPDATE past_retentions SET ended_on = '2026-09-03' WHERE record_no = 'P1'", 2),
        ("UPDATE past_retentions SET result = 'kept' WHERE record_no = 'P1'", 2),
        ("UPDATE past_retentions SET reason = '' WHERE record_no = 'P2'", 1),
        ("UPDATE past_retentions SET ended_on = '2026-09-03' WHERE record_no = 'P3'", 1),
        ("DELETE FROM past_retentions WHERE record_no = 'P1'", 2),
        ("UPDATE past_retentions SET entry = 1 WHERE record_no = 'P2'", 1),
        ("UPDATE retention_cases SET result = 'left' WHERE reason = 'PRICE'", 2),
        ("UPDATE retention_cases SET ended_on = '2026-12-01' WHERE reason = 'PRICE'", 2),
    ],
)
def test_an_edit_below_a_signed_table_is_found(months: Worked, statement: str, tables: int) -> None:
    months.harm(statement)
    rows = {where.split(" ")[2] for where, _, _ in found(months)}
    assert len(rows) == tables


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ('"month":"2026-11"', '"month":"2026-10"', "digest"),
        ('[1,"RELOCATE",0,1,0]', '[1,"RELOCATE",1,0,0]', "digest"),
        ('"approver_no":"2001"', '"approver_no":null', "nobody"),
        ('"business_date":"2026-12-11"', '"business_date":"2026-11-30"', "2026-11-30"),
    ],
)
def test_an_edited_table_is_named(months: Worked, old: str, new: str, what: str) -> None:
    months.harm(f"UPDATE entries SET content = replace(content, '{old}', '{new}') WHERE id = {SIGNED}")
    named = found(months)
    assert [where.split(" ")[2] for where, _, _ in named] == [str(months_rows(months)[0])]
    assert what in named[0][2]
