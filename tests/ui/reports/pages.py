"""报表 as it is looked at: the figures of a day with the records behind one, and the exceptions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta, timezone
from functools import cache

from PySide6.QtWidgets import QWidget

from counter_app.clock import new_intent_id
from counter_app.domain.reports import ReportKind
from counter_app.domain.shifts import CashCount
from counter_app.domain.staff import Role
from counter_app.services import customers, shifts
from counter_app.services.hall import OpenHall
from counter_app.ui.frame import Frame
from counter_app.ui.reports.room import ROOM, ReportsRoom
from tests.halls import NOW, a_hall, an_open_shift, cash, close_shift, pay, teller, three_months_behind
from tests.ui.counter.rooms import a_desk, a_folder
from tests.ui.demonstration import words
from tests.undoing import undo


@cache
def closed_hall() -> OpenHall:
    """A hall with a closed shift: a reversed payment, one that stands, cash out, a drawer opened, a little short."""
    hall = a_hall(a_folder(), at=NOW.astimezone(timezone(timedelta(hours=8))))
    someone = three_months_behind(hall)
    an_open_shift(hall)
    _, taken = pay(hall, someone, cash(350))
    undo(hall, taken.payment_id)
    pay(hall, someone, cash(350))
    customers.reveal(hall, teller(), someone.customer_id, "name", "核对")
    shifts.move_cash(hall, teller(), -10_000, "缴存", new_intent_id())
    shifts.open_drawer(hall, teller(), "换零钱")
    close_shift(hall, teller(), CashCount({10_000: 6}), "找零有误", new_intent_id())
    an_open_shift(hall)
    return hall


def reports_room(role: Role = Role.SUPERVISOR, staff_no: str = "2001") -> tuple[Frame, ReportsRoom]:
    """The room in its frame."""
    frame = Frame()
    room = ReportsRoom(a_desk(closed_hall(), role, staff_no), frame)
    frame.add_room("payments", words("收费", "Payments"), "cash", QWidget())
    frame.add_room(ROOM, words("报表", "Reports"), "chart-bar", room)
    frame.set_who(words("赵敏", "Zhao Min"), words("3 号台", "Counter 3"))
    frame.show()
    frame.show_room(ROOM)
    return frame, room


def day() -> QWidget:
    """The figures of the day before somebody whose own shift is not counted, opened at the cash that was taken."""
    frame, room = reports_room(Role.TELLER, "1001")
    row = next(row for row in room.table.rows() if "taken.cash" in row.cells)
    room.open_row(row)
    return frame


def exceptions() -> QWidget:
    """What somebody else should look at."""
    frame, room = reports_room()
    room.kinds.choose(ReportKind.EXCEPTIONS.value)
    room.read()
    return frame


REPORT_PAGES: dict[str, Callable[[], QWidget]] = {"reports-day": day, "reports-exceptions": exceptions}
