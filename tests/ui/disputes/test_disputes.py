"""Disputes by keyboard: contested from the bill, paid all the same, decided by two people; each with its words."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from counter_app.services import customers
from counter_app.ui.approvals.panel import SignoffPanel
from counter_app.ui.disputes.decide_panel import DecideDisputePanel
from counter_app.ui.disputes.open_panel import OpenDisputePanel
from counter_app.ui.table import Table
from tests import halls
from tests.ui.disputes.pages import with_items
from tests.ui.hands import type_text
from tests.ui.payments.rooms import Counter, a_counter, a_desk, late_hall, settle
from tests.ui.undo.test_undo import due, focus, key, panel_of, sign, words_of

CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def counter(tmp_path: Path, qtbot: QtBot) -> Iterator[Counter]:
    """A hall with a customer behind, whose page is open and whose oldest bill has two lines."""
    hall, someone = late_hall(tmp_path, trade="telecom")
    made = a_counter(a_desk(hall))
    qtbot.addWidget(made.frame)
    made.frame.resize(1366, 768)
    made.frame.show()
    made.frame.activateWindow()
    settle()
    made.room.open_customer(someone.customer_id)
    with_items(made)
    made.view().read()
    settle()
    yield made
    hall.close()


def typed(text: str) -> None:
    """What is typed, and Enter."""
    type_text(focus(), text)
    key(Qt.Key.Key_Return)


def contest(counter: Counter, line: str, fen: str) -> None:
    """Ctrl+F6, the line, the sum, the second reason, the words of the customer, F9."""
    key(Qt.Key.Key_F6, CONTROL)
    if isinstance(counter.frame.panels.current(), DecideDisputePanel):
        key(Qt.Key.Key_F6)
    panel_of(counter, OpenDisputePanel)
    typed(line)
    key(Qt.Key.Key_A, CONTROL)
    for text in (fen, "2", "", "读数不对"):
        typed(text)


def test_a_line_is_contested_paid_first_and_decided_by_keys_alone(counter: Counter) -> None:
    before_fen = due(counter.hall, counter)
    contest(counter, "1", "60")
    assert counter.frame.panels.current() is None
    assert due(counter.hall, counter) == before_fen - 6_000
    assert counter.view().data.open_bills.table.rows()[0].note == "争议"
    working = " ".join(counter.view().data.open_bills.working.texts())
    assert "争议冻结 60.00" in working
    page = customers.open_customer(counter.hall, halls.teller(), counter.view().customer_id)
    assert [note.body for note in page.record.notes] == ["读数不对"]

    # what is left of the line is refused in words, and what was typed stays
    contest(counter, "1", "60")
    panel = panel_of(counter, OpenDisputePanel)
    assert "最多还能争议 30.00" in words_of(panel)
    # what was typed is given up by the second Esc
    key(Qt.Key.Key_Escape)
    key(Qt.Key.Key_Escape)

    key(Qt.Key.Key_F6, CONTROL)
    panel_of(counter, DecideDisputePanel)
    key(Qt.Key.Key_F7)
    assert due(counter.hall, counter) == before_fen
    key(Qt.Key.Key_Escape)
    key(Qt.Key.Key_F5)
    key(Qt.Key.Key_Return)
    assert counter.view().money.phase == "done"
    assert due(counter.hall, counter) == 0

    # paid bills are among all bills
    key(Qt.Key.Key_Tab, CONTROL)
    table = focus()
    assert isinstance(table, Table)
    place = next(place for place, row in enumerate(table.rows()) if row.state == "争议")
    table.selectRow(place)
    key(Qt.Key.Key_F6, CONTROL)
    decide = panel_of(counter, DecideDisputePanel)
    for words in ("电费 60.00", "抄表或用量有误", "现在冻结", "违约金照没有争议一样计算"):
        assert words in words_of(decide)
    key(Qt.Key.Key_F9)
    assert "账单不变请填 0" in words_of(decide)
    key(Qt.Key.Key_F5)
    key(Qt.Key.Key_Return)
    typed("抄表错了")
    signing = panel_of(counter, SignoffPanel)
    for words in ("改小 60.00", "已缴多出，转入预存", "处理后应缴", "抄表错了"):
        assert words in words_of(signing), words
    sign(counter)
    assert counter.frame.panels.current() is None
    page = customers.open_customer(counter.hall, halls.teller(), counter.view().customer_id)
    (position,) = page.positions
    assert position.prepaid_fen > 6_000
    assert due(counter.hall, counter) == 0
