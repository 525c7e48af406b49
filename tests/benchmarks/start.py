"""From the command to the first paint, to the sign-in page of an open hall, and to all rooms, against a bare window."""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

from counter_app.clock import SystemClock
from counter_app.services.demo import make_demo
from tests.benchmarks.measuring import Line, Scene

_SAY = """
import os, resource, sys, time
def say():
    used = resource.getrusage(resource.RUSAGE_SELF)
    sys.stdout.write(f"{time.monotonic()!r} {used.ru_utime + used.ru_stime!r}\\n")
    sys.stdout.flush()
"""
_BARE = f"""{_SAY}
from PySide6.QtWidgets import QApplication, QMainWindow
class Window(QMainWindow):
    def paintEvent(self, event):
        say()
        os._exit(0)
app = QApplication([])
window = Window()
window.resize(1366, 768)
window.show()
app.exec()
"""
_OURS = f"""{_SAY}
from counter_app import cli
read_look = cli.read_look
def watched(folder):
    # the command has come to its window: from here on it is watched
    from PySide6.QtCore import QTimer
    from counter_app import app
    class Window(app.Shell):
        is_painted = False
        def paintEvent(self, event):
            super().paintEvent(event)
            if not self.is_painted:
                self.is_painted = True
                say()
    class Assembly(app.Assembly):
        def _opened(self, found):
            super()._opened(found)
            assert self.counter.sign_in_page.staff_no.entry.hasFocus()
            self.shell.repaint()
            say()
            self.watch = QTimer(interval=5, timeout=self.look)
            self.watch.start()
        def look(self):
            if self.counter.is_furnished:
                say()
                os._exit(0)
    app.Shell, app.Assembly = Window, Assembly
    return read_look(folder)
cli.read_look = watched
cli.main(["--data", sys.argv[1]])
"""


def start_lines(scene: Scene) -> list[Line]:
    """CPU and wall in fresh processes, in turn; bytecode is compiled, the files are in the page cache."""
    folder = scene.data / "start"
    shutil.rmtree(folder, ignore_errors=True)
    make_demo(folder, customers=scene.count(2_000, 20), clock=SystemClock.of_this_machine()).close()
    rounds = scene.count(15, 1)
    bare, painted, usable, whole = [], [], [], []
    for _ in range(rounds + (0 if scene.is_tiny else 1)):
        bare.append(_run(_BARE, folder)[0])
        first, second, third = _run(_OURS, folder)
        painted.append(first)
        usable.append(second)
        whole.append(third)
    bare, painted, usable, whole = bare[-rounds:], painted[-rounds:], usable[-rounds:], whole[-rounds:]
    wall_ms, cpu_ms = _median(bare)
    lines = []
    for name, found, limit in (("first paint", painted, 1.3), ("usable", usable, 1.6)):
        wall, cpu = _median(found)
        lines.append(Line(f"start to {name}, CPU", "ms", cpu, f"≤ {limit}×", cpu <= limit * cpu_ms, baseline=cpu_ms))
        lines.append(Line(f"start to {name}", "ms", wall, baseline=wall_ms))
    wall, cpu = _median(whole)
    lines.append(Line("start to every room, behind the sign-in page, CPU", "ms", cpu, baseline=cpu_ms))
    lines.append(Line("start to every room, behind the sign-in page", "ms", wall, baseline=wall_ms))
    return lines


def _run(code: str, folder: Path) -> list[tuple[float, float]]:
    """(wall, CPU) in milliseconds of each line that the process says."""
    env = os.environ | {"QT_QPA_PLATFORM": "offscreen", "QT_LOGGING_RULES": "*=false"}
    # an installed counter has its bytecode; here the first round, which does not count, compiles it
    env |= {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(folder.with_name("bytecode"))}
    # a counter that was closed leaves no door behind; the one before was ended in the middle
    (folder / "hall.door").unlink(missing_ok=True)
    begun = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", code, str(folder)], capture_output=True, text=True, check=True, env=env, timeout=60
    )
    said = [line.split() for line in done.stdout.splitlines()]
    return [((float(at) - begun) * 1e3, float(cpu) * 1e3) for at, cpu in said]


def _median(found: list[tuple[float, float]]) -> tuple[float, float]:
    return statistics.median(wall for wall, _ in found), statistics.median(cpu for _, cpu in found)
