"""A damaged, cut or older file is found by opening it or by `verify`; money is never taken into it in silence."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from counter_app.storage.hall import OpenHall
from counter_app.storage.store import FILE_NAME
from counter_app.storage.trouble import MoneyIsOff, NotThisKey, StoreTrouble
from counter_app.storage.verify import verify_folder
from tests import halls
from tests.faults.swaps import tables
from tests.faults.teller import Ground, make_ground, open_ground

Says = Callable[[BaseException], str]
SEED = 20_261_121
FLIPS = 60
UNSEALED = {"staff", "customers", "accounts", "services", "bills"}
"""What these tests write by themselves, without an import whose entry would seal it; a real hall's pages are sealed."""


def paid(ground: Ground) -> None:
    hall = open_ground(ground.folder)
    for someone in ground.customers:
        halls.pay(hall, someone, halls.cash(500))
    hall.close()


def is_found(folder: Path) -> bool:
    """Whether the damage is seen at opening or by `verify`."""
    try:
        return not verify_folder(folder).is_clean
    except StoreTrouble:
        return True


@pytest.mark.parametrize("is_demo", [True, False])
def test_no_flipped_bit_is_silent(tmp_path: Path, *, is_demo: bool) -> None:
    ground = make_ground(tmp_path / "hall", customers=3, is_demo=is_demo)
    paid(ground)
    whole = tables(ground.folder)
    data = (ground.folder / FILE_NAME).read_bytes()
    chance = Random(SEED)
    damaged = tmp_path / "damaged"
    shutil.copytree(ground.folder, damaged)
    found = 0
    for _ in range(FLIPS):
        changed = bytearray(data)
        at = chance.randrange(len(data))
        changed[at] ^= 1 << chance.randrange(8)
        (damaged / FILE_NAME).write_bytes(changed)
        if is_found(damaged):
            found += 1
            continue
        # a bit of free space: what the file says must be the same to the last value
        now = tables(damaged)
        other = {name for name in whole if now[name] != whole[name]}
        assert other <= (UNSEALED if is_demo else set()), f"seed {SEED}: bit at {at} is silent in {other}"
    assert found >= FLIPS // 10


def test_a_cut_or_zeroed_file_is_found(ground: Ground) -> None:
    paid(ground)
    path = ground.folder / FILE_NAME
    data = path.read_bytes()
    for wrong in (data[: len(data) // 2], data[:-4096], data[:8192] + bytes(4096) + data[12288:], b""):
        path.write_bytes(wrong)
        assert is_found(ground.folder)


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
