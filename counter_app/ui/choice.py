"""A choice of a few, all of them visible: the tenders, a period, a printer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6 import QtCore
from PySide6.QtCore import Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QButtonGroup, QComboBox, QHBoxLayout, QLayout, QPushButton, QWidget

from counter_app.deferred import deferred
from counter_app.ui.blocks import SPACE
from counter_app.ui.early import CLICK_FOCUS, STRONG_FOCUS
from counter_app.ui.formats import plain
from counter_app.ui.theme import px, theme_in_use

if TYPE_CHECKING:
    from counter_app.ui import icons
else:
    # the languages of a sign-in page are words
    icons = deferred("counter_app.ui.icons")

_ARROW_PX = 16


def _flow(parent: QWidget) -> QLayout:
    """Many words with large text go on in a second line; a sign-in page has few."""
    from counter_app.ui.flow import Flow

    return Flow(parent)


class SegmentedChoice(QWidget):
    """One of several words is chosen; arrows walk, `next_choice` cycles (F6), the wheel does nothing.

    `chosen` carries the key of a choice made by the person; `choose` changes it without a signal.
    """

    chosen = Signal(str)

    def __init__(
        self,
        choices: Sequence[tuple[str, str]],
        *,
        name: str,
        is_wrapped: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self._name = name
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        self._buttons: dict[str, QPushButton] = {}
        self._row: QLayout = _flow(self) if is_wrapped else QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(6)
        self.set_choices(choices)

    def set_choices(self, choices: Sequence[tuple[str, str]]) -> None:
        """Other choices as (key, word); the first is chosen unless the chosen one is still among them."""
        kept = self.choice() if self._buttons else ""
        for button in self._buttons.values():
            self._group.removeButton(button)
            self._row.removeWidget(button)
            button.hide()
            button.deleteLater()
        self._buttons = {key: self._segment(key, word) for key, word in choices}
        self.choose(kept if kept in self._buttons else choices[0][0])

    def choice(self) -> str:
        """The key of what is chosen."""
        return next(key for key, button in self._buttons.items() if button.isChecked())

    def choose(self, key: str) -> None:
        """Chooses by key, silently.

        Raises:
            KeyError: there is no such choice.
        """
        self._buttons[key].setChecked(True)
        for button in self._buttons.values():
            is_chosen = button.isChecked()
            button.setProperty("focusPolicy", STRONG_FOCUS if is_chosen else CLICK_FOCUS)

    def set_word(self, key: str, word: str) -> None:
        """Another word on a choice that stays, so that the focus stays with it.

        Raises:
            KeyError: there is no such choice.
        """
        button = self._buttons[key]
        button.setText(plain(word).replace("&", "&&"))
        button.setAccessibleName(f"{self._name}: {plain(word)}")

    def next_choice(self) -> None:
        """Goes on to the next choice, from the last to the first."""
        self._walk(1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = QtCore.Qt.Key
        step = {key.Key_Left: -1, key.Key_Up: -1, key.Key_Right: 1, key.Key_Down: 1}.get(key(event.key()))
        if step is None:
            super().keyPressEvent(event)
            return
        self._walk(step)
        self._buttons[self.choice()].setFocus(QtCore.Qt.FocusReason.OtherFocusReason)

    def _segment(self, key: str, word: str) -> QPushButton:
        button = Segment(word, self)
        button.setAccessibleName(f"{self._name}: {plain(word)}")
        button.clicked.connect(lambda: self._pressed(key))
        self._group.addButton(button)
        if isinstance(self._row, QHBoxLayout):
            self._row.addWidget(button, 1)
        else:
            self._row.addWidget(button)
        return button

    def _pressed(self, key: str) -> None:
        self.choose(key)
        self.chosen.emit(key)

    def _walk(self, step: int) -> None:
        keys = list(self._buttons)
        self._pressed(keys[(keys.index(self.choice()) + step) % len(keys)])


class DropDown(QComboBox):
    """A choice of many, opened by Space; the wheel does nothing. `chosen` carries the key taken by the person."""

    chosen = Signal(str)

    def __init__(self, choices: Sequence[tuple[str, str]], *, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.activated.connect(lambda _place: self.chosen.emit(self.choice()))
        self.set_choices(choices)

    def set_choices(self, choices: Sequence[tuple[str, str]]) -> None:
        """Other choices as (key, word); the chosen one stays if it is still among them."""
        kept = self.choice()
        self.clear()
        for key, word in choices:
            self.addItem(plain(word), key)
        self.setCurrentIndex(max(0, self.findData(kept)))

    def choice(self) -> str:
        """The key of what is chosen; empty when there is nothing to choose."""
        return str(self.currentData() or "")

    def choose(self, key: str) -> None:
        """Chooses by key, silently.

        Raises:
            KeyError: there is no such choice.
        """
        place = self.findData(key)
        if place < 0:
            raise KeyError(key)
        self.setCurrentIndex(place)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        side = px(_ARROW_PX)
        colour = theme_in_use().ink if self.isEnabled() else theme_in_use().muted
        pixmap = icons.icon_pixmap("chevron-down", colour, size_px=side, ratio=self.devicePixelRatioF())
        painter = QPainter(self)
        painter.drawPixmap(self.width() - side - SPACE, (self.height() - side) // 2, pixmap)
        painter.end()


class Segment(QPushButton):
    """One word of a choice: checked while it is chosen; Enter and Space choose it, the arrows belong to the choice."""

    def __init__(self, word: str, parent: QWidget) -> None:
        # a text in the constructor makes Qt look for icons there, and make every name of one
        super().__init__(parent)
        self.setText(plain(word).replace("&", "&&"))
        self.setCheckable(True)
        self.setAutoDefault(False)
        self.setProperty("kind", "segment")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # arrows belong to the whole choice: Qt's own group walk would check without telling
        key = QtCore.Qt.Key
        if event.key() in (key.Key_Left, key.Key_Right, key.Key_Up, key.Key_Down):
            event.ignore()
            return
        if event.key() in (key.Key_Return, key.Key_Enter):
            # whether Enter presses a button is left to each desktop otherwise
            if not event.isAutoRepeat():
                self.click()
            return
        super().keyPressEvent(event)
