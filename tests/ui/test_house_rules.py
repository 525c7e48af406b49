"""What no page may do: dialogs that hold the window, raw labels and buttons, fields that the wheel turns."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import counter_app

_UI = Path(counter_app.__file__).parent / "ui"
_NEVER = {
    "QDialog", "QMessageBox", "QInputDialog", "QProgressDialog", "QErrorMessage", "QFontDialog", "QColorDialog",
    "QSpinBox", "QDoubleSpinBox", "QDateEdit", "QTimeEdit", "QDateTimeEdit", "QDial", "QSlider",
    "QRunnable", "QThreadPool", "QTextEdit", "QTextBrowser",
}  # fmt: skip
_ONLY_IN = {
    "QLabel": {"label.py"},
    "QPushButton": {"blocks.py", "choice.py"},
    "QComboBox": {"choice.py"},
    "QTableView": {"table.py", "table_cells.py", "table_headings.py"},
}
_FILES = sorted(_UI.rglob("*.py"))


def _names(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    return names | {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}


@pytest.mark.parametrize("path", _FILES, ids=lambda path: path.name)
def test_the_kit_is_used(path: Path) -> None:
    names = _names(path)
    assert names & _NEVER == set()
    assert {name for name, files in _ONLY_IN.items() if name in names and path.name not in files} == set()


@pytest.mark.parametrize("path", _FILES, ids=lambda path: path.name)
def test_nothing_waits_in_a_loop_of_its_own(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    calls = {
        node.func.attr for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    }
    assert calls & {"exec", "exec_"} <= ({"exec"} if path.name == "app.py" else set())
