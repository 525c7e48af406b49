"""Keys and the mouse postpone the idle lock; the clock is the test's own, and nobody sleeps."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QWindow
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from counter_app.ui.counter import IDLE_LOCK_MS
from counter_app.ui.presence import Presence
from counter_app.ui.sign_in.lock import LockPage, PausePage
from counter_app.ui.sign_in.page import SignInPage
from tests import halls
from tests.ui.counter.whole import Whole, rest, whole

IDLE_S = IDLE_LOCK_MS / 1000


class Clock:
    """Goes when it is told to."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


class Desk:
    """A window with a field, and what its presence has said."""

    def __init__(self, qtbot: QtBot) -> None:
        self.window, self.field = QWidget(), QLineEdit()
        QVBoxLayout(self.window).addWidget(self.field)
        qtbot.addWidget(self.window)
        self.window.show()
        self.field.setFocus()
        self.clock = Clock()
        self.idle: list[bool] = []
        self.presence = Presence(self.window, IDLE_LOCK_MS, lambda: self.idle.append(True), now=self.clock)

    def later(self, seconds: float) -> None:
        """Time goes by, and the timer asks."""
        self.clock.seconds += seconds
        self.presence.look()


@pytest.fixture
def desk(qtbot: QtBot) -> Desk:
    return Desk(qtbot)


def handle(widget: QWidget) -> QWindow:
    """The system's window, to which real keys and clicks come."""
    found = widget.window().windowHandle()
    assert found is not None
    return found


def test_nothing_touched_for_the_idle_time_is_nobody_and_is_said_once(desk: Desk) -> None:
    desk.presence.begin()
    desk.later(IDLE_S - 1)
    assert desk.idle == []
    desk.later(1)
    assert desk.idle == [True]
    desk.later(10 * IDLE_S)
    assert desk.idle == [True]


@pytest.mark.parametrize(
    "sign",
    [
        lambda window, _at: QTest.keyClick(window, Qt.Key.Key_7),
        QTest.mouseMove,
        lambda window, at: QTest.mouseClick(window, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at),
    ],
    ids=["key", "move", "click"],
)
def test_a_key_a_move_or_a_click_begins_the_idle_time_anew(desk: Desk, sign: Callable[[QWindow, QPoint], None]) -> None:
    desk.presence.begin()
    for turn in range(3):
        desk.later(IDLE_S - 1)
        sign(handle(desk.window), QPoint(5 + turn, 5))
        rest()
    assert desk.idle == []
    desk.later(IDLE_S - 1)
    assert desk.idle == []
    desk.later(1)
    assert desk.idle == [True]


def test_a_key_reaches_its_field_all_the_same(desk: Desk) -> None:
    desk.presence.begin()
    desk.window.activateWindow()
    QTest.keyClick(handle(desk.window), Qt.Key.Key_7)
    rest()
    assert desk.field.text() == "7"


def test_nobody_is_waited_for_before_the_beginning_and_after_the_end(desk: Desk) -> None:
    desk.later(2 * IDLE_S)
    desk.presence.begin()
    desk.presence.end()
    QTest.keyClick(handle(desk.window), Qt.Key.Key_7)
    desk.later(2 * IDLE_S)
    assert desk.idle == []
    desk.presence.begin()
    desk.later(IDLE_S)
    assert desk.idle == [True]


@pytest.fixture
def at_work(tmp_path: Path) -> Iterator[tuple[Whole, Clock]]:
    """A teller at work whose counter has the test's clock."""
    hall = halls.a_hall(tmp_path)
    window, clock = whole(hall), Clock()
    window.counter._presence.now = clock
    window.counter.sign_in_page.fill("1001", halls.PASSWORD)
    window.counter.sign_in_page.sign_in()
    rest()
    assert window.counter.page is None
    yield window, clock
    window.close()
    hall.close()


def later(window: Whole, clock: Clock, seconds: float) -> None:
    clock.seconds += seconds
    window.counter._presence.look()
    rest()


def unlock(window: Whole) -> None:
    page = window.page
    assert isinstance(page, LockPage)
    page.password.entry.setText(halls.PASSWORD)
    page.unlock()
    rest()


def test_who_types_is_not_locked_out_and_who_goes_away_is(at_work: tuple[Whole, Clock]) -> None:
    window, clock = at_work
    later(window, clock, IDLE_S - 1)
    QTest.keyClick(handle(window.shell), Qt.Key.Key_1)
    rest()
    later(window, clock, IDLE_S - 1)
    assert window.counter.page is None
    later(window, clock, 1)
    assert isinstance(window.counter.page, LockPage)
    later(window, clock, 2 * IDLE_S)
    unlock(window)
    assert window.counter.page is None
    later(window, clock, IDLE_S - 1)
    assert window.counter.page is None, "the idle time begins anew"
    later(window, clock, 1)
    assert isinstance(window.counter.page, LockPage)


def test_a_paused_window_locks_too_and_is_still_paused_afterwards(at_work: tuple[Whole, Clock]) -> None:
    window, clock = at_work
    window.counter.pause()
    assert isinstance(window.page, PausePage)
    later(window, clock, IDLE_S)
    unlock(window)
    assert isinstance(window.page, PausePage)
    assert window.counter.is_paused


def test_nobody_signed_in_is_nobody_to_lock_out(at_work: tuple[Whole, Clock]) -> None:
    window, clock = at_work
    window.counter.sign_out()
    later(window, clock, 3 * IDLE_S)
    assert isinstance(window.page, SignInPage)
