"""The next customer's page, built ahead in idle moments: making one takes longer than a key press may wait."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

from counter_app.ui.language import language_in_use
from counter_app.ui.payments.page import CustomerView
from counter_app.ui.theme import scale_in_use

IDLE_MS = 150
STEP_MS = 10


class Spare(QObject):
    """Holds one blank page ready; `take` hands it out, finished or not, and begins the next one later."""

    def __init__(self, make: Callable[[], CustomerView], parent: QObject) -> None:
        super().__init__(parent)
        self._make = make
        self._view: CustomerView | None = None
        self._made_for = _look()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._go_on)
        self._timer.start(IDLE_MS)

    def take(self) -> CustomerView:
        """A blank page in the look that is on the screen now."""
        view, self._view = self._view, None
        self._timer.start(IDLE_MS)
        if view is not None and self._made_for == _look():
            return view
        if view is not None:
            view.deleteLater()
        return self._make()

    def _go_on(self) -> None:
        if self._view is None:
            self._view, self._made_for = self._make(), _look()
        if self._view.build_step():
            self._timer.start(STEP_MS)


def _look() -> tuple[str, int]:
    return language_in_use(), scale_in_use()
