"""A scanner is told from a person anywhere, and a person's keys all arrive, in order."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from counter_app.ui.fields import AmountEntry, TextEntry
from counter_app.ui.keys import Action, Keys
from counter_app.ui.scan import ScanFilter
from tests.ui.hands import press, type_text

CODE = "NT-2026/000123-A"


class Hall:
    """A window with two fields, its keys, a scan filter and a clock that only moves when told."""

    def __init__(self, qtbot: QtBot, app: QApplication) -> None:
        self.now_seconds = 100.0
        self.scans: list[str] = []
        self.done: list[str] = []
        self.window = QWidget()
        qtbot.addWidget(self.window)
        self.amount, self.text = AmountEntry(name="实收"), TextEntry(name="备注")
        column = QVBoxLayout(self.window)
        column.addWidget(self.amount)
        column.addWidget(self.text)
        self.keys = Keys(self.window)
        self.keys.add(Action("search", "查找", "F2", lambda: self.done.append("search"), also=("/",)))
        self.keys.add(Action("pay", "收费", "F9", lambda: self.done.append(f"pay {self.amount.text()}")))
        self.amount.entered.connect(lambda: self.done.append(f"enter {self.amount.text()}"))
        self.filter = ScanFilter(hold_ms=600_000, clock=lambda: self.now_seconds)
        self.filter.scanned.connect(self.scans.append)
        self.filter.watch(app)
        self.window.show()
        self.window.activateWindow()
        QTest.qWaitForWindowActive(self.window)
        self.amount.setFocus()

    def scan(self, widget: QWidget, text: str) -> None:
        """A scanner: all keys at once, then Enter."""
        self.now_seconds += 1
        type_text(widget, text)
        press(widget, Qt.Key.Key_Return)

    def typed(self, widget: QWidget, text: str, *, gap_seconds: float = 0.09) -> None:
        """A person: a gap before each key."""
        for character in text:
            self.now_seconds += gap_seconds
            type_text(widget, character)


@pytest.fixture
def hall(qtbot: QtBot, qapp: QApplication) -> Iterator[Hall]:
    """The window with the cursor in the amount field."""
    made = Hall(qtbot, qapp)
    yield made
    made.filter.deleteLater()


@pytest.mark.parametrize("code", [CODE, "202611210001", "张三-123456", "a b c d"])
def test_a_scan_is_delivered_and_never_reaches_a_field(hall: Hall, code: str) -> None:
    for widget in (hall.amount, hall.text):
        widget.setFocus()
        hall.scan(widget, code)
    assert hall.scans == [code, code]
    assert (hall.amount.text(), hall.text.text(), hall.done) == ("", "", [])


def test_what_stood_in_the_amount_field_stays_when_a_scan_comes(hall: Hall) -> None:
    hall.typed(hall.amount, "350")
    hall.filter.let_go()
    hall.scan(hall.amount, "202611210001")
    assert (hall.amount.text(), hall.scans, hall.done) == ("350", ["202611210001"], [])


def test_a_person_types_and_enters_an_amount(hall: Hall) -> None:
    hall.typed(hall.amount, "350.25")
    hall.now_seconds += 0.09
    press(hall.amount, Qt.Key.Key_Return)
    assert (hall.amount.text(), hall.done, hall.scans) == ("350.25", ["enter 350.25"], [])


def test_five_quick_keys_and_enter_are_a_person(hall: Hall) -> None:
    hall.scan(hall.amount, "12345")
    assert (hall.amount.text(), hall.done, hall.scans) == ("12345", ["enter 12345"], [])


def test_a_slow_enter_after_quick_keys_is_a_person(hall: Hall) -> None:
    hall.now_seconds += 1
    type_text(hall.amount, "1234567")
    hall.now_seconds += 0.06
    press(hall.amount, Qt.Key.Key_Return)
    assert (hall.amount.text(), hall.scans) == ("1234567", [])


def test_keys_are_held_and_then_arrive(hall: Hall) -> None:
    hall.text.setFocus()
    type_text(hall.text, "ab c")
    assert hall.text.text() == ""
    hall.filter.let_go()
    assert hall.text.text() == "ab c"


def test_held_keys_arrive_by_themselves(qtbot: QtBot, qapp: QApplication) -> None:
    entry, scanner = TextEntry(name="备注"), ScanFilter()
    qtbot.addWidget(entry)
    scanner.watch(qapp)
    entry.show()
    entry.activateWindow()
    entry.setFocus()
    type_text(entry, "ab c")
    qtbot.waitUntil(lambda: entry.text() == "ab c")
    scanner.deleteLater()


def test_one_that_has_ended_sees_no_key_and_keeps_none(hall: Hall, qapp: QApplication) -> None:
    hall.text.setFocus()
    type_text(hall.text, "ab")
    hall.filter.end()
    assert hall.text.text() == "ab", "what it held has arrived"
    after = ScanFilter(hold_ms=600_000, clock=lambda: hall.now_seconds)
    after.watch(qapp)
    type_text(hall.text, "2001")
    hall.amount.setFocus()
    hall.scan(hall.amount, CODE)
    assert (hall.text.text(), hall.amount.text(), hall.scans) == ("ab2001", "", [])
    hall.filter.end()
    after.end()


def test_what_was_typed_comes_before_the_shortcut_that_follows(hall: Hall) -> None:
    type_text(hall.amount, "350")
    press(hall.amount, Qt.Key.Key_F9)
    assert hall.done == ["pay 350"]


def test_what_was_typed_comes_before_tab_and_backspace(hall: Hall) -> None:
    type_text(hall.amount, "350")
    press(hall.amount, Qt.Key.Key_Backspace)
    type_text(hall.amount, "7")
    press(hall.amount, Qt.Key.Key_Tab)
    assert (hall.amount.text(), hall.text.hasFocus()) == ("357", True)


def test_a_slash_inside_a_scan_is_no_shortcut(hall: Hall) -> None:
    hall.amount.clearFocus()
    hall.scan(hall.window, "1/2/3/4")
    assert (hall.scans, hall.done) == (["1/2/3/4"], [])


def test_the_keypads_plus_still_asks_for_the_exact_amount(hall: Hall, qtbot: QtBot) -> None:
    press(hall.amount, Qt.Key.Key_Plus, Qt.KeyboardModifier.KeypadModifier)
    with qtbot.waitSignal(hall.amount.exact_wanted, timeout=2000):
        hall.filter.let_go()


def test_two_scans_one_after_the_other_are_two(hall: Hall) -> None:
    hall.scan(hall.amount, "111111")
    hall.scan(hall.amount, "222222")
    assert hall.scans == ["111111", "222222"]


def test_a_field_that_is_gone_swallows_its_keys(hall: Hall, qapp: QApplication) -> None:
    hall.text.setFocus()
    type_text(hall.text, "ab")
    hall.text.setParent(None)
    hall.text.deleteLater()
    qapp.sendPostedEvents(hall.text, 52)
    hall.filter.let_go()
    assert hall.amount.text() == ""
