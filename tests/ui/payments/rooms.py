"""The 收费 room on a small real hall, for tests and pictures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from counter_app.domain.staff import Session
from counter_app.storage.hall import OpenHall
from counter_app.storage.search_index import index_customers
from counter_app.ui.background import InlineBackground
from counter_app.ui.desk import Desk
from counter_app.ui.frame import Frame
from counter_app.ui.payments.page import CustomerView
from counter_app.ui.payments.room import ROOM, PaymentsRoom
from counter_app.ui.status_bar import StatusItem
from tests.halls import Someone, a_hall, an_open_shift, teller, three_months_behind
from tests.ui.demonstration import words
from tests.ui.payments.lanes import TROUBLE
from tests.ui.told import Told, told


@dataclass
class Counter:
    """A frame with the room in it, over an open hall."""

    hall: OpenHall
    desk: Desk
    frame: Frame
    room: PaymentsRoom

    def view(self) -> CustomerView:
        """The customer on the screen."""
        view = self.room.current()
        assert view is not None
        return view


def a_desk(hall: OpenHall, session: Session | None = None) -> Desk:
    """A desk whose lanes answer at once."""
    return Desk(hall, InlineBackground(trouble=TROUBLE), session or teller())


def a_counter(desk: Desk) -> Counter:
    """The room in its frame."""
    frame = Frame()
    room = PaymentsRoom(desk, frame)
    frame.add_room(ROOM, words("收费", "Collect"), "cash", room)
    return Counter(desk.hall, desk, frame, room)


def settle(rounds: int = 4) -> None:
    """Let the window paint what was asked for."""
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    for _ in range(rounds):
        app.processEvents()


def late_hall(folder: Path, *, has_shift: bool = True, trade: str = "electricity") -> tuple[OpenHall, Someone]:
    """A hall with the customer of the design picture."""
    hall = a_hall(folder, trade=trade)
    if has_shift:
        an_open_shift(hall)
    someone = three_months_behind(hall)
    with hall.writing() as work:
        index_customers(work)
    return hall, someone


@cache
def _told(*, has_shift: bool, trade: str) -> tuple[Told, Someone]:
    met: list[Someone] = []

    def tell(folder: Path) -> OpenHall:
        hall, someone = late_hall(folder, has_shift=has_shift, trade=trade)
        met.append(someone)
        return hall

    return told(tell), met[0]


def on_a_page(
    act: Callable[[Counter], object], *, has_shift: bool = True, trade: str = "electricity"
) -> Callable[[], Frame]:
    """A picture's page: the customer open in a hall of its own, and then whatever `act` does."""

    def make() -> Frame:
        kept, someone = _told(has_shift=has_shift, trade=trade)
        hall, end_with = kept.copy()
        counter = a_counter(a_desk(hall))
        frame = counter.frame
        frame.set_who(words("王芳", "Wang Fang"), words("3 号台", "Counter 3"))
        items = (StatusItem(words("班次", "Shift"), "1121-1"), StatusItem(words("打印机", "Printer"), "", "good"))
        frame.status.show_status(items, "2026-11-21 10:04")
        end_with(frame)
        counter.room.open_customer(someone.customer_id)
        # shown once so that figures are painted before anything is pressed
        QTimer.singleShot(0, frame, lambda: act(counter))
        return frame

    return make
