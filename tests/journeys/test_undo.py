"""What was taken is undone by keyboard: in the same shift with a second person, and what was taken yesterday as a
refund of today; every bill is open again to the fen.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from pytestqt.qtbot import QtBot

from counter_app.clock import FixedClock, new_intent_id
from counter_app.domain.shifts import CashCount
from counter_app.services import hall as halls
from counter_app.services.customers import open_customer
from counter_app.storage.search_index import index_customers
from counter_app.storage.verify import verify_folder
from counter_app.ui.approvals.panel import SignoffPanel
from counter_app.ui.undo.panel import UndoPanel
from tests.halls import (
    NOW,
    PASSWORD,
    Someone,
    a_hall,
    an_open_shift,
    cash,
    close_shift,
    pay,
    position,
    teller,
    three_months_behind,
)
from tests.journeys.window import CTRL, Key, Window

DAYS = 1


def yesterday_and_this_morning(folder: Path) -> tuple[Someone, Someone, str, int]:
    """One customer paid yesterday, in a shift that is closed; another one owes. The receipt, and what each owes."""
    hall = a_hall(folder, at=NOW - timedelta(DAYS))
    paid, owing = three_months_behind(hall), three_months_behind(hall, no="10007788", name="李娜")
    with hall.writing() as work:
        index_customers(work)
    an_open_shift(hall)
    _, taken = pay(hall, paid, cash(500))
    total = 50_000 + taken.facts.received_fen - taken.facts.change_fen
    close_shift(hall, teller(), CashCount({}, total), "", new_intent_id())
    hall.close()
    hall = halls.open_for_counter(folder, clock=FixedClock(NOW))
    an_open_shift(hall)
    owed_fen = position(hall, owing).due_fen
    hall.close()
    return paid, owing, taken.receipt_no, owed_fen


def undoes(window: Window, way: str) -> None:
    """Ctrl+F8, a reason, F9; another person's number and password, F9."""
    panels = window.counter.frame.panels
    window.press(Key.Key_F8, CTRL)
    window.wait(lambda: isinstance(panels.current(), UndoPanel))
    panel = panels.current()
    assert isinstance(panel, UndoPanel)
    assert way in panel.heading.text()
    window.at(panel.reason.entry)
    window.type("1")
    window.press(Key.Key_F9)
    window.wait(lambda: isinstance(panels.current(), SignoffPanel))
    asked = panels.current()
    assert isinstance(asked, SignoffPanel)
    window.at(asked.staff_no.entry)
    window.type("2001")
    window.press(Key.Key_Return)
    window.at(asked.password.entry)
    window.type(PASSWORD)
    window.press(Key.Key_F9)
    window.wait(lambda: panels.current() is None)


def test_a_payment_is_reversed_in_its_shift_and_yesterdays_is_refunded_today(tmp_path: Path, qtbot: QtBot) -> None:
    folder = tmp_path / "hall"
    paid, owing, receipt_no, owed_fen = yesterday_and_this_morning(folder)
    window = Window(folder, qtbot)
    slips = folder / "receipts"
    window.sign_in()
    view = window.find("7788")
    window.press(Key.Key_F5)
    window.press(Key.Key_Return)
    window.recorded(view)
    undoes(window, "冲正")
    window.wait(lambda: list(slips.glob("*CZ000001-1*")))
    window.wait(lambda: view.money.phase == "paying")
    # yesterday's receipt, typed: its customer, and its payment in the list
    window.press(Key.Key_F2)
    window.at(window.counter.frame.search)
    window.type(receipt_no)
    window.wait(window.counter.frame.search.drop.isVisible)
    window.press(Key.Key_Return)
    window.wait(lambda: window.view.customer_id == paid.customer_id and window.view.title != "")
    undoes(window, "退费")
    window.wait(lambda: list(slips.glob("*TF000001-1*")))
    window.close()
    assert verify_folder(folder).findings == ()
    hall = halls.open_for_counter(folder, clock=FixedClock(NOW))
    for someone in (paid, owing):
        assert position(hall, someone).due_fen == owed_fen
    (past,) = open_customer(hall, teller(), paid.customer_id).payments
    assert past.undone_way == "refund"
    hall.close()
