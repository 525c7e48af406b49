"""The commands load and answer where no Qt library can load, and do not load Qt where it could."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.house.checkout import ROOT

# stands before every other finder, so that neither an installed Qt nor a cached one is reached
REFUSE_QT = """
import runpy, sys

class NoQt:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("PySide6", "shiboken6"):
            raise ImportError("no Qt library can load here")

sys.meta_path.insert(0, NoQt())
"""


def python(code: str, folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", code]
    return subprocess.run(command, cwd=folder, capture_output=True, encoding="utf-8", env=_environment())


def test_the_refusal_of_qt_refuses(tmp_path: Path) -> None:
    result = python(f"{REFUSE_QT}\nimport PySide6.QtCore", tmp_path)
    assert result.returncode == 1
    assert "no Qt library can load here" in result.stderr


def test_help_needs_no_qt(tmp_path: Path) -> None:
    code = f"{REFUSE_QT}\nsys.argv = ['counter-app', '--help']\nrunpy.run_module('counter_app', run_name='__main__')"
    result = python(code, tmp_path)
    assert result.returncode == 0, result.stderr
    for command in ("demo", "import", "rules", "verify", "backup", "restore"):
        assert command in result.stdout


def test_a_command_answers_without_qt(tmp_path: Path) -> None:
    words = ["counter-app", "rules", "kpi", str(ROOT / "tests" / "cases" / "kpi_cases.json")]
    code = f"{REFUSE_QT}\nsys.argv = {words!r}\nrunpy.run_module('counter_app', run_name='__main__')"
    result = python(code, tmp_path)
    assert result.returncode == 0, result.stderr
    assert '"answers"' in result.stdout


def test_importing_the_commands_loads_no_qt_even_where_there_is_one(tmp_path: Path) -> None:
    loaded = "[name for name in sys.modules if name.startswith(('PySide6', 'shiboken6'))]"
    result = python(f"import sys, counter_app.__main__, counter_app.cli\nprint({loaded})", tmp_path)
    assert result.stdout.strip() == "[]", result.stderr


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", "PYTHONUTF8": "1"}
