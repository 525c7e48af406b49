"""The whole counter in its shell over a small real hall, driven by keys."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget

from counter_app.services.hall import OpenHall
from counter_app.ui.counter import IDLE_LOCK_MS, Counter
from counter_app.ui.cover_page import CoverPage
from counter_app.ui.desk import Desk, Line
from counter_app.ui.pictures import settle
from counter_app.ui.shell import Shell
from counter_app.ui.sign_in.presenter import sign_in_screen
from tests.halls import PASSWORD
from tests.ui.counter.rooms import lanes
from tests.ui.hands import press, type_text


@dataclass
class Whole:
    """A counter at work, and the hands of whoever sits there."""

    shell: Shell
    counter: Counter

    @property
    def page(self) -> CoverPage:
        """What covers the window."""
        page = self.counter.page
        assert page is not None, "nothing covers the window"
        return page

    def type(self, text: str) -> None:
        """Types into whatever has the focus."""
        type_text(self._focused(), text)

    def press(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """Presses a key wherever the focus is."""
        press(self._focused(), key, modifiers)
        rest()

    def sign_in(self, staff_no: str = "1001", password: str = PASSWORD) -> None:
        """Number, Enter, password, Enter."""
        self.type(staff_no)
        self.press(Qt.Key.Key_Return)
        self.type(password)
        self.press(Qt.Key.Key_Return)

    def close(self) -> None:
        """The window is closed."""
        self.counter.close()
        self.shell.close()
        self.shell.deleteLater()
        rest()

    def _focused(self) -> QWidget:
        rest()
        widget = QApplication.focusWidget()
        return self.shell if widget is None else widget


def whole(hall: OpenHall, *, idle_ms: int = IDLE_LOCK_MS, line: Line | None = None) -> Whole:
    """The counter on the sign-in page."""
    shell = Shell()
    shell.resize(1366, 768)
    shell.show()
    shell.activateWindow()
    counter = Counter(Desk(hall, lanes(), line=line), shell.frame, sign_in_screen(hall), idle_ms=idle_ms)
    # no scanner here: hands in a test are as fast as one
    counter.scanner._gap_ms = counter.scanner._hold_ms = 0
    counter.start()
    rest()
    return Whole(shell, counter)


def rest() -> None:
    """Lets everything that was asked for happen."""
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    settle(app)
