"""What is loaded when the window is first painted, and when the sign-in page stands: the heavy packages come later."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from PySide6.QtCore import Qt

from counter_app.clock import SystemClock
from counter_app.services.demo import make_demo
from counter_app.ui import early
from tests.house.checkout import ROOT

HEAVY = {
    "alembic", "argon2", "calamine", "cryptography", "keyring", "pypdfium2", "pypinyin", "python_calamine", "reportlab",
    "sqlalchemy", "sqlcipher3", "xlsxwriter",
}  # fmt: skip
NEEDED_TO_OPEN = {"sqlcipher3"}
"""The file itself; the device's key is read behind the sign-in page, before anybody is let in."""
ROOMS = {"counter_app.ui.payments.room", "counter_app.ui.settings.room", "counter_app.ui.shifts.room"}
LATER = {
    "counter_app.domain.sync_refusals", "counter_app.ui.flow", "counter_app.ui.icons", "counter_app.ui.shaped",
}  # fmt: skip
"""Small ones that a sign-in page does not need; together they are a tenth of what it costs beyond a bare window."""
QT = {"QtCore", "QtGui", "QtWidgets", "QtSvg"}
_FOCUS = (early.NO_FOCUS, early.CLICK_FOCUS, early.STRONG_FOCUS)

WATCHED = """
import os, sys
from pathlib import Path
from counter_app import app
from counter_app.ui.look import MachineLook

class Window(app.Shell):
    def paintEvent(self, event):
        super().paintEvent(event)
        print(*sys.modules, sep="\\n", flush=True)
        os._exit(0)

app.Shell = Window
app.open_counter(Path(sys.argv[1]), MachineLook())
"""

SIGNING_IN = """
import os, sys
from pathlib import Path
from counter_app import app
from counter_app.ui.look import MachineLook

class Assembly(app.Assembly):
    def _opened(self, found):
        super()._opened(found)
        assert self.counter.sign_in_page.isVisible()
        self.shell.repaint()
        print(*sys.modules, sep="\\n", flush=True)
        os._exit(0)

app.Assembly = Assembly
app.open_counter(Path(sys.argv[1]), MachineLook())
"""


QT_ENUMERATIONS = """
import enum
counted = []
made = enum.EnumType._create_
def count(*args, **kwargs):
    kind = made(*args, **kwargs)
    counted.append(kind.__qualname__)
    return kind
enum.EnumType._create_ = count
"""


def test_the_first_paint_makes_no_name_of_a_key_or_a_style(tmp_path: Path) -> None:
    """The namespace `Qt` and QStyle hold 1,800 names, each made in Python: a tenth of a bare window."""
    watched = QT_ENUMERATIONS + WATCHED.replace("print(*sys.modules", "print(*counted")
    made = loaded_by(watched, tmp_path)
    assert "ColorRole" in made
    assert made & {"Key", "GlobalColor", "AlignmentFlag", "PixelMetric", "ThemeIcon"} == set()


def test_a_sign_in_page_makes_no_name_of_a_key_either(tmp_path: Path) -> None:
    """They cost a sixth of a bare window; what the page says with them it says with numbers (`ui.early`)."""
    make_demo(tmp_path, customers=20, clock=SystemClock.of_this_machine()).close()
    watched = QT_ENUMERATIONS + SIGNING_IN.replace("print(*sys.modules", "print(*counted")
    made = loaded_by(watched, tmp_path)
    assert "EchoMode" in made
    assert made & {"Key", "GlobalColor", "AlignmentFlag", "FocusPolicy", "WidgetAttribute", "PixelMetric"} == set()


def test_the_numbers_of_early_pages_are_those_of_qt() -> None:
    focus = Qt.FocusPolicy
    names = (Qt.TextFormat.PlainText, Qt.ScrollBarPolicy.ScrollBarAlwaysOff, Qt.TimerType.PreciseTimer)
    policies = (focus.NoFocus, focus.ClickFocus, focus.StrongFocus)
    numbers = tuple(name.value for name in (*names, *policies))
    assert numbers == (early.PLAIN_TEXT, early.NEVER_A_BAR, early.PRECISE, *_FOCUS)


def test_only_qt_is_loaded_at_the_first_paint(tmp_path: Path) -> None:
    loaded = loaded_by(WATCHED, tmp_path)
    assert "counter_app.ui.shell" in loaded
    assert {name.partition(".")[0] for name in loaded} & HEAVY == set()
    parts = {name.removeprefix("PySide6.") for name in loaded if name.startswith("PySide6.Qt")}
    assert parts <= QT


def test_a_sign_in_page_needs_the_open_file_and_no_more(tmp_path: Path) -> None:
    make_demo(tmp_path, customers=20, clock=SystemClock.of_this_machine()).close()
    loaded = loaded_by(SIGNING_IN, tmp_path)
    assert {"counter_app.storage.hall", "sqlcipher3", "counter_app.ui.sign_in.page"} <= loaded
    assert {name.partition(".")[0] for name in loaded} & (HEAVY - NEEDED_TO_OPEN) == set()
    assert loaded & (ROOMS | LATER) == set()


def loaded_by(program: str, folder: Path) -> set[str]:
    """The modules of a fresh process that opens the counter, as it tells them itself."""
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", program, str(folder)]
    done = subprocess.run(
        command, cwd=folder, capture_output=True, encoding="utf-8", env=environment, timeout=60, check=True
    )
    return set(done.stdout.split())
