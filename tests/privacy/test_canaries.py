"""Personal data and secrets stay in their rows: a hundred canaries go through a whole day (reliability 2.10, I17)."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from counter_app.clock import FixedClock
from counter_app.storage.beside import open_beside
from counter_app.storage.hall import open_hall
from tests import halls
from tests.privacy import canaries


@dataclass(frozen=True)
class Day:
    """What a day left behind: the folder as the crash left it, and everything that was printed."""

    folder: Path
    said: bytes


def run(*command: str) -> subprocess.CompletedProcess[bytes]:
    here = dict(os.environ, PYTHON_KEYRING_BACKEND="keyring.backends.null.Keyring", QT_QPA_PLATFORM="offscreen")
    return subprocess.run([sys.executable, *command], capture_output=True, env=here)


@pytest.fixture(scope="module", params=["real", "demo"])
def day(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Day:
    folder = tmp_path_factory.mktemp(request.param) / "hall"
    done = run("-m", "tests.privacy.day", str(folder), request.param)
    said = done.stdout + done.stderr
    assert b"a bug: KeyError (" in said, said.decode()
    assert b"Aborted" in (folder / "logs" / "crash.log").read_bytes(), said.decode()
    return Day(folder, said)


def is_real(day: Day) -> bool:
    return not (day.folder / "hall.db").read_bytes().startswith(b"SQLite format 3")


def contents(day: Day) -> list[str]:
    store = open_beside(day.folder)
    try:
        with store.reading() as reading:
            return [row[0] for row in reading.driver.execute("SELECT content FROM entries").fetchall()]
    finally:
        store.close()


def test_there_are_a_hundred_and_no_two_are_alike() -> None:
    assert len(canaries.ALL) == len(set(canaries.ALL)) == 100


def test_nothing_that_was_written_or_printed_outside_of_the_file_holds_a_canary(day: Day) -> None:
    found = canaries.found_below(day.folder)
    if not is_real(day):
        for name in ("hall.db", "hall.db-wal"):  # the demo hall is plain, its people are made up
            found.pop(name, None)
    assert found == {}
    assert canaries.found_in(day.said) == []
    assert (day.folder / "hall.db-wal").stat().st_size > 0


def test_the_log_tells_kinds_and_places_and_no_values(day: Day) -> None:
    log = (day.folder / "logs" / "counter.log").read_text("ascii")
    assert '"error": "KeyError"' in log
    assert '"error": "ValueError"' in log
    assert "day.py:" in log
    assert canaries.found_in(log.encode()) == []


def test_no_entry_holds_a_canary(day: Day) -> None:
    found = contents(day)
    assert len(found) > 30
    assert {canary: text for text in found for canary in canaries.found_in(text.encode())} == {}


def test_verify_backup_and_restore_hold_and_say_none(day: Day, tmp_path: Path) -> None:
    backup = tmp_path / "backup.db"
    said = []
    commands = (("verify", "--json"), ("backup", str(backup)), ("restore", str(backup)))
    for command in commands if is_real(day) else commands[:1]:
        done = run("-m", "counter_app", "--data", str(day.folder), *command)
        assert done.returncode == 0, (done.stdout + done.stderr).decode()
        said.append(done.stdout + done.stderr)
    assert canaries.found_in(b"".join(said)) == []
    if backup.exists():
        assert canaries.found_in(backup.read_bytes()) == []
        assert canaries.found_below(day.folder) == {}


def test_the_canaries_were_there_to_be_found(day: Day) -> None:
    hall = open_hall(day.folder, clock=FixedClock(halls.NOW))
    try:
        with hall.reading() as reading:
            tables = ("customers", "contacts", "accounts", "notes", "staff", "payment_tenders", "entries")
            held = "\n".join(
                str(row) for name in tables for row in reading.driver.execute(f"SELECT * FROM {name}").fetchall()
            )
    finally:
        hall.close()
    missing = {canary for canary in canaries.ALL if canary not in held}
    never_kept = {*canaries.PASSWORDS.values(), *canaries.WRONG, *canaries.CARDS, *canaries.IN_REASONS}
    never_kept |= {canaries.LANE_MESSAGE, canaries.LANE_LOCAL, canaries.THREAD_MESSAGE, canaries.IN_STAFF_FIELD}
    assert missing - ({canaries.STAFF["8001"]} if not is_real(day) else set()) == never_kept


def test_a_canary_that_got_out_is_found(tmp_path: Path) -> None:
    person = canaries.PEOPLE[3]
    (tmp_path / "one.log").write_text(f"x {person.name} y", "utf-8")
    (tmp_path / "two.log").write_text(person.address, "gb18030")
    (tmp_path / "three.log").write_text(" ".join((canaries.CARDS[0][:4], canaries.CARDS[0][4:8], "…")), "utf-8")
    assert canaries.found_below(tmp_path) == {"one.log": [person.name], "two.log": [person.address]}
