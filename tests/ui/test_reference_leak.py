"""Qt gives back every reference to True and None, and the pair that does not is refused at the start."""

from __future__ import annotations

import subprocess
import sys

import pytest

from counter_app.ui.qt_guard import refuse_broken_qt

# In a process of its own: where references are lost it aborts, and that must fail this test, not end all of them.
COUNT = """
import sys
from PySide6.QtCore import QObject, Signal

class Lamp(QObject):
    switched = Signal(bool)

lamp = Lamp()
lamp.switched.connect(lambda is_on: None)
lamp.setObjectName("warm")
lamp.switched.emit(True)
trues, nones = sys.getrefcount(True), sys.getrefcount(None)
for _ in range(20_000):
    lamp.switched.emit(True)
for _ in range(20_000):
    lamp.setObjectName("lamp")
print(sys.getrefcount(True) - trues, sys.getrefcount(None) - nones)
"""


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="True and None are immortal from Python 3.12 on")
def test_twenty_thousand_calls_lose_no_reference() -> None:
    result = subprocess.run([sys.executable, "-c", COUNT], capture_output=True, encoding="utf-8")
    assert result.returncode == 0, result.stderr
    lost_trues, lost_nones = map(int, result.stdout.split())
    assert abs(lost_trues) < 100
    assert abs(lost_nones) < 100


@pytest.mark.parametrize(("python", "qt"), [((3, 11), (6, 12)), ((3, 11), (6, 13)), ((3, 10), (6, 12))])
def test_the_broken_pair_is_refused(python: tuple[int, int], qt: tuple[int, int]) -> None:
    with pytest.raises(SystemExit, match=r"PySide6-Essentials<6\.12") as stop:
        refuse_broken_qt(python=python, qt=qt)
    assert "请安装" in str(stop.value)


@pytest.mark.parametrize(("python", "qt"), [((3, 11), (6, 11)), ((3, 11), (6, 8)), ((3, 12), (6, 12))])
def test_a_sound_pair_starts(python: tuple[int, int], qt: tuple[int, int]) -> None:
    refuse_broken_qt(python=python, qt=qt)


def test_the_pair_that_runs_these_tests_is_sound() -> None:
    refuse_broken_qt()
