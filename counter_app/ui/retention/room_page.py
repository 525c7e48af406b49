"""What every page of the 挽留 room is to its room: it reads when it is gone to, and asks the room for cases."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from counter_app.domain.staff import Right
from counter_app.ui.desk import Desk
from counter_app.ui.frame import Frame


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


@dataclass(frozen=True, slots=True)
class Place:
    """A page's place in the room: its key, the word for it (by `later`), who may go there, and what builds it."""

    key: str
    word: str
    right: Right
    build: Callable[[Desk, Frame], RoomPage]
