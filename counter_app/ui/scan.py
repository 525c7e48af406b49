"""Tells a scanner from a person by its speed, wherever the cursor stands."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6 import QtCore
from PySide6.QtCore import QCoreApplication, QEvent, QObject, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

from counter_app.ui.early import PRECISE

GAP_MS = 50
"""Two keys of a scanner are never further apart; a setting may say otherwise."""
LEAST_CHARACTERS = 6
_LONGEST_SCAN = 4096
_FLUSHING = (QEvent.Type.MouseButtonPress, QEvent.Type.WindowDeactivate, QEvent.Type.InputMethod)


class ScanFilter(QObject):
    """Holds characters back for as long as they come at a scanner's speed.

    Six or more of them and Enter are a scan: no field ever sees them, and `scanned` carries the text. Everything else
    reaches the widget it was typed into, in order, at most `hold_ms` (one gap) late. `watch` installs it; `clock` gives
    seconds.
    """

    scanned = Signal(str)

    def __init__(
        self,
        *,
        gap_ms: int = GAP_MS,
        hold_ms: int | None = None,
        clock: Callable[[], float] = time.monotonic,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._gap_ms, self._clock = gap_ms, clock
        self._hold_ms = gap_ms if hold_ms is None else hold_ms
        self._watched: QApplication | None = None
        self._followed: list[QWidget] = []
        self._held: list[tuple[QWidget, QKeyEvent]] = []
        self._last_at = 0.0
        self._is_replaying = False
        self._is_enter_swallowed = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setProperty("timerType", PRECISE)
        self._last_look = QTimer(self)
        self._last_look.setSingleShot(True)
        self._last_look.setInterval(0)
        self._last_look.timeout.connect(self.let_go)
        # one more round of the event loop: after a stall the scanner's next key waits in the queue behind the timer
        self._timer.timeout.connect(self._last_look.start)

    def watch(self, app: QApplication) -> None:
        """Looks at every key of the application from now on, whatever has the focus."""
        # a filter on the application itself would see each event of each widget and slow everything down
        self._watched = app
        app.focusChanged.connect(self._follow)
        app.focusWindowChanged.connect(self._follow)
        self._follow()

    def end(self) -> None:
        """Looks at no key any more: two that watch one window would hand its keys over in a wrong order."""
        if self._watched is not None:
            self._watched.focusChanged.disconnect(self._follow)
            self._watched.focusWindowChanged.disconnect(self._follow)
            self._watched = None
        self.let_go()
        self._unfollow()

    def _unfollow(self) -> None:
        for widget in self._followed:
            if isValid(widget):
                widget.removeEventFilter(self)

    def _follow(self, *_change: object) -> None:
        if self._held:
            self.let_go()
        self._unfollow()
        window = QApplication.activeWindow()
        self._followed = [widget for widget in {QApplication.focusWidget(), window} if widget is not None]
        for widget in self._followed:
            widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if self._is_replaying:
            return False
        kind = event.type()
        if kind == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            return self._overridden(event)
        if kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            if isinstance(watched, QWidget) and isinstance(event, QKeyEvent):
                pressed = kind == QEvent.Type.KeyPress
                return self._pressed(watched, event) if pressed else self._released(watched, event)
        elif kind in _FLUSHING and self._held:
            self.let_go()
        return False

    def let_go(self) -> None:
        """Hands everything held to the widgets it was typed into."""
        self._timer.stop()
        self._last_look.stop()
        held, self._held = self._held, []
        self._is_replaying = True
        try:
            for widget, event in held:
                if isValid(widget):
                    QCoreApplication.sendEvent(widget, event)
        finally:
            self._is_replaying = False

    def _overridden(self, event: QKeyEvent) -> bool:
        if not self._held:
            return False
        if _is_character(event) or _is_enter(event):
            # in the midst of a scan a character is no shortcut
            event.accept()
            return True
        # what was typed comes before what a shortcut does with it
        if not _is_modifier(event):
            self.let_go()
        return False

    def _pressed(self, widget: QWidget, event: QKeyEvent) -> bool:
        # the system's own stamp tells the scanner's speed even when this thread was late; tests have none
        now = event.timestamp() / 1000 or self._clock()
        is_quick = (now - self._last_at) * 1000 <= self._gap_ms
        if self._held and not is_quick:
            self.let_go()
        if _is_character(event) and not event.isAutoRepeat() and len(self._held) < _LONGEST_SCAN:
            self._last_at = now
            self._held.append((widget, _copy(event)))
            self._last_look.stop()
            self._timer.start(self._hold_ms)
            return True
        if _is_modifier(event):
            return False
        if _is_enter(event) and len(self._text()) >= LEAST_CHARACTERS and not event.isAutoRepeat():
            self._deliver()
            return True
        self.let_go()
        return False

    def _released(self, widget: QWidget, event: QKeyEvent) -> bool:
        if _is_enter(event) and self._is_enter_swallowed:
            self._is_enter_swallowed = False
            return True
        if self._held and _is_character(event):
            self._held.append((widget, _copy(event)))
            return True
        return False

    def _deliver(self) -> None:
        text = self._text()
        self._timer.stop()
        self._last_look.stop()
        self._held = []
        self._is_enter_swallowed = True
        self.scanned.emit(text)

    def _text(self) -> str:
        return "".join(event.text() for _widget, event in self._held if event.type() == QEvent.Type.KeyPress)


def _is_character(event: QKeyEvent) -> bool:
    text = event.text()
    return bool(text) and text.isprintable() and not event.modifiers() & _other_modifiers()


def _is_enter(event: QKeyEvent) -> bool:
    return event.key() in (QtCore.Qt.Key.Key_Return, QtCore.Qt.Key.Key_Enter)


def _other_modifiers() -> QtCore.Qt.KeyboardModifier:
    held = QtCore.Qt.KeyboardModifier
    return held.ControlModifier | held.AltModifier | held.MetaModifier


def _is_modifier(event: QKeyEvent) -> bool:
    return event.key() in (QtCore.Qt.Key.Key_Shift, QtCore.Qt.Key.Key_CapsLock, QtCore.Qt.Key.Key_NumLock)


def _copy(event: QKeyEvent) -> QKeyEvent:
    return QKeyEvent(
        event.type(),
        event.key(),
        event.modifiers(),
        event.nativeScanCode(),
        event.nativeVirtualKey(),
        event.nativeModifiers(),
        event.text(),
        event.isAutoRepeat(),
        event.count(),
    )
