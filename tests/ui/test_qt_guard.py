"""What is put aside of Qt for Python so that a start imports quickly."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.house.checkout import ROOT

IMPORTING = """
import linecache
from PySide6.QtCore import QObject
from counter_app.ui.qt_guard import spare_imports
if {is_spared}:
    spare_imports()
import colorsys, counter_app.ui.frame
print(*(name.rpartition("/")[2] for name in linecache.cache))
"""


@pytest.mark.parametrize("is_spared", [True, False])
def test_no_source_is_read_for_a_module_that_is_imported(is_spared: bool) -> None:
    code = IMPORTING.format(is_spared=is_spared)
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", env=environment, check=True)
    # without the call PySide6 does read them: where it no longer does, the call may go
    assert ("colorsys.py" in done.stdout.replace("\\", "/").split()) is not is_spared
