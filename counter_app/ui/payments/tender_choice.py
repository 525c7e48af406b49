"""The tenders as a grid of words, all of them visible, and the ones already laid on the table."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QButtonGroup, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from counter_app.ui.blocks import Button, Label
from counter_app.ui.choice import Segment
from counter_app.ui.formats import plain
from counter_app.ui.language import tr
from counter_app.ui.payments.screen import TenderValue

_ACROSS = 3
"""How many stand side by side where there is no room for all."""


class TenderChoice(QWidget):
    """One tender is chosen; arrows walk, F6 goes on to the next, the wheel does nothing. `chosen` carries its key."""

    chosen = Signal(str)

    def __init__(self, room_px: int) -> None:
        super().__init__()
        self._room_px = room_px
        self._group = QButtonGroup(self)
        self._buttons: dict[str, Segment] = {}
        self._shown: tuple[tuple[str, str], ...] = ()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(6)

    def show_choice(self, choices: Sequence[tuple[str, str]], chosen: str) -> None:
        """Draws the choices (key, word); nothing is rebuilt where nothing changed."""
        if tuple(choices) != self._shown:
            self._shown = tuple(choices)
            self._rebuild()
        elif chosen in self._buttons and self._buttons[chosen].isChecked():
            return
        for key, button in self._buttons.items():
            button.setChecked(key == chosen)
            is_stop = key == chosen
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus if is_stop else Qt.FocusPolicy.ClickFocus)

    def stops(self) -> list[QWidget]:
        """The buttons in reading order."""
        return list(self._buttons.values())

    def next_choice(self) -> None:
        """Goes on to the next tender, from the last to the first."""
        self._walk(1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: -_ACROSS, Qt.Key.Key_Down: _ACROSS}
        step = steps.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
            return
        self._walk(step)
        button = next((b for b in self._buttons.values() if b.isChecked()), None)
        if button is not None:
            button.setFocus(Qt.FocusReason.OtherFocusReason)

    def _walk(self, step: int) -> None:
        keys = list(self._buttons)
        now = next((place for place, key in enumerate(keys) if self._buttons[key].isChecked()), 0)
        if keys:
            self.chosen.emit(keys[(now + step) % len(keys)])

    def _rebuild(self) -> None:
        for button in self._buttons.values():
            self._group.removeButton(button)
            self._grid.removeWidget(button)
            button.hide()
            button.deleteLater()
        self._buttons = {}
        for key, word in self._shown:
            button = Segment(word, self)
            button.setAccessibleName(f"{tr('付款方式')}: {plain(word)}")
            button.clicked.connect(lambda _checked=False, key=key: self.chosen.emit(key))
            self._group.addButton(button)
            self._buttons[key] = button
        across = self._across()
        for place, button in enumerate(self._buttons.values()):
            self._grid.addWidget(button, place // across, place % across)

    def _across(self) -> int:
        """All in one row where they fit."""
        wanted = sum(button.sizeHint().width() + self._grid.spacing() for button in self._buttons.values())
        return max(1, len(self._buttons)) if wanted <= self._room_px else _ACROSS


class LaidTenders(QWidget):
    """The tenders laid aside: `picked` takes one back into the fields, `dropped` takes it off the table."""

    picked = Signal(int)
    dropped = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(4)
        self._shown: tuple[TenderValue, ...] = ()
        self._rows: list[QWidget] = []

    def show_laid(self, laid: tuple[TenderValue, ...]) -> None:
        """Draws the tenders beside the one in the fields."""
        self.setVisible(bool(laid))
        if laid == self._shown:
            return
        self._shown = laid
        for row in self._rows:
            self._column.removeWidget(row)
            row.hide()
            row.deleteLater()
        self._rows = [self._row(value) for value in laid]
        for row in self._rows:
            self._column.addWidget(row)

    def stops(self) -> list[QWidget]:
        """The buttons in reading order."""
        return [button for row in self._rows for button in row.findChildren(Button)]

    def _row(self, value: TenderValue) -> QWidget:
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        change = Button(tr("改"), kind="quiet")
        change.setAccessibleName(tr("改 {word} {sum}", word=value.word, sum=value.amount))
        drop = Button(tr("去掉"), kind="quiet")
        drop.setAccessibleName(tr("去掉 {word} {sum}", word=value.word, sum=value.amount))
        change.clicked.connect(lambda: self.picked.emit(value.place))
        drop.clicked.connect(lambda: self.dropped.emit(value.place))
        row.addWidget(Label(value.word, role="muted"))
        row.addStretch(1)
        row.addWidget(Label(value.amount))
        row.addWidget(change)
        row.addWidget(drop)
        return holder
