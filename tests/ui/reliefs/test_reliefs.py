"""Late fees let off and put off by keyboard: asked for, signed by somebody else or left to the own desk, and ended."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from counter_app.domain.staff import Role
from counter_app.ui.approvals.panel import SignoffPanel
from counter_app.ui.reliefs.panel import AskPanel, StandingPanel, WaitingPanel
from tests import halls
from tests.ui.hands import type_text
from tests.ui.payments.rooms import Counter, a_counter, a_desk, late_hall, settle
from tests.ui.undo.pages import someone_of
from tests.ui.undo.test_undo import CONTROL, focus, key, panel_of, sign, words_of


@pytest.fixture
def counter(tmp_path: Path, qtbot: QtBot) -> Iterator[Counter]:
    """A hall with a shift open and a customer behind, whose page is open."""
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


def working(counter: Counter) -> str:
    """All that the working of the bill pointed at says."""
    return " ".join(counter.view().data.open_bills.working.texts())


def test_a_waiver_is_asked_signed_seen_and_taken_back_and_a_deferral_put_beside_it(counter: Counter) -> None:
    before = halls.position(counter.hall, someone_of(counter)).debts
    key(Qt.Key.Key_G, CONTROL)
    ask = panel_of(counter, AskPanel)
    assert "算出的违约金" in words_of(ask)
    key(Qt.Key.Key_F9)
    assert "还没有选原因" in words_of(ask)
    type_text(ask.reason.entry, "1")
    ask.amount.entry.clear()
    type_text(ask.amount.entry, "1.00")
    key(Qt.Key.Key_F9)
    # whoever asked signs nothing: it stays asked for
    sign(counter, "1001")
    asked = panel_of(counter, SignoffPanel)
    assert asked.error.text() != ""
    assert "生活困难" in words_of(asked)
    key(Qt.Key.Key_Escape)
    key(Qt.Key.Key_Escape)
    assert "等主管审批" in counter.frame.toast.label.text()
    assert "待审批（生活困难，工号 1001" in working(counter)
    key(Qt.Key.Key_G, CONTROL)
    assert "待审批" in panel_of(counter, StandingPanel).heading.text()
    key(Qt.Key.Key_F9)
    sign(counter)
    assert counter.frame.panels.current() is None
    (row, *_) = counter.view().data.open_bills.table.rows()
    assert row.note == "减免"
    assert row.late_fee_fen == before[0].late_fee_fen - 100
    assert "减去减免的违约金 -1.00".replace(" ", "") in working(counter).replace(" ", "")
    assert "工号 2001 批准" in working(counter)

    # beside it the rest is put off: on the way through what stands
    key(Qt.Key.Key_G, CONTROL)
    key(Qt.Key.Key_F6)
    ask = panel_of(counter, AskPanel)
    key(Qt.Key.Key_F6)
    type_text(ask.reason.entry, "5")
    key(Qt.Key.Key_F9)
    sign(counter)
    assert halls.position(counter.hall, someone_of(counter)).debts[0].is_late_fee_deferred
    assert counter.view().data.open_bills.table.rows()[0].note == "暂缓"
    assert "暂缓至 2026-12-21，现在不收" in working(counter)
    key(Qt.Key.Key_G, CONTROL)
    for words in ("暂缓", "减免"):
        assert words in panel_of(counter, StandingPanel).heading.text()
        key(Qt.Key.Key_F5)
    standing = panel_of(counter, StandingPanel)
    key(Qt.Key.Key_F9)
    assert standing.error.text() != "", "ending it needs a reason"
    type_text(standing.words.entry, "客户现在缴")
    key(Qt.Key.Key_F9)
    assert not halls.position(counter.hall, someone_of(counter)).debts[0].is_late_fee_deferred
    key(Qt.Key.Key_G, CONTROL)
    type_text(focus(), "查明不符")
    key(Qt.Key.Key_F9)
    sign(counter)
    assert halls.position(counter.hall, someone_of(counter)).debts == before
    assert "已撤销（工号 1001）" in working(counter)


def test_a_supervisor_finds_what_waits_and_decides_it_under_the_own_sign_in(counter: Counter) -> None:
    key(Qt.Key.Key_G, CONTROL)
    ask = panel_of(counter, AskPanel)
    key(Qt.Key.Key_F7)
    assert ask.typed().is_all
    type_text(ask.reason.entry, "2")
    type_text(ask.document.entry, "低保证 12")
    key(Qt.Key.Key_F9)
    key(Qt.Key.Key_Escape)
    counter.room.close_current()
    counter.desk.session = halls.teller("2001", Role.SUPERVISOR)
    counter.room.show_reliefs()
    settle()
    panel_of(counter, WaitingPanel)
    type_text(focus(), "1")
    key(Qt.Key.Key_Return)
    standing = panel_of(counter, StandingPanel)
    assert "低保证 12" in words_of(standing)
    key(Qt.Key.Key_F9)
    panel_of(counter, SignoffPanel)
    type_text(focus(), halls.PASSWORD)
    key(Qt.Key.Key_F9)
    assert counter.frame.panels.current() is None
    assert halls.position(counter.hall, someone_of(counter)).late_fee_fen == 0
    assert "2001 已批准" in counter.frame.toast.label.text()
    # what was let off of a bill that is paid since is found among all bills
    halls.pay(counter.hall, someone_of(counter), halls.cash(300))
    counter.view().read()
    counter.view().data.tabs.setCurrentIndex(1)
    settle()
    row = counter.view().data.pointed_bill()
    assert row
    key(Qt.Key.Key_G, CONTROL)
    assert "已批准" in panel_of(counter, StandingPanel).heading.text()
    type_text(focus(), "查明不符")
    key(Qt.Key.Key_F9)
    assert "请先撤销那张收据" in words_of(panel_of(counter, StandingPanel))
    key(Qt.Key.Key_Escape)
    key(Qt.Key.Key_Escape)
    counter.room.show_reliefs()
    settle()
    assert "没有待审批" in counter.frame.toast.label.text()
