"""Prepaid books by keyboard: what became of the money, a move to another use, the rest given back at closing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from counter_app.services import printing
from counter_app.storage import tables_sync as y
from counter_app.ui.approvals.panel import SignoffPanel
from counter_app.ui.ask import QuestionPanel
from counter_app.ui.books.move_panel import BookMovePanel
from counter_app.ui.books.refund_panel import BookRefundPanel
from counter_app.ui.payments.receipt_panel import ReceiptPanel
from counter_app.ui.pictures import Look, shown
from tests import halls
from tests.ui.books.pages import book_move_page, closed, look_at_books, with_books
from tests.ui.hands import type_text
from tests.ui.inspection import faults, tab_faults
from tests.ui.payments.rooms import Counter, a_counter, a_desk, late_hall, settle
from tests.ui.undo.test_undo import focus, key, panel_of, sign, words_of

USE = "负控购电"
HARD = [Look(1366, 768, "light", 200, "zh"), Look(1366, 768, "light", 200, "en"), Look(1366, 768, "dark", 150, "en")]
"""The page behind it is in every look among `tests.ui.pages`."""


@pytest.fixture
def counter(tmp_path: Path, qtbot: QtBot) -> Iterator[Counter]:
    """A hall for electricity with a shift open and the page of a customer with books."""
    hall, someone = late_hall(tmp_path)
    made = a_counter(a_desk(hall))
    qtbot.addWidget(made.frame)
    made.frame.resize(1366, 768)
    made.frame.show()
    made.frame.activateWindow()
    settle()
    made.room.open_customer(someone.customer_id)
    settle()
    yield made
    hall.close()


def held(counter: Counter, someone: halls.Someone) -> dict[str, int]:
    """What each book holds, by its name."""
    return {book.name: book.book.balance_fen for book in halls.position(counter.hall, someone).books}


def papers(counter: Counter, letters: str) -> list[str]:
    """The prints of a series that became files."""
    return sorted(path.name for path in (counter.hall.folder / printing.FOLDER).glob(f"*{letters}*"))


def lines(counter: Counter) -> list[tuple[str, str, int, int]]:
    """The use of the books as it stands there."""
    rows = counter.view().data.prepaid.moves.rows()
    return [(row.book, row.what, row.amount_fen, row.balance_fen) for row in rows]


def test_money_goes_to_another_use_by_keys_and_every_line_opens_to_its_paper(counter: Counter) -> None:
    someone = with_books(counter)
    before = held(counter, someone)["预存"]
    look_at_books(counter)
    assert [row.valid_to for row in counter.view().data.prepaid.books.rows() if "过期" in row.valid_to] == [
        "2026-11-01 已过期"
    ]
    tab = counter.view().data.prepaid
    tab.books.setFocus()
    key(Qt.Key.Key_Tab)
    assert focus() is tab.move_button
    key(Qt.Key.Key_Space)
    panel = panel_of(counter, BookMovePanel)
    assert [one.name for one in panel._screen.sources] == ["预存"], "a gift is not moved"
    type_text(panel.amount.entry, "300")
    settle()
    assert f"之后：预存 {before / 100 - 300:.2f}，{USE} 300.00" in words_of(panel)
    key(Qt.Key.Key_F9)
    assert "还没有写原因" in words_of(panel)
    key(Qt.Key.Key_Return)
    type_text(focus(), "改买电量")
    key(Qt.Key.Key_Return)
    assert f"到“{USE}”" in words_of(panel_of(counter, SignoffPanel))
    key(Qt.Key.Key_Escape)
    assert panel_of(counter, BookMovePanel).typed().text == "300", "Esc goes back to what was typed"
    key(Qt.Key.Key_F9)
    sign(counter)
    assert counter.frame.panels.current() is None
    assert "YZ000001" in counter.frame.toast.label.text()
    # a small sum takes one press
    counter.view().books.move()
    settle()
    panel = panel_of(counter, BookMovePanel)
    type_text(panel.amount.entry, "50")
    key(Qt.Key.Key_Return)
    type_text(focus(), "再加一点")
    key(Qt.Key.Key_Return)
    assert counter.frame.panels.current() is None
    assert (held(counter, someone)["预存"], held(counter, someone)[USE]) == (before - 35_000, 35_000)
    assert {*lines(counter)} >= {
        (USE, "转用途 ← 预存", 5_000, 35_000),
        ("预存", f"转用途 → {USE}", -5_000, before - 35_000),
        (USE, "转用途 ← 预存", 30_000, 30_000),
        ("预存", f"转用途 → {USE}", -30_000, before - 30_000),
    }
    # the hall's own time, as on the bar and on the paper
    assert {row.at for row in tab.moves.rows() if row.no} == {"2026-11-21 10:04"}
    assert [row.taken_at.strftime("%H:%M") for row in counter.view().data.payments.table.rows()] == ["10:04"]
    tab.moves.setFocus()
    key(Qt.Key.Key_Return)
    panel_of(counter, QuestionPanel)
    key(Qt.Key.Key_Return)
    assert len(papers(counter, "YZ000002")) == 2, "the first print, and a further one"
    place = next(n for n, row in enumerate(tab.moves.rows()) if row.opens == "receipt")
    tab.moves.selectRow(place)
    tab.moves.setFocus()
    key(Qt.Key.Key_Return)
    assert "HZ01-03-2026-000001" in panel_of(counter, ReceiptPanel).heading.text()


def test_the_rest_is_given_back_by_keys_once_all_is_closed(counter: Counter) -> None:
    someone = with_books(counter)
    rest_fen = held(counter, someone)["预存"]
    counter.view().books.refund()
    settle()
    assert "没有销户" in counter.frame.toast.label.text()
    closed(counter)
    counter.view().books.refund()
    settle()
    panel = panel_of(counter, BookRefundPanel)
    said = words_of(panel)
    for words in ("退还现金合计", "不退：缴费活动赠送", "30.00", "赠款和专款不退"):
        assert words in said, (words, said)
    key(Qt.Key.Key_F9)
    assert "还没有写原因" in words_of(panel)
    type_text(focus(), "客户销户")
    key(Qt.Key.Key_Return)
    assert "从钱箱退还现金" in words_of(panel_of(counter, SignoffPanel))
    sign(counter)
    assert held(counter, someone)["预存"] == 0
    assert papers(counter, "YT000001")
    look_at_books(counter)
    assert ("预存", "销户退款", -rest_fen, 0) in lines(counter)


def test_a_top_up_gets_its_receipt_once_and_its_line_prints_it_again(counter: Counter) -> None:
    someone = with_books(counter)
    (cash, *_) = [book.id for book in halls.position(counter.hall, someone).books if book.name == "预存"]
    with counter.hall.writing() as work:
        row = {"move_id": "topup:online:W1", "book_id": cash, "amount_fen": 5_000, "counter_id": "", "at": "2026-11-20"}
        halls.put(work, y.book_moves, row)
        halls.put(work, y.books_elsewhere, {"book_id": cash, "amount_fen": 5_000})
    look_at_books(counter)
    moves = counter.view().data.prepaid.moves
    for printed in (1, 2):
        moves.selectRow(next(n for n, row in enumerate(moves.rows()) if row.what == "渠道充值 · 网上"))
        moves.setFocus()
        key(Qt.Key.Key_Return)
        asked = words_of(panel_of(counter, QuestionPanel))
        assert "2026-11-20 预存 渠道充值 · 网上 50.00" in asked
        assert ("只开一次" in asked) is (printed == 1)
        key(Qt.Key.Key_Return)
        assert len(papers(counter, "YC000001")) == printed


@pytest.mark.parametrize("look", HARD, ids=lambda look: look.name)
def test_a_move_is_whole_in_the_looks_that_leave_it_the_least_room(look: Look) -> None:
    with shown(book_move_page, look) as window:
        assert (window.width(), window.height()) == (look.width, look.height)
        assert faults(window) == []
        assert tab_faults(window) == []
