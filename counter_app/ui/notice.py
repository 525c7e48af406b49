"""What stands in the window where no page can: one sentence with its ways on, and the line over every room."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout

from counter_app.ui.blocks import SPACE, TONE_ICONS, Button, Label, PrimaryButton
from counter_app.ui.cover_page import CoverPage
from counter_app.ui.icons import IconView
from counter_app.ui.keys import Action

_NOTICE_PX = 520


class Way:
    """A way on from a notice: its word, its key, what it does."""

    def __init__(self, word: str, key: str, go: Callable[[], object]) -> None:
        self.word, self.key, self.go = word, key, go


class Notice(CoverPage):
    """A heading, its sentences, and one button for each way on; the first is the filled one."""

    def __init__(self, heading: str, words: str, ways: Sequence[Way] = ()) -> None:
        super().__init__(_NOTICE_PX)
        self.ways = tuple(ways)
        self.words = Label(words, is_wrapped=True)
        self.card.body.addWidget(Label(heading, role="heading", is_wrapped=True))
        self.card.body.addWidget(self.words)
        self.buttons: list[Button] = []
        for place, way in enumerate(self.ways):
            button = PrimaryButton(way.word, way.key) if place == 0 else Button(way.word, key=way.key)
            button.clicked.connect(lambda _checked=False, way=way: way.go())
            self.card.body.addWidget(button)
            self.buttons.append(button)

    def key_actions(self) -> tuple[Action, ...]:
        """The keys of the ways that have one."""
        return tuple(Action(way.word, way.word, way.key, way.go) for way in self.ways if way.key)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self.buttons:
            self.buttons[0].setFocus()


class Above(QFrame):
    """The line over every room."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("block", "top")
        row = QHBoxLayout(self)
        row.setContentsMargins(2 * SPACE, SPACE, 2 * SPACE, SPACE)
        row.setSpacing(SPACE)
        row.addWidget(IconView(TONE_ICONS["bad"], "bad"), 0, Qt.AlignmentFlag.AlignTop)
        self.label = Label(tone="bad", is_wrapped=True)
        row.addWidget(self.label, 1)
        self.hide()

    def say(self, words: str) -> None:
        """The words; empty takes the line away."""
        self.label.setText(words)
        self.setVisible(bool(words))
