"""A page that covers the window: one card in the middle of an empty ground, which scrolls when the text is large."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from counter_app.ui.blocks import SPACE, Card, ScrollColumn
from counter_app.ui.busy import BusyStrip
from counter_app.ui.keys import Action
from counter_app.ui.theme import px

CARD_PX = 420
_MOST_PX = 1280


class CoverPage(QFrame):
    """Fill `card.body`; hand `key_actions()` to `Frame.cover` with the page. `busy` shows work below the card."""

    def __init__(self, width_px: int = CARD_PX) -> None:
        super().__init__()
        self.setObjectName("frame")
        self.card = Card()
        self.card.setFixedWidth(min(px(width_px), _MOST_PX))
        self.card.body.setContentsMargins(3 * SPACE, 3 * SPACE, 3 * SPACE, 3 * SPACE)
        self.card.body.setSpacing(2 * SPACE)
        self._ground = ScrollColumn()
        self._ground.body.setContentsMargins(SPACE, 2 * SPACE, SPACE, 2 * SPACE)
        self._ground.body.addStretch(2)
        self._ground.body.addLayout(in_the_middle(self.card))
        self._ground.body.addStretch(3)
        self.busy = BusyStrip(self.card, parent=self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._ground)

    def key_actions(self) -> tuple[Action, ...]:
        """What keys do while this page covers the window."""
        return ()


def plain_ground() -> QFrame:
    """The ground of such a page without a card, while none is there."""
    ground = QFrame()
    ground.setObjectName("frame")
    return ground


def in_the_middle(card: QWidget) -> QHBoxLayout:
    """A card between two stretches; an alignment would not ask it how high its wrapped words are."""
    row = QHBoxLayout()
    row.addStretch(1)
    row.addWidget(card)
    row.addStretch(1)
    return row
