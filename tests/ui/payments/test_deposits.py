"""A deposit beside what is due: of last month's charges by one key, or of a typed sum; both say how they add up."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from counter_app.services import deductions
from counter_app.storage.hall import OpenHall
from tests import halls
from tests.ui.counter.whole import rest, whole
from tests.ui.payments.test_money_presenter import Panel


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[OpenHall]:
    """A telecom hall with an open shift."""
    made = halls.a_hall(tmp_path)
    halls.an_open_shift(made)
    yield made
    made.close()


def test_last_months_charges_are_suggested_and_taken_over_with_what_is_due(hall: OpenHall) -> None:
    someone = halls.three_months_behind(hall)
    assert Panel(hall, someone).screen.deposit_word == "", "nothing was billed last month"
    assert Panel(hall, someone).presenter.deposit_last_month() is None
    halls.a_bill(hall, someone.account_id, "2026-10", 8_640, due_on=date(2026, 12, 15))
    panel = Panel(hall, someone)
    due_fen = halls.position(hall, someone).due_fen
    assert panel.screen.deposit_word == "建议预存 86.40（上月 2026-10 账单）"
    wanted_fen = panel.presenter.deposit_last_month()
    assert wanted_fen == due_fen + 8_640
    assert (panel.screen.deposit_word, panel.screen.deposit) == ("", "86.40")
    assert panel.screen.sum_words == "应收 474.04 + 预存 86.40 = 560.44"
    # the teller gets more than that in cash: the deposit is kept, the rest goes back
    panel.type("600")
    assert (panel.screen.change, panel.screen.change_word) == ("39.56", "找零")
    panel.presenter.press()
    facts = panel.receipts[0].facts
    assert (facts.prepaid_stored_fen, facts.change_fen, facts.total_fen) == (8_640, 60_000 - wanted_fen, wanted_fen)


def test_a_typed_deposit_is_kept_whether_anything_is_due_or_not(hall: OpenHall) -> None:
    behind, even = halls.three_months_behind(hall), halls.a_customer(hall, no="10009999")
    panel = Panel(hall, even)
    assert panel.presenter.deposit_part()
    panel.presenter.type_deposit("50")
    assert panel.screen.sum_words == "没有应收，预存 50.00"
    assert panel.presenter.exact() == 5_000
    panel.type("80")
    panel.presenter.press()
    assert (panel.receipts[0].facts.prepaid_stored_fen, panel.receipts[0].facts.change_fen) == (5_000, 3_000)
    # in arrears it is both together; settled for now is only a part, and the batch day takes the rest
    panel = Panel(hall, behind)
    panel.presenter.deposit_part()
    panel.presenter.type_deposit("5x")
    panel.type("901")
    panel.presenter.press()
    assert panel.screen.wrong == "deposit"
    panel.presenter.type_deposit("900")
    assert panel.screen.sum_words == "应收 387.64 + 预存 900.00 = 1,287.64"
    panel.presenter.settle_part()
    panel.presenter.type_settle("1")
    assert panel.screen.sum_words == "应收 1.00 + 预存 900.00 = 901.00"
    assert panel.presenter.exact() == 90_100
    assert "批量日 2026-11-26 自动扣清" in panel.screen.after
    panel.presenter.press()
    assert panel.receipts[0].facts.prepaid_stored_fen == 90_000
    assert deductions.run(hall).taken_fen == 38_664
    # money for less than was wanted is kept as far as it goes, and said so
    panel = Panel(hall, even)
    panel.presenter.deposit_part()
    panel.presenter.type_deposit("50")
    panel.type("20")
    assert "存入预存 20.00" in panel.screen.settles


def test_the_keys_of_a_deposit_lead_to_the_amount(tmp_path: Path) -> None:
    hall = halls.a_hall(tmp_path)
    halls.an_open_shift(hall)
    someone = halls.three_months_behind(hall)
    halls.a_bill(hall, someone.account_id, "2026-10", 8_640, due_on=date(2026, 12, 15))
    counter = whole(hall)
    counter.sign_in("1001")
    room = counter.counter._furnished().payments
    room.open_customer(someone.customer_id)
    rest()
    money = room._view(str(someone.customer_id)).money_panel
    assert money.suggested.isVisible()
    counter.press(Qt.Key.Key_F7, Qt.KeyboardModifier.ControlModifier)
    assert (money.received.entry.text(), money.deposit.entry.text()) == ("560.44", "86.40")
    assert money.received.entry.hasFocus()
    counter.press(Qt.Key.Key_U, Qt.KeyboardModifier.ControlModifier)
    assert money.deposit.entry.hasFocus()
    counter.type("10")
    counter.press(Qt.Key.Key_Return)
    assert money.received.entry.text() == "484.04"
    counter.press(Qt.Key.Key_F9)
    with hall.reading() as reading:
        rows = reading.driver.execute("SELECT received_fen, prepaid_stored_fen FROM payments").fetchall()
    assert rows == [(48_404, 1_000)]
    counter.close()
    hall.close()
