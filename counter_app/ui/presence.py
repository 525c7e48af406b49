"""Whether somebody is at the counter: no key and no mouse for a while is nobody."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QWidget

_SIGNS = frozenset(
    {
        QEvent.Type.KeyPress,
        QEvent.Type.MouseMove,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.Wheel,
        QEvent.Type.TouchBegin,
        QEvent.Type.TabletPress,
    }
)


class Presence(QObject):
    """Calls `on_idle` once nothing was touched for `idle_ms`; `begin` and `end` say when that matters."""

    def __init__(self, window: QWidget, idle_ms: int, on_idle: Callable[[], object]) -> None:
        super().__init__(window)
        self._window = window
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(idle_ms)
        self._timer.timeout.connect(on_idle)
        self._watched: QObject | None = None

    def begin(self) -> None:
        """Watch from now on."""
        # the system's window hears each key and each move once; a filter on every widget would slow all of them
        if self._watched is None and (handle := self._window.window().windowHandle()) is not None:
            self._watched = handle
            handle.installEventFilter(self)
        self._timer.start()

    def end(self) -> None:
        """Nobody is waited for."""
        self._timer.stop()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _SIGNS and self._timer.isActive():
            self._timer.start()
        return False
