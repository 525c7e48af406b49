"""A second program beside an open counter, as two real processes: it raises, hands over, or hears why not."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from counter_app.clock import FixedClock
from counter_app.services.beside import raise_window
from counter_app.services.hall import open_hall
from counter_app.storage.door import Door, knock
from counter_app.storage.lock import DOOR_NAME, is_held
from counter_app.ui.background import Background
from counter_app.ui.doorkeeper import Doorkeeper
from tests import halls
from tests.ui.counter.rooms import lanes
from tests.ui.counter.whole import Whole, rest, whole

_ROOT = Path(__file__).parents[2]
_CUSTOMERS = "客户编号,姓名,户号,地址\nC7,钱七,20007,幸福路 7 号\nC8,周八,20008,幸福路 8 号\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    halls.a_hall(tmp_path / "hall").close()
    return tmp_path / "hall"


class Open:
    """A counter in a process of its own."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process

    def wait(self, word: str) -> None:
        """Reads what it says until it says that."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if line.strip() == word:
                return
        pytest.fail(f"the counter ended with {self.process.wait(60)} without saying {word!r}")


@contextmanager
def a_counter(folder: Path, staff_no: str = "") -> Iterator[Open]:
    command = [sys.executable, "-m", "tests.journeys.open_counter", str(folder), staff_no]
    with subprocess.Popen(
        command, cwd=_ROOT, env=_env(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    ) as process:
        try:
            yield Open(process)
            assert process.stdin is not None
            if process.poll() is None:
                process.stdin.write("\n")
                process.stdin.flush()
                assert process.wait(60) == 0
        finally:
            if process.poll() is None:
                process.kill()


def _env() -> dict[str, str]:
    return {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONIOENCODING": "utf-8", "PYTHONFAULTHANDLER": "1"}


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "counter_app", "--data", str(folder), *words]
    return subprocess.run(command, cwd=_ROOT, env=_env(), capture_output=True, text=True, encoding="utf-8", timeout=120)


def names(folder: Path) -> list[str]:
    hall = open_hall(folder, clock=FixedClock(halls.NOW), for_writing=False)
    with hall.reading() as reading:
        found = [row[0] for row in reading.driver.execute("SELECT name FROM customers ORDER BY name").fetchall()]
    hall.close()
    return found


def test_a_second_start_raises_the_window_and_an_import_is_refused_while_nobody_is_signed_in(
    folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "客户.csv").write_text(_CUSTOMERS, encoding="utf-8")
    with a_counter(folder) as counter:
        counter.wait("minimised")
        second = run(folder)
        assert (second.returncode, second.stderr) == (0, "")
        assert "已把它的窗口调到最前面" in second.stdout
        assert "brought to the front" in second.stdout
        counter.wait("raised")
        refused = run(folder, "import", "customers", str(tmp_path / "客户.csv"))
        assert refused.returncode == 1
        assert "请厅管理员在柜台登录后再运行" in refused.stderr
    assert not (folder / DOOR_NAME).exists(), "the door goes with the window"
    assert names(folder) == []


def test_an_import_beside_an_admin_is_done_by_the_counter_and_the_report_comes_back(
    folder: Path, tmp_path: Path
) -> None:
    file, wrong = tmp_path / "客户.csv", tmp_path / "错.csv"
    file.write_text(_CUSTOMERS, encoding="utf-8")
    wrong.write_text(_CUSTOMERS.replace("20008", "20007"), encoding="utf-8")
    with a_counter(folder, "9001") as counter:
        counter.wait("signed in")
        bad = run(folder, "import", "customers", str(wrong))
        assert bad.returncode == 1
        assert "没有写入任何数据" in bad.stdout
        unreadable = run(folder, "import", "customers", str(tmp_path / "none.csv"))
        assert unreadable.returncode == 1
        assert "正在运行的柜台没有照办。读不到文件“none.csv”" in unreadable.stderr
        done = run(folder, "import", "customers", str(file), "--json")
        assert done.returncode == 0, done.stderr
        report = json.loads(done.stdout)
        assert (report["new_count"], report["error_count"], report["is_check"]) == (2, 0, False)
    assert names(folder) == ["周八", "钱七"]
    hall = open_hall(folder, clock=FixedClock(halls.NOW), for_writing=False)
    with hall.reading() as reading:
        asked = "SELECT staff_no FROM entries WHERE kind = 'import.done'"
        assert reading.driver.execute(asked).fetchall() == [("9001",)], "under the name of who is signed in there"
    hall.close()


@pytest.mark.skipif(sys.platform == "win32", reason="a killed program leaves no pipe there")
def test_what_a_killed_counter_left_keeps_nobody_out(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "客户.csv").write_text(_CUSTOMERS, encoding="utf-8")
    with a_counter(folder) as killed:
        killed.wait("open")
        killed.process.send_signal(signal.SIGKILL)
        killed.process.wait(60)
    assert (folder / DOOR_NAME).exists()
    assert knock(folder, {"want": "window"}) is None
    assert not is_held(folder)
    asked = "import sys; from pathlib import Path; from counter_app.services.beside import raise_window; "
    asked += "print(raise_window(Path(sys.argv[1])), 'multiprocessing' in sys.modules)"
    told = subprocess.run(
        [
            sys.executable,
            "-c",
            asked,
            folder,
        ],
        capture_output=True,
        text=True,
        check=True,
        cwd=_ROOT,
    )
    assert told.stdout.split() == ["False", "False"], "the next start loads nothing to speak with nobody"
    with a_counter(folder) as counter:
        counter.wait("minimised")
        assert raise_window(folder)
        counter.wait("raised")
    assert run(folder, "import", "customers", str(tmp_path / "客户.csv")).returncode == 0


def sign_in(window: Whole, staff_no: str) -> None:
    page = window.counter.sign_in_page
    page.fill(staff_no, halls.PASSWORD)
    page.sign_in()
    rest()


def test_a_teller_or_a_locked_screen_imports_nothing_and_who_asked_hears_why(tmp_path: Path) -> None:
    hall = halls.a_hall(tmp_path)
    window = whole(hall)
    keeper = Doorkeeper(lanes(), window.shell, lambda: window.counter)
    request = {"want": "import", "what": "customers", "file": "客户.csv", "map": None, "check": True}

    def asked() -> dict[str, object]:
        return keeper.answer(request, lambda _step: None)

    assert asked() == {"is_nobody": True}
    sign_in(window, "1001")
    assert "“营业员”不能办理这一项。可以办理的是：厅管理员" in str(asked()["said"])
    window.counter.sign_out()
    rest()
    sign_in(window, "9001")
    assert "读不到文件" in str(asked()["said"])
    window.counter.lock()
    assert asked() == {"is_nobody": True}, "a locked screen is nobody"
    assert "另一个版本" in str(keeper.answer({"want": "tea"}, lambda _step: None)["said"])
    window.close()
    hall.close()


def test_who_asked_and_went_away_stops_the_import_and_nothing_is_written(tmp_path: Path) -> None:
    hall = halls.a_hall(tmp_path / "hall")
    (tmp_path / "客户.csv").write_text(_CUSTOMERS, encoding="utf-8")
    window = whole(hall)
    sign_in(window, "9001")
    real = Background(trouble=(OSError,))
    # an import that began before it heard that nobody waits for it takes its tables away on the writer's lane
    real.lane("writer").submit(hall.store.adopt).result()
    keeper = Doorkeeper(real, window.shell, lambda: window.counter)
    gone = threading.Event()
    # the import waits behind this until whoever asked is gone
    real.lane("long").submit(gone.wait, 20)

    def step(_step: object) -> None:
        gone.set()
        raise BrokenPipeError

    request = {"want": "import", "what": "customers", "file": str(tmp_path / "客户.csv"), "map": None, "check": False}
    asking = ThreadPoolExecutor(1)
    answer = asking.submit(keeper.answer, request, step)
    while not answer.done():
        rest()
    asking.shutdown()
    assert answer.result() == {}
    while real.lane("long")._work_queue.qsize():
        rest()
    last = real.lane("long").submit(lambda: None)
    while not last.done():
        rest()
    real.close()
    hall.store.adopt()
    with hall.reading() as reading:
        assert reading.driver.execute("SELECT count(*) FROM customers").fetchone() == (0,)
    window.close()
    hall.close()


def test_only_who_has_the_halls_word_is_answered_and_the_socket_is_its_owners(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from multiprocessing.connection import Client

    heard: list[object] = []

    def answer(request: dict[str, object], _step: object) -> dict[str, object]:
        heard.append(request)
        return {"is_raised": True}

    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / ("long" * 40)))
    deep = tmp_path / "深" / ("folder" * 20)
    deep.mkdir(parents=True)
    door = Door(deep, answer)
    note = json.loads((deep / DOOR_NAME).read_text("utf-8"))
    if sys.platform != "win32":
        assert os.stat(deep / DOOR_NAME).st_mode & 0o777 == 0o600
        assert os.stat(note["address"]).st_mode & 0o777 == 0o600
        assert os.stat(os.path.dirname(note["address"])).st_mode & 0o077 == 0
    assert knock(deep, {"want": "window"}) == {"is_raised": True}
    for stranger in (b'{"want": "window", "key": "no"}', b"[]", b"nonsense"):
        with Client(note["address"]) as line:
            line.send_bytes(stranger)
            with pytest.raises(EOFError):
                line.recv_bytes()
    assert heard == [{"want": "window"}]
    door.close()
    assert knock(deep, {"want": "window"}) is None
