"""A backup beside an open counter, and putting it back; nothing is overwritten, nothing is lost."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from counter_app.clock import FixedClock
from counter_app.storage import file_copy
from counter_app.storage.backup import AnotherHall, Restored, backup, restore
from counter_app.storage.hall import OpenHall, open_hall
from counter_app.storage.lock import HallLock
from counter_app.storage.schema import SCHEMA_VERSION
from counter_app.storage.store import FILE_NAME, Store
from counter_app.storage.trouble import FileIsNewer, HallInUse, MoneyIsOff, NotThisKey, StoreTrouble
from counter_app.storage.verify import FileIsDamaged
from tests import halls
from tests.storage.conftest import Worked

AT = datetime(2026, 11, 22, 8, 30, tzinfo=UTC)
ASIDE = f"{FILE_NAME}.before-restore-20261122-083000"


def opened(worked: Worked) -> OpenHall:
    return open_hall(worked.folder, clock=FixedClock(halls.NOW), driver=worked.driver)


def put_back(worked: Worked, file: Path) -> Restored:
    return restore(worked.folder, file, now=AT, driver=worked.driver)


def pay_once_more(worked: Worked, no: str) -> None:
    hall = opened(worked)
    halls.pay(hall, halls.three_months_behind(hall, no=no), halls.cash(10))
    hall.close()


def test_a_backup_is_whole_and_alone(worked: Worked, tmp_path: Path) -> None:
    target = tmp_path / "out" / "copy.db"
    target.parent.mkdir()
    made = backup(worked.folder, target, driver=worked.driver)
    assert os.listdir(target.parent) == ["copy.db"]
    assert made.report.is_clean
    assert made.report.counts == worked.look().counts
    assert made.size_bytes == target.stat().st_size
    assert made.is_encrypted is (worked.key is not None)
    assert target.read_bytes().startswith(b"SQLite format 3") is (worked.key is None)
    if os.name == "posix":
        assert target.stat().st_mode & 0o777 == 0o600


def test_an_encrypted_backup_needs_the_key_that_is_not_in_it(
    make_worked: Callable[[str], Worked], tmp_path: Path
) -> None:
    worked = make_worked("encrypted")
    made = backup(worked.folder, tmp_path / "copy.db")
    assert made.keys_in == str(worked.folder / "keys")
    assert worked.key is not None
    assert worked.key not in made.path.read_bytes()
    Store.open(made.path, key=worked.key, for_writing=False).close()
    with pytest.raises(NotThisKey):
        Store.open(made.path, key=bytes(32), for_writing=False)


def test_a_backup_overwrites_nothing(worked: Worked, tmp_path: Path) -> None:
    target = tmp_path / "copy.db"
    target.write_text("mine")
    with pytest.raises(FileExistsError):
        backup(worked.folder, target, driver=worked.driver)
    assert target.read_text() == "mine"


def test_a_backup_beside_a_counter_that_pays_is_one_moment_of_it(
    plain: Worked, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_copy, "PAGES_AT_ONCE", 5)
    hall = opened(plain)
    someone = halls.three_months_behind(hall, no="10009999")
    paid: list[int] = []

    def pay_meanwhile(what: str, done: int, of: int) -> None:
        if what == "copy" and len(paid) < 5:
            paid.append(halls.pay(hall, someone, halls.cash(1))[1].entry)

    made = backup(plain.folder, tmp_path / "copy.db", progress=pay_meanwhile)
    assert len(paid) == 5
    hall.close()
    assert made.report.counts["payments"] == 5
    assert plain.look().counts["payments"] == 10


def test_a_damaged_file_gives_no_backup(worked: Worked, tmp_path: Path) -> None:
    worked.harm("UPDATE balances SET balance_fen = 1")
    with pytest.raises(FileIsDamaged) as damaged:
        backup(worked.folder, tmp_path / "copy.db", driver=worked.driver)
    assert damaged.value.report.findings[0].what == "balance"
    assert list(tmp_path.glob("copy*")) == []


def test_a_backup_that_has_no_room_leaves_nothing(plain: Worked, tmp_path: Path) -> None:
    with pytest.raises((StoreTrouble, OSError)):
        backup(plain.folder, tmp_path / "no such folder" / "copy.db")
    assert list(tmp_path.glob("**/copy*")) == []


def test_what_was_restored_is_what_was_backed_up(worked: Worked, tmp_path: Path) -> None:
    made = backup(worked.folder, tmp_path / "copy.db", driver=worked.driver)
    pay_once_more(worked, "10009998")
    later = worked.ask("SELECT count(*) FROM payments")
    result = put_back(worked, made.path)
    assert worked.ask("SELECT count(*) FROM payments") == 5
    assert result.kept == (worked.folder / ASIDE,)
    aside = Store.open(result.kept[0], key=worked.key, driver=worked.driver, for_writing=False)
    with aside.reading() as reading:
        assert reading.driver.execute("SELECT count(*) FROM payments").fetchone() == (later,)
    aside.close()
    assert made.path.exists()
    assert result.heads == made.heads


def test_after_an_older_backup_money_is_refused_and_the_report_says_so(worked: Worked, tmp_path: Path) -> None:
    made = backup(worked.folder, tmp_path / "copy.db", driver=worked.driver)
    pay_once_more(worked, "10009998")
    result = put_back(worked, made.path)
    assert result.is_behind_mark
    assert result.mark is not None
    assert result.mark.seq > result.heads[0].seq
    hall = opened(worked)
    assert [f.what for f in hall.store.money_off] == ["journal behind its mark"]
    with pytest.raises(MoneyIsOff):
        halls.an_open_shift(hall)
    hall.close()


def test_the_newest_backup_goes_on_with_money(worked: Worked, tmp_path: Path) -> None:
    made = backup(worked.folder, tmp_path / "copy.db", driver=worked.driver)
    assert not put_back(worked, made.path).is_behind_mark
    hall = opened(worked)
    assert hall.store.money_off == ()
    halls.pay(hall, halls.three_months_behind(hall, no="10009998"), halls.cash(10))
    hall.close()
    assert worked.look().findings == ()


def test_no_restore_under_an_open_counter(worked: Worked, tmp_path: Path) -> None:
    made = backup(worked.folder, tmp_path / "copy.db", driver=worked.driver)
    hall = opened(worked)
    with pytest.raises(HallInUse) as used:
        put_back(worked, made.path)
    assert str(os.getpid()) in used.value.owner
    hall.close()
    HallLock(worked.folder, "next").release()


def test_a_damaged_backup_changes_nothing(worked: Worked, tmp_path: Path) -> None:
    made = backup(worked.folder, tmp_path / "copy.db", driver=worked.driver)
    other = Worked(made.path.parent, worked.driver, worked.key)
    made.path.rename(other.path)
    other.harm("UPDATE payments SET received_fen = 1")
    file_copy.settle(worked.driver, other.path, worked.key)
    before = worked.path.read_bytes()
    with pytest.raises(FileIsDamaged):
        put_back(worked, other.path)
    assert worked.path.read_bytes() == before
    assert list(worked.folder.glob(f"{FILE_NAME}.*")) == []


def test_rubbish_is_no_backup(worked: Worked, tmp_path: Path) -> None:
    rubbish = tmp_path / "rubbish.db"
    rubbish.write_bytes(b"no hall" * 1000)
    with pytest.raises(NotThisKey):
        put_back(worked, rubbish)
    assert worked.look().is_clean


def test_a_backup_of_another_hall_is_refused(worked: Worked, tmp_path: Path) -> None:
    made = backup(worked.folder, tmp_path / "copy.db", driver=worked.driver)
    (worked.folder / "hall.id").write_text("another")
    with pytest.raises(AnotherHall):
        put_back(worked, made.path)


def test_a_backup_of_a_newer_program_is_refused(plain: Worked, tmp_path: Path) -> None:
    made = backup(plain.folder, tmp_path / "copy.db")
    other = Worked(tmp_path, plain.driver, None)
    made.path.rename(other.path)
    with other.raw() as raw:
        raw.execute(f"PRAGMA user_version={SCHEMA_VERSION + 1}")
    with pytest.raises(FileIsNewer):
        put_back(plain, other.path)


def test_a_damaged_file_is_replaced_and_kept_with_what_lay_beside_it(worked: Worked, tmp_path: Path) -> None:
    made = backup(worked.folder, tmp_path / "copy.db", driver=worked.driver)
    worked.path.write_bytes(b"gone" * 5000)
    wal = worked.path.with_name(f"{FILE_NAME}-wal")
    wal.write_bytes(b"left over")
    result = put_back(worked, made.path)
    assert {path.name for path in result.kept} == {ASIDE, f"{ASIDE}-wal"}
    assert (worked.folder / ASIDE).read_bytes().startswith(b"gone")
    assert not wal.exists()
    assert worked.look().is_clean


def test_a_lost_file_is_put_back(worked: Worked, tmp_path: Path) -> None:
    made = backup(worked.folder, tmp_path / "copy.db", driver=worked.driver)
    worked.path.unlink()
    assert put_back(worked, made.path).kept == ()
    assert worked.look().is_clean


@pytest.mark.parametrize("step", ["keep_aside", "take_place", "settle", "copy_whole"])
def test_a_restore_that_is_cut_off_leaves_the_file_as_it_was(
    worked: Worked, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    made = backup(worked.folder, tmp_path / "copy.db", driver=worked.driver)
    pay_once_more(worked, "10009998")

    def cut(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(f"counter_app.storage.backup.{step}", cut)
        with pytest.raises(KeyboardInterrupt):
            put_back(worked, made.path)
    assert worked.look().is_clean
    assert worked.ask("SELECT count(*) FROM payments") == 6
    put_back(worked, made.path)
    assert worked.ask("SELECT count(*) FROM payments") == 5
    hall = opened(worked)
    assert "links" not in [f.what for f in hall.store.money_off]
    hall.close()


def test_a_second_name_that_a_power_cut_left_is_taken_away(worked: Worked) -> None:
    aside = worked.folder / ASIDE
    os.link(worked.path, aside)
    hall = opened(worked)
    assert hall.store.money_off == ()
    assert not aside.exists()
    hall.close()


@pytest.mark.skipif(os.name != "posix", reason="the rights of POSIX")
def test_who_could_open_the_file_still_can(plain: Worked, tmp_path: Path) -> None:
    made = backup(plain.folder, tmp_path / "copy.db")
    plain.path.chmod(0o660)
    put_back(plain, made.path)
    assert plain.path.stat().st_mode & 0o777 == 0o660


def test_two_backups_at_once_end_with_one_file(plain: Worked, tmp_path: Path) -> None:
    ends: list[str] = []

    def make(name: str) -> None:
        try:
            backup(plain.folder, tmp_path / name)
            ends.append("made")
        except FileExistsError:
            ends.append("exists")

    threads = [threading.Thread(target=make, args=(name,)) for name in ("a.db", "b.db")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ends == ["made", "made"]
