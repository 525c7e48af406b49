"""One thing in a list that can be acted on: what it is, how it stands, and its buttons."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from counter_app.ui.blocks import SPACE, TONE_ICONS, Button, ButtonKind, Card, Label
from counter_app.ui.icons import IconView
from counter_app.ui.theme import Tone


class Way(NamedTuple):
    """A button of a line."""

    word: str
    press: Callable[[], object]
    key: str = ""
    kind: ButtonKind = "plain"


class LineCard(Card):
    """A title with its state, a note below, and buttons on the right; `is_narrow` puts them below."""

    def __init__(
        self, title: str, *, state: str = "", tone: Tone = "ink", note: str = "", ways: Sequence[Way] = ()
    ) -> None:
        super().__init__(is_inset=True)
        self.body.setContentsMargins(2 * SPACE, SPACE + 2, 2 * SPACE, SPACE + 2)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(Label(title, is_wrapped=True))
        if state:
            words.addLayout(_with_icon(state, tone))
        if note:
            words.addWidget(Label(note, role="note", is_wrapped=True))
        row = QHBoxLayout()
        row.setSpacing(2 * SPACE)
        row.addLayout(words, 1)
        self.buttons: list[Button] = []
        for way in ways:
            button = Button(way.word, key=way.key, kind=way.kind)
            button.clicked.connect(lambda _checked=False, press=way.press: press())
            row.addWidget(button, 0, Qt.AlignmentFlag.AlignVCenter)
            self.buttons.append(button)
        self.body.addLayout(row)


class LineList(QWidget):
    """Cards below one another, made anew when what they say has changed."""

    def __init__(self) -> None:
        super().__init__()
        self.cards: list[LineCard] = []
        self._shown: object = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(SPACE)

    def show_cards(self, value: object, make: Callable[[], Sequence[LineCard]]) -> None:
        """Draws the cards of a value; an equal value leaves what stands there, the focus too."""
        if value == self._shown:
            return
        self._shown = value
        for card in self.cards:
            self._column.removeWidget(card)
            card.hide()
            card.deleteLater()
        self.cards = list(make())
        for card in self.cards:
            self._column.addWidget(card)
        self.setVisible(bool(self.cards))


def _with_icon(state: str, tone: Tone) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(6)
    if tone != "ink":
        row.addWidget(IconView(TONE_ICONS[tone], tone, size_px=16))
    row.addWidget(Label(state, tone=None if tone == "ink" else tone, is_wrapped=True), 1)
    return row
