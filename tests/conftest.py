"""The frame of all tests: no screen needed, one pixel is one pixel, the font that ships with the program."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

if sys.platform.startswith("linux") and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["QT_SCALE_FACTOR"] = "1"


def pytest_configure(config: pytest.Config) -> None:
    """The offscreen platform warns at each window with a least size; nothing is wrong with the window."""
    config.addinivalue_line("qt_log_ignore", "^This plugin does not support propagateSizeHints")


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
