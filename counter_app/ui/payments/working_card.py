"""The card below the open bills: how the late fee of the chosen one came about."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QVBoxLayout, QWidget

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
        self._drawn: _Drawn | None = None
        self._shown: WorkingScreen | None = None
        self.body.setContentsMargins(2 * SPACE, SPACE + 2, SPACE, SPACE + 2)
        self.body.addWidget(self._column)

    def show_working(self, working: WorkingScreen | None) -> None:
        """Draws another bill's working; None hides the card."""
        is_drawn = self._drawn is not None and self._drawn.scale == scale_in_use()
        if working == self._shown and is_drawn:
            return
        self._shown = working
        self.setVisible(working is not None)
        if working is None:
            return
        if self._drawn is None or not is_drawn:
            self._begin_anew()
        assert self._drawn is not None
        self._drawn.show_working(working)

    def texts(self) -> tuple[str, ...]:
        """Everything that stands on the card."""
        return self._drawn.texts() if self._drawn is not None and self._shown is not None else ()

    def _begin_anew(self) -> None:
        """The steps in the text size that is on the screen now."""
        if self._drawn is not None:
            self._column.body.removeWidget(self._drawn)
            self._drawn.hide()
            self._drawn.deleteLater()
        self._drawn = _Drawn()
        self._column.body.addWidget(self._drawn)


class _Drawn(QWidget):
    """Heading, steps and notes as labels that take the words of one bill after the other."""

    def __init__(self) -> None:
        super().__init__()
        self.scale = scale_in_use()
        self._is_large = self.scale >= _LARGE
        self._heading = Label(is_wrapped=True)
        self._lines: list[tuple[Label, Label, Label]] = []
        self._notes: list[Label] = []
        self._grid = QGridLayout()
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(3 * SPACE)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(1 if self._is_large else 3, 1)
        self._whole = QVBoxLayout(self)
        self._whole.setContentsMargins(0, 0, 0, 0)
        self._whole.setSpacing(4)
        self._whole.addWidget(self._heading)
        self._whole.addLayout(self._grid)

    def show_working(self, working: WorkingScreen) -> None:
        """Puts other words into the labels; those not needed are hidden."""
        self._heading.setText(working.heading)
        while len(self._lines) < len(working.lines):
            self._add_line()
        while len(self._notes) < len(working.notes):
            self._notes.append(Label(role="note", is_wrapped=True))
            self._whole.addWidget(self._notes[-1])
        for line, labels in zip(working.lines, self._lines, strict=False):
            for label, text in zip(labels, (line.period, line.formula, line.amount), strict=True):
                label.setText(text)
        for note, text in zip(self._notes, working.notes, strict=False):
            note.setText(text)
        for place, labels in enumerate(self._lines):
            _show(labels, is_shown=place < len(working.lines))
        for place, note in enumerate(self._notes):
            _show((note,), is_shown=place < len(working.notes))

    def texts(self) -> tuple[str, ...]:
        """Every word that is shown, from top to bottom."""
        labels = [self._heading, *(label for line in self._lines for label in line), *self._notes]
        return tuple(label.text() for label in labels if not label.isHidden())

    def _add_line(self) -> None:
        labels = (Label(role="note"), Label(role="note", is_wrapped=self._is_large), Label(role="note"))
        labels[2].setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        for place, label in enumerate(labels):
            self._grid.addWidget(label, len(self._lines), place)
        self._lines.append(labels)


def _show(labels: Sequence[Label], *, is_shown: bool) -> None:
    for label in labels:
        if label.isHidden() is is_shown:
            label.setVisible(is_shown)
