"""Automatic deductions as they are looked at: the batch day of another counter that was done here."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from PySide6.QtWidgets import QWidget

from counter_app.domain.staff import Role
from counter_app.services import deductions
from counter_app.services.hall import OpenHall
from counter_app.storage import tables as t
from counter_app.storage import tables_sync as y
from counter_app.ui.deductions.panel import deductions_action
from counter_app.ui.frame import Frame
from tests import halls
from tests.ui.counter.rooms import a_desk, a_folder, shift_room
from tests.ui.demonstration import words

NUMBER = "ZK20261121-10002340"


def with_books(hall: OpenHall, *, is_two: bool = False) -> OpenHall:
    """Four customers who owe: with more, just as much, too little, and money for something else only."""
    names = ("张伟", "李娜", "王芳", "赵军")
    for place, name in enumerate(names):
        someone = halls.three_months_behind(hall, no=f"1000234{place}", name=name)
        owed_fen = halls.position(hall, someone).restore_fen
        more = {"name": "负控购电", "items": '["其他"]', "kind": "earmarked"} if place == 3 else {}
        row = {"account_id": someone.account_id, "name": "预存", "kind": "cash", "items": "[]", "priority": 9}
        row |= {"opening_fen": (owed_fen + 5_000, owed_fen, 2_000, 90_000)[place], "opening_source": "import"}
        with hall.writing() as work:
            halls.put(work, t.books, {**row, **more, "opened_on": "2026-01-01"})
    with hall.writing() as work:
        work.driver.execute("UPDATE services SET state = 'stopped_out', state_reason = 'arrears'")
        if is_two:
            halls.put(work, t.counters, {"counter_id": "c2", "name": words("1 号台", "Counter 1")})
            halls.put(work, y.counters_down, {"counter_id": "c2", "ordinal": 1, "code": "01"})
    return hall


@cache
def _done() -> OpenHall:
    hall = with_books(halls.a_hall(a_folder()), is_two=True)
    deductions.run(hall, is_here=True)
    return hall


def _batch() -> QWidget:
    frame = _frame(_done())
    deductions_action(a_desk(_done(), Role.SUPERVISOR, "2001"), frame, lambda _customer, _number: None).run()
    return frame


def _frame(hall: OpenHall) -> Frame:
    frame, _room = shift_room(hall, "2001")
    frame.show()
    return frame


DEDUCTION_PAGES: dict[str, Callable[[], QWidget]] = {
    "deductions": _batch,
}
