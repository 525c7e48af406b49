"""A line that shortens itself, for foreign texts in narrow places."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import QEvent, QPointF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from counter_app.ui.blocks import CoveringLabel, Role
from counter_app.ui.shaped import Shaped, shaped, whole


class ElidedLabel(CoveringLabel):
    """A line that shortens itself where the room is short; hovering tells all."""

    def __init__(self, text: str = "", *, role: Role = "body", ground: str = "", parent: QWidget | None = None) -> None:
        self._line: tuple[str, Shaped] | None = None
        self._shown: tuple[str, int, Shaped] | None = None
        self._ink: QColor | None = None
        self._rest_of = ""
        super().__init__(text, role=role, ground=ground, parent=parent)
        self.setProperty("is_elided", True)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def setText(self, text: str) -> None:
        super().setText(text)
        self._tell_the_rest()

    def shown_text(self) -> str:
        """What is painted, shortened if it must be."""
        return self._fitted()[0]

    def sizeHint(self) -> QSize:
        # the label's own would shape the text again each time it is asked
        return QSize(whole(self._whole_line(self.text()).width), self.fontMetrics().height())

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        # whatever has changed, the colour may have
        self._ink = None
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._line = self._shown = None

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._tell_the_rest()

    def paintEvent(self, event: QPaintEvent) -> None:
        self.paint_ground(event)
        painter, area, line = QPainter(self), self.contentsRect(), self._fitted()[2]
        if self._ink is None:
            self._ink = self.palette().color(self.foregroundRole())
        painter.setPen(self._ink)
        painter.setFont(self.font())
        painter.drawStaticText(QPointF(area.left(), area.top() + (area.height() - line.height) / 2), line.text)
        painter.end()

    def _whole_line(self, text: str) -> Shaped:
        if self._line is None or self._line[0] != text:
            self._line = (text, shaped(text, self.font()))
        return self._line[1]

    def _fitted(self) -> tuple[str, int, Shaped]:
        """The text whole where there is room for it, else as much as there is room for."""
        text, room = self.text(), self.contentsRect().width()
        line = self._whole_line(text)
        if line.width <= room:
            return text, room, line
        if self._shown is None or self._shown[1] != room or self._rest_of != text:
            self._rest_of = text
            shown = self.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, room)
            self._shown = (shown, room, shaped(shown, self.font()))
        return self._shown

    def _tell_the_rest(self) -> None:
        text = self.text()
        rest = "" if self._fitted()[0] == text else text
        tip = f"<qt>{escape(rest)}</qt>" if rest else ""
        if tip != self.toolTip():
            self.setToolTip(tip)
