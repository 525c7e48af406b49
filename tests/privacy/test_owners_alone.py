"""Files are their owner's alone, whatever the umask says."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from counter_app.clock import FixedClock
from counter_app.services import printing, receipts
from counter_app.storage.backup import backup, restore
from counter_app.storage.hall import open_hall
from tests import halls

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="rights of files are POSIX here")


@pytest.fixture(params=[0o000, 0o022, 0o077])
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_halls_folder_its_file_and_what_lies_beside_it(umask: int, tmp_path: Path) -> None:
    folder, saved = tmp_path / "hall", tmp_path / "saved.db"
    hall = halls.a_hall(folder, is_demo=False)
    someone = halls.three_months_behind(hall)
    halls.an_open_shift(hall)
    _, taken = halls.pay(hall, someone, halls.cash(500))
    order = receipts.order_print(hall, halls.teller(), taken.receipt_no, paper="a5", printer="pdf")
    pdf = Path(printing.print_pdf(hall, order, receipts.render(order), printing.TO_FILE))
    assert [mode(folder), mode(folder / "keys"), mode(pdf.parent)] == [0o700] * 3
    files = [folder / "hall.db", folder / "hall.db-wal", folder / "hall.db-shm", pdf, *(folder / "keys").iterdir()]
    assert {path.name: mode(path) for path in files} == {path.name: 0o600 for path in files}
    backup(folder, saved)
    hall.close()
    assert mode(saved) == 0o600
    restored = restore(folder, saved, now=halls.NOW)
    assert [mode(path) for path in (restored.path, *restored.kept)] == [0o600] * 2
    open_hall(folder, clock=FixedClock(halls.NOW)).close()
    assert mode(folder / "hall.db") == 0o600


def test_the_log_is_its_owners_alone_and_one_from_before_becomes_so(umask: int, tmp_path: Path) -> None:
    logs = tmp_path / "logs"
    logs.mkdir()
    (logs / "crash.log").touch(0o666)
    script = (
        "import pathlib, sys\n"
        "from counter_app import logs\n"
        "logs.keep_log(pathlib.Path(sys.argv[1]))\n"
        "logs.LOGGER.info('started\\x1b[2J\\u2028')\n"
    )
    done = subprocess.run([sys.executable, "-c", script, str(tmp_path)], capture_output=True)
    assert (done.returncode, done.stderr) == (0, b"")
    assert {path.name: mode(path) for path in logs.iterdir()} == {"counter.log": 0o600, "crash.log": 0o600}
    (line,) = (logs / "counter.log").read_bytes().splitlines()
    assert b"started\\u001b[2J\\u2028" in line


def test_a_folder_that_somebody_gave_rights_keeps_them(tmp_path: Path) -> None:
    (tmp_path / "hall").mkdir()
    (tmp_path / "hall").chmod(0o750)
    halls.a_hall(tmp_path / "hall").close()
    assert mode(tmp_path / "hall") == 0o750
