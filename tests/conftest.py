"""The frame of all tests: no screen needed, one pixel is one pixel, the font that ships with the program."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

if sys.platform.startswith("linux") and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["QT_SCALE_FACTOR"] = "1"


MEMORY = Path("/dev/shm")
ROOM = 6 * 2**30
"""What has to be free for the files of all tests to lie in memory: they take two gigabytes."""
_OURS = "counter-tests-"


def pytest_configure(config: pytest.Config) -> None:
    """The offscreen platform warns at each window with a least size; nothing is wrong with the window."""
    config.addinivalue_line("qt_log_ignore", "^This plugin does not support propagateSizeHints")
    if config.option.basetemp is None and _has_room_in_memory():
        _write_into_memory(config)


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """What the tests wrote is kept for whoever looks for a failure, and takes no memory otherwise."""
    place = _place_of_this_run()
    if exitstatus == 0 and place.exists():
        shutil.rmtree(place, ignore_errors=True)


def _write_into_memory(config: pytest.Config) -> None:
    """Thousands of small halls are written with care: half of a run would be spent on waiting for the disk."""
    own = _place_of_this_run()
    for place in MEMORY.glob(f"{_OURS}*"):
        # a run that failed or was killed has left its files
        if place == own or not Path("/proc", place.name.removeprefix(_OURS)).exists():
            shutil.rmtree(place, ignore_errors=True)
    temporary = own / "tmp"
    for place in (own, temporary):
        place.mkdir()
        # a private PostgreSQL may run as another user
        place.chmod(0o755)
    config.option.basetemp = str(own / "pytest")
    # the programs that tests start, and the processes that share the tests among them, write there too
    os.environ["TMPDIR"] = str(temporary)
    tempfile.tempdir = None


def _place_of_this_run() -> Path:
    return MEMORY / f"{_OURS}{os.getpid()}"


def _has_room_in_memory() -> bool:
    if not sys.platform.startswith("linux") or not os.access(MEMORY, os.W_OK):
        return False
    system = os.statvfs(MEMORY)
    # tests run small programs that they have written
    if system.f_flag & os.ST_NOEXEC:
        return False
    told = dict(line.split(":") for line in Path("/proc/meminfo").read_text("ascii").splitlines())
    return min(system.f_bavail * system.f_frsize, int(told["MemAvailable"].split()[0]) * 1024) > ROOM


@pytest.fixture(autouse=True)
def windows_go() -> Iterator[None]:
    """Windows that a test has left open go with it: each living one makes every later change of look slower."""
    before = set(_windows())
    yield
    if left := [window for window in _windows() if window not in before]:
        from PySide6.QtCore import QCoreApplication, QEvent

        for window in left:
            window.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def _windows() -> list[QWidget]:
    if "PySide6.QtWidgets" not in sys.modules:
        return []
    from PySide6.QtWidgets import QApplication

    return QApplication.topLevelWidgets() if QApplication.instance() is not None else []
