"""The frame of all tests: no screen needed, one pixel is one pixel, the font that ships with the program."""

from __future__ import annotations

import os
import sys

import pytest

if sys.platform.startswith("linux") and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["QT_SCALE_FACTOR"] = "1"


def pytest_configure(config: pytest.Config) -> None:
    """The offscreen platform warns at each window with a least size; nothing is wrong with the window."""
    config.addinivalue_line("qt_log_ignore", "^This plugin does not support propagateSizeHints")
