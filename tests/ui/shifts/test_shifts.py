"""The 班结 room by keyboard alone, on a real hall."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from types import ModuleType

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from counter_app.clock import FixedClock
from counter_app.domain.payments import Tender
from counter_app.domain.refusals import Refused
from counter_app.domain.shift_close import Declared, SlipCount
from counter_app.domain.shifts import CashCount
from counter_app.domain.sync_state import HubTime
from counter_app.services import restores, shift_close, shifts
from counter_app.services.hall import CommitUncertain, OpenHall
from counter_app.storage import tables as t
from counter_app.storage.shift_counts import counts_of
from counter_app.storage.sql import Sql
from counter_app.storage.sync_state import keep
from counter_app.ui.approvals.panel import SignoffPanel
from counter_app.ui.desk import Desk
from counter_app.ui.fact_rows import FactRow
from counter_app.ui.settings.look_fields import LookPanel
from counter_app.ui.shifts.closing import RowsPanel
from counter_app.ui.shifts.pages import CashPanel
from counter_app.ui.shifts.presenter import ShiftPresenter
from counter_app.ui.shifts.presenter_close import ClosePresenter
from counter_app.ui.shifts.reports import FiguresPanel, ReportsPanel
from counter_app.ui.shifts.slips_grid import SlipsGrid
from tests.halls import NOW, PASSWORD, a_bill, a_customer, a_hall, an_open_shift, cash, pay, teller, three_months_behind
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
    assert "钱箱里的现金不够 900.00" in panel(counter).reason.error.text()
    panel(counter).amount.entry.setText("200")
    counter.press(Qt.Key.Key_Return)
    sheet = shifts.sheet(hall)
    assert sheet is not None
    assert (sheet.expected_cash_fen, sheet.cash_out_fen) == (30_000, 20_000)
    assert counter.counter.shifts.running.cash.isHidden()
    # above what the pack leaves to one person a supervisor signs, who sees what went out before
    counter.counter.shifts.running.out_button.setFocus()
    counter.press(Qt.Key.Key_Space)
    for typed in ("250", "to the bank"):
        counter.type(typed)
        counter.press(Qt.Key.Key_Return)
    signing = counter.shell.frame.panels.current()
    assert isinstance(signing, SignoffPanel)
    assert any(row.value.text() == "取出现金 1 次，共 200.00" for row in signing.findChildren(FactRow))
    counter.press(Qt.Key.Key_Escape)
    assert (panel(counter).amount.entry.text(), panel(counter).reason.entry.text()) == ("250.00", "to the bank")
    panel(counter).reason.entry.setFocus()
    counter.press(Qt.Key.Key_Return)
    for typed in ("2001", PASSWORD):
        counter.type(typed)
        counter.press(Qt.Key.Key_Return)
    assert counter.shell.frame.panels.current() is None
    sheet = shifts.sheet(hall)
    assert sheet is not None
    assert (sheet.expected_cash_fen, sheet.cash_out_fen) == (5_000, 45_000)


def test_a_shift_by_a_clock_that_cannot_be_right_is_opened_when_a_supervisor_has_signed(
    hall: OpenHall, counter: Whole
) -> None:
    clock = hall.clock
    a_day_before_ms = round(NOW.timestamp() * 1000) - 25 * 3_600_000 - clock.monotonic_ms()
    with hall.writing() as work:
        keep(work, hub_time=HubTime(clock.boot_id, a_day_before_ms, 40, clock.monotonic_ms()))
    go_to_shifts(counter)
    count(counter, "4")
    counter.press(Qt.Key.Key_F9)
    signing = counter.shell.frame.panels.current()
    assert isinstance(signing, SignoffPanel)
    assert shifts.sheet(hall) is None
    for typed in ("2001", PASSWORD):
        counter.type(typed)
        counter.press(Qt.Key.Key_Return)
    sheet = shifts.sheet(hall)
    assert sheet is not None
    assert sheet.shift.float_fen == 40_000


def test_a_count_is_blind_and_a_difference_is_explained_signed_and_closed(hall: OpenHall, counter: Whole) -> None:
    an_open_shift(hall)
    someone = three_months_behind(hall)
    pay(hall, someone, cash(350))
    pay(hall, someone, Tender("card", 3_000, reference="6222"))
    go_to_shifts(counter)
    room = counter.counter.shifts
    assert "850" not in words_on(counter.shell), "what the drawer should hold is nowhere before it is counted"
    counter.press(Qt.Key.Key_F9)
    assert room.stack.currentWidget() is room.closing
    count(counter, "8")
    counter.type("1")
    counter.press(Qt.Key.Key_Return)
    counter.type("30")
    for _ in range(5):
        counter.press(Qt.Key.Key_Return)
    assert room.closing.button.hasFocus()
    assert "850" not in words_on(counter.shell)
    counter.counter._status.read()
    assert "850" not in str(counter.counter._status.items())
    counter.press(Qt.Key.Key_F9)
    assert room.stack.currentWidget() is room.compared
    assert [(row.tender, row.expected, row.counted, row.off) for row in room.compared.table.rows()] == [
        ("现金", "850.00", "800.00", "-50.00"),
        ("刷卡", "30.00", "30.00", "0.00"),
    ]
    assert "须他人签字" in room.compared.said.text()
    assert any("50 元" in row.words for row in room.compared.causes.rows())
    counter.press(Qt.Key.Key_F9)
    assert "不一致" in room.compared.error.text()
    assert room.compared.reason.entry.hasFocus()
    counter.type("fifty missing")
    counter.press(Qt.Key.Key_F9)
    signing = counter.shell.frame.panels.current()
    assert isinstance(signing, SignoffPanel)
    assert "50.00" in words_on(signing)
    counter.type("2001")
    counter.press(Qt.Key.Key_Tab)
    counter.type(PASSWORD)
    counter.press(Qt.Key.Key_F9)
    assert room.stack.currentWidget() is room.closed
    said = words_on(room.closed)
    assert "短款 50.00" in said
    assert "HZ01-03-2026-Z000001" in said
    assert shifts.sheet(hall) is None
    counter.press(Qt.Key.Key_F6)
    assert "班结单" in counter.shell.frame.toast.label.text()
    counter.press(Qt.Key.Key_F9)
    assert room.stack.currentWidget() is room.opening


def test_a_likely_cause_opens_to_its_records_and_a_recount_is_another_count(hall: OpenHall, counter: Whole) -> None:
    an_open_shift(hall)
    _, taken = pay(hall, three_months_behind(hall), cash(350))
    change_fen = taken.facts.change_fen
    go_to_shifts(counter)
    room = counter.counter.shifts
    counter.press(Qt.Key.Key_F9)
    expected = shifts.sheet(hall)
    assert expected is not None
    # the change stayed in the drawer
    room.closing.grid.entries[10_000].setText(str((expected.expected_cash_fen + change_fen) // 10_000))
    counter.press(Qt.Key.Key_F9)
    room.compared.causes.setFocus()
    counter.press(Qt.Key.Key_Return)
    found = counter.shell.frame.panels.current()
    assert isinstance(found, RowsPanel)
    counter.press(Qt.Key.Key_Escape)
    counter.press(Qt.Key.Key_F6)
    assert room.stack.currentWidget() is room.closing
    count(counter, "8")
    counter.press(Qt.Key.Key_F9)
    assert "第 2 次清点" in room.compared.heading.text()
    counter.press(Qt.Key.Key_Escape)
    assert room.stack.currentWidget() is room.running


def shift_on_the_bar(counter: Whole) -> tuple[str, str | None]:
    """The number of the shift as the bar has it, and its light."""
    status = counter.counter._status
    status.read()
    number, *_ = status.items()
    return number.value, number.light


def test_a_shift_that_goes_on_past_midnight_keeps_its_day_and_is_said_after_half_an_hour(
    hall: OpenHall, counter: Whole
) -> None:
    an_open_shift(hall)
    clock = hall.clock
    assert isinstance(clock, FixedClock)
    said = []
    for hour, minute in ((0, 29), (0, 30), (3, 59), (4, 0)):
        clock.moment = clock.moment.replace(day=22, hour=hour, minute=minute)
        said.append(shift_on_the_bar(counter))
    number = "03-20261121-1"
    late = (f"{number}（已过零点）", "warn")
    assert said == [(number, None), late, late, (f"{number}（昨日未结）", "bad")]
    pay(hall, three_months_behind(hall), cash(350))
    with hall.reading() as reading:
        taken = reading.rows(Sql("SELECT business_date FROM payments"))
    assert [tuple(row) for row in taken] == [("2026-11-21",)]


def test_a_forgotten_shift_is_what_is_seen_first_the_next_day(hall: OpenHall, counter: Whole) -> None:
    an_open_shift(hall)
    counter.counter.sign_out()
    clock = hall.clock
    assert isinstance(clock, FixedClock)
    clock.moment += timedelta(days=1, hours=6)
    counter.sign_in("1002")
    rest()
    room, running = counter.counter.shifts, counter.counter.shifts.running
    assert counter.shell.frame.room() == "shifts"
    assert shift_on_the_bar(counter) == ("03-20261121-1（昨日未结）", "bad")
    assert "2026-11-21 的班次，王芳 忘了班结" in running.whose.text()
    assert "班长" in running.whose.text()
    assert not running.close_button.isEnabled()
    counter.counter.sign_out()
    counter.sign_in("2001")
    rest()
    assert running.close_button.isEnabled()
    assert not running.out_button.isEnabled()
    assert running.cash.isHidden(), "it is counted blind by whoever counts it"
    counter.press(Qt.Key.Key_F9)
    count(counter, "5")
    counter.press(Qt.Key.Key_F9)
    counter.press(Qt.Key.Key_F9)
    assert room.stack.currentWidget() is room.closed
    assert shifts.sheet(hall) is None


def test_the_next_teller_signs_for_the_drawer_and_goes_on_with_it(hall: OpenHall, counter: Whole) -> None:
    an_open_shift(hall)
    go_to_shifts(counter)
    counter.press(Qt.Key.Key_F9)
    count(counter, "5")
    counter.press(Qt.Key.Key_F9)
    counter.press(Qt.Key.Key_F8)
    signing = counter.shell.frame.panels.current()
    assert isinstance(signing, SignoffPanel)
    assert "500.00" in words_on(signing)
    counter.type("1002")
    counter.press(Qt.Key.Key_Tab)
    counter.type(PASSWORD)
    counter.press(Qt.Key.Key_F9)
    assert counter.counter.shifts.stack.currentWidget() is counter.counter.shifts.closed
    assert "1002" in counter.shell.frame.toast.label.text()
    sheet = shifts.sheet(hall)
    assert sheet is not None
    assert (sheet.shift.staff_no, sheet.shift.float_fen) == ("1002", 50_000)


def test_figures_are_shown_to_others_at_any_time_and_open_to_their_records(hall: OpenHall, counter: Whole) -> None:
    an_open_shift(hall)
    someone = three_months_behind(hall)
    _, taken = pay(hall, someone, cash(350))
    go_to_shifts(counter)
    counter.press(Qt.Key.Key_F7)
    listed = counter.shell.frame.panels.current()
    assert isinstance(listed, ReportsPanel)
    counter.press(Qt.Key.Key_Return)
    assert "先清点" in listed.words.text(), "the own shift is counted blind"
    counter.press(Qt.Key.Key_F9)
    assert "没有班结单" in listed.words.text()
    counter.counter.sign_out()
    counter.sign_in("2001")
    go_to_shifts(counter)
    counter.press(Qt.Key.Key_F7)
    counter.press(Qt.Key.Key_Return)
    shown = counter.shell.frame.panels.current()
    assert isinstance(shown, FiguresPanel)
    figures = {row.name: row.amount for row in shown.table.rows()}
    assert (figures["收款 现金"], figures["应有 现金"], figures["备用金"]) == ("+350.00", "+850.00", "+500.00")
    counter.press(Qt.Key.Key_Down)
    assert [row.words for row in shown.records.rows()] == [taken.receipt_no]
    # from the record to its customer
    counter.press(Qt.Key.Key_Tab)
    counter.press(Qt.Key.Key_Return)
    assert counter.shell.frame.panels.current() is None
    assert counter.shell.frame.room() == "payments"
    view = counter.counter.payments.current()
    assert view is not None
    assert view.customer_id == someone.customer_id


def test_nothing_closes_while_a_customer_is_being_served(hall: OpenHall, counter: Whole) -> None:
    an_open_shift(hall)
    someone = three_months_behind(hall)
    counter.counter.payments.open_customer(someone.customer_id)
    rest()
    counter.type("100")
    go_to_shifts(counter)
    room = counter.counter.shifts
    counter.press(Qt.Key.Key_F9)
    assert room.stack.currentWidget() is room.running
    assert "还有一位客户没有办完" in counter.shell.frame.toast.label.text()


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
    desk = Desk(hall, Inline(), teller())
    presenter, closing = ShiftPresenter(desk), ClosePresenter(desk)
    said: list[str] = []
    opened: list[str] = []
    closed: list[str] = []

    def uncertain(module: ModuleType, name: str) -> None:
        real = getattr(module, name)

        def cut(*args: object) -> None:
            real(*args)
            raise CommitUncertain("EIO")

        monkeypatch.setattr(module, name, cut)

    def take_up() -> None:
        presenter.open(CashCount({10_000: 5}), lambda shift: opened.append(shift.shift_no), said.append, said.append)

    def give_up(hundreds: int) -> None:
        closing.count(Declared(CashCount({10_000: hundreds})), lambda _screen: None, said.append)

    def end() -> None:
        closing.close("", lambda screen: closed.append(screen.heading), said.append)

    uncertain(shifts, "open_shift")
    take_up()
    assert (opened, len(said), "不会记第二次" in said[0]) == ([], 1, True)
    monkeypatch.undo()
    take_up()
    sheet = shifts.sheet(hall)
    assert sheet is not None
    assert (opened, len(said)) == ([sheet.shift.shift_no], 1)
    uncertain(shift_close, "count")
    give_up(5)
    monkeypatch.undo()
    give_up(5)
    with hall.reading() as reading:
        assert len(counts_of(reading, sheet.shift.shift_id)) == 1, "the same press is one count"
    assert len(said) == 2
    uncertain(shift_close, "close")
    end()
    assert (closed, len(said)) == ([], 3)
    monkeypatch.undo()
    end()
    assert (closed, len(said)) == ([f"班次 {sheet.shift.shift_no} 已班结"], 3)
    presenter.begin_anew()
    take_up()
    again = shifts.sheet(hall)
    assert again is not None, "the next shift with the same money is another"
    give_up(5)
    end()
    assert (opened[-1], closed[-1]) == (again.shift.shift_no, f"班次 {again.shift.shift_no} 已班结")


def test_everybody_may_choose_the_look(counter: Whole) -> None:
    counter.counter._choose_look()
    rest()
    found = counter.shell.frame.panels.current()
    assert isinstance(found, LookPanel)
    counter.press(Qt.Key.Key_Right)
    assert counter.counter.desk.looks.look.theme == "dark"


def test_a_terminal_may_have_given_back_more_than_it_took(usual_look: QApplication) -> None:
    grid = SlipsGrid()
    grid.pieces["card"].setText("2")
    grid.totals["card"].setText("－30 12.5")
    assert grid.slips() == (SlipCount("card", 2, -1_750),)
    grid.lists["cheque"].setText("-5")
    with pytest.raises(Refused):
        grid.slips()
