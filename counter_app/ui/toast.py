"""A line that says what has happened, for some seconds, and takes no focus."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from counter_app.ui.blocks import SPACE, TONE_ICONS, Label
from counter_app.ui.icons import IconView
from counter_app.ui.theme import Tone

_SHOWN_MS = 4000


class Toast(QFrame):
    """Lies over the foot of the frame; a newer line replaces an older one."""

    def __init__(self, frame: QWidget) -> None:
        super().__init__(frame)
        self._frame = frame
        self.setProperty("block", "floating")
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(2 * SPACE, SPACE, 2 * SPACE, SPACE)
        self._row.setSpacing(SPACE)
        self._icon = IconView(TONE_ICONS["good"], "good")
        self._row.addWidget(self._icon)
        self.label = Label()
        self._row.addWidget(self.label, 1)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.hide)
        frame.installEventFilter(self)
        self._is_muted = False
        self.hide()

    def set_muted(self, is_muted: bool) -> None:
        """While muted nothing is shown: a locked screen tells nothing."""
        self._is_muted = is_muted
        if is_muted:
            self.hide()

    def say(self, text: str, *, tone: Tone = "good") -> None:
        """Shows a line, with the shape that goes with its tone."""
        if self._is_muted:
            return
        self._icon.set_icon(TONE_ICONS[tone], tone)
        self.label.setText(text)
        self.show()
        self._place()
        self.raise_()
        self._timer.start(_SHOWN_MS)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return False

    def _place(self) -> None:
        frame = self._frame
        most = frame.width() - 4 * SPACE
        self.label.setWordWrap(False)
        self._row.activate()
        size = self.sizeHint()
        width, height = size.width(), size.height()
        if width > most:
            # large text: two lines are read, half a line is not
            self.label.setWordWrap(True)
            self._row.activate()
            width, height = most, self._row.totalHeightForWidth(most)
        self.setGeometry((frame.width() - width) // 2, frame.height() - height - 7 * SPACE, width, height)
