"""What every page of the 挽留 room is to its room: it reads when it is gone to, and asks the room for cases."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from counter_app.domain.staff import Right
from counter_app.ui.blocks import Card
from counter_app.ui.desk import Desk
from counter_app.ui.frame import Frame
from counter_app.ui.panels import Panel


class RoomPage(QWidget):
    """One page of the room. Its focus proxy is where the cursor goes when somebody comes to it."""

    case_wanted = Signal(str)
    """The id of a case to go on with, in the place of the list."""
    service_wanted = Signal(int, int)
    """Customer and service whose retention page is wanted."""
    customer_wanted = Signal(int)
    """Customer whose own page is wanted."""
    counted = Signal(int)
    """How much of this page is late for this person; the page's word and the rail say it."""

    def __init__(self, desk: Desk, frame: Frame) -> None:
        super().__init__()
        self.desk, self.frame = desk, frame

    def read(self) -> None:
        """Read anew what stands here: somebody came to the page, or something was done at this counter."""
        raise NotImplementedError

    def let_go(self) -> None:
        """The person leaves the counter: nothing of a customer stays on the screen."""
        raise NotImplementedError

    def say(self, words: str) -> None:
        """Why something was not done."""
        self.frame.toast.say(words, tone="warn")

    def saved(self, panel: Panel, words: str) -> None:
        """What was entered in a panel stands: the panel goes, and the page is read anew."""
        self.frame.panels.close_panel(panel)
        self.frame.toast.say(words)
        self.read()

    def not_saved(self, panel: Panel, fail: Callable[[str, str], object], field: str, words: str) -> None:
        """Why not: the panel is told the field and the words; an answer that comes after Esc is still said."""
        if self.frame.panels.current() is panel:
            fail(field, words)
        else:
            self.say(words)

    def put_card(self, card: Card) -> None:
        """One card over the whole page."""
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(card, 1)


@dataclass(frozen=True, slots=True)
class Place:
    """A page's place in the room: its key, the word for it (by `later`), who may go there, and what builds it."""

    key: str
    word: str
    right: Right
    build: Callable[[Desk, Frame], RoomPage]
