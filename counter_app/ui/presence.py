"""Whether somebody is at the counter: no key and no mouse for a while is nobody."""

from __future__ import annotations

import time
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
    """Calls `on_idle` once nothing was touched for `idle_ms`; `begin` and `end` say when that matters.

    `now` is a clock in seconds that only goes forward.
    """

    def __init__(
        self,
        window: QWidget,
        idle_ms: int,
        on_idle: Callable[[], object],
        *,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(window)
        self._window, self._idle_ms, self._on_idle, self.now = window, idle_ms, on_idle, now
        self._touched_at: float | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.look)
        self._watched: QObject | None = None

    def begin(self) -> None:
        """Watch from now on."""
        # the system's window hears each key and each move once; a filter on every widget would slow all of them
        if self._watched is None and (handle := self._window.window().windowHandle()) is not None:
            self._watched = handle
            handle.installEventFilter(self)
        self._touched_at = self.now()
        self._timer.start(self._idle_ms)

    def end(self) -> None:
        """Nobody is waited for."""
        self._touched_at = None
        self._timer.stop()

    def look(self) -> None:
        """Is somebody still here? Else the idle time is over; asked again when it could be over."""
        if self._touched_at is None:
            return
        rest_ms = self._idle_ms - round((self.now() - self._touched_at) * 1000)
        if rest_ms > 0:
            self._timer.start(rest_ms)
        else:
            self.end()
            self._on_idle()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # a mouse moves a hundred times a second: a number is kept, no timer is started anew
        if self._touched_at is not None and event.type() in _SIGNS:
            self._touched_at = self.now()
        return False
