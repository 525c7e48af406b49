"""The 班结 room by keyboard alone, on a real hall."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from counter_app.domain.shifts import CashCount
from counter_app.services import restores, shifts
from counter_app.services.hall import CommitUncertain, OpenHall
from counter_app.storage import tables as t
from counter_app.ui.desk import Desk
from counter_app.ui.settings.look_fields import LookPanel
from counter_app.ui.shifts.pages import CashPanel
from counter_app.ui.shifts.presenter import ShiftPresenter
from tests.halls import a_bill, a_customer, a_hall, an_open_shift, cash, pay, teller, three_months_behind
from tests.ui.counter.whole import Whole, rest, whole
from tests.ui.payments.lanes import Inline


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[OpenHall]:
    opened = a_hall(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def counter(hall: OpenHall) -> Iterator[Whole]:
    made = whole(hall)
    made.sign_in()
    yield made
    made.close()


def go_to_shifts(counter: Whole) -> None:
    counter.counter.frame.show_room("shifts")
    rest()


def words_on(widget: QWidget) -> str:
    return " ".join(label.text() for label in widget.findChildren(QLabel) if label.isVisible())


def count(counter: Whole, hundreds: str) -> None:
    """The count with hundreds alone: Enter through every line."""
    counter.type(hundreds)
    for _ in range(8):
        counter.press(Qt.Key.Key_Return)


def panel(counter: Whole) -> CashPanel:
    found = counter.shell.frame.panels.current()
    assert isinstance(found, CashPanel)
    return found


def test_a_shift_is_opened_with_enter_and_f9(hall: OpenHall, counter: Whole) -> None:
    go_to_shifts(counter)
    count(counter, "5")
    opening = counter.counter.shifts.opening
    assert opening.grid.sum.figure.text() == "￥500.00"
    assert opening.button.hasFocus()
    counter.press(Qt.Key.Key_F9)
    sheet = shifts.sheet(hall)
    assert sheet is not None
    assert sheet.shift.float_fen == 50_000
    assert counter.shell.frame.room() == "payments"
    assert counter.shell.frame.search.hasFocus()


def test_up_and_down_walk_the_lines(counter: Whole) -> None:
    go_to_shifts(counter)
    grid = counter.counter.shifts.opening.grid
    counter.press(Qt.Key.Key_Down)
    assert grid.entries[5_000].hasFocus()
    counter.press(Qt.Key.Key_Up)
    assert grid.entries[10_000].hasFocus()


def test_cash_goes_out_with_a_reason_and_never_more_than_there_is(hall: OpenHall, counter: Whole) -> None:
    an_open_shift(hall)
    go_to_shifts(counter)
    counter.counter.shifts.running.out_button.setFocus()
    counter.press(Qt.Key.Key_Space)
    counter.type("900")
    counter.press(Qt.Key.Key_Return)
    counter.press(Qt.Key.Key_Return)
    assert "必须写明原因" in panel(counter).reason.error.text()
    counter.type("to the bank")
    counter.press(Qt.Key.Key_Return)
    assert "钱箱里只有 500.00" in panel(counter).reason.error.text()
    panel(counter).amount.entry.setText("200")
    counter.press(Qt.Key.Key_Return)
    sheet = shifts.sheet(hall)
    assert sheet is not None
    assert (sheet.expected_cash_fen, sheet.cash_out_fen) == (30_000, 20_000)
    assert counter.counter.shifts.running.cash.figure.text() == "300.00"


def test_a_count_is_blind_and_a_difference_needs_a_reason(hall: OpenHall, counter: Whole) -> None:
    an_open_shift(hall)
    pay(hall, three_months_behind(hall), cash(350))
    go_to_shifts(counter)
    room = counter.counter.shifts
    assert room.running.cash.figure.text() == "850.00"
    counter.press(Qt.Key.Key_F9)
    assert room.stack.currentWidget() is room.closing
    count(counter, "8")
    counter.press(Qt.Key.Key_F9)
    assert "不一致" in room.closing.error.text()
    assert "850" not in words_on(counter.shell), "what the drawer should hold is nowhere while it is counted"
    assert "850" not in str(counter.counter._status.items())
    assert room.closing.grid.entries[10_000].text() == "8", "the count stays"
    assert room.closing.reason is not None
    room.closing.reason.entry.setFocus()
    counter.type("fifty missing")
    counter.press(Qt.Key.Key_F9)
    assert room.stack.currentWidget() is room.closed
    said = words_on(room.closed)
    assert "850.00" in said
    assert "800.00" in said
    assert "短款 50.00" in said
    assert shifts.sheet(hall) is None
    counter.press(Qt.Key.Key_F9)
    assert room.stack.currentWidget() is room.opening


def test_esc_goes_back_from_the_count(hall: OpenHall, counter: Whole) -> None:
    an_open_shift(hall)
    go_to_shifts(counter)
    counter.press(Qt.Key.Key_F9)
    counter.press(Qt.Key.Key_Escape)
    assert counter.counter.shifts.stack.currentWidget() is counter.counter.shifts.running


def test_the_shift_of_another_teller_is_explained_and_left_alone(hall: OpenHall, counter: Whole) -> None:
    an_open_shift(hall)
    counter.counter.sign_out()
    counter.sign_in("1002")
    go_to_shifts(counter)
    running = counter.counter.shifts.running
    assert "王芳（1001）" in running.whose.text()
    counter.press(Qt.Key.Key_F9)
    assert counter.counter.shifts.stack.currentWidget() is running
    assert not running.in_button.isEnabled()
    assert shifts.sheet(hall) is not None


def test_the_next_teller_finds_no_count_of_the_last_one(hall: OpenHall, counter: Whole) -> None:
    an_open_shift(hall)
    go_to_shifts(counter)
    counter.press(Qt.Key.Key_F9)
    counter.type("8")
    rest()
    counter.counter.sign_out()
    counter.sign_in("1002")
    go_to_shifts(counter)
    room = counter.counter.shifts
    assert room.stack.currentWidget() is room.running
    assert room.closing.grid.entries[10_000].text() == ""


def test_a_restore_order_is_confirmed_and_archived_by_keys(hall: OpenHall, counter: Whole) -> None:
    someone = a_customer(hall)
    a_bill(hall, someone.account_id, "2026-08", 9_800, due_on=date(2026, 9, 15))
    with hall.writing() as work:
        work.driver.execute(f"UPDATE {t.services.name} SET state = 'stopped_out', state_reason = 'arrears'")
    an_open_shift(hall)
    pay(hall, someone, cash(200))
    go_to_shifts(counter)
    card = counter.counter.shifts.running.restores
    (row,) = card.table.rows()
    assert (row.state, row.step) == ("已发送", "确认已恢复")
    assert "*" in row.number, "a number is masked here too"
    card.table.setFocus()
    counter.press(Qt.Key.Key_Return)
    (row,) = card.table.rows()
    assert (row.state, row.step) == ("已恢复", "归档")
    counter.press(Qt.Key.Key_Return)
    assert card.table.rows() == ()
    assert restores.running(hall) == ()


def test_a_repeated_press_opens_one_shift(hall: OpenHall, counter: Whole) -> None:
    go_to_shifts(counter)
    opening = counter.counter.shifts.opening
    assert opening.begin_work()
    counter.press(Qt.Key.Key_F9)
    assert shifts.sheet(hall) is None, "the button is inert until there is an answer"


def test_a_press_after_an_uncertain_commit_finds_the_shift_that_it_opened_or_closed(
    hall: OpenHall, monkeypatch: pytest.MonkeyPatch
) -> None:
    presenter = ShiftPresenter(Desk(hall, Inline(), teller()))
    said: list[str] = []
    opened: list[str] = []
    closed: list[str] = []

    def uncertain(name: str) -> None:
        real = getattr(shifts, name)

        def cut(*args: object) -> None:
            real(*args)
            raise CommitUncertain("EIO")

        monkeypatch.setattr(shifts, name, cut)

    def take_up() -> None:
        presenter.open(CashCount({10_000: 5}), lambda shift: opened.append(shift.shift_no), said.append)

    def give_up(hundreds: int) -> None:
        count = CashCount({10_000: hundreds})
        presenter.close(count, "", lambda screen: closed.append(screen.heading), said.append)

    uncertain("open_shift")
    take_up()
    assert (opened, len(said), "不会记第二次" in said[0]) == ([], 1, True)
    monkeypatch.undo()
    take_up()
    sheet = shifts.sheet(hall)
    assert sheet is not None
    assert (opened, len(said)) == ([sheet.shift.shift_no], 1)
    uncertain("close_shift")
    give_up(5)
    assert (closed, len(said)) == ([], 2)
    monkeypatch.undo()
    give_up(4)
    assert (closed, len(said)) == ([], 3), "another count is another decision, and there is no shift any more"
    give_up(5)
    assert (closed, len(said)) == ([f"班次 {sheet.shift.shift_no} 已班结"], 3)
    uncertain("open_shift")
    uncertain("close_shift")
    for step in (take_up, lambda: give_up(5)):
        step()
    monkeypatch.undo()
    take_up()
    again = shifts.sheet(hall)
    assert again is not None, "the third shift with the same money is another than the second"
    give_up(5)
    assert (opened[-1], closed[-1]) == (again.shift.shift_no, f"班次 {again.shift.shift_no} 已班结")


def test_everybody_may_choose_the_look(counter: Whole) -> None:
    counter.counter._choose_look()
    rest()
    found = counter.shell.frame.panels.current()
    assert isinstance(found, LookPanel)
    counter.press(Qt.Key.Key_Right)
    assert counter.counter.desk.looks.look.theme == "dark"
