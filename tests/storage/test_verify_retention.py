"""Planted damage in retention cases: each is found and its place is named; whole cases have no findings."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from counter_app.clock import new_intent_id
from counter_app.domain.retention import Act
from counter_app.services import retention_after
from counter_app.storage.columns import metadata
from counter_app.storage.driver import find_driver
from counter_app.storage.keys import KeyFiles
from tests import halls, leaving
from tests.storage.conftest import Worked

HELD = (
    "retention_cases",
    "retention_steps",
    "visits",
    "retention_feedbacks",
    "cancel_orders",
    "number_holds",
    "side_records",
)
COLUMNS = [f"{table}.{column.name}" for table in HELD for column in metadata.tables[table].c]
ONE = "(SELECT min(case_id) FROM retention_cases)"
FORM = "(SELECT min(record_id) FROM side_records WHERE kind = 'retention.form')"


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A hall in which one customer stayed, one left, and two are at the desk."""
    folder = tmp_path_factory.mktemp("cases") / "hall"
    hall = leaving.a_hall(folder)
    halls.an_open_shift(hall)
    leaving.tell(hall, leaving.a_line(hall, no="10002001", is_vip=True), leaving.KEPT)
    left = leaving.tell(hall, leaving.a_line(hall, no="10002002", is_vip=True), leaving.LEFT)
    retention_after.come_back(hall, leaving.TELLER, left, new_intent_id())
    retention_after.hand_over(hall, leaving.MANAGER, left, "1002", new_intent_id())
    leaving.tell(hall, leaving.a_line(hall, no="10002003", is_vip=True), leaving.RECEIVED)
    leaving.open_case(hall, leaving.a_line(hall, no="10002004"))
    hall.close()
    return folder


@pytest.fixture
def cases(template: Path, tmp_path: Path) -> Worked:
    folder = tmp_path / "hall"
    shutil.copytree(template, folder)
    return Worked(folder, find_driver(), None)


def test_whole_cases_have_no_findings(cases: Worked) -> None:
    assert cases.look().findings == ()
    assert cases.ask("SELECT count(*) FROM retention_steps") == cases.ask(
        "SELECT count(*) FROM entries WHERE kind LIKE 'retention.%'"
    )


def test_the_stories_hold_every_act_that_writes_a_row_beside_its_entry(cases: Worked) -> None:
    with cases.raw() as connection:
        rows = connection.execute("SELECT DISTINCT kind FROM entries WHERE kind LIKE 'retention.%'").fetchall()
    alone = {
        *(Act.STAND_IN, Act.DECLINE, Act.LEAVE_NOW, Act.CORRECT, Act.WITHDRAW),
        *(Act.ASK_OFFER, Act.DECLINE_OFFER),
    }
    assert {kind for (kind,) in rows} == {f"retention.{act.value}" for act in set(Act) - alone}


@pytest.mark.parametrize("column", COLUMNS)
def test_an_edit_of_any_column_is_found(cases: Worked, column: str) -> None:
    table, name = column.split(".")
    change = {
        "INTEGER": f"{name} + 1000",
        "TEXT": f"replace({name}, substr({name}, 3, 1), '7') || '8'",
        "BLOB": f"zeroblob(length({name}))",
    }[str(metadata.tables[table].c[name].type)]
    key = next(iter(metadata.tables[table].primary_key.columns)).name
    where = f"{key} = (SELECT max({key}) FROM {table} WHERE {name} IS NOT NULL)"
    if not cases.ask(f"SELECT count(*) FROM {table} WHERE {name} IS NOT NULL"):
        change, where = "'2026-01-01'", f"{key} = (SELECT max({key}) FROM {table})"
    cases.harm(f"UPDATE {table} SET {name} = {change} WHERE {where}")
    assert cases.look().findings != ()


@pytest.mark.parametrize(
    ("statement", "what", "where"),
    [
        pytest.param("DELETE FROM retention_cases WHERE stage = 'kept'", "retention case", "retention_cases", id="row"),
        pytest.param(
            "DELETE FROM retention_steps WHERE line = (SELECT max(line) FROM retention_steps)",
            "retention case",
            "entries row",
            id="last step",
        ),
        pytest.param("DELETE FROM retention_steps WHERE line = 4", "retention case", "retention_steps", id="a step"),
        pytest.param(
            f"DELETE FROM retention_steps WHERE case_id = {ONE}", "row without its entry", "case_id", id="case"
        ),
        pytest.param("DELETE FROM visits WHERE line = 4", "retention case", "visits", id="visit gone"),
        pytest.param(
            "INSERT INTO visits SELECT case_id, 9, due_on, owner_no, NULL, NULL, NULL, entry"
            " FROM visits WHERE line = 2",
            "retention case",
            " 9",
            id="visit more",
        ),
        pytest.param("DELETE FROM retention_feedbacks", "retention case", "retention_feedbacks", id="feedback gone"),
        pytest.param(
            "INSERT INTO retention_feedbacks SELECT case_id, 9, staff_no, fed_at, reason, record_id, NULL, NULL, NULL,"
            " entry FROM retention_feedbacks WHERE line = 2",
            "retention case",
            " 9",
            id="feedback more",
        ),
        pytest.param(
            "UPDATE retention_feedbacks SET case_id = 'of nobody' WHERE line = 2",
            "row without its entry",
            "retention_feedbacks",
            id="feedback of no case",
        ),
        pytest.param("DELETE FROM cancel_orders", "retention case", "cancel_orders", id="order gone"),
        pytest.param("DELETE FROM number_holds", "retention case", "number_holds", id="hold gone"),
        pytest.param(
            "INSERT INTO number_holds VALUES ('of nobody', 1, 1, '13800000000', '2027-01-01', NULL, 5)",
            "row without its entry",
            "number_holds",
            id="hold of no case",
        ),
        pytest.param(
            f"DELETE FROM side_records WHERE record_id = {FORM}", "side record", "side_records", id="form gone"
        ),
        pytest.param(
            "INSERT INTO side_records SELECT 'more', subject, kind, content, size, sha256, entry, NULL"
            f" FROM side_records WHERE record_id = {FORM}",
            "side record",
            "side_records more",
            id="form more",
        ),
        pytest.param(
            f"UPDATE side_records SET content = CAST(content || 'x' AS BLOB) WHERE record_id = {FORM}",
            "side record",
            "content",
            id="form edited",
        ),
        pytest.param(
            f"UPDATE side_records SET content = NULL WHERE record_id = {FORM}",
            "side record",
            "erased_at",
            id="content taken without a word",
        ),
        pytest.param(
            "UPDATE number_holds SET number = '13900000000'", "column", "number_holds", id="another number held"
        ),
    ],
)
def test_damage_to_a_case_is_found_and_named(cases: Worked, statement: str, what: str, where: str) -> None:
    cases.harm(statement)
    findings = cases.look().findings
    assert [finding for finding in findings if finding.what == what and where in finding.where], findings


def test_two_cases_that_swapped_a_step_are_found(cases: Worked) -> None:
    cases.harm(
        "UPDATE retention_steps SET entry = -entry WHERE line IN (5, 6) AND case_id = "
        "(SELECT case_id FROM retention_cases WHERE stage = 'kept')",
        "UPDATE retention_steps SET entry = (SELECT -entry FROM retention_steps AS other"
        " WHERE other.case_id = retention_steps.case_id AND other.entry < 0 AND other.line <> retention_steps.line)"
        " WHERE entry < 0 AND line = 5",
    )
    assert cases.look().findings != ()


def test_content_that_was_erased_by_rule_is_whole_by_its_hash(template: Path, tmp_path: Path) -> None:
    from counter_app.clock import FixedClock
    from counter_app.storage.hall import open_hall

    shutil.copytree(template, tmp_path / "erased")
    hall = open_hall(tmp_path / "erased", clock=FixedClock(halls.NOW), keys=KeyFiles(tmp_path / "erased" / "keys"))
    with hall.writing() as work:
        (record_id,) = work.driver.execute(
            "SELECT min(record_id) FROM side_records WHERE kind LIKE 'retention.signature.%'"
        ).fetchone() or ("",)
        leaving.erase(work, str(record_id))
    hall.close()
    assert Worked(tmp_path / "erased", find_driver(), None).look().findings == ()
