"""The pad that a customer signs on, with a mouse, a pen or a finger; what was drawn comes out as a small PNG."""

from __future__ import annotations

from PySide6.QtCore import QBuffer, QByteArray, QEvent, QIODevice, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QImage,
    QImageWriter,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QTabletEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from counter_app.ui.language import tr
from counter_app.ui.theme import px, theme_in_use

LARGEST = QSize(600, 200)
"""The largest picture of a signature, in pixels."""

_MARGIN = 6
_PEN_PX = 2.4
_LEAST_PX = 12
"""Less than this across is a slip of the hand, no signature."""


class SignaturePad(QWidget):
    """Strokes are kept as they are drawn; `changed` tells that there is one more, or none any longer."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._strokes: list[list[QPointF]] = []
        self._is_drawing = False
        self.setAccessibleName(tr("客户签名框"))
        self.setAttribute(Qt.WidgetAttribute.WA_AcceptTouchEvents)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def sizeHint(self) -> QSize:
        return QSize(px(480), px(180))

    def minimumSizeHint(self) -> QSize:
        return QSize(px(240), 150)

    def clear(self) -> None:
        """An empty pad."""
        self._strokes, self._is_drawing = [], False
        self.update()
        self.changed.emit()

    def is_empty(self) -> bool:
        """Whether nothing that could be a signature was drawn."""
        bounds = self._bounds()
        return max(bounds.width(), bounds.height()) < _LEAST_PX

    def png(self) -> bytes:
        """The signature on white ground, trimmed, at most 600 × 200; empty when there is none."""
        if self.is_empty():
            return b""
        bounds = self._bounds().adjusted(-_MARGIN, -_MARGIN, _MARGIN, _MARGIN)
        factor = min(1.0, LARGEST.width() / bounds.width(), LARGEST.height() / bounds.height())
        size = QSize(max(1, int(bounds.width() * factor)), max(1, int(bounds.height() * factor)))
        image = QImage(size, QImage.Format.Format_RGB32)
        image.fill(Qt.GlobalColor.white)
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.scale(factor, factor)
        painter.translate(-bounds.topLeft())
        self._draw(painter, QColor(Qt.GlobalColor.black))
        painter.end()
        kept = QByteArray()
        buffer = QBuffer(kept)
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        # grey is enough for ink
        QImageWriter(buffer, QByteArray(b"png")).write(image.convertToFormat(QImage.Format.Format_Grayscale8))
        return bytes(kept.data())

    def begin_stroke(self, at: QPointF) -> None:
        """The pen comes down."""
        self._strokes.append([at])
        self._is_drawing = True
        self.update()

    def go_on(self, at: QPointF) -> None:
        """The pen moves."""
        if self._is_drawing:
            self._strokes[-1].append(self._held_inside(at))
            self.update()

    def end_stroke(self) -> None:
        """The pen is lifted."""
        if self._is_drawing:
            self._is_drawing = False
            self.changed.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.isEnabled():
            self.begin_stroke(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.go_on(event.position())

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        self.end_stroke()

    def tabletEvent(self, event: QTabletEvent) -> None:
        if event.type() == QEvent.Type.TabletPress:
            self.begin_stroke(event.position())
        elif event.type() == QEvent.Type.TabletMove:
            self.go_on(event.position())
        else:
            self.end_stroke()
        event.accept()

    def event(self, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.TouchBegin, QEvent.Type.TouchUpdate, QEvent.Type.TouchEnd):
            self._touch(event)
            return True
        return super().event(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = theme_in_use()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        # paper is white in every look: what is signed looks as it will be kept
        painter.setPen(QPen(theme.color("edge"), 1))
        painter.setBrush(QColor(Qt.GlobalColor.white))
        painter.drawRoundedRect(area, 6, 6)
        line = self.height() * 3 / 4
        painter.setPen(QPen(QColor(170, 170, 170), 1, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(24, line), QPointF(self.width() - 24, line))
        self._draw(painter, QColor(Qt.GlobalColor.black))
        painter.end()

    def _touch(self, event: QEvent) -> None:
        points = event.points()  # type: ignore[attr-defined]  # only touches come here, and they have points
        if event.type() == QEvent.Type.TouchEnd or not points:
            self.end_stroke()
        elif event.type() == QEvent.Type.TouchBegin:
            self.begin_stroke(points[0].position())
        else:
            self.go_on(points[0].position())
        event.accept()

    def _draw(self, painter: QPainter, ink: QColor) -> None:
        cap, join = Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin
        painter.setPen(QPen(ink, _PEN_PX, Qt.PenStyle.SolidLine, cap, join))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for stroke in self._strokes:
            path = QPainterPath(stroke[0])
            for point in stroke[1:] or [stroke[0] + QPointF(0.5, 0.5)]:
                path.lineTo(point)
            painter.drawPath(path)

    def _bounds(self) -> QRectF:
        points = [point for stroke in self._strokes for point in stroke]
        if not points:
            return QRectF()
        across, down = [p.x() for p in points], [p.y() for p in points]
        return QRectF(min(across), min(down), max(across) - min(across), max(down) - min(down))

    def _held_inside(self, at: QPointF) -> QPointF:
        return QPointF(min(max(at.x(), 0.0), self.width()), min(max(at.y(), 0.0), self.height()))
