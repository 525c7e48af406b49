"""A cash payment of a known customer, by keyboard alone: search, amount, take; counted key by key."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from counter_app.services import receipts
from counter_app.services.customers import open_customer
from tests.halls import teller
from tests.ui.hands import press, type_text
from tests.ui.payments.rooms import Counter, a_counter, a_desk, late_hall, settle

MOST_KEYS = 12


class Hands:
    """Presses keys where the cursor stands, and counts them."""

    def __init__(self) -> None:
        self.count = 0

    def key(self, key: Qt.Key) -> None:
        """One key."""
        self.count += 1
        press(_focus(), key)
        settle()

    def text(self, text: str) -> None:
        """Several keys."""
        for character in text:
            self.count += 1
            type_text(_focus(), character)
            settle()


def _focus() -> QWidget:
    focus = QApplication.focusWidget()
    assert focus is not None
    return focus


@pytest.fixture
def counter(tmp_path: Path, qtbot: QtBot) -> Iterator[Counter]:
    """A telecom hall with a shift open, nobody yet at the counter."""
    hall, _someone = late_hall(tmp_path, trade="telecom")
    made = a_counter(a_desk(hall))
    qtbot.addWidget(made.frame)
    made.frame.resize(1366, 768)
    made.frame.show()
    made.frame.activateWindow()
    settle()
    yield made
    hall.close()


def test_a_cash_payment_takes_at_most_twelve_keys(counter: Counter) -> None:
    hands = Hands()
    counter.frame.show_room("payments")
    hands.key(Qt.Key.Key_F2)
    hands.text("2345")
    hands.key(Qt.Key.Key_Return)
    hands.text("500")
    hands.key(Qt.Key.Key_F9)
    view = counter.view()
    assert view.money.phase == "done"
    assert hands.count <= MOST_KEYS
    page = open_customer(counter.hall, teller(), view.customer_id)
    assert (page.due_fen, len(page.payments), page.payments[0].received_fen) == (0, 1, 50_000)
    assert [job.state for job in receipts.prints_of(counter.hall, page.payments[0].receipt_no)] == ["printed"]
    assert counter.frame.search.hasFocus()


def test_the_exact_sum_takes_fewer(counter: Counter) -> None:
    hands = Hands()
    hands.key(Qt.Key.Key_F2)
    hands.text("2345")
    for key in (Qt.Key.Key_Return, Qt.Key.Key_F5, Qt.Key.Key_Return):
        hands.key(key)
    assert counter.view().money.phase == "done"
    assert hands.count == 8
