"""A line that says what has happened, for some seconds, and takes no focus."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from counter_app.ui.blocks import SPACE, Chip, Label
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
        self._chip: Chip | None = None
        self.label = Label()
        self._row.addWidget(self.label)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.hide)
        frame.installEventFilter(self)
        self.hide()

    def say(self, word: str, text: str, tone: Tone = "good") -> None:
        """Shows a chip with a word (已收费, 已暂停) and a line beside it."""
        if self._chip is not None:
            self._row.removeWidget(self._chip)
            self._chip.hide()
            self._chip.deleteLater()
        self._chip = Chip(tone, word)
        self._row.insertWidget(0, self._chip)
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
        self._row.activate()
        size = self.sizeHint()
        width = min(size.width(), frame.width() - 4 * SPACE)
        self.setGeometry((frame.width() - width) // 2, frame.height() - size.height() - 7 * SPACE, width, size.height())
