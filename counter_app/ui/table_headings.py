"""The row of headings of a table."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHeaderView, QTableView

from counter_app.ui.theme import scale_in_use, theme_in_use


class Headings(QHeaderView):
    """The row of headings. It covers what is below it and stays what it is when the table gets another height.

    Without both Qt would paint every heading anew for each customer who owes another number of bills.
    """

    def __init__(self, table: QTableView) -> None:
        super().__init__(Qt.Orientation.Horizontal, table)
        for attribute in (Qt.WidgetAttribute.WA_OpaquePaintEvent, Qt.WidgetAttribute.WA_StaticContents):
            self.viewport().setAttribute(attribute)
        self._hint: tuple[object, QSize] | None = None

    def sizeHint(self) -> QSize:
        # Qt asks each heading anew whenever the table gets another height; once for each look is enough
        look = (theme_in_use(), scale_in_use())
        if self._hint is None or self._hint[0] != look:
            self._hint = (look, super().sizeHint())
        return self._hint[1]

    def paintEvent(self, event: QPaintEvent) -> None:
        # a few pixels behind the last heading are nobody's
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), theme_in_use().color("raised"))
        painter.end()
        super().paintEvent(event)
