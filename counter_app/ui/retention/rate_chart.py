"""A rate as a dot between 0 and 100 % with its interval as a whisker, painted in the colours of the theme."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from counter_app.ui.retention.presenter_rates import RateCell, RateRow
from counter_app.ui.table import Table
from counter_app.ui.table_cells import PAD
from counter_app.ui.theme import px, theme_in_use

_DOT_PX, _CAP_PX, _TICK_PX, _POINTS = 11, 14, 8, 10_000
CHARTS = {"success_chart": "success", "keep_chart": "keep"}
"""The columns of the table that hold a chart, and whose rate it is."""


def paint_rate(painter: QPainter, area: QRectF, cell: RateCell) -> None:
    """A line from 0 to 100 % with a mark at the half, the whisker on it, and the rate as a dot; no case, no dot."""
    theme = theme_in_use()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    middle, tick, dot = area.center().y(), px(_TICK_PX) / 2, px(_DOT_PX) / 2
    # a dot at either end stays inside
    area = area.adjusted(dot, 0, -dot, 0)
    painter.setPen(QPen(theme.color("edge"), 1))
    painter.drawLine(QPointF(area.left(), middle), QPointF(area.right(), middle))
    for share in (0.0, 0.5, 1.0):
        x = area.left() + share * area.width()
        painter.drawLine(QPointF(x, middle - tick), QPointF(x, middle + tick))
    if cell.low is None or cell.high is None:
        return
    low, high = (area.left() + area.width() * end / _POINTS for end in (cell.low, cell.high))
    painter.setPen(QPen(theme.color("ink"), px(2)))
    painter.drawLine(QPointF(low, middle), QPointF(high, middle))
    for x in (low, high):
        painter.drawLine(QPointF(x, middle - px(_CAP_PX) / 2), QPointF(x, middle + px(_CAP_PX) / 2))
    painter.setPen(QPen(theme.color("raised"), px(1)))
    painter.setBrush(theme.color("accent"))
    painter.drawEllipse(QPointF(area.left() + cell.share * area.width(), middle), dot, dot)
    painter.setBrush(Qt.BrushStyle.NoBrush)


class RateBar(QWidget):
    """One rate beside its words; it has no words of its own."""

    def __init__(self) -> None:
        super().__init__()
        self._cell: RateCell | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)

    def show_rate(self, cell: RateCell) -> None:
        """Another rate."""
        self._cell = cell
        self.setAccessibleName(f"{cell.rate} {cell.cases}")
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(px(160), px(24))

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._cell is not None:
            painter = QPainter(self)
            paint_rate(painter, QRectF(self.rect()).adjusted(2, 0, -2, 0), self._cell)
            painter.end()


class RateTable(Table[RateRow]):
    """A table of rates; the columns named in `CHARTS` are painted, and their numbers stand in text beside them."""

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self.viewport())
        painter.setClipRect(event.rect())
        height = self.verticalHeader().defaultSectionSize()
        for place, row in enumerate(self.rows()):
            top = self.rowViewportPosition(place)
            if top + height < event.rect().top() or top > event.rect().bottom():
                continue
            for column, name in self._chart_columns():
                left, width = self.columnViewportPosition(column), self.columnWidth(column)
                area = QRectF(left + PAD, top, width - 2 * PAD, height - 1)
                paint_rate(painter, area, row.success if name == "success" else row.keep)
        painter.end()

    def _chart_columns(self) -> list[tuple[int, str]]:
        return [(place, CHARTS[column.key]) for place, column in enumerate(self._model.columns) if column.key in CHARTS]
