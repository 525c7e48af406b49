"""The safe by keyboard alone, on a real hall: a float out of it, cash into it, a missing slip, the day, the bank."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from counter_app.domain.payments import Tender
from counter_app.domain.staff import Role
from counter_app.services import days, deposits, floats, proofs, shifts
from counter_app.services.hall import OpenHall
from counter_app.ui.approvals.panel import SignoffPanel
from counter_app.ui.panels import Panel
from counter_app.ui.shifts.drop_panel import DropPanel
from counter_app.ui.shifts.preview_panel import PreviewPanel
from counter_app.ui.shifts.proofs_panel import ProofsPanel
from counter_app.ui.shifts.safe_acts import DayPanel, DepositPanel, FoundPanel, FundPanel
from counter_app.ui.shifts.safe_panel import SafePanel
from tests.halls import NOW, PASSWORD, a_hall, cash, pay, teller, three_months_behind
from tests.ui.counter.whole import Whole, rest, whole

K = Qt.Key
P = TypeVar("P", bound=Panel)
SUPERVISOR = teller("2001", Role.SUPERVISOR)


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


def at_shifts(counter: Whole, staff_no: str) -> None:
    """Somebody sits down in the 班结 room."""
    if counter.counter.page is None:
        counter.counter.sign_out()
    counter.sign_in(staff_no)
    counter.counter.frame.show_room("shifts")
    rest()


def panel(counter: Whole, kind: type[P]) -> P:
    found = counter.shell.frame.panels.current()
    assert isinstance(found, kind)
    return found


def count(counter: Whole, hundreds: str) -> None:
    counter.type(hundreds)
    for _ in range(8):
        counter.press(K.Key_Return)


def sign(counter: Whole, staff_no: str) -> None:
    panel(counter, SignoffPanel)
    counter.type(staff_no)
    counter.press(K.Key_Tab)
    counter.type(PASSWORD)
    counter.press(K.Key_F9)


def go_to(counter: Whole, what: str) -> None:
    """The cursor to the first line of a kind, and Enter."""
    table = panel(counter, SafePanel).table
    steps = [row.what for row in table.rows()].index(what) - table.currentIndex().row()
    for _ in range(abs(steps)):
        counter.press(K.Key_Down if steps > 0 else K.Key_Up)
    counter.press(K.Key_Return)


def test_money_goes_from_the_safe_to_the_drawer_and_back_and_to_the_bank(hall: OpenHall, counter: Whole) -> None:
    at_shifts(counter, "2001")
    counter.press(K.Key_F5)
    assert panel(counter, SafePanel).table.rows() == ()
    counter.press(K.Key_F8)
    assert "没有要解的款" in panel(counter, SafePanel).words.text()
    counter.press(K.Key_F6)
    panel(counter, FundPanel)
    count(counter, "6")
    counter.press(K.Key_Return)
    assert "必须写明原因" in panel(counter, FundPanel).error.text()
    counter.type("bank")
    counter.press(K.Key_Return)
    assert panel(counter, SafePanel).cash.figure.text() == "600.00"
    counter.press(K.Key_Escape)
    a_float(hall, counter)
    someone = three_months_behind(hall)
    pay(hall, someone, Tender("card", 3_000, reference="6222"))
    pay(hall, someone, cash(100))
    a_drop_and_a_close(hall, counter)
    at_shifts(counter, "2001")
    counter.press(K.Key_F5)
    assert [row.what for row in panel(counter, SafePanel).table.rows()] == ["待日结", "缺单据", "未解款"]
    found_closed_and_banked(hall, counter)


def a_float(hall: OpenHall, counter: Whole) -> None:
    """Asked for, taken back; asked for again, given out at this screen, counted once more."""
    at_shifts(counter, "1001")
    opening = counter.counter.shifts.opening
    assert "F6" in opening.note.text()
    counter.press(K.Key_F5)
    assert counter.shell.frame.panels.current() is None, "the safe is no teller's"
    counter.press(K.Key_F6)
    assert "还没有清点" in opening.error.text()
    for is_wanted in (False, True):
        count(counter, "5")
        counter.press(K.Key_F6)
        assert floats.wanted(hall) is not None
        panel(counter, SignoffPanel)
        if not is_wanted:
            counter.press(K.Key_Escape)
            assert "等待发放" in opening.note.text()
            counter.press(K.Key_F9)
            assert "还没有发放" in opening.error.text()
            counter.press(K.Key_F8)
            counter.type("later")
            counter.press(K.Key_Return)
            assert floats.wanted(hall) is None
            opening.grid.begin()
    sign(counter, "2001")
    assert "已发给" in opening.note.text()
    count(counter, "4")
    counter.press(K.Key_F9)
    assert "不能接收" in opening.error.text()
    opening.grid.begin()
    count(counter, "5")
    counter.press(K.Key_F9)
    sheet = shifts.sheet(hall)
    assert sheet is not None
    assert (sheet.expected_cash_fen, floats.wanted(hall)) == (50_000, None)


def a_drop_and_a_close(hall: OpenHall, counter: Whole) -> None:
    """A hundred is handed in, and the slip of the card is not there at the close."""
    counter.counter.frame.show_room("shifts")
    rest()
    counter.press(K.Key_F6)
    panel(counter, DropPanel)
    count(counter, "9")
    counter.press(K.Key_F9)
    assert "不够 900.00" in panel(counter, DropPanel).error.text()
    panel(counter, DropPanel).grid.begin()
    count(counter, "1")
    counter.press(K.Key_F9)
    sign(counter, "1002")
    assert "已上缴金库" in counter.shell.frame.toast.label.text()
    counter.press(K.Key_F9)
    count(counter, "5")
    counter.press(K.Key_F9)
    compared = counter.counter.shifts.compared
    assert compared.papers_button.isVisible()
    counter.press(K.Key_F4)
    (paper,) = panel(counter, ProofsPanel).table.rows()
    assert (paper.words, paper.is_missing) == ("6222", False)
    counter.press(K.Key_Return)
    assert panel(counter, ProofsPanel).table.rows()[0].is_missing
    counter.press(K.Key_Escape)
    assert "1 张" in compared.error.text()
    compared.begin()
    counter.type("slip")
    counter.press(K.Key_F9)
    sign(counter, "2001")
    assert counter.counter.shifts.stack.currentWidget() is counter.counter.shifts.closed
    assert len(proofs.missing(hall, SUPERVISOR)) == 1


def found_closed_and_banked(hall: OpenHall, counter: Whole) -> None:
    """Enter on each line does what is to be done with it."""
    go_to(counter, "缺单据")
    panel(counter, FoundPanel)
    counter.press(K.Key_F9)
    assert "怎么找到的" in panel(counter, FoundPanel).error.text()
    counter.type("in the book")
    counter.press(K.Key_Return)
    assert proofs.missing(hall, SUPERVISOR) == ()
    go_to(counter, "待日结")
    assert "03-20261121-1" in [row.who for row in panel(counter, DayPanel).table.rows()]
    counter.press(K.Key_F9)
    (report,) = days.issued(hall)
    assert report.paper_no in panel(counter, SafePanel).words.text()
    go_to(counter, "日结单")
    shown = panel(counter, PreviewPanel)
    assert len(shown.column.findChildren(QLabel)) == 1
    assert not any(path.suffix == ".pdf" for path in hall.folder.rglob("*")), "it is seen before paper is used"
    counter.press(K.Key_PageDown)
    assert shown.column.verticalScrollBar().value() > 0
    counter.press(K.Key_F9)
    assert "PDF" in shown.words.text()
    counter.press(K.Key_Escape)
    go_to(counter, "未解款")
    wish = panel(counter, DepositPanel)
    assert "100.00" in wish.total.text()
    counter.press(K.Key_F9)
    assert "银行" in wish.error.text()
    for text in ("ICBC", "J-1"):
        counter.type(text)
        counter.press(K.Key_Return)
    wish.day.entry.setText("today")
    counter.press(K.Key_F9)
    assert "2026-11-21" in wish.error.text()
    wish.day.entry.setText(NOW.date().isoformat())
    wish.cash.entry.put_fen(10_001)
    counter.press(K.Key_F9)
    assert "只有 100.00" in wish.error.text()
    wish.cash.entry.put_fen(10_000)
    counter.press(K.Key_F9)
    assert panel(counter, SafePanel).cash.figure.text() == "600.00"
    assert deposits.waiting(hall, SUPERVISOR) == ()
    assert [row.what for row in panel(counter, SafePanel).table.rows()] == ["日结单", "已解款"]
