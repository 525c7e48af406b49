"""The card below the open bills: how the late fee of the chosen one came about."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from counter_app.ui.blocks import SPACE, Card, Label, ScrollColumn
from counter_app.ui.payments.screen import WorkingScreen
from counter_app.ui.theme import scale_in_use

_LARGE = 150
"""From this text size (per cent) on a long step takes two lines."""


class WorkingCard(Card):
    """Steps in three columns, the rule and the law below; it scrolls when there are many steps."""

    def __init__(self) -> None:
        super().__init__(is_inset=True)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._column = ScrollColumn()
        self._column.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._inner: QWidget | None = None
        self._shown: WorkingScreen | None = None
        self.body.setContentsMargins(2 * SPACE, SPACE + 2, SPACE, SPACE + 2)
        self.body.addWidget(self._column)

    def show_working(self, working: WorkingScreen | None) -> None:
        """Draws another bill's working; None hides the card."""
        if working == self._shown and self._inner is not None:
            return
        self._shown = working
        if self._inner is not None:
            self._column.body.removeWidget(self._inner)
            self._inner.hide()
            self._inner.deleteLater()
            self._inner = None
        self.setVisible(working is not None)
        if working is not None:
            self._inner = _drawn(working)
            self._column.body.addWidget(self._inner)

    def texts(self) -> tuple[str, ...]:
        """Everything that stands on the card."""
        return tuple(label.text() for label in self._inner.findChildren(Label)) if self._inner is not None else ()


def _drawn(working: WorkingScreen) -> QWidget:
    holder = QWidget()
    grid = QGridLayout(holder)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(3 * SPACE)
    grid.setVerticalSpacing(4)
    is_large = scale_in_use() >= _LARGE
    grid.setColumnStretch(1 if is_large else 3, 1)
    grid.addWidget(Label(working.heading, is_wrapped=True), 0, 0, 1, 4)
    row = 1
    for line in working.lines:
        grid.addWidget(Label(line.period, role="note"), row, 0)
        grid.addWidget(Label(line.formula, role="note", is_wrapped=is_large), row, 1)
        figure = Label(line.amount, role="note")
        figure.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        grid.addWidget(figure, row, 2)
        row += 1
    for note in working.notes:
        grid.addWidget(Label(note, role="note", is_wrapped=True), row, 0, 1, 4)
        row += 1
    return holder
