"""A disk that is full, read only or locked: refused before cash where that is possible, and nothing is written."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import pytest

from counter_app.storage import disk_room, driver, selftest
from counter_app.storage.driver import connect, find_driver
from counter_app.storage.hall import OpenHall
from counter_app.storage.trouble import HallInUse, MoneyIsOff, StoreTrouble
from counter_app.storage.verify import verify
from tests import halls
from tests.faults.conftest import linux_only
from tests.faults.teller import Ground, make_ground, open_ground

Says = Callable[[BaseException], str]


class Usage(NamedTuple):
    """What the system says of a disk."""

    total: int
    used: int
    free: int


@pytest.fixture
def tiny_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A real disk of 4 MB; where mounting is not allowed the test says so."""
    for module, name in ((selftest, "SHIFT_BYTES"), (selftest, "LAST_BYTES"), (disk_room, "SHIFT_BYTES")):
        monkeypatch.setattr(module, name, 0)
    point = tmp_path / "tiny"
    point.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(point)]
    if shutil.which("mount") is None or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("mounting a small disk is not allowed here; a file size limit is tested beside this")
    yield point
    subprocess.run(["umount", "-l", str(point)], check=True)


def payments_in(hall: OpenHall) -> int:
    with hall.reading() as reading:
        return int(reading.driver.execute("SELECT count(*) FROM payments").fetchall()[0][0])


@linux_only
def test_a_full_disk_takes_nothing_and_loses_nothing(tiny_disk: Path, says: Says) -> None:
    ground = make_ground(tiny_disk / "hall", customers=3)
    hall = open_ground(ground.folder)
    halls.pay(hall, ground.customers[0], halls.cash(500))
    filler = tiny_disk / "filler"
    with filler.open("wb", buffering=0) as file:
        for size in (65_536, 512):
            try:
                while file.write(bytes(size)) == size:
                    pass
            except OSError:
                continue
    with pytest.raises(StoreTrouble) as full:  # noqa: PT012 - the log may still hold a payment or two
        for number in range(1, 200):
            halls.pay(hall, ground.customers[1], halls.cash(number), is_change_stored=True)
    assert "full" in full.value.why or "I/O" in full.value.why
    says(full.value)
    taken = payments_in(hall)
    filler.unlink()
    if not hall.store.is_writable:
        hall.store.reopen()
    assert verify(hall.store).is_clean
    halls.pay(hall, ground.customers[2], halls.cash(500))
    assert payments_in(hall) == taken + 1
    hall.close()


@linux_only
def test_the_ballast_lets_an_open_shift_end(tiny_disk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ground = make_ground(tiny_disk / "hall", customers=2)
    for name, size in (("TOLD_BYTES", 0), ("BALLAST_BYTES", 1024**2), ("LAST_BYTES", 256 * 1024)):
        monkeypatch.setattr(disk_room, name, size)
    disk_room.lay_ballast(ground.folder)
    ballast = ground.folder / disk_room.BALLAST_NAME
    assert ballast.stat().st_blocks * 512 >= 1024**2
    hall = open_ground(ground.folder)
    with (tiny_disk / "filler").open("wb", buffering=0) as file, suppress(OSError):
        while file.write(bytes(4096)) == 4096:
            pass
    # without it the very first of these fails, as the test before this one shows
    for number in range(1, 4):
        halls.pay(hall, ground.customers[0], halls.cash(number), is_change_stored=True)
    assert not ballast.exists()
    taken = payments_in(hall)
    hall.close()
    # a start on the full disk does not stop the shift that is open
    hall = open_ground(ground.folder)
    halls.pay(hall, ground.customers[1], halls.cash(500))
    assert payments_in(hall) == taken + 1
    assert verify(hall.store).is_clean
    hall.close()


def test_too_little_space_is_refused_before_cash(ground: Ground, says: Says, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: Usage(10**12, 10**12 - 1_000, 1_000))
    hall = open_ground(ground.folder)
    with pytest.raises(MoneyIsOff) as refused:
        halls.pay(hall, ground.customers[0], halls.cash(500))
    assert "1000" in says(refused.value)
    assert payments_in(hall) == 0
    hall.close()


@linux_only
def test_a_file_size_limit_is_like_a_full_disk(ground: Ground, says: Says) -> None:
    program = f"""
import resource, signal
from pathlib import Path
from counter_app.storage.trouble import StoreTrouble
from tests import halls
from tests.faults.teller import Ground, open_ground
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
ground = Ground.load(Path({str(ground.folder)!r}))
hall = open_ground(ground.folder)
halls.pay(hall, ground.customers[0], halls.cash(500))
wal = ground.folder / "hall.db-wal"
resource.setrlimit(resource.RLIMIT_FSIZE, (wal.stat().st_size + 1000, resource.RLIM_INFINITY))
try:
    halls.pay(hall, ground.customers[1], halls.cash(500))
except StoreTrouble as trouble:
    print("refused", trouble.why)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    refused, _, why = done.stdout.strip().partition(" ")
    assert refused == "refused", done.stderr
    assert why in says(StoreTrouble(why))
    hall = open_ground(ground.folder)
    assert payments_in(hall) == 1
    assert verify(hall.store).is_clean
    halls.pay(hall, ground.customers[1], halls.cash(500))
    hall.close()


def test_a_file_that_may_not_be_written_is_refused_before_cash(
    ground: Ground, says: Says, monkeypatch: pytest.MonkeyPatch
) -> None:
    if os.name == "posix" and os.geteuid() == 0:
        # root may write everything: the self-test asks the system, which is told to say no
        honest = os.access
        monkeypatch.setattr(os, "access", lambda p, m, **k: honest(p, m, **k) and not str(p).endswith("hall.db"))
    (ground.folder / "hall.db").chmod(0o444)
    try:
        hall = open_ground(ground.folder)
    except StoreTrouble as trouble:
        says(trouble)
        return
    with pytest.raises(MoneyIsOff) as refused:
        halls.pay(hall, ground.customers[0], halls.cash(500))
    says(refused.value)
    hall.close()


@linux_only
def test_a_read_only_disk_opens_nothing_for_money_and_does_not_crash(tiny_disk: Path, says: Says) -> None:
    ground = make_ground(tiny_disk / "hall", customers=1)
    subprocess.run(["mount", "-o", "remount,ro", str(tiny_disk)], check=True)
    with pytest.raises(StoreTrouble) as refused:
        open_ground(ground.folder)
    says(refused.value)


@pytest.mark.parametrize("lock", ["BEGIN EXCLUSIVE", "BEGIN IMMEDIATE"])
def test_a_locked_file_waits_and_then_says_so(
    ground: Ground, says: Says, monkeypatch: pytest.MonkeyPatch, lock: str
) -> None:
    monkeypatch.setattr(driver, "_ALL_PRAGMAS", ("busy_timeout=100", *driver._ALL_PRAGMAS[1:]))
    hall = open_ground(ground.folder)
    other = connect(find_driver(), ground.folder / "hall.db", key=None, is_writer=True)
    other.execute(lock)
    with pytest.raises(StoreTrouble) as refused:
        halls.pay(hall, ground.customers[0], halls.cash(500))
    assert "锁" in says(refused.value) or "不能读写" in says(refused.value)
    other.execute("COMMIT")
    other.close()
    assert payments_in(hall) == 0
    halls.pay(hall, ground.customers[0], halls.cash(500))
    hall.close()


def test_a_second_program_is_named(ground: Ground, says: Says) -> None:
    hall = open_ground(ground.folder)
    with pytest.raises(HallInUse) as refused:
        open_ground(ground.folder)
    assert str(os.getpid()) in says(refused.value)
    halls.pay(hall, ground.customers[0], halls.cash(500))
    hall.close()
