"""A person's hands on the keyboard, and a scanner's."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget


def press(
    widget: QWidget, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier, *, gap_ms: int = -1
) -> None:
    """Presses one key, `gap_ms` after the one before."""
    QTest.keyClick(widget, key, modifiers, gap_ms)


def type_text(widget: QWidget, text: str, *, gap_ms: int = -1) -> None:
    """Types a text key by key, `gap_ms` apart; characters that are on no keyboard come as text alone."""
    for character in text:
        if character.isascii():
            QTest.keyClicks(widget, character, Qt.KeyboardModifier.NoModifier, gap_ms)
        else:
            for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
                QApplication.sendEvent(widget, QKeyEvent(kind, 0, Qt.KeyboardModifier.NoModifier, character))
