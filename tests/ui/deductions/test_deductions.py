"""A batch by keys alone: Ctrl+K, F9, and Enter to each customer; another counter's batch where it is wanted here."""

from __future__ import annotations

import json
from pathlib import Path

from PySide6.QtCore import Qt

from counter_app.domain.staff import Role
from counter_app.services.deduction_facts import deduction_facts
from counter_app.ui.deductions.deduction_panel import DeductionPanel
from counter_app.ui.deductions.panel import DeductionsPanel, deductions_action
from counter_app.ui.doorkeeper import Doorkeeper
from counter_app.ui.frame import Frame
from counter_app.ui.undo.panel import UndoPanel
from tests import halls
from tests.ui.counter.rooms import a_desk, lanes
from tests.ui.counter.whole import Whole, rest, whole
from tests.ui.deductions.pages import NUMBER, with_books

CTRL = Qt.KeyboardModifier.ControlModifier
Key = Qt.Key


def opened(counter: Whole) -> DeductionsPanel:
    """The panel, by its word in the list of everything that can be done."""
    counter.press(Key.Key_K, CTRL)
    counter.type("自动扣款")
    counter.press(Key.Key_Return)
    panel = counter.shell.frame.panels.current()
    assert isinstance(panel, DeductionsPanel)
    return panel


def test_a_supervisor_deducts_and_opens_what_was_taken_and_what_was_left(tmp_path: Path) -> None:
    hall = with_books(halls.a_hall(tmp_path / "hall"), is_two=True)
    counter = whole(hall)
    counter.sign_in("2001")
    halls.an_open_shift(hall, halls.teller("2001", Role.SUPERVISOR))
    panel = opened(counter)
    assert (panel.table.rows(), panel.button.isEnabled()) == ((), True)
    assert "01 1 号台" in panel.other.text()
    counter.press(Key.Key_F9)
    assert panel.message.text() == "这个批量日已扣 1 户，共 387.64。"
    assert [(row.account_no, row.outcome, row.balance) for row in panel.table.rows()] == [
        ("10002340", "已扣", "437.64"),
        ("10002341", "余额没有大于欠费", "387.64"),
        ("10002342", "余额没有大于欠费", "20.00"),
        ("10002343", "账本里的钱专款专用，不能抵这些账单", "900.00"),
    ]
    panel.table.selectRow(0)
    counter.press(Key.Key_Return)
    rest()
    page = counter.counter._furnished().payments._view(str(panel.table.rows()[0].customer_id))
    pointed = page.data.payments.table.current_row()
    assert pointed is not None
    assert pointed.receipt_no == NUMBER
    page.show_receipt(NUMBER)
    one = counter.shell.frame.panels.current()
    assert isinstance(one, DeductionPanel)
    counter.press(Key.Key_F8)
    assert isinstance(counter.shell.frame.panels.current(), UndoPanel)
    counter.press(Key.Key_Escape)
    counter.close()
    # nobody has to be signed in for the command that finds a window: it is the counter that deducts
    keeper = Doorkeeper(lanes(), counter.shell, lambda: counter.counter)
    steps: list[object] = []
    said = keeper.answer({"want": "deduct", "on": "2026-11-21", "is_here": True}, steps.append)
    assert said == {"is_done": True}
    assert steps == [{}, {"done": 0, "total": 4}, {"done": 4, "total": 4}]
    assert "由 01 1 号台 做" in str(
        keeper.answer({"want": "deduct", "on": None, "is_here": False}, steps.append)["said"]
    )
    found = deduction_facts(hall, halls.teller(), NUMBER)
    assert (found.settled_fen, found.staff_no, found.void) == (38_764, "2001", None)
    with hall.reading() as reading:
        rows = reading.driver.execute("SELECT content FROM entries WHERE kind = 'book.batch'").fetchall()
    assert [json.loads(row[0])["body"]["count"] for row in rows] == [1]
    hall.close()


def test_a_teller_has_no_such_command_nor_a_trade_without_batch_days(tmp_path: Path) -> None:
    for trade, role, is_there in (
        ("telecom", Role.TELLER, False),
        ("telecom", Role.SUPERVISOR, True),
        ("gas", Role.SUPERVISOR, False),
    ):
        hall = halls.a_hall(tmp_path / f"{trade} {role}", trade=trade)
        action = deductions_action(a_desk(hall, role, "2001"), Frame(), lambda _customer, _number: None)
        assert action.is_possible() is is_there
        hall.close()
