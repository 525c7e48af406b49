"""Undoing a payment by keyboard: what is shown before the press, two people, the slip; each refusal with its way."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from counter_app.services import printing, shifts
from counter_app.services.customers import open_customer
from counter_app.storage.hall import OpenHall
from counter_app.storage.search_index import index_customers
from counter_app.ui.approvals.panel import SignoffPanel
from counter_app.ui.panels import Panel
from counter_app.ui.payments.receipt_panel import ReceiptPanel
from counter_app.ui.undo.flow import Undoing
from counter_app.ui.undo.move_panel import MovePanel
from counter_app.ui.undo.panel import RefusedPanel, UndoPanel
from counter_app.ui.undo.retender_panel import RetenderPanel
from tests import halls
from tests.ui.hands import press, type_text
from tests.ui.payments.rooms import Counter, a_counter, a_desk, late_hall, settle
from tests.ui.undo.pages import someone_of

P = TypeVar("P", bound=Panel)
CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def counter(tmp_path: Path, qtbot: QtBot) -> Iterator[Counter]:
    """A telecom hall with a shift open and a customer behind, whose page is open."""
    hall, someone = late_hall(tmp_path, trade="telecom")
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


def focus() -> QWidget:
    """Where the keys go."""
    found = QApplication.focusWidget()
    assert found is not None
    return found


def key(which: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """One key, wherever the cursor stands."""
    press(focus(), which, modifiers)
    settle()


def pay_exactly(counter: Counter) -> str:
    """Take what is owed in cash, by keys; the receipt's number."""
    key(Qt.Key.Key_F5)
    key(Qt.Key.Key_Return)
    assert counter.view().money.phase == "done"
    return counter.view().money_panel.done.receipt_no


def panel_of(counter: Counter, kind: type[P]) -> P:
    """The open panel, which is of that kind."""
    found = counter.frame.panels.current()
    assert isinstance(found, kind), found
    return found


def words_of(panel: Panel) -> str:
    """All that stands in it."""
    return " ".join(label.text() for label in panel.findChildren(QLabel) if label.isVisibleTo(panel))


def due(hall: OpenHall, counter: Counter) -> int:
    """What the customer owes."""
    return open_customer(hall, halls.teller(), counter.view().customer_id).due_fen


def sign(counter: Counter, staff_no: str = "2001") -> None:
    """The second person types number and password."""
    panel_of(counter, SignoffPanel)
    type_text(focus(), staff_no)
    key(Qt.Key.Key_Return)
    type_text(focus(), halls.PASSWORD)
    key(Qt.Key.Key_F9)


def test_what_was_just_taken_is_reversed_with_a_second_person_and_the_bill_is_open_again(counter: Counter) -> None:
    before = due(counter.hall, counter)
    receipt_no = pay_exactly(counter)
    key(Qt.Key.Key_F8, CONTROL)
    undo = panel_of(counter, UndoPanel)
    said = words_of(undo)
    for words in ("冲正", receipt_no, "本班收的", "从钱箱退给客户", "2026-08 账单", "账单又欠", "照原到期日算"):
        assert words in said, (words, said)
    key(Qt.Key.Key_F9)
    assert "还没有选撤销的原因" in words_of(undo)
    type_text(undo.reason.entry, "1")
    key(Qt.Key.Key_F9)
    assert "收错金额" in words_of(panel_of(counter, SignoffPanel))
    # Esc goes back to what was typed
    key(Qt.Key.Key_Escape)
    again = panel_of(counter, UndoPanel)
    assert again.typed().reason_no == "1"
    key(Qt.Key.Key_F9)
    sign(counter, "1001")
    assert counter.frame.panels.current() is not None, "nobody signs what they did"
    asked = panel_of(counter, SignoffPanel)
    assert asked.error.text() != ""
    asked.staff_no.entry.clear()
    asked.staff_no.entry.setFocus()
    sign(counter)
    assert counter.frame.panels.current() is None
    assert due(counter.hall, counter) == before
    assert counter.view().money.phase == "paying"
    said = counter.frame.toast.label.text()
    assert "已冲正" in said
    assert "CZ000001" in said
    assert [path.name for path in (counter.hall.folder / printing.FOLDER).glob("*CZ000001-1*")]


def test_history_receipt_and_slip_lead_to_one_another(counter: Counter) -> None:
    receipt_no = pay_exactly(counter)
    key(Qt.Key.Key_F8, CONTROL)
    type_text(focus(), "7")
    key(Qt.Key.Key_F9)
    sign(counter)
    view = counter.view()
    view.data.tabs.setCurrentIndex(2)
    settle()
    (row,) = view.data.payments.table.rows()
    assert row.void == "已冲正"
    view.data.payments.table.setFocus()
    key(Qt.Key.Key_Return)
    receipt = panel_of(counter, ReceiptPanel)
    assert "冲正凭证 HZ01-03-2026-CZ000001" in words_of(receipt)
    key(Qt.Key.Key_F8)
    assert counter.frame.panels.current() is None
    assert list((counter.hall.folder / printing.FOLDER).glob("*CZ000001-2*"))
    # from another way it is said, and the same key is offered
    Undoing(counter.desk, counter.frame, lambda: None).begin(receipt_no)
    settle()
    refused = panel_of(counter, RefusedPanel)
    assert "已经撤销（冲正）" in words_of(refused)
    key(Qt.Key.Key_F8)
    assert list((counter.hall.folder / printing.FOLDER).glob("*CZ000001-3*"))


def test_a_receipts_number_leads_to_its_payment_and_what_stands_in_the_way_to_the_one_that_does(
    counter: Counter,
) -> None:
    """A part is paid, then the rest: the first payment waits for the undo of the second, which one key leads to."""
    customer = someone_of(counter)
    _, first = halls.pay(counter.hall, customer, halls.cash(50), settle_fen=5_000)
    _, second = halls.pay(counter.hall, customer, halls.cash(500))
    counter.room.close_current()
    counter.frame.go_to_search()
    type_text(focus(), first.receipt_no.lower())
    settle()
    key(Qt.Key.Key_Return)
    row = counter.view().data.payments.table.current_row()
    assert row is not None
    assert row.receipt_no == first.receipt_no
    key(Qt.Key.Key_F8, CONTROL)
    assert f"请先撤销收据 {second.receipt_no}" in words_of(panel_of(counter, RefusedPanel))
    key(Qt.Key.Key_F8)
    assert second.receipt_no in panel_of(counter, UndoPanel).heading.text()


def test_money_on_the_wrong_account_goes_to_the_right_one_and_no_drawer_moves(counter: Counter) -> None:
    right = halls.three_months_behind(counter.hall, no="10007788", name="李娜")
    with counter.hall.writing() as work:
        index_customers(work)
    before = due(counter.hall, counter)
    receipt_no = pay_exactly(counter)
    key(Qt.Key.Key_F8, CONTROL)
    key(Qt.Key.Key_F7)
    panel = panel_of(counter, MovePanel)
    key(Qt.Key.Key_F9)
    assert "还没有选户号" in words_of(panel)
    type_text(focus(), "7788")
    settle()
    key(Qt.Key.Key_Return)
    key(Qt.Key.Key_Return)
    said = words_of(panel)
    assert "转到户号 10007788" in said
    assert said.count("本金 98.00、违约金") == 4
    key(Qt.Key.Key_F9)
    sign(counter)
    assert counter.frame.panels.current() is None
    assert due(counter.hall, counter) == before
    assert halls.position(counter.hall, right).due_fen == 0
    assert open_customer(counter.hall, halls.teller(), right.customer_id).payments[0].receipt_no != receipt_no
    folder = counter.hall.folder / printing.FOLDER
    assert list(folder.glob("*CH000001-1*"))
    assert list(folder.glob("*000002-1*"))


def test_a_wrong_tender_is_corrected_and_the_payment_stands(counter: Counter) -> None:
    before = shift_sheet(counter)
    pay_exactly(counter)
    paid_fen = shift_sheet(counter) - before
    key(Qt.Key.Key_F8, CONTROL)
    key(Qt.Key.Key_F6)
    panel = panel_of(counter, RetenderPanel)
    assert panel.kind.choice() == "card"
    key(Qt.Key.Key_Return)
    type_text(focus(), "887731")
    key(Qt.Key.Key_Return)
    key(Qt.Key.Key_F9)
    assert "更正付款方式必须写明原因" in words_of(panel)
    type_text(panel.reason.entry, "刷卡记成了现金")
    key(Qt.Key.Key_F9)
    assert "由现金改为刷卡" in words_of(panel_of(counter, SignoffPanel))
    sign(counter)
    assert counter.frame.panels.current() is None
    assert due(counter.hall, counter) == 0
    assert paid_fen > 0
    assert shift_sheet(counter) == before


def shift_sheet(counter: Counter) -> int:
    """What the drawer must hold, in fen."""
    sheet = shifts.sheet(counter.hall)
    assert sheet is not None
    return sheet.expected_cash_fen


def test_an_invoice_is_noted_at_the_receipt_and_an_undo_asks_for_its_red_one(counter: Counter) -> None:
    receipt_no = pay_exactly(counter)
    counter.view().show_receipt(receipt_no)
    settle()
    key(Qt.Key.Key_F7)
    type_text(focus(), "24332000000012345678")
    key(Qt.Key.Key_Return)
    key(Qt.Key.Key_Return)
    assert "24332000000012345678" in words_of(panel_of(counter, ReceiptPanel))
    key(Qt.Key.Key_F8)
    panel = panel_of(counter, UndoPanel)
    type_text(focus(), "1")
    key(Qt.Key.Key_F9)
    assert "要先冲红才能退" in words_of(panel)
    type_text(panel.red_no.entry, "24332000000099999999")
    key(Qt.Key.Key_F9)
    sign(counter)
    assert counter.frame.panels.current() is None
    counter.view().show_receipt(receipt_no)
    settle()
    assert "24332000000099999999" in words_of(panel_of(counter, ReceiptPanel))
