"""Signing in, out and back: by keys, on a real hall."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from counter_app.clock import FixedClock
from counter_app.domain.staff import Role, Session
from counter_app.services import printing, staff
from counter_app.services.demo import make_demo
from counter_app.services.hall import OpenHall
from counter_app.ui.sign_in.lock import LockPage, PausePage
from counter_app.ui.sign_in.page import SignInPage
from counter_app.ui.sign_in.password import PasswordPage
from counter_app.ui.sign_in.presenter import sign_in_screen
from tests.halls import NOW, PASSWORD, a_hall, an_open_shift
from tests.ui.counter.whole import Whole, rest, whole

ADMIN = Session("9001", "孙强", Role.ADMIN, NOW)


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[OpenHall]:
    opened = a_hall(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def counter(hall: OpenHall) -> Iterator[Whole]:
    made = whole(hall)
    yield made
    made.close()


def sign_in_page(counter: Whole) -> SignInPage:
    assert isinstance(counter.page, SignInPage)
    return counter.page


def test_enter_goes_from_number_to_password_and_in(counter: Whole) -> None:
    counter.sign_in()
    assert counter.counter.page is None
    assert counter.counter.desk.who.staff_no == "1001"
    assert counter.shell.frame.room() == "payments"
    assert counter.shell.frame.search.hasFocus()


def test_nothing_of_the_last_person_is_left_in_the_fields(counter: Whole) -> None:
    counter.sign_in()
    counter.counter.sign_out()
    assert sign_in_page(counter).staff_no.entry.text() == ""
    assert sign_in_page(counter).password.entry.text() == ""


def test_a_wrong_password_says_so_and_keeps_the_number(counter: Whole) -> None:
    counter.sign_in(password="wrong")
    page = sign_in_page(counter)
    assert page.password.error.text() == "工号或密码不对。再错 4 次将暂停登录。请重新输入。"
    assert page.staff_no.entry.text() == "1001"
    assert page.password.entry.hasFocus()
    counter.type(PASSWORD)
    counter.press(Qt.Key.Key_Return)
    assert counter.counter.page is None


def test_empty_fields_are_asked_for(counter: Whole) -> None:
    counter.press(Qt.Key.Key_Return)
    counter.press(Qt.Key.Key_Return)
    assert sign_in_page(counter).password.error.text() == "请输入工号和密码。"


def test_five_failures_pause_the_sign_in(counter: Whole) -> None:
    counter.type("1001")
    counter.press(Qt.Key.Key_Return)
    for _ in range(5):
        counter.type("wrong")
        counter.press(Qt.Key.Key_Return)
    assert "暂停登录到" in sign_in_page(counter).password.error.text()
    counter.type(PASSWORD)
    counter.press(Qt.Key.Key_Return)
    assert isinstance(counter.page, SignInPage)


def test_a_hall_of_its_own_shows_no_sign_ins(counter: Whole) -> None:
    assert sign_in_page(counter).demo == []


def test_a_demo_hall_shows_its_sign_ins_within_reach_of_the_keys(tmp_path: Path) -> None:
    demo = make_demo(tmp_path / "demo", clock=FixedClock(NOW), customers=5)
    counter = whole(demo)
    try:
        assert len(sign_in_screen(demo).demo) >= 4
        counter.press(Qt.Key.Key_1, Qt.KeyboardModifier.AltModifier)
        counter.press(Qt.Key.Key_Return)
        assert counter.counter.page is None
        counter.counter.sign_out()
        rest()
        wanted = sign_in_page(counter).demo[1]
        stops = 0
        while not wanted.hasFocus() and stops < 20:
            counter.press(Qt.Key.Key_Tab)
            stops += 1
        counter.press(Qt.Key.Key_Space)
        counter.press(Qt.Key.Key_Return)
        assert counter.counter.page is None
    finally:
        counter.close()
        demo.close()


def test_a_first_password_is_changed_before_anything_else(hall: OpenHall, counter: Whole) -> None:
    staff.reset_password(hall, ADMIN, "1001", "first-word-77")
    counter.sign_in(password="first-word-77")
    page = counter.page
    assert isinstance(page, PasswordPage)
    counter.press(Qt.Key.Key_F12)
    counter.press(Qt.Key.Key_F11)
    assert counter.page is page, "nothing else may happen"
    for text in ("first-word-77", "short", "short"):
        counter.type(text)
        counter.press(Qt.Key.Key_Return)
    assert "至少" in page.fields["new"].error.text()
    page.fields["again"].entry.setText("other")
    counter.press(Qt.Key.Key_F9)
    assert page.fields["again"].error.text() == "两遍新密码不一样。请再输一遍。"
    for key in ("new", "again"):
        page.fields[key].entry.setText("mine-alone-42")
    counter.press(Qt.Key.Key_F9)
    assert counter.counter.page is None
    assert counter.counter.desk.who.must_change_password is False
    counter.counter.sign_out()
    counter.sign_in(password="mine-alone-42")
    assert counter.counter.page is None


def test_the_way_back_from_a_first_password_is_out(hall: OpenHall, counter: Whole) -> None:
    staff.reset_password(hall, ADMIN, "1001", "first-word-77")
    counter.sign_in(password="first-word-77")
    counter.press(Qt.Key.Key_Escape)
    assert isinstance(counter.page, SignInPage)
    assert counter.counter.desk.session is None


def test_the_locked_screen_keeps_everything_that_was_typed(counter: Whole) -> None:
    counter.sign_in()
    counter.shell.frame.show_room("shifts")
    shifts = counter.counter.shifts
    shifts.opening.grid.begin()
    counter.type("12")
    counter.press(Qt.Key.Key_F12)
    assert isinstance(counter.page, LockPage)
    assert not shifts.isVisible()
    counter.type("wrong")
    counter.press(Qt.Key.Key_Return)
    assert "工号或密码不对" in counter.page.password.error.text()
    counter.type(PASSWORD)
    counter.press(Qt.Key.Key_Return)
    assert counter.counter.page is None
    assert shifts.opening.grid.entries[10_000].text() == "12"


def test_somebody_else_signs_in_over_a_locked_screen(counter: Whole) -> None:
    counter.sign_in()
    counter.press(Qt.Key.Key_F12)
    assert isinstance(counter.page, LockPage)
    counter.page.leave.click()
    rest()
    counter.sign_in("1002")
    assert counter.counter.desk.who.staff_no == "1002"


def test_the_screen_locks_itself_when_nobody_is_there(hall: OpenHall, qtbot: QtBot) -> None:
    counter = whole(hall, idle_ms=20)
    assert isinstance(counter.page, SignInPage)
    qtbot.wait(60)
    assert isinstance(counter.page, SignInPage), "nobody is signed in: there is nothing to lock"
    counter.sign_in()
    qtbot.waitUntil(lambda: isinstance(counter.counter.page, LockPage))
    counter.close()


def test_f11_pauses_the_window_and_opens_it_again(counter: Whole) -> None:
    counter.sign_in()
    second = counter.counter.second_screen
    counter.press(Qt.Key.Key_F11)
    assert isinstance(counter.page, PausePage)
    assert second._headline.text() == "暂停服务"
    counter.press(Qt.Key.Key_F11)
    assert counter.counter.page is None
    assert second._headline.text() == "测试营业厅"


def test_a_paused_window_that_locks_is_paused_again_afterwards(counter: Whole) -> None:
    counter.sign_in()
    counter.press(Qt.Key.Key_F11)
    counter.counter.lock()
    rest()
    counter.type(PASSWORD)
    counter.press(Qt.Key.Key_Return)
    assert isinstance(counter.page, PausePage)


@pytest.mark.parametrize(
    ("staff_no", "room", "closed"),
    [
        ("1001", "payments", {"settings", "signoffs"}),
        ("2001", "payments", {"settings"}),
        ("9001", "settings", {"payments", "retention", "signoffs", "shifts"}),
    ],
)
def test_everybody_lands_where_they_may_work(counter: Whole, staff_no: str, room: str, closed: set[str]) -> None:
    counter.sign_in(staff_no)
    frame = counter.shell.frame
    assert frame.room() == room
    assert {key for key, (button, _widget) in frame._rooms.items() if not button.isEnabled()} == closed
    assert frame.search.isEnabled() == (room == "payments")


def test_the_status_bar_tells_the_truth_about_the_shift(hall: OpenHall, counter: Whole) -> None:
    counter.sign_in()
    texts = [item.word + item.value for item in counter.counter._status.items()]
    assert "班次未开班" in texts
    an_open_shift(hall)
    counter.counter.desk.changed()
    texts = [item.word + item.value for item in counter.counter._status.items()]
    assert "班次03-20261121-1" in texts
    assert "备用金500.00" in texts


@pytest.mark.parametrize(
    ("standing", "value", "light"),
    [
        ("ready", "", "good"),
        ("needs_hand", "请看一下纸和机盖", "warn"),
        ("offline", "没有联机", "bad"),
        ("something new", "状态未知", "off"),
    ],
)
def test_the_printers_light_is_unknown_until_it_was_asked_and_then_what_it_said(
    counter: Whole, monkeypatch: pytest.MonkeyPatch, standing: str, value: str, light: str
) -> None:
    asked: list[str] = []

    def state(_hall: OpenHall) -> printing.PrinterState:
        asked.append(standing)
        return printing.PrinterState("office", standing)

    def shown() -> tuple[str, str | None]:
        return next((item.value, item.light) for item in counter.counter._status.items() if item.word == "打印机")

    monkeypatch.setattr(printing, "state", state)
    assert shown() == ("状态未知", "off")
    counter.sign_in()
    assert shown() == (value, light)
    counter.counter._show_status()
    assert asked == [standing], "once a minute is enough"
