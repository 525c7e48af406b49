"""The cells of a table, painted in one go: item delegates and the style sheet's way cost several times as much."""

from __future__ import annotations

from typing import Any, Protocol

from PySide6.QtCore import QPointF, QRect, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QStaticText
from PySide6.QtWidgets import QTableView

from counter_app.ui.shaped import Shapes
from counter_app.ui.theme import BODY_PX, Tone, scale_in_use, sized_font, theme_in_use

PAD = 12
"""Pixels between a cell's edge and its text."""

_MOST_KEPT = 2000


class Cells(Protocol):
    """What a painter asks of the rows of a table; `ui.table.Rows` is the real one."""

    rows: tuple[Any, ...]
    columns: tuple[Any, ...]

    def cells(self, place: int) -> tuple[tuple[str, ...], tuple[Tone, ...]]:
        """The texts and the colours of a row."""


class CellPainter:
    """Draws the cells of one table; a text that was drawn before is not shaped again."""

    def __init__(self, table: QTableView, model: Cells) -> None:
        self._table, self._model = table, model
        self._made_for: tuple[object, int] | None = None
        self._colours: dict[str, QColor] = {}
        self._font = QFont()
        self._metrics = QFontMetrics(self._font)
        self._shapes = Shapes(_MOST_KEPT)

    def paint(self, painter: QPainter, area: QRect) -> None:
        """Draws the cells that the area touches."""
        self._keep_up()
        table, model = self._table, self._model
        row_px, up_px = table.verticalHeader().defaultSectionSize(), table.verticalHeader().offset()
        first = max(0, (area.top() + up_px) // row_px)
        last = min(len(model.rows) - 1, (area.bottom() + up_px) // row_px)
        if first > last:
            return
        columns, width = [], 0
        for place, column in enumerate(model.columns):
            left, width_px = table.columnViewportPosition(place), table.columnWidth(place)
            width = left + width_px
            if left <= area.right() and width > area.left():
                columns.append((place, left + PAD, width_px - 2 * PAD, column.align == "right"))
        # whole rows are chosen; to ask for an index of each costs ten times as much as their ranges
        parts = table.selectionModel().selection()
        ranges = [parts.at(place) for place in range(parts.count())]
        chosen = {row for part in ranges for row in range(part.top(), part.bottom() + 1)}
        line, ground = self._colours["line"], self._colours["accent_soft"]
        painter.setFont(self._font)
        for row in range(first, last + 1):
            top = row * row_px - up_px
            if row in chosen:
                painter.fillRect(0, top, width, row_px - 1, ground)
            painter.fillRect(0, top + row_px - 1, width, 1, line)
            self._paint_row(painter, columns, *model.cells(row), top, row_px - 1)

    def _paint_row(
        self,
        painter: QPainter,
        columns: list[tuple[int, int, int, bool]],
        cells: tuple[str, ...],
        tones: tuple[Tone, ...],
        top: int,
        height: int,
    ) -> None:
        pen, kept, draw = None, self._shapes.kept, painter.drawStaticText
        for place, left, room, is_right in columns:
            text = cells[place]
            if not text:
                continue
            ready, width, text_px = kept.get(text) or self._shapes.shape(text)
            # a column as wide as its text is whole pixels wide, the text is not
            if width >= room + 1:
                short = self._metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)
                ready, width, text_px = self._shapes.letters.line(short)
            if pen != tones[place]:
                pen = tones[place]
                painter.setPen(self._colours[pen])
            begin = left + room - width if is_right else left
            if type(ready) is QStaticText:
                draw(QPointF(begin, top + (height - text_px) / 2), ready)
            else:
                self._shapes.letters.draw(painter, begin, top + (height - text_px) / 2, ready)

    def _keep_up(self) -> None:
        made_for = (theme_in_use(), scale_in_use())
        if self._made_for != made_for:
            self._made_for = made_for
            theme = theme_in_use()
            names = ("ink", "muted", "accent", "good", "warn", "bad", "accent_soft", "line")
            self._colours = {name: theme.color(name) for name in names}
            self._font = sized_font(BODY_PX)
            self._metrics = QFontMetrics(self._font)
            self._shapes.take_font(self._font)
