"""The bar at the bottom: what is true now of shift, uploads, hub and printer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from counter_app.ui.blocks import SPACE, Label
from counter_app.ui.theme import px, theme_in_use

Light = Literal["good", "warn", "bad", "off"]


class StatusItem(NamedTuple):
    """A word and its value; with a light, a shape says the same as its colour (disc, triangle, cross, ring). `hint` is
    what the mouse and a screen reader hear beside it.
    """

    word: str
    value: str = ""
    light: Light | None = None
    hint: str = ""


class StatusBar(QFrame):
    """Shows the items from the left and the clock at the right."""

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("block", "status")
        row = QHBoxLayout(self)
        row.setContentsMargins(2 * SPACE, 4, 2 * SPACE, 4)
        row.setSpacing(3 * SPACE)
        self._row = row
        self._items: tuple[StatusItem, ...] = ()
        self._shown: list[QWidget] = []
        self.clock = Label(role="note")
        row.addStretch(1)
        row.addWidget(self.clock)

    def show_status(self, items: Sequence[StatusItem], clock: str) -> None:
        """What is true now; nothing is rebuilt where nothing changed."""
        self.clock.setText(clock)
        if tuple(items) == self._items:
            return
        self._items = tuple(items)
        for widget in self._shown:
            self._row.removeWidget(widget)
            widget.hide()
            widget.deleteLater()
        self._shown = [_item(item) for item in items]
        for place, widget in enumerate(self._shown):
            self._row.insertWidget(place, widget)


class LightView(QWidget):
    """A state as a shape: disc good, triangle warning, cross bad, ring off."""

    def __init__(self, light: Light, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._light = light

    def sizeHint(self) -> QSize:
        return QSize(px(10), px(10))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        side = float(px(10))
        area = QRectF((self.width() - side) / 2, (self.height() - side) / 2, side, side).adjusted(1, 1, -1, -1)
        colour = theme_in_use().color("muted" if self._light == "off" else self._light)
        painter.setPen(QPen(colour, 2))
        if self._light == "good":
            painter.setBrush(colour)
            painter.drawEllipse(area)
        elif self._light == "off":
            painter.drawEllipse(area)
        elif self._light == "warn":
            painter.setBrush(colour)
            middle = area.center()
            middle.setY(area.top())
            painter.drawPolygon(QPolygonF([area.bottomLeft(), middle, area.bottomRight()]))
        else:
            painter.drawLine(area.topLeft(), area.bottomRight())
            painter.drawLine(area.bottomLeft(), area.topRight())
        painter.end()


def _item(item: StatusItem) -> QWidget:
    holder = QWidget()
    row = QHBoxLayout(holder)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(6)
    if item.light is not None:
        row.addWidget(LightView(item.light), 0, Qt.AlignmentFlag.AlignVCenter)
    label = Label(f"{item.word} {item.value}".strip(), role="note")
    row.addWidget(label)
    holder.setToolTip(item.hint)
    label.setAccessibleDescription(item.hint)
    return holder
