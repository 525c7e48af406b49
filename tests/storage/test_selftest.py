"""The start-up self-test: each setting that is wrong is found, and so is each wrong place for the file."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import pytest

from counter_app.storage import disk_room, selftest
from counter_app.storage.driver import EXPECTED, Driver, connect, find_driver
from counter_app.storage.store import FILE_NAME, Store
from counter_app.storage.trouble import MoneyIsOff, StoreTrouble

WRONG = {
    "journal_mode": "DELETE",
    "synchronous": "NORMAL",
    "fullfsync": "0",
    "checkpoint_fullfsync": "0",
    "foreign_keys": "0",
    "mmap_size": "1048576",
    "trusted_schema": "1",
    "cell_size_check": "0",
    "secure_delete": "0",
}


class DiskUsage(NamedTuple):
    total: int
    used: int
    free: int


@pytest.fixture(params=["sqlcipher3", "sqlite3"])
def driver(request: pytest.FixtureRequest) -> Driver:
    return find_driver(request.param)


@pytest.fixture
def store(driver: Driver, tmp_path: Path) -> Iterator[Store]:
    made = Store.create(tmp_path / FILE_NAME, driver=driver)
    yield made
    made.close()


def test_a_fresh_file_passes(store: Store) -> None:
    assert store.money_off == ()
    with store.writing(money=True):
        pass


def test_every_expected_setting_is_tried_here() -> None:
    assert WRONG.keys() == EXPECTED.keys()


@pytest.mark.parametrize("name", WRONG)
def test_each_wrong_setting_is_found(driver: Driver, tmp_path: Path, name: str) -> None:
    path = tmp_path / FILE_NAME
    Store.create(path, driver=driver).close()
    with closing(connect(driver, path, key=None, is_writer=True)) as connection:
        assert selftest.run(connection, driver, path) == ()
        connection.execute(f"PRAGMA {name}={WRONG[name]}")
        findings = selftest.run(connection, driver, path)
    assert [(finding.what, finding.where) for finding in findings] == [("pragma", name)]


def test_an_old_sqlite_that_is_not_alone_is_found(tmp_path: Path) -> None:
    driver = find_driver("sqlite3")
    if driver.is_race_free:
        pytest.skip("this Python's own SQLite has the fix")
    path = tmp_path / FILE_NAME
    Store.create(path, driver=driver).close()
    with closing(driver.module.connect(path, isolation_level=None)) as connection:
        assert ("sqlite", "sqlite3") in [(f.what, f.where) for f in selftest.run(connection, driver, path)]


def test_money_is_refused_and_reading_goes_on(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: DiskUsage(10**9, 9 * 10**8, disk_room.SHIFT_BYTES - 1))
    assert [finding.what for finding in store.check()] == ["free space"]
    with pytest.raises(MoneyIsOff) as off, store.writing(money=True):
        pass
    assert off.value.findings == store.money_off
    with store.writing() as work:
        work.driver.execute("INSERT INTO hall VALUES ('a', 'b')")
    with store.reading() as reading:
        assert reading.driver.execute("SELECT count(*) FROM hall").fetchone() == (1,)
    monkeypatch.undo()
    assert store.check() == ()


def test_a_second_name_on_the_file_is_found(store: Store) -> None:
    os.link(store.path, store.path.with_name("second.name"))
    assert [(finding.what, finding.found) for finding in store.check()] == [("links", "2")]


@pytest.mark.parametrize(
    ("mounts", "kind"),
    [
        ("/dev/sda1 / ext4 rw 0 0", "ext4"),
        ("/dev/sda1 / ext4 rw 0 0\n//server/share {folder} cifs rw 0 0", "cifs"),
        ("/dev/sda1 / ext4 rw 0 0\nserver:/halls {folder} nfs4 rw 0 0", "nfs4"),
        ("server:/halls / nfs4 rw 0 0\n/dev/sdb1 {folder} xfs rw 0 0", "xfs"),
        ("/dev/sda1 / ext4 rw 0 0\nserver:/x {folder}-beside nfs4 rw 0 0", "ext4"),
        ("/dev/sda1 / ext4 rw 0 0\nserver:/x {spaced} nfs rw 0 0", "nfs"),
        ("", ""),
    ],
)
def test_the_file_system_is_that_of_the_nearest_mount(tmp_path: Path, mounts: str, kind: str) -> None:
    folder = tmp_path / ("with space" if "{spaced}" in mounts else "plain")
    table = tmp_path / "mounts"
    table.write_text(mounts.format(folder=folder, spaced=str(folder).replace(" ", "\\040")), "utf-8")
    assert selftest.file_system(folder / FILE_NAME, table) == kind


def test_a_network_file_system_is_found(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selftest, "file_system", lambda _: "cifs")
    assert [(finding.what, finding.found) for finding in store.check()] == [("file system", "cifs")]


def test_a_system_without_a_list_of_mounts_says_nothing(tmp_path: Path) -> None:
    assert selftest.file_system(tmp_path, tmp_path / "none") == ""


def test_a_store_for_reading_has_nothing_to_test(store: Store) -> None:
    store.close()
    reader = Store.open(store.path, driver=store.driver, for_writing=False)
    with pytest.raises(StoreTrouble):
        reader.check()
    assert not reader.is_writable
    reader.close()
