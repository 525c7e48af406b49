"""Kills at random moments lose, double and alter nothing; the same harness finds the defects planted for it."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from counter_app.storage.trouble import HallInUse
from tests.faults import kills
from tests.faults.conftest import linux_only
from tests.faults.nursery import ChildIsSilent, Nursery
from tests.faults.teller import ALTERED, CASH_TWICE, EARLY, TWICE, Task, make_ground, open_ground
from tests.faults.truth import Truth

pytestmark = [linux_only, pytest.mark.timeout(240)]
SEED = 20_261_121
PLANTED = [(EARLY, "lost"), (TWICE, "doubled"), (ALTERED, "altered"), (CASH_TWICE, "doubled")]


def test_kills_while_paying_lose_nothing(scratch: Path) -> None:
    done = kills.campaign(scratch, kills=400, seed=SEED)
    assert not done.wrongs, done
    assert done.kills == 400
    assert done.acknowledged > 100, done
    assert done.acts > 20, done


def test_kills_while_paying_into_an_encrypted_file_lose_nothing(scratch: Path) -> None:
    done = kills.campaign(scratch, kills=100, seed=SEED + 1, is_demo=False)
    assert not done.wrongs, done


@pytest.mark.parametrize(("defect", "wrong"), PLANTED)
def test_a_planted_defect_is_found(scratch: Path, defect: str, wrong: str) -> None:
    done = kills.campaign(scratch, kills=3_000, seed=SEED, defect=defect, until_found=True)
    assert done.wrongs[wrong], f"{defect} was not found: {done}"


def test_a_stopped_counter_keeps_its_hall_and_goes_on(scratch: Path) -> None:
    folder = make_ground(scratch / "hall").folder
    nursery = Nursery("tests.faults.nursery:pay")
    truth = Truth()
    try:
        child = nursery.start(Task(str(folder), SEED, 0).to_json())
        lines = [nursery.hear() for _ in range(6)]
        os.kill(child, signal.SIGSTOP)
        lines += nursery.listen(0.2)
        with pytest.raises(ChildIsSilent):
            nursery.hear(0.2)
        with pytest.raises(HallInUse):
            open_ground(folder)
        os.kill(child, signal.SIGCONT)
        lines += [nursery.hear() for _ in range(6)]
        assert "ack" in [line["say"] for line in lines[-6:]]
        nursery.kill()
        lines += nursery.last_words()
    finally:
        nursery.close()
    for line in lines:
        truth.listen(line)
    hall = open_ground(folder)
    truth.check(hall, is_whole=True)
    hall.close()
    assert not truth.wrongs, truth.examples
