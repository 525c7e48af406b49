"""待办 as it is looked at: everything at once, money to give back, a matter, a signature."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache

from PySide6.QtWidgets import QWidget

from counter_app.domain.staff import Role, Session
from counter_app.services import approvals, credit_slips, tasks
from counter_app.services.hall import OpenHall
from counter_app.ui.desk import Desk
from counter_app.ui.frame import Frame
from counter_app.ui.tasks.room import ROOM, TasksRoom
from tests.halls import PASSWORD, a_hall, an_open_shift, teller
from tests.ui.counter.rooms import a_folder, lanes
from tests.ui.demonstration import words
from tests.ui.tasks.kit import CREDIT, a_line, a_task, all_kinds, lost_and_given_back, stopped


@cache
def busy_hall() -> OpenHall:
    """A hall with everything to do, whose data was copied."""
    hall = a_hall(a_folder())
    all_kinds(hall)
    stopped(hall)
    return hall


@cache
def quiet_hall() -> OpenHall:
    """A hall with nothing to do."""
    return a_hall(a_folder())


def room_in_frame(hall: OpenHall, waiting: int = 0, who: Session | None = None) -> tuple[Frame, TasksRoom]:
    """The room in its frame."""
    frame = Frame()
    room = TasksRoom(Desk(hall, lanes(), who or teller(), line=a_line(waiting)), frame)
    frame.add_room("payments", words("收费", "Payments"), "cash", QWidget())
    frame.add_room(ROOM, words("待办", "To do"), "clipboard-list", room)
    frame.set_who(words("王芳", "Wang Fang"), words("3 号台", "Counter 3"))
    frame.show_room(ROOM)
    room.count()
    return frame, room


def everything() -> QWidget:
    """Each kind of task, the line, and what was found against the file."""
    return room_in_frame(busy_hall(), 3)[0]


def nothing() -> QWidget:
    """An empty list says what fills it."""
    return room_in_frame(quiet_hall())[0]


def opened(kind: str) -> QWidget:
    """One of them is open, before the only supervisor of the hall."""
    frame, room = room_in_frame(busy_hall(), 3, teller("2001", Role.SUPERVISOR))
    frame.show()
    room.open_task(next(row.task for row in room.table.rows() if row.task.kind == kind))
    return frame


def file_signed() -> QWidget:
    """A supervisor is asked whether this machine goes on."""
    frame, room = room_in_frame(busy_hall(), 3)
    frame.show()
    room.confirm_file()
    return frame


@cache
def paid_hall() -> OpenHall:
    """A hall that gave money back in cash, twice, and printed one of the slips."""
    hall = a_hall(a_folder())
    an_open_shift(hall)
    for no in (1, 2):
        task_id = a_task(hall, no=no, facts=json.dumps(CREDIT | {"credit_id": f"s{no}:excess"}))
        challenge = tasks.ask(hall, teller(), task_id, "cash")
        signed = approvals.sign(hall, teller(), challenge, staff_no="2001", password=PASSWORD)
        slip_no = tasks.settle(hall, teller(), task_id, "cash", signed).slip_no
        if no == 1:
            credit_slips.order_print(hall, teller(), slip_no, paper="a5", printer="pdf")
    return hall


@cache
def robbed_hall() -> OpenHall:
    """A hall whose disk was lost, and made anew from the hub."""
    hall = a_hall(a_folder())
    lost_and_given_back(hall)
    return hall


def given() -> QWidget:
    """The payments that came back, the first one with its bills and tenders."""
    frame, room = room_in_frame(robbed_hall(), 0, teller("2001", Role.SUPERVISOR))
    frame.show()
    room.show_given()
    return frame


def slips() -> QWidget:
    """The slips for cash given back."""
    frame, room = room_in_frame(paid_hall())
    frame.show()
    room.show_slips()
    return frame


TASK_PAGES: dict[str, Callable[[], QWidget]] = {
    "tasks": everything,
    "tasks-credit": lambda: opened("duplicate_payment"),
    "tasks-empty": nothing,
    "tasks-file": file_signed,
    "tasks-matter": lambda: opened("quarantined"),
    "tasks-given": given,
    "tasks-slips": slips,
}
