"""A damaged, cut or older file is found by opening it or by `verify`; money is never taken into it in silence."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from counter_app.storage.hall import OpenHall
from counter_app.storage.store import FILE_NAME
from counter_app.storage.trouble import MoneyIsOff, NotThisKey
from tests import halls
from tests.faults import flips
from tests.faults.teller import Ground, open_ground

Says = Callable[[BaseException], str]
SEED = 20_261_121
FLIPS = 380
"""At least two for every page."""


def paid(ground: Ground) -> None:
    hall = open_ground(ground.folder)
    for someone in ground.customers:
        halls.pay(hall, someone, halls.cash(500))
    hall.close()


@pytest.mark.parametrize("is_demo", [True, False])
def test_no_flipped_bit_is_silent_in_money_or_journal(scratch: Path, *, is_demo: bool) -> None:
    done = flips.campaign(scratch, flips=FLIPS, seed=SEED, is_demo=is_demo)
    assert not done.wrong, done
    assert is_demo or not done.silent, f"every page of an encrypted file is sealed: {done}"
    assert done.flips >= 2 * done.pages
    assert done.found >= FLIPS // 10, done


def test_a_file_that_is_only_opened_hides_flipped_bits(scratch: Path) -> None:
    done = flips.campaign(scratch, flips=FLIPS, seed=SEED, is_demo=True, look=flips.opens)
    assert done.wrong, done


def test_a_cut_or_zeroed_file_is_found(ground: Ground) -> None:
    paid(ground)
    path = ground.folder / FILE_NAME
    data = path.read_bytes()
    for wrong in (data[: len(data) // 2], data[:-4096], data[:8192] + bytes(4096) + data[12288:], b""):
        path.write_bytes(wrong)
        assert flips.is_found(ground.folder)


def test_a_file_without_its_first_page_says_so(ground: Ground, says: Says) -> None:
    path = ground.folder / FILE_NAME
    path.write_bytes(bytes(4096) + path.read_bytes()[4096:])
    with pytest.raises(NotThisKey) as refused:
        open_ground(ground.folder)
    says(refused.value)


def test_a_deleted_log_is_recognised_by_the_mark(ground: Ground, tmp_path: Path, says: Says) -> None:
    hall = open_ground(ground.folder)
    halls.pay(hall, ground.customers[0], halls.cash(500))
    crashed = tmp_path / "crashed"
    shutil.copytree(ground.folder, crashed)
    hall.close()
    (crashed / f"{FILE_NAME}-wal").unlink()
    (crashed / f"{FILE_NAME}-shm").unlink(missing_ok=True)
    refuses_money(open_ground(crashed), ground, says)


def test_an_older_copy_is_recognised_by_the_mark(ground: Ground, says: Says) -> None:
    older = (ground.folder / FILE_NAME).read_bytes()
    paid(ground)
    (ground.folder / FILE_NAME).write_bytes(older)
    refuses_money(open_ground(ground.folder), ground, says)


def refuses_money(hall: OpenHall, ground: Ground, says: Says) -> None:
    with pytest.raises(MoneyIsOff) as refused:
        halls.pay(hall, ground.customers[0], halls.cash(500))
    hall.close()
    assert "旧" in says(refused.value)
