"""What is loaded when the window is first painted: Qt and little else, the heavy packages come behind it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.house.checkout import ROOT

HEAVY = {
    "alembic", "argon2", "calamine", "cryptography", "keyring", "pypdfium2", "pypinyin", "python_calamine", "reportlab",
    "sqlalchemy", "sqlcipher3", "xlsxwriter",
}  # fmt: skip
QT = {"QtCore", "QtGui", "QtWidgets", "QtSvg"}

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


def test_only_qt_is_loaded_at_the_first_paint(tmp_path: Path) -> None:
    loaded = loaded_at_first_paint(tmp_path)
    assert "counter_app.ui.shell" in loaded
    assert {name.partition(".")[0] for name in loaded} & HEAVY == set()
    parts = {name.removeprefix("PySide6.") for name in loaded if name.startswith("PySide6.Qt")}
    assert parts <= QT


def loaded_at_first_paint(folder: Path) -> set[str]:
    """The modules of a fresh process that opens the counter, at the first paint of its window."""
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", WATCHED, str(folder)]
    done = subprocess.run(
        command, cwd=folder, capture_output=True, encoding="utf-8", env=environment, timeout=60, check=True
    )
    return set(done.stdout.split())
