"""The building blocks of every page: labels, cards, chips, figures and buttons."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from PySide6 import QtCore
from PySide6.QtCore import QEvent, QSize
from PySide6.QtGui import QKeyEvent, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from counter_app.deferred import deferred
from counter_app.ui.early import NEVER_A_BAR, NO_FOCUS
from counter_app.ui.formats import plain
from counter_app.ui.label import Label as Label
from counter_app.ui.label import Role as Role
from counter_app.ui.theme import Tone, scale_in_use, theme_in_use

if TYPE_CHECKING:
    from counter_app.ui import covering, icons
else:
    # a sign-in page has no icon, and no line that paints itself
    covering, icons = deferred("counter_app.ui.covering"), deferred("counter_app.ui.icons")

ButtonKind = Literal["primary", "plain", "danger", "quiet"]

SPACE = 8
"""The grid in pixels: margins and gaps are multiples of it."""

TONE_ICONS: dict[Tone, str] = {
    "good": "circle-check",
    "warn": "alert-circle",
    "bad": "alert-triangle",
    "accent": "info-circle",
    "muted": "info-circle",
    "ink": "info-circle",
}
"""The shape that says the same as each tone."""


class Card(QFrame):
    """A raised ground with a hairline; put widgets in with `body`."""

    def __init__(self, *, is_inset: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("block", "inset" if is_inset else "card")
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(2 * SPACE, 2 * SPACE, 2 * SPACE, 2 * SPACE)
        self.body.setSpacing(SPACE)


class Chip(QFrame):
    """A flag of a customer or a state: a shape, a word and a colour together."""

    def __init__(self, kind: Tone, word: str, icon: str | None = None, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kind = kind
        self.setProperty("chip", "muted" if kind == "ink" else kind)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Maximum)
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE, 2, 10, 2)
        row.setSpacing(4)
        self._icon = icons.IconView(icon or TONE_ICONS[kind], kind, size_px=14)
        row.addWidget(self._icon)
        self.label = covering.CoveringLabel(word, tone=kind, ground=_ground_of_chip(kind))
        row.addWidget(self.label)
        self.setAccessibleName(self.label.text())

    def show_value(self, kind: Tone, word: str, icon: str | None = None) -> None:
        """Another word, shape or colour on the same chip: to make a new one costs many times as much."""
        if kind != self._kind:
            self._kind = kind
            self.setProperty("chip", "muted" if kind == "ink" else kind)
            self.style().unpolish(self)
            self.style().polish(self)
            self.label.set_ground(_ground_of_chip(kind))
            self.label.set_tone(kind)
        self._icon.set_icon(icon or TONE_ICONS[kind], kind)
        self.label.setText(word)
        self.setAccessibleName(self.label.text())


def _ground_of_chip(kind: Tone) -> str:
    """The colour that the style sheet gives a chip."""
    return "sunken" if kind in ("muted", "ink") else f"{kind}_soft"


class BigFigure(QWidget):
    """A word on the left and one of the great figures (应收, 找零) on the right; `ground` as of a `CoveringLabel`."""

    def __init__(
        self, label: str, text: str = "", tone: Tone = "ink", *, ground: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE)
        self.label = Label(label, role="muted")
        self.figure = _value(text, "figure", tone, ground)
        row.addWidget(self.label)
        row.addStretch(1)
        row.addWidget(self.figure)

    def show_figure(self, text: str, tone: Tone = "ink") -> None:
        """Shows another figure; empty while there is none."""
        self.figure.set_tone(tone)
        self.figure.setText(text)


class KeyValueRow(QWidget):
    """A muted word on the left, its value on the right; `ground` as of a `CoveringLabel`."""

    def __init__(
        self, key: str, value: str = "", *, tone: Tone | None = None, ground: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2 * SPACE)
        self.key = Label(key, role="muted")
        self.value = _value(value, "body", tone, ground)
        row.addWidget(self.key)
        row.addStretch(1)
        row.addWidget(self.value)

    def show_value(self, text: str, tone: Tone | None = None) -> None:
        """Shows another value."""
        self.value.set_tone(tone)
        self.value.setText(text)


def _value(text: str, role: Role, tone: Tone | None, ground: str) -> Label:
    """A value on the right of its row."""
    if ground:
        return covering.CoveringLabel(text, role=role, tone=tone, ground=ground, is_right=True)
    label = Label(text, role=role, tone=tone)
    label.setAlignment(QtCore.Qt.AlignmentFlag.AlignRight | QtCore.Qt.AlignmentFlag.AlignVCenter)
    return label


class Button(QPushButton):
    """A button that is never a window's default; Enter presses it only while it has the focus.

    `is_money`: Enter does not press it even then, for money moves by its own key or from the amount field. Its key, if
    it has one, stands after its word.
    """

    def __init__(
        self,
        text: str,
        *,
        key: str = "",
        kind: ButtonKind = "plain",
        is_money: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._key, self._is_money = key, is_money
        self._word: str | None = None
        self.setAutoDefault(False)
        self.setDefault(False)
        self.setProperty("kind", kind)
        self.set_word(text)

    def set_word(self, text: str) -> None:
        """Another word on the button; `&` is a letter like any other."""
        if text == self._word:
            return
        self._word = text
        word = plain(text)
        shown = f"{word}  {self._key}" if self._key else word
        self.setText(shown.replace("&", "&&"))
        self.setAccessibleName(f"{word}, {self._key}" if self._key else word)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (QtCore.Qt.Key.Key_Return, QtCore.Qt.Key.Key_Enter):
            # whether Enter presses a button is left to each desktop otherwise
            if not self._is_money and not event.isAutoRepeat():
                self.click()
            return
        super().keyPressEvent(event)


class PrimaryButton(Button):
    """The one filled button of a page: the one thing to do next."""

    def __init__(self, text: str, key: str = "", *, is_money: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(text, key=key, kind="primary", is_money=is_money, parent=parent)


class EmptyState(QWidget):
    """What stands where a list is empty: why it is, and what fills it."""

    def __init__(self, text: str, icon: str = "info-circle", *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE, 0, SPACE, 0)
        column.setSpacing(SPACE)
        self.label = Label(text, role="muted", is_wrapped=True)
        self.label.setAlignment(QtCore.Qt.AlignmentFlag.AlignHCenter | QtCore.Qt.AlignmentFlag.AlignTop)
        self._icon = icons.IconView(icon, "muted", size_px=32)
        column.addStretch(1)
        column.addWidget(self._icon, 0, QtCore.Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(self.label)
        column.addStretch(2)

    def show_text(self, text: str) -> None:
        """Another sentence."""
        self.label.setText(text)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        # where there is room for one of them only, the words stay
        words_px = max(self.label.heightForWidth(self.width() - 2 * SPACE), 0)
        self._icon.setVisible(self.height() >= words_px + self._icon.sizeHint().height() + SPACE)


class ScrollColumn(QScrollArea):
    """A column that scrolls up and down when large text needs more than the screen; put widgets in with `body`."""

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bar: tuple[object, int] | None = None
        inner = self._inner = QWidget()
        inner.setProperty("block", "scroll")
        self.body = QVBoxLayout(inner)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(SPACE)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setProperty("focusPolicy", NO_FOCUS)
        self.setProperty("horizontalScrollBarPolicy", NEVER_A_BAR)
        self.setWidgetResizable(True)
        self.setWidget(inner)
        inner.installEventFilter(self)

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            # as wide as its content wants, so that scrolling never goes sideways
            self.setMinimumWidth(self._inner.minimumSizeHint().width() + self._bar_px())
        return False

    def sizeHint(self) -> QSize:
        hint = self._inner.sizeHint()
        return QSize(hint.width() + self._bar_px(), hint.height())

    def _bar_px(self) -> int:
        """The width of the bar; to ask the style sheet costs more than the rest of the layout."""
        look = (theme_in_use(), scale_in_use())
        if self._bar is None or self._bar[0] != look:
            self._bar = (look, self.verticalScrollBar().sizeHint().width())
        return self._bar[1]


def rule() -> QFrame:
    """A hairline across."""
    line = QFrame()
    line.setProperty("block", "rule")
    line.setFixedHeight(1)
    return line


class _Ground(QWidget):
    """The colour under a page's cards; it covers what is below it, so that nothing else is painted there."""

    def __init__(self, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.setProperty("block", "page")
        self.setAttribute(QtCore.Qt.WidgetAttribute.WA_OpaquePaintEvent)

    def paintEvent(self, event: QPaintEvent) -> None:
        from PySide6.QtGui import QPainter

        painter = QPainter(self)
        painter.fillRect(event.rect(), theme_in_use().color("surface"))
        painter.end()


def page(direction: Literal["down", "across"] = "down", *, parent: QWidget | None = None) -> tuple[QWidget, QBoxLayout]:
    """The ground of a page with the kit's margins, and the layout to fill."""
    ground = _Ground(parent)
    layout: QBoxLayout = QVBoxLayout(ground) if direction == "down" else QHBoxLayout(ground)
    layout.setContentsMargins(2 * SPACE, SPACE + 4, 2 * SPACE, SPACE + 4)
    layout.setSpacing(SPACE + 4)
    return ground, layout
