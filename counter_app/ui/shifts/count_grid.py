"""Counting notes and coins: how many of each, and what they make together."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QIntValidator, QKeyEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from counter_app.domain.shifts import DENOMINATIONS_FEN, CashCount
from counter_app.ui.blocks import SPACE, BigFigure, Label
from counter_app.ui.fields import TextEntry
from counter_app.ui.formats import amount, total
from counter_app.ui.language import tr
from counter_app.ui.theme import px

_MOST_PIECES = 99_999


class CountGrid(QWidget):
    """One line a denomination, largest first; Enter goes to the next line, and from the last one emits `finished`."""

    finished = Signal()
    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(2 * SPACE)
        grid.setVerticalSpacing(6)
        for column, word in enumerate((tr("面额"), tr("张数"), tr("小计"))):
            label = Label(word, role="muted")
            label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            grid.addWidget(label, 0, column)
        self.entries: dict[int, TextEntry] = {}
        self._sums: dict[int, Label] = {}
        for line, fen in enumerate(DENOMINATIONS_FEN, 1):
            self._add_line(grid, line, fen)
        order = self._order = list(self.entries.values())
        for here, after in pairwise(order):
            here.entered.connect(after.setFocus)
        order[-1].entered.connect(self.finished)
        self.sum = BigFigure(tr("合计"), total(0))
        grid.addWidget(self.sum, len(DENOMINATIONS_FEN) + 1, 0, 1, 3)
        grid.setColumnStretch(2, 1)

    def count(self) -> CashCount:
        """What stands in the lines; an empty line is none."""
        return CashCount({fen: int(entry.text() or 0) for fen, entry in self.entries.items() if entry.text()})

    def clear(self) -> None:
        """Empty all lines."""
        for entry in self.entries.values():
            entry.clear()
        self._recount()

    def begin(self) -> None:
        """The cursor to the first line."""
        first = self.entries[DENOMINATIONS_FEN[0]]
        first.setFocus()
        first.selectAll()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # up and down walk the lines as Enter does
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()))
        here = next((place for place, entry in enumerate(self._order) if entry.hasFocus()), None)
        if step is None or here is None or not 0 <= here + step < len(self._order):
            super().keyPressEvent(event)
            return
        self._order[here + step].setFocus()

    def _add_line(self, grid: QGridLayout, line: int, fen: int) -> None:
        word = tr("{yuan} 元", yuan=fen // 100) if fen >= 100 else tr("{jiao} 角", jiao=fen // 10)
        label = Label(word)
        label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        entry = TextEntry(name=tr("{denomination} 张数", denomination=word), is_number=True)
        entry.setValidator(QIntValidator(0, _MOST_PIECES, entry))
        entry.setAlignment(Qt.AlignmentFlag.AlignRight)
        entry.setFixedWidth(px(96))
        entry.typed.connect(lambda _text: self._recount())
        label.setBuddy(entry)
        subtotal = Label("", role="muted")
        subtotal.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        for column, widget in enumerate((label, entry, subtotal)):
            grid.addWidget(widget, line, column)
        self.entries[fen] = entry
        self._sums[fen] = subtotal

    def _recount(self) -> None:
        for fen, entry in self.entries.items():
            self._sums[fen].setText(amount(fen * int(entry.text())) if entry.text() else "")
        self.sum.show_figure(total(self.count().total_fen))
        self.changed.emit()
