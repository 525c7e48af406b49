"""The real window over a real hall on real lanes, and a teller who has nothing but a keyboard."""

from __future__ import annotations

import gc
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from counter_app.app import Assembly
from counter_app.clock import FixedClock
from counter_app.ui.counter import Counter
from counter_app.ui.look import Looks, MachineLook
from counter_app.ui.payments.page import CustomerView
from counter_app.ui.rail import RoomButton
from counter_app.ui.shell import Shell
from counter_app.ui.sign_in.page import SignInPage
from tests.halls import NOW, PASSWORD
from tests.ui.hands import press, type_text

Key = Qt.Key
PLAIN, CTRL, ALT, SHIFT = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.ShiftModifier,
)
_LONGEST_MS = 30_000
_ROOMS = 6
_HANDS_MS = 40
"""Between two keys of the fastest hands; the window uses the time as it does at a counter."""


class Window:
    """One run of the program from its start to its end; every key goes to whatever has the focus, and is counted."""

    def __init__(self, folder: Path, qtbot: QtBot, *, speaks: bool = False, rooms: int = _ROOMS) -> None:
        self._qtbot = qtbot
        self.keys = 0
        self.shell = Shell()
        self.shell.resize(1366, 768)
        looks, clock = Looks(MachineLook()), FixedClock(NOW)
        self.assembly = Assembly(self.shell, folder, looks, clock=clock, fonts="packaged", speaks=speaks)
        self.shell.on_close = self.assembly.close
        self.shell.show()
        self.shell.activateWindow()
        self.assembly.begin()
        self.wait(lambda: self.assembly.counter is not None and isinstance(self.counter.page, SignInPage))
        # the rooms are built behind the sign-in page while nobody types
        self.wait(lambda: len(self.shell.frame.findChildren(RoomButton)) == rooms)
        # as the program does when it has loaded: what stays is not looked through for garbage again
        gc.collect()
        gc.freeze()
        # hands in a test are as fast as a scanner
        self.counter.scanner._gap_ms = self.counter.scanner._hold_ms = 0

    @property
    def counter(self) -> Counter:
        """The counter behind the window."""
        assert self.assembly.counter is not None
        return self.assembly.counter

    @property
    def view(self) -> CustomerView:
        """The customer on the screen."""
        view = self.counter.payments.current()
        assert view is not None, "no customer is on the screen"
        return view

    def wait(self, until: Callable[[], object]) -> None:
        """Lets the window work until something is true."""
        self._qtbot.waitUntil(lambda: bool(until()), timeout=_LONGEST_MS)

    def rest(self, ms: int) -> None:
        """The hands rest."""
        self._qtbot.wait(ms)

    def press(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = PLAIN, *, rest_ms: int = _HANDS_MS) -> None:
        """One key, and a moment after it."""
        self.keys += 1
        press(self.focus(), key, modifiers)
        if rest_ms:
            self.rest(rest_ms)

    def type(self, text: str) -> None:
        """Several keys."""
        for character in text:
            self.keys += 1
            type_text(self.focus(), character)
            self.rest(_HANDS_MS)

    def focus(self) -> QWidget:
        """Where the next key goes."""
        QApplication.processEvents()
        return QApplication.focusWidget() or self.shell

    def at(self, widget: QWidget) -> None:
        """The cursor comes to where it is needed, without a mouse."""
        self._qtbot.waitUntil(widget.hasFocus, timeout=_LONGEST_MS)

    def sign_in(self, staff_no: str = "1001") -> None:
        """Number, Enter, password, Enter."""
        page = self.counter.sign_in_page
        self.at(page.staff_no.entry)
        self.type(staff_no)
        self.press(Key.Key_Return)
        self.at(page.password.entry)
        self.type(PASSWORD)
        self.press(Key.Key_Return)
        self.wait(lambda: self.counter.page is not page)

    def find(self, digits: str) -> CustomerView:
        """F2, the last digits of the number, Enter; the cursor waits in the amount."""
        self.press(Key.Key_F2)
        self.at(self.counter.frame.search)
        return self.open(digits)

    def open(self, digits: str) -> CustomerView:
        """Digits into the search box that has the cursor already."""
        self.type(digits)
        self.press(Key.Key_Return)
        self.wait(lambda: self.counter.frame.search.text() == "" and self.counter.payments.current() is not None)
        view = self.view
        self.wait(lambda: view.money.phase == "paying")
        self.at(view.money_panel.received.entry)
        return view

    def recorded(self, view: CustomerView) -> str:
        """Waits until the payment is recorded and its receipt is a file; the cursor waits in the search box."""
        self.wait(lambda: view.money.phase == "done")
        self.wait(lambda: "PDF" in view.money_panel.done.print.text())
        self.at(self.counter.frame.search)
        return view.money_panel.done.receipt_no

    def close(self) -> None:
        """The window is closed, in the middle of whatever it does."""
        gc.unfreeze()
        self.shell.close()
        self.shell.deleteLater()
        QApplication.processEvents()
