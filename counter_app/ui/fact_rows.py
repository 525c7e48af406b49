"""Facts below one another: a muted word on the left, its value on the right."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from counter_app.ui.blocks import SPACE, Label, ScrollColumn
from counter_app.ui.facts import Fact
from counter_app.ui.theme import px


class FactRow(QWidget):
    """A muted word on the left and its value on the right, both over several lines where they must be."""

    def __init__(self) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2 * SPACE)
        self.word, self.value = Label(role="muted", is_wrapped=True), Label(is_wrapped=True)
        self.value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
        self.word.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.word, 1)
        row.addWidget(self.value, 1)

    def show_fact(self, fact: Fact) -> None:
        """Draws a fact."""
        self.word.setText(fact.word)
        self.value.set_tone(None if fact.tone == "ink" else fact.tone)
        self.value.setText(fact.value)


def fact_column(facts: Sequence[Fact], least_px: int) -> ScrollColumn:
    """The facts in a column that scrolls where there are too many."""
    column = ScrollColumn()
    for fact in facts:
        row = FactRow()
        row.show_fact(fact)
        column.body.addWidget(row)
    column.setMinimumHeight(min(px(least_px), least_px))
    return column
