"""Two days at the counter by keyboard alone: a reversal, a late fee put off, a drawer handed over, a shortage that is
signed, the close of the day; on the next one a float out of the safe, and a refund of what was taken the day before.
Every bill is as it must be to the fen.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import NamedTuple, cast

from pytestqt.qtbot import QtBot

from counter_app.clock import FixedClock
from counter_app.services import days
from counter_app.services import hall as halls
from counter_app.services.customers import open_customer
from counter_app.storage.search_index import index_customers
from counter_app.storage.verify import verify_folder
from counter_app.ui.approvals.panel import SignoffPanel
from counter_app.ui.reliefs.panel import AskPanel
from counter_app.ui.shifts.count_grid import CountGrid
from counter_app.ui.shifts.safe_acts import DayPanel
from counter_app.ui.shifts.safe_panel import SafePanel
from counter_app.ui.undo.panel import UndoPanel
from tests.halls import NOW, PASSWORD, Someone, a_hall, position, teller, three_months_behind
from tests.journeys.test_whole_day import leaves, opens_a_shift
from tests.journeys.window import CTRL, Key, Window

FLOAT_FEN, PAID_FEN = 50_000, 30_000
SHORT_FEN = 1_000


class People(NamedTuple):
    """Who owes the same: `kept` pays at the first teller's, `back` is reversed at once, `late` pays at the second
    teller's, `never` does not pay.
    """

    kept: Someone
    back: Someone
    late: Someone
    never: Someone


def a_morning(folder: Path) -> People:
    """A hall with four customers who owe the same."""
    hall = a_hall(folder)
    names = (("10002345", "张伟"), ("10007788", "李娜"), ("10005566", "赵云"), ("10009911", "钱进"))
    people = People(*(three_months_behind(hall, no=no, name=name) for no, name in names))
    with hall.writing() as work:
        index_customers(work)
    hall.close()
    return people


def pays(window: Window, digits: str) -> str:
    """A part of what is owed, in cash: the drawer is counted in notes and coins, and holds no fen."""
    view = window.find(digits)
    window.press(Key.Key_J, CTRL)
    window.at(view.money_panel.settle.entry)
    window.type(str(PAID_FEN // 100))
    window.press(Key.Key_Return)
    window.at(view.money_panel.received.entry)
    window.type(str(PAID_FEN // 100))
    window.press(Key.Key_F9)
    return window.recorded(view)


def pays_all(window: Window, digits: str) -> None:
    """All that is owed, to the fen: it is given back at once."""
    view = window.find(digits)
    window.press(Key.Key_F5)
    window.press(Key.Key_Return)
    window.recorded(view)


def signs(window: Window, staff_no: str) -> None:
    """Somebody comes to the teller's screen with an own number and password."""
    panels = window.counter.frame.panels
    window.wait(lambda: isinstance(panels.current(), SignoffPanel))
    panel = panels.current()
    assert isinstance(panel, SignoffPanel)
    window.at(panel.staff_no.entry)
    window.type(staff_no)
    window.press(Key.Key_Return)
    window.at(panel.password.entry)
    window.type(PASSWORD)
    window.press(Key.Key_F9)
    window.wait(lambda: panels.current() is not panel)


def undoes(window: Window, way: str) -> None:
    """Ctrl+F8, a reason, F9; a second person signs."""
    panels = window.counter.frame.panels
    window.press(Key.Key_F8, CTRL)
    window.wait(lambda: isinstance(panels.current(), UndoPanel))
    panel = panels.current()
    assert isinstance(panel, UndoPanel)
    assert way in panel.heading.text()
    window.at(panel.reason.entry)
    window.type("1")
    window.press(Key.Key_F9)
    signs(window, "2001")


def puts_off_a_late_fee(window: Window, digits: str) -> None:
    """Ctrl+G on the oldest bill, F6 for a deferral, a reason, F9; a second person signs."""
    panels = window.counter.frame.panels
    window.find(digits)
    window.press(Key.Key_G, CTRL)
    window.wait(lambda: isinstance(panels.current(), AskPanel))
    panel = panels.current()
    assert isinstance(panel, AskPanel)
    window.press(Key.Key_F6)
    window.at(panel.reason.entry)
    window.type("1")
    window.press(Key.Key_F9)
    signs(window, "2001")


def types_pieces(window: Window, grid: CountGrid, fen: int) -> None:
    """Note by note, from the hundreds down to the jiao."""
    for denomination_fen, entry in grid.entries.items():
        window.at(entry)
        pieces, fen = divmod(fen, denomination_fen)
        window.type(str(pieces))
        window.press(Key.Key_Return)


def counts(window: Window, fen: int) -> None:
    """The drawer is counted blind."""
    room = window.counter.shifts
    window.press(Key.Key_4, CTRL)
    window.wait(room.running.isVisible)
    window.at(room.running.close_button)
    window.press(Key.Key_F9)
    types_pieces(window, room.closing.grid, fen)
    window.press(Key.Key_F9)
    window.wait(room.compared.isVisible)


def hands_over(window: Window, fen: int) -> None:
    """F8 after the count: the next teller counts along, and signs for the drawer."""
    room = window.counter.shifts
    counts(window, fen)
    window.press(Key.Key_F8)
    signs(window, "1002")
    window.wait(room.closed.isVisible)


def closes_short(window: Window, fen: int) -> None:
    """Ten yuan are missing: a reason, and a supervisor who signs."""
    room = window.counter.shifts
    counts(window, fen)
    window.at(room.compared.reason.entry)
    window.type("找零")
    window.press(Key.Key_F9)
    signs(window, "2001")
    window.wait(room.closed.isVisible)


def closes_the_day(window: Window) -> None:
    """A supervisor: F5 for the safe, Enter on the day, F9."""
    panels, room = window.counter.frame.panels, window.counter.shifts
    window.press(Key.Key_4, CTRL)
    window.wait(room.isVisible)
    window.press(Key.Key_F5)
    window.wait(lambda: isinstance(panels.current(), SafePanel))
    safe = panels.current()
    assert isinstance(safe, SafePanel)
    window.wait(safe.table.rows)
    window.at(safe.table)
    window.press(Key.Key_Return)
    window.wait(lambda: isinstance(panels.current(), DayPanel))
    window.press(Key.Key_F9)
    window.wait(lambda: isinstance(panels.current(), SafePanel))
    again = panels.current()
    assert isinstance(again, SafePanel)
    assert "日结单" in again.words.text()
    window.press(Key.Key_Escape)
    window.wait(lambda: panels.current() is None)


def opens_with_a_float_from_the_safe(window: Window, fen: int) -> None:
    """F9 to the count, F6 asks for what stands there; a supervisor gives it out, and it is counted and accepted."""
    room, home = window.counter.shifts, window.counter.payments.home
    window.at(window.counter.frame.search)
    window.wait(home.open_shift.isVisible)
    window.press(Key.Key_F9)
    types_pieces(window, room.opening.grid, fen)
    window.press(Key.Key_F6)
    signs(window, "2001")
    types_pieces(window, room.opening.grid, fen)
    window.press(Key.Key_F9)
    window.at(window.counter.frame.search)
    window.wait(lambda: not home.open_shift.isVisible())


def changes_teller(window: Window, staff_no: str) -> None:
    """The one leaves the counter, the other signs in."""
    leaves(window)
    window.sign_in(staff_no)


def a_night(window: Window) -> None:
    """The machine stays on; in the morning it is the next day."""
    clock = cast("FixedClock", window.counter.desk.hall.clock)
    clock.moment += timedelta(days=1)


def finds_by_receipt(window: Window, receipt_no: str, customer_id: int) -> None:
    """A receipt's number, typed: its customer, and its payment in the list."""
    window.press(Key.Key_F2)
    window.at(window.counter.frame.search)
    window.type(receipt_no)
    window.wait(window.counter.frame.search.drop.isVisible)
    window.press(Key.Key_Return)
    window.wait(lambda: window.view.customer_id == customer_id and window.view.title != "")


def test_two_days_with_all_that_is_put_right_counted_and_closed(tmp_path: Path, qtbot: QtBot) -> None:
    folder = tmp_path / "hall"
    people = a_morning(folder)
    window, slips = Window(folder, qtbot), folder / "receipts"
    window.sign_in()
    opens_a_shift(window)
    receipt_no = pays(window, "2345")
    pays_all(window, "7788")
    undoes(window, "冲正")
    window.wait(lambda: list(slips.glob("*CZ000001-1*")))
    window.wait(lambda: window.view.money.phase == "paying")
    puts_off_a_late_fee(window, "5566")
    hands_over(window, FLOAT_FEN + PAID_FEN)
    changes_teller(window, "1002")
    pays(window, "5566")
    closes_short(window, FLOAT_FEN + 2 * PAID_FEN - SHORT_FEN)
    changes_teller(window, "2001")
    closes_the_day(window)
    a_night(window)
    changes_teller(window, "1001")
    opens_with_a_float_from_the_safe(window, FLOAT_FEN)
    finds_by_receipt(window, receipt_no, people.kept.customer_id)
    undoes(window, "退费")
    window.wait(lambda: list(slips.glob("*TF000001-1*")))
    window.close()
    is_true_on_paper(folder, people)


def is_true_on_paper(folder: Path, people: People) -> None:
    """The hall's file tells the same two days."""
    assert verify_folder(folder).findings == ()
    hall = halls.open_for_counter(folder, clock=FixedClock(NOW + timedelta(days=1)))
    kept, back, late, never = (position(hall, one).due_fen for one in people)
    assert kept == back == never > late > 0
    assert [debt.is_late_fee_deferred for debt in position(hall, people.late).debts][:1] == [True]
    (day,) = days.issued(hall)
    assert [shift.teller.staff_no for shift in day.shifts] == ["1001", "1002"]
    assert [line.difference_fen for line in day.tenders] == [-SHORT_FEN]
    figures = {figure.name: figure.fen for figure in day.figures}
    assert figures["taken.cash"] + figures["back.cash"] == 2 * PAID_FEN
    pages = [open_customer(hall, teller(), one.customer_id) for one in people]
    assert [[past.undone_way for past in page.payments] for page in pages] == [["refund"], ["reverse"], [""], []]
    assert [past.settled_fen for past in pages[2].payments] == [PAID_FEN]
    hall.close()
