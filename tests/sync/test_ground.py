"""What a round stands on: a stop that stays as it was first said, and a mark beside the file that is mended."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from counter_app.clock import FixedClock
from counter_app.services import new_epochs
from counter_app.storage.hall import OpenHall, open_hall
from counter_app.storage.mark import MARK_NAME, Mark, read_mark
from counter_app.storage.trouble import MoneyIsOff
from counter_app.sync.ground import Ground
from tests import halls


def opened(folder: Path) -> OpenHall:
    return open_hall(folder, clock=FixedClock(halls.NOW))


def takes_money(hall: OpenHall) -> bool:
    try:
        with hall.writing(money=True):
            return True
    except MoneyIsOff:
        return False


@pytest.mark.parametrize("mark", ["ahead", "lost", "torn"])
def test_the_mark_is_mended_when_what_stopped_money_is_settled(tmp_path: Path, mark: str) -> None:
    hall = halls.a_hall(tmp_path / "hall")
    hall.close()
    shutil.copytree(tmp_path / "hall", tmp_path / "backup")
    hall = opened(tmp_path / "hall")
    halls.an_open_shift(hall)
    hall.close()
    path = tmp_path / "backup" / MARK_NAME
    if mark == "ahead":
        shutil.copy(tmp_path / "hall" / MARK_NAME, path)
    elif mark == "lost":
        path.unlink()
    else:
        path.write_bytes(path.read_bytes()[:40])
    hall = opened(tmp_path / "backup")
    ground = Ground(hall)
    assert (hall.is_behind_mark, takes_money(hall)) == ((True, False) if mark == "ahead" else (False, True))
    ground.stop("restored", expected="9 aa", found="1 bb")
    assert not takes_money(hall)
    ground.stop("restored", expected="12 cc", found="1 bb")
    standing = new_epochs.standing(hall)
    assert standing is not None
    assert standing.expected == "9 aa", "said once"
    ahead = read_mark(tmp_path / "backup")
    with hall.writing():
        pass
    if mark == "ahead":
        assert read_mark(tmp_path / "backup") == ahead, "nothing moves it back before somebody has confirmed"
    ground.go_on()
    assert takes_money(hall)
    end = ground.end()
    assert read_mark(tmp_path / "backup") == Mark(end.epoch, end.seq, end.hash)
    hall.close()
    again = opened(tmp_path / "backup")
    assert (again.is_behind_mark, again.store.money_off) == (False, ())
    again.close()
