"""A file that goes on though its disk fails at the confirmation: nobody guesses, and the signature is good again."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from counter_app.clock import FixedClock
from counter_app.domain.refusals import Refused
from counter_app.domain.sync_refusals import NothingToConfirm
from counter_app.services import approvals, new_epochs
from counter_app.services.signoffs import Signed
from counter_app.storage.driver import find_driver
from counter_app.storage.hall import OpenHall, open_hall
from counter_app.storage.mark import MARK_NAME
from counter_app.storage.trouble import CommitUncertain, MoneyIsOff, NotRecorded, StoreTrouble
from counter_app.storage.verify import verify
from tests import halls
from tests.storage.test_store import FailingCommits

TELLER = halls.teller()


def behind_its_mark(root: Path, failing: FailingCommits) -> OpenHall:
    """A hall put back from a backup, with the mark of what was lost beside it."""
    hall = halls.a_hall(root / "hall")
    hall.close()
    shutil.copytree(root / "hall", root / "backup")
    hall = open_hall(root / "hall", clock=FixedClock(halls.NOW))
    halls.an_open_shift(hall)
    hall.close()
    shutil.copy(root / "hall" / MARK_NAME, root / "backup")
    return open_hall(root / "backup", clock=FixedClock(halls.NOW), driver=failing.driver)


def signed(hall: OpenHall) -> Signed:
    challenge = new_epochs.ask(hall, TELLER)
    return approvals.sign(hall, TELLER, challenge, staff_no="2001", password=halls.PASSWORD)


def accepted(hall: OpenHall) -> int:
    with hall.reading() as reading:
        row = reading.driver.execute("SELECT count(*) FROM entries WHERE kind = 'recover.accepted'").fetchone()
    assert row is not None
    return int(row[0])


def gone() -> None:
    raise StoreTrouble("no disk")


@pytest.mark.parametrize("is_done", [True, False], ids=["done", "not done"])
@pytest.mark.parametrize("is_there", [True, False], ids=["file opens", "file does not open"])
def test_a_confirmation_whose_commit_fails_is_looked_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, is_done: bool, is_there: bool
) -> None:
    failing = FailingCommits(find_driver(), is_done=is_done)
    hall = behind_its_mark(tmp_path, failing)
    once = signed(hall)
    failing.is_armed = True
    if is_there and is_done:
        new_epochs.confirm(hall, TELLER, once)
    else:
        with monkeypatch.context() as disk:
            if not is_there:
                disk.setattr(hall.store, "reopen", gone)
            with pytest.raises(NotRecorded if is_there else CommitUncertain):
                new_epochs.confirm(hall, TELLER, once)
        with pytest.raises(MoneyIsOff), hall.writing(money=True):
            pass
        new_epochs.confirm(hall, TELLER, once)
    assert accepted(hall) == 1
    assert new_epochs.standing(hall) is None
    with pytest.raises(Refused) as nothing:
        new_epochs.ask(hall, TELLER)
    assert isinstance(nothing.value.refusal, NothingToConfirm)
    hall.close()
    # the mark beside the file went on with it
    again = open_hall(tmp_path / "backup", clock=FixedClock(halls.NOW))
    assert again.store.money_off == ()
    assert verify(again.store).findings == ()
    again.close()
