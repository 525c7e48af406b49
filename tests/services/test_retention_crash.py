"""A program that dies after any step of a case: the next one finds the same case and goes on with it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from counter_app.clock import FixedClock, new_intent_id
from counter_app.domain.retention import Act
from counter_app.services import retention
from counter_app.services.retention_desk import CaseView
from counter_app.storage.driver import Driver, find_driver
from counter_app.storage.hall import OpenHall, open_hall
from counter_app.storage.trouble import NotRecorded
from counter_app.storage.verify import verify_folder
from tests import halls, leaving
from tests.storage.test_store import FailingCommits


@pytest.fixture(params=["sqlcipher3", "sqlite3"])
def driver(request: pytest.FixtureRequest) -> Driver:
    return find_driver(request.param)


def killed(hall: OpenHall, folder: Path) -> OpenHall:
    """The folder as it lay there when the program died, and a new program in it."""
    shutil.copytree(hall.folder, folder)
    now = hall.clock.now()
    hall.close()
    return open_hall(folder, clock=FixedClock(now), driver=hall.store.driver)


def seen(shown: CaseView) -> tuple[object, ...]:
    return shown.case, shown.form, shown.service, shown.facts.owed_fen, shown.facts.contract_fen


@pytest.mark.parametrize("story", ["LEFT", "KEPT"])
def test_a_case_goes_on_after_a_crash_at_any_step(driver: Driver, tmp_path: Path, story: str) -> None:
    hall = leaving.a_hall(tmp_path / "hall", driver=driver.name)
    halls.an_open_shift(hall)
    line = leaving.a_line(hall, is_vip=True)
    case_id = leaving.open_case(hall, line).case.case_id
    for number, (name, do) in enumerate(getattr(leaving, story)):
        do(hall, case_id, line)
        before = seen(retention.view(hall, leaving.TELLER, case_id))
        hall = killed(hall, tmp_path / f"after {number}")
        assert seen(retention.view(hall, leaving.TELLER, case_id)) == before, name
    hall.close()
    assert verify_folder(hall.folder, driver=driver).findings == ()


@pytest.mark.parametrize("is_done", [True, False])
def test_a_step_with_a_failed_commit_is_done_once_or_not_at_all(driver: Driver, tmp_path: Path, is_done: bool) -> None:
    made = leaving.a_hall(tmp_path / "hall", driver=driver.name)
    line = leaving.a_line(made)
    case_id = leaving.open_case(made, line).case.case_id
    made.close()
    failing = FailingCommits(driver, is_done=is_done)
    hall = open_hall(tmp_path / "hall", clock=FixedClock(halls.NOW), driver=failing.driver)
    intent_id = new_intent_id()
    failing.is_armed = True
    if is_done:
        assert retention.talk(hall, leaving.TELLER, case_id, intent_id).is_late_answer
    else:
        with pytest.raises(NotRecorded):
            retention.talk(hall, leaving.TELLER, case_id, intent_id)
    failing.is_armed = False
    assert retention.talk(hall, leaving.TELLER, case_id, intent_id).case.desk == "talking"
    with hall.reading() as reading:
        kind = f"retention.{Act.TALK.value}"
        rows = reading.driver.execute("SELECT count(*) FROM entries WHERE kind = ?", (kind,)).fetchone()
    assert rows == (1,)
    hall.close()
    assert verify_folder(tmp_path / "hall", driver=driver).findings == ()
