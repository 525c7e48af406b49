"""The 收费 room by keyboard: search, several customers, scans, tenders, the receipt; hostile text stays text."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from counter_app.domain.staff import Role
from counter_app.services import printing, receipts, settings
from counter_app.services.customers import open_customer
from counter_app.storage.hall import OpenHall
from counter_app.storage.search_index import index_customers
from counter_app.ui.background import Background
from counter_app.ui.blocks import Label
from counter_app.ui.desk import Desk
from counter_app.ui.payments.page import CustomerView
from counter_app.ui.payments.receipt_panel import ReceiptPanel
from counter_app.ui.payments.reveal_panel import SHOWN_SECONDS, RevealPanel
from counter_app.ui.second_screen import Paying
from tests import halls
from tests.ui.hands import press, type_text
from tests.ui.payments.lanes import TROUBLE
from tests.ui.payments.rooms import Counter, a_counter, a_desk, late_hall, settle


@pytest.fixture
def counter(tmp_path: Path, qtbot: QtBot) -> Iterator[Counter]:
    """A telecom hall with a shift open, and two customers behind with their bills."""
    hall, _someone = late_hall(tmp_path, trade="telecom")
    halls.three_months_behind(hall, no="10007788", name="李\u202e娜<b>x</b>")
    with hall.writing() as work:
        index_customers(work)
    made = a_counter(a_desk(hall))
    _show(made, qtbot)
    yield made
    hall.close()


def _show(made: Counter, qtbot: QtBot) -> None:
    qtbot.addWidget(made.frame)
    made.frame.resize(1366, 768)
    made.frame.show()
    made.frame.activateWindow()
    settle()


def _focus() -> QWidget:
    focus = QApplication.focusWidget()
    assert focus is not None
    return focus


def _open(counter: Counter, digits: str) -> CustomerView:
    counter.frame.go_to_search()
    type_text(_focus(), digits)
    press(_focus(), Qt.Key.Key_Return)
    settle()
    return counter.view()


def _due(hall: OpenHall, view: CustomerView) -> int:
    return open_customer(hall, halls.teller(), view.customer_id).due_fen


def test_presenters_do_without_qt() -> None:
    modules = [
        path.stem
        for path in (Path(__file__).parents[3] / "counter_app" / "ui" / "payments").glob("*.py")
        if path.stem.startswith("presenter") or path.stem in ("screen", "words", "money_view")
    ]
    lines = "; ".join(f"import counter_app.ui.payments.{name}" for name in sorted(modules))
    code = f"{lines}; import sys; sys.exit('PySide6' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_several_customers_stay_open_with_what_was_typed(counter: Counter) -> None:
    first = _open(counter, "2345")
    type_text(_focus(), "120")
    second = _open(counter, "7788")
    assert second is not first
    type_text(_focus(), "77.5")
    press(_focus(), Qt.Key.Key_F4)
    settle()
    assert counter.view() is first
    assert first.money_panel.received.entry.text() == "120"
    press(_focus(), Qt.Key.Key_F4)
    settle()
    assert counter.view().money_panel.received.entry.text() == "77.5"


class Moves(QObject):
    """Counts the widgets that get another parent: each of them is styled all anew, with everything in it."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Hears of every event, and changes none."""
        self.count += event.type() == QEvent.Type.ParentChange
        return super().eventFilter(watched, event)


def test_a_page_built_ahead_stands_where_its_customer_will_be(counter: Counter, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: bool(counter.room.findChildren(CustomerView)))
    ahead = counter.room.findChildren(CustomerView)[0]
    while ahead.build_step():
        pass
    moves = Moves()
    for part in (ahead, *ahead.findChildren(QWidget)):
        part.installEventFilter(moves)
    assert _open(counter, "2345") is ahead
    assert ahead.isVisible()
    assert moves.count == 0
    # and a page that is moved would have been noticed
    ahead.setParent(None)
    assert moves.count == 1
    ahead.setParent(counter.room)


def test_a_paid_customer_makes_room_for_the_next_one(counter: Counter) -> None:
    paid = _open(counter, "2345")
    press(_focus(), Qt.Key.Key_F5)
    settle()
    press(_focus(), Qt.Key.Key_Return)
    settle()
    assert paid.money_panel.done.number.text() == "HZ01-03-2026-000001"
    _open(counter, "7788")
    assert len(counter.room.tabs.keys()) == 1


def test_a_search_without_result_says_what_was_tried(counter: Counter) -> None:
    counter.frame.go_to_search()
    type_text(_focus(), "99999999")
    settle()
    texts = [label.text() for label in counter.frame.search.drop.findChildren(Label) if label.isVisible()]
    assert any("没有找到" in text and "户号" in text for text in texts)


def test_a_scanned_receipt_opens_its_customer_by_number_and_by_code(counter: Counter) -> None:
    view = _open(counter, "2345")
    customer = view.customer_id
    press(_focus(), Qt.Key.Key_F5)
    settle()
    press(_focus(), Qt.Key.Key_F9)
    settle()
    number = view.money_panel.done.receipt_no
    for text in (number, receipts.proof_of(counter.hall, receipts.facts_of(counter.hall, number)), "10002345"):
        counter.room.let_go()
        assert counter.room.current() is None
        counter.room.open_scan(text)
        settle()
        assert counter.view().customer_id == customer


def test_an_unknown_scan_goes_to_the_search_box(counter: Counter) -> None:
    counter.room.open_scan("no such thing")
    settle()
    assert counter.frame.search.text() == "no such thing"
    assert counter.room.current() is None


def test_enter_with_nothing_typed_takes_nothing(counter: Counter) -> None:
    view = _open(counter, "2345")
    press(_focus(), Qt.Key.Key_Return)
    settle()
    assert view.money.phase == "paying"
    assert _due(counter.hall, view) > 0


def test_f6_and_f7_make_a_payment_of_cash_and_card(counter: Counter) -> None:
    view = _open(counter, "2345")
    type_text(_focus(), "100")
    press(_focus(), Qt.Key.Key_F7)
    settle()
    assert view.money.table.line.kind == "card"
    type_text(_focus(), "887731")
    press(_focus(), Qt.Key.Key_Return)
    press(_focus(), Qt.Key.Key_F5)
    settle()
    press(_focus(), Qt.Key.Key_F9)
    settle()
    assert view.money.phase == "done"
    assert _due(counter.hall, view) == 0


def test_the_working_follows_the_bill_pointed_at(counter: Counter) -> None:
    view = _open(counter, "2345")
    assert view.data.open_bills.working.texts()[0].startswith("2026-06")
    view.data.open_bills.table.setFocus()
    press(_focus(), Qt.Key.Key_Down)
    settle()
    assert view.data.open_bills.working.texts()[0].startswith("2026-07")


def test_hostile_names_are_plain_text(counter: Counter) -> None:
    view = _open(counter, "7788")
    assert "\u202e" not in view.header.name.text()
    assert view.header.name.textFormat() == Qt.TextFormat.PlainText


def test_a_receipt_opens_from_the_payments_and_is_printed_again(counter: Counter) -> None:
    view = _open(counter, "2345")
    press(_focus(), Qt.Key.Key_F5)
    settle()
    press(_focus(), Qt.Key.Key_F9)
    settle()
    view.money_panel.done.again.click()
    view.data.tabs.setCurrentIndex(2)
    view.data.payments.table.setFocus()
    press(_focus(), Qt.Key.Key_Return)
    settle()
    panel = counter.frame.panels.current()
    assert isinstance(panel, ReceiptPanel)
    assert not panel.picture.pixmap().isNull()
    press(_focus(), Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    settle()
    jobs = receipts.prints_of(counter.hall, "HZ01-03-2026-000001")
    assert [(job.copy_no, job.state) for job in jobs] == [(1, "printed"), (2, "printed")]
    press(_focus(), Qt.Key.Key_Escape)
    assert counter.frame.panels.current() is None


def test_a_printer_that_is_gone_never_touches_the_payment(counter: Counter) -> None:
    settings.put(counter.hall, halls.teller("9001", Role.ADMIN), "printer.a5", "device:/no/such/device")
    view = _open(counter, "2345")
    press(_focus(), Qt.Key.Key_F5)
    settle()
    press(_focus(), Qt.Key.Key_F9)
    settle()
    assert view.money.phase == "done"
    assert "已收款，没有打印" in view.money_panel.done.print.text()
    settings.put(counter.hall, halls.teller(), "printer.a5", printing.TO_FILE)
    press(counter.frame, Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    settle()
    assert "PDF" in view.money_panel.done.print.text()
    assert [job.state for job in receipts.prints_of(counter.hall, view.money_panel.done.receipt_no)] == [
        "failed",
        "printed",
    ]


def test_a_reveal_asks_for_the_purpose_and_covers_itself(counter: Counter) -> None:
    view = _open(counter, "2345")
    view.reveal()
    type_text(_focus(), "核对地址")
    question = counter.frame.panels.current()
    assert question is not None
    question.choose("address")  # type: ignore[attr-defined]  # the panel is a question
    panel = counter.frame.panels.current()
    assert isinstance(panel, RevealPanel)
    assert panel.value.text() == "幸福路 18 号"
    for _ in range(SHOWN_SECONDS):
        panel.tick()
    assert counter.frame.panels.current() is None


def test_a_note_is_written(counter: Counter) -> None:
    view = _open(counter, "2345")
    view.data.tabs.setCurrentIndex(5)
    view.data.notes.note.entry.setFocus()
    press(_focus(), Qt.Key.Key_Return)
    assert view.data.notes.note.error.text()
    type_text(_focus(), "下月搬家")
    press(_focus(), Qt.Key.Key_Return)
    settle()
    assert [row.body for row in view.data.notes.table.rows()] == ["下月搬家"]
    assert view.data.notes.note.entry.text() == ""


def test_the_second_screen_shows_figures_while_paying_and_nothing_before(counter: Counter) -> None:
    seen: list[object] = []
    counter.room.second_screen_wanted.connect(seen.append)
    view = _open(counter, "2345")
    assert seen[-1] is None
    type_text(_focus(), "500")
    settle()
    shown = seen[-1]
    assert isinstance(shown, Paying)
    assert (shown.due_fen, shown.received_fen) == (_due(counter.hall, view), 50_000)
    counter.room.let_go()
    assert seen[-1] is None


@pytest.fixture
def on_lanes(tmp_path: Path, qtbot: QtBot) -> Iterator[Counter]:
    """A counter on real lanes, with 500 yuan typed for the customer who is late."""
    hall, someone = late_hall(tmp_path, trade="telecom")
    background = Background(trouble=TROUBLE)
    background.lane("writer").submit(hall.store.adopt).result()
    made = a_counter(Desk(hall, background, halls.teller()))
    _show(made, qtbot)
    made.room.open_customer(someone.customer_id)
    qtbot.waitUntil(lambda: made.view().money.phase == "paying")
    type_text(_focus(), "500")
    settle()
    yield made
    background.close()
    hall.store.adopt()
    assert len(open_customer(hall, halls.teller(), someone.customer_id).payments) == 1
    hall.close()


def test_on_real_lanes_a_bouncing_key_is_one_payment(on_lanes: Counter, qtbot: QtBot) -> None:
    view = on_lanes.view()
    for key in (Qt.Key.Key_F9, Qt.Key.Key_F9, Qt.Key.Key_Return, Qt.Key.Key_F9):
        press(on_lanes.frame if key == Qt.Key.Key_F9 else view.money_panel.received.entry, key)
    qtbot.waitUntil(lambda: view.money.phase == "done")
    qtbot.waitUntil(lambda: "PDF" in view.money_panel.done.print.text())


def test_a_receipt_waits_for_no_long_work(on_lanes: Counter, qtbot: QtBot) -> None:
    over, view, lanes = threading.Event(), on_lanes.view(), on_lanes.desk.lanes
    assert isinstance(lanes, Background)
    importing = lanes.lane("long").submit(over.wait, 60)
    try:
        press(on_lanes.frame, Qt.Key.Key_F9)
        qtbot.waitUntil(lambda: "PDF" in view.money_panel.done.print.text())
        assert importing.running(), "the receipt is there, and the import is not over"
    finally:
        over.set()
