"""The store: one writer, uncertain commits that are resolved by intent, and trouble that writes nothing."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from counter_app.clock import FixedClock, new_intent_id
from counter_app.domain.payments import Wish, plan
from counter_app.services import payments
from counter_app.storage import driver as driving
from counter_app.storage import tables as t
from counter_app.storage.driver import Driver, find_driver
from counter_app.storage.file_copy import beside, settle
from counter_app.storage.hall import OpenHall, open_hall
from counter_app.storage.journal import find_by_intent
from counter_app.storage.lock import HallLock
from counter_app.storage.mark import read_mark
from counter_app.storage.sql import Writing
from counter_app.storage.store import FILE_NAME, Store
from counter_app.storage.trouble import CommitUncertain, HallInUse, MoneyIsOff, NotThisKey, StoreTrouble
from tests import halls
from tests.storage.conftest import Worked

DRIVERS = ("sqlcipher3", "sqlite3")


@pytest.fixture(params=DRIVERS)
def driver(request: pytest.FixtureRequest) -> Driver:
    return find_driver(request.param)


@pytest.fixture
def store(driver: Driver, tmp_path: Path) -> Iterator[Store]:
    made = Store.create(tmp_path / FILE_NAME, driver=driver)
    yield made
    made.close()


def note(work: Writing, key: str, value: str = "x") -> None:
    work.driver.execute("INSERT INTO hall (key, value) VALUES (?, ?)", (key, value))


def notes(work: Writing, *keys: str, value: str = "x") -> None:
    for key in keys:
        note(work, key, value)


def note_and_stumble(work: Writing, key: str) -> None:
    note(work, key)
    raise ZeroDivisionError


def noted(store: Store) -> list[str]:
    with store.reading() as reading:
        return [row[0] for row in reading.driver.execute("SELECT key FROM hall ORDER BY key").fetchall()]


def test_what_is_written_is_there_after_reopening(store: Store) -> None:
    with store.writing() as work:
        note(work, "a")
    store.close()
    again = Store.open(store.path, driver=store.driver)
    assert noted(again) == ["a"]
    again.close()
    assert not store.path.with_name(f"{FILE_NAME}-wal").exists()


def test_an_error_inside_writes_nothing(store: Store) -> None:
    with pytest.raises(ZeroDivisionError), store.writing() as work:
        note_and_stumble(work, "z")
    with store.writing() as work:
        note(work, "a")
    with pytest.raises(StoreTrouble), store.writing() as work:
        notes(work, "b", "a")
    assert noted(store) == ["a"]


def test_a_reader_sees_one_moment(tmp_path: Path) -> None:
    store = Store.create(tmp_path / FILE_NAME, driver=find_driver("sqlcipher3"))
    with store.reading() as reading:
        question = "SELECT count(*) FROM hall"
        assert reading.driver.execute(question).fetchone() == (0,)
        with store.writing() as work:
            note(work, "a")
        assert reading.driver.execute(question).fetchone() == (0,)
    assert noted(store) == ["a"]
    store.close()


def test_a_reader_may_not_write(tmp_path: Path) -> None:
    store = Store.create(tmp_path / FILE_NAME, driver=find_driver("sqlcipher3"))
    with pytest.raises(StoreTrouble, match="readonly"), store.reading() as reading:
        reading.driver.execute("DELETE FROM hall")
    store.close()


def test_writing_belongs_to_one_thread(store: Store) -> None:
    caught: list[BaseException] = []

    def write() -> None:
        try:
            with store.writing() as work:
                note(work, "a")
        except BaseException as error:
            caught.append(error)

    thread = threading.Thread(target=write)
    thread.start()
    thread.join()
    assert [type(error) for error in caught] == [AssertionError]
    assert noted(store) == []


def test_the_thread_that_adopts_it_writes(store: Store) -> None:
    def write() -> None:
        store.adopt()
        with store.writing() as work:
            note(work, "a")

    thread = threading.Thread(target=write)
    thread.start()
    thread.join()
    store.adopt()
    assert noted(store) == ["a"]


def test_facts_are_neither_changed_nor_deleted(worked: Worked) -> None:
    store = Store.open(worked.path, key=worked.key, driver=worked.driver)
    for table in ("entries", "postings", "payments", "payment_tenders", "receipts", "settlements"):
        column = next(iter(t.entries.metadata.tables[table].c)).name
        for statement in (f"DELETE FROM {table}", f"UPDATE {table} SET {column} = {column}"):
            with pytest.raises(StoreTrouble, match=f"{table} only grow"), store.writing() as work:
                work.driver.execute(statement)
    store.close()
    assert worked.look().is_clean


class FailingCommits:
    """The driver with COMMITs that report an error: before they are done, or after."""

    def __init__(self, real: Driver, *, is_done: bool) -> None:
        self.is_armed = False

        outer = self

        class Failing(real.module.Connection):  # type: ignore[misc, name-defined]  # a class of the driver's module
            def commit(self) -> None:
                if not outer.is_armed:
                    super().commit()
                    return
                outer.is_armed = False
                if is_done:
                    super().commit()
                raise real.module.OperationalError("disk I/O error")

        def connect(*args: Any, **more: Any) -> Any:
            return real.module.connect(*args, **more, factory=Failing)

        names = {name: getattr(real.module, name) for name in dir(real.module) if not name.startswith("__")}
        module: Any = SimpleNamespace(**{**names, "connect": connect})
        self.driver = real._replace(module=module)


@pytest.mark.parametrize("is_done", [True, False], ids=["done", "not done"])
def test_a_failed_commit_is_uncertain_and_the_intent_tells(driver: Driver, tmp_path: Path, *, is_done: bool) -> None:
    halls.a_hall(tmp_path, driver=driver.name).close()
    failing = FailingCommits(driver, is_done=is_done)
    hall = open_hall(tmp_path, clock=FixedClock(halls.NOW), driver=failing.driver)
    someone = halls.three_months_behind(hall)
    halls.an_open_shift(hall)
    order = an_order(hall, someone)
    failing.is_armed = True
    with pytest.raises(CommitUncertain, match="disk I/O error"), hall.store.writing(money=True) as work:
        payments._take(hall, work, halls.teller(), order)
    with pytest.raises(StoreTrouble), hall.store.writing() as work:
        note(work, "not before it is reopened")
    hall.store.reopen()
    with hall.reading() as reading:
        assert (find_by_intent(reading, order.intent_id) is not None) is is_done
    hall.close()
    assert Worked(tmp_path, driver, None).look().findings == ()


@pytest.mark.parametrize("is_done", [True, False], ids=["done", "not done"])
def test_a_payment_with_a_failed_commit_is_one_payment_or_none(
    driver: Driver, tmp_path: Path, *, is_done: bool
) -> None:
    halls.a_hall(tmp_path, driver=driver.name).close()
    failing = FailingCommits(driver, is_done=is_done)
    hall = open_hall(tmp_path, clock=FixedClock(halls.NOW), driver=failing.driver)
    someone = halls.three_months_behind(hall)
    halls.an_open_shift(hall)
    order = an_order(hall, someone)
    failing.is_armed = True
    if is_done:
        assert payments.take(hall, halls.teller(), order).is_late_answer
    else:
        with pytest.raises(payments.NotRecorded):
            payments.take(hall, halls.teller(), order)
        payments.take(hall, halls.teller(), order)
    hall.close()
    report = Worked(tmp_path, driver, None).look()
    assert report.findings == ()
    assert report.counts["payments"] == 1


def test_a_commit_that_really_fails_is_uncertain_and_not_recorded(store: Store) -> None:
    with store.writing() as work:
        work.driver.execute("CREATE TABLE parents (id INTEGER PRIMARY KEY) STRICT")
        work.driver.execute("CREATE TABLE children (p INTEGER REFERENCES parents DEFERRABLE INITIALLY DEFERRED) STRICT")
    with pytest.raises(CommitUncertain), store.writing() as work:
        work.driver.execute("INSERT INTO children VALUES (1)")
    store.reopen()
    assert noted(store) == []
    with store.writing() as work:
        note(work, "b")
    assert noted(store) == ["b"]


def an_order(hall: OpenHall, someone: halls.Someone) -> payments.Order:
    wish = Wish((halls.cash(100),))
    previewed = plan(halls.position(hall, someone), wish)
    return payments.Order(new_intent_id(), someone.customer_id, someone.account_id, wish, previewed)


def test_a_full_disk_writes_nothing_and_the_next_small_thing_works(store: Store) -> None:
    with store.writing() as work:
        pages = work.driver.execute("PRAGMA page_count").fetchone()
        assert pages is not None
        work.driver.execute(f"PRAGMA max_page_count={pages[0] + 2}")
    with pytest.raises(StoreTrouble, match="full"), store.writing() as work:
        notes(work, "a", "b", value="x" * 100_000)
    assert noted(store) == []
    with store.writing() as work:
        note(work, "c")
    assert noted(store) == ["c"]


HOLD = """
import sys
from pathlib import Path
from counter_app.storage.driver import connect, find_driver
raw = connect(find_driver("sqlcipher3"), Path(sys.argv[1]), key=None, is_writer=True)
raw.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.read()
"""


def test_a_file_that_another_program_holds_is_trouble(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(driving, "_ALL_PRAGMAS", ("busy_timeout=50", *driving._ALL_PRAGMAS[1:]))
    store = Store.create(tmp_path / FILE_NAME, driver=find_driver("sqlcipher3"))
    command = [sys.executable, "-c", HOLD, str(store.path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with pytest.raises(StoreTrouble, match="locked"), store.writing() as work:
            note(work, "a")
        assert noted(store) == []
        other.communicate()
    with store.writing() as work:
        note(work, "b")
    assert noted(store) == ["b"]
    store.close()


@pytest.fixture
def as_nobody() -> Iterator[Path]:
    """A folder of somebody who may not do everything: root would not be stopped by a read-only file."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    if is_root:
        os.chown(folder, 65534, 65534)
        os.seteuid(65534)
    yield folder
    if is_root:
        os.seteuid(0)
    folder.chmod(0o755)
    shutil.rmtree(folder)


@pytest.mark.skipif(sys.platform == "win32", reason="the rights of POSIX")
@pytest.mark.parametrize("is_settled", [True, False], ids=["backup", "as the counter left it"])
@pytest.mark.parametrize("what", ["file", "folder"])
def test_a_read_only_file_or_folder_is_trouble_and_can_be_read(
    as_nobody: Path, what: str, driver: Driver, *, is_settled: bool
) -> None:
    store = Store.create(as_nobody / FILE_NAME, driver=driver)
    with store.writing() as work:
        note(work, "a")
    store.close()
    if is_settled:
        settle(driver, store.path, None)
    for left in beside(store.path):
        left.unlink()
    (store.path if what == "file" else as_nobody).chmod(0o444 if what == "file" else 0o555)
    with pytest.raises(StoreTrouble):
        write_something(store.path, driver)
    reader = Store.open(store.path, driver=driver, for_writing=False)
    assert noted(reader) == ["a"]
    reader.close()


def write_something(path: Path, driver: Driver) -> None:
    store = Store.open(path, driver=driver)
    try:
        with store.writing(money=True) as work:
            note(work, "b")
    finally:
        store.close()


def test_nothing_is_overwritten(store: Store) -> None:
    with pytest.raises(FileExistsError):
        Store.create(store.path, driver=store.driver)


def test_a_wrong_key_and_a_strange_file_are_told_apart_from_trouble(tmp_path: Path) -> None:
    cipher = find_driver("sqlcipher3")
    Store.create(tmp_path / FILE_NAME, key=bytes(range(32)), driver=cipher).close()
    for key in (None, bytes(32)):
        with pytest.raises(NotThisKey):
            Store.open(tmp_path / FILE_NAME, key=key, driver=cipher)
    with pytest.raises(FileNotFoundError):
        Store.open(tmp_path / "none.db", driver=cipher)


def test_a_second_program_is_refused_with_the_name_of_the_first(tmp_path: Path) -> None:
    first = HallLock(tmp_path, "counter-app")
    with pytest.raises(HallInUse) as used:
        HallLock(tmp_path, "counter-app")
    assert used.value.owner == f"counter-app (pid {os.getpid()})"
    first.release()
    HallLock(tmp_path, "counter-app").release()


def test_the_lock_ends_with_its_program_however_it_ends(tmp_path: Path) -> None:
    code = (
        "import os, sys\nfrom pathlib import Path\nfrom counter_app.storage.lock import HallLock\n"
        "HallLock(Path(sys.argv[1]), 'killed')\nos._exit(9)"
    )
    assert subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False).returncode == 9
    HallLock(tmp_path, "next").release()


def test_an_older_copy_put_back_takes_no_money(worked: Worked) -> None:
    older = worked.path.read_bytes()
    hall = open_hall(worked.folder, clock=FixedClock(halls.NOW), driver=worked.driver)
    someone = halls.three_months_behind(hall, no="10009999")
    halls.pay(hall, someone, halls.cash(1))
    hall.close()
    worked.path.write_bytes(older)
    hall = open_hall(worked.folder, clock=FixedClock(halls.NOW), driver=worked.driver)
    with pytest.raises(MoneyIsOff) as off:
        halls.an_open_shift(hall)
    assert [finding.what for finding in off.value.findings] == ["journal behind its mark"]
    hall.close()


def test_the_mark_follows_the_journal(worked: Worked) -> None:
    mark = read_mark(worked.folder)
    assert mark is not None
    assert mark.seq == worked.ask("SELECT max(seq) FROM entries")
    (worked.folder / "hall.mark").write_text("{", "utf-8")
    assert read_mark(worked.folder) is None


def test_work_that_comes_after_a_failed_commit_opens_the_file_again(tmp_path: Path) -> None:
    store = Store.create(tmp_path / "hall.db")

    def write(key: str, *, fails: bool) -> None:
        with store.writing() as work:
            work.driver.execute("INSERT INTO hall VALUES (:key, '1')", {"key": key})
            if fails:
                # a COMMIT on a connection that is gone
                work.driver.execute("ROLLBACK")
                work.driver.close()

    with pytest.raises(CommitUncertain):
        write("a", fails=True)
    write("b", fails=False)
    with store.reading() as reading:
        assert reading.driver.execute("SELECT key FROM hall").fetchall() == [("b",)]
    store.close()
    with pytest.raises(StoreTrouble), store.writing():
        pass
