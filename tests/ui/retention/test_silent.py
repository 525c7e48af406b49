"""Silent leavers by keyboard: the months that show it, and F8 from the row to the retention page of that line."""

from __future__ import annotations

from PySide6.QtCore import Qt

from counter_app.services.hall import OpenHall
from counter_app.ui.retention.silent_page import SilentPage
from tests import leaving
from tests.ui.counter.whole import Whole
from tests.ui.retention.desks import go_to

ALT = Qt.KeyboardModifier.AltModifier
CONTROL = Qt.KeyboardModifier.ControlModifier


def go(window: Whole, staff_no: str = "1001") -> SilentPage:
    window.sign_in(staff_no)
    go_to(window, "silent")
    found = window.counter.retention.page("silent")
    assert isinstance(found, SilentPage)
    return found


def test_a_row_says_why_and_f8_opens_the_retention_page_of_its_line(hall: OpenHall, window: Whole) -> None:
    leaving.a_line(hall, no="10002346", months=(10_000, 9_000, 8_000, 6_000))
    worst = leaving.a_line(hall, no="10002347", months=(10_000, 9_000, 8_000, 5_000))
    page = go(window)
    assert [(row.number, row.kind, row.less) for row in page.table.rows()] == [
        ("138****2347", "用量下降", "50.0%"),
        ("138****2346", "用量下降", "40.0%"),
    ]
    first = page.table.rows()[0]
    assert first.months == "2026-07 100.00 → 2026-08 90.00 → 2026-09 80.00 → 2026-10 50.00"
    assert first.who == "张*"
    window.press(Qt.Key.Key_F8)
    view = window.counter.retention.view
    assert view is not None
    assert view.presenter.view.case.service_id == worst.service_id
    window.press(Qt.Key.Key_Escape)
    assert window.counter.retention.view is None
    assert page.isVisible(), "back on the page that it was opened from"


def test_enter_shows_the_customer(hall: OpenHall, window: Whole) -> None:
    line = leaving.a_line(hall, no="10002346", months=(10_000, 9_000, 8_000, 5_000))
    go(window)
    window.press(Qt.Key.Key_Return)
    assert window.shell.frame.room() == "payments"
    view = window.counter.payments.current()
    assert view is not None
    assert view.customer_id == line.customer_id


def test_a_list_stays_until_it_is_asked_for_again(hall: OpenHall, window: Whole) -> None:
    page = go(window)
    assert page.table.rows() == ()
    assert "账单连续下降" in page.table._empty.label.text()
    leaving.a_line(hall, no="10002346", months=(10_000, 9_000, 8_000, 5_000))
    window.press(Qt.Key.Key_1, ALT)
    window.press(Qt.Key.Key_5, ALT)
    assert page.table.rows() == (), "going there again does not go through all bills again"
    window.press(Qt.Key.Key_R, CONTROL)
    assert len(page.table.rows()) == 1


def test_an_auditor_reads_and_is_told_why_f8_opens_nothing(hall: OpenHall, window: Whole) -> None:
    leaving.a_line(hall, no="10002346", months=(10_000, 9_000, 8_000, 5_000))
    page = go(window, "8001")
    assert len(page.table.rows()) == 1
    window.press(Qt.Key.Key_F8)
    assert window.counter.retention.view is None
    assert "稽核员" in window.shell.frame.toast.label.text()
    with hall.reading() as reading:
        assert reading.driver.execute("SELECT count(*) FROM retention_cases").fetchone() == (0,)


def test_nothing_of_it_stays_when_the_person_leaves(hall: OpenHall, window: Whole) -> None:
    leaving.a_line(hall, no="10002346", months=(10_000, 9_000, 8_000, 5_000))
    page = go(window)
    window.counter.sign_out()
    assert page.table.rows() == ()
