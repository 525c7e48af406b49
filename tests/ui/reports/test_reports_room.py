"""报表 by keys alone on the whole counter: from a figure to its records, to the customer, and to a file."""

from __future__ import annotations

import csv
from pathlib import Path

from PySide6.QtCore import Qt

from counter_app.domain import report_wording
from counter_app.domain.report_exceptions import EXCEPTIONS
from counter_app.domain.reports import COLUMNS, ReportKind
from counter_app.domain.staff import Role
from counter_app.ui.export_panel import ExportPanel
from counter_app.ui.wording_reports import KINDS, WORDS, head_word
from tests.ui.counter.whole import whole
from tests.ui.reports.pages import closed_hall, reports_room

Key = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier


def test_a_figure_opens_to_its_records_and_a_record_to_its_customer(tmp_path: Path) -> None:
    counter = whole(closed_hall())
    counter.sign_in("2001")
    counter.press(Key.Key_5, CTRL)
    frame, room = counter.shell.frame, counter.counter._furnished().reports
    assert frame.room() == "reports"
    while "taken.cash" not in (room.table.current_row() or room.table.rows()[0]).cells:
        counter.press(Key.Key_Down)
    counter.press(Key.Key_Return)
    assert [(row.what, row.amount) for row in room.records.rows()] == [("缴费", "350.00")] * 2
    assert {row.at for row in room.records.rows()} == {"2026-11-21 10:04"}, "in the hall's own time"
    assert room.records.hasFocus()
    counter.press(Key.Key_Escape)
    assert room.table.hasFocus()
    counter.press(Key.Key_F9)
    panel = frame.panels.current()
    assert isinstance(panel, ExportPanel)
    path = tmp_path / "日报.csv"
    panel.path.entry.setText(str(path))
    counter.press(Key.Key_Return)
    with path.open(encoding="utf-8-sig", newline="") as file:
        assert [line[0] for line in csv.reader(file)][1:] == ["2026-11-21"] * len(room.table.rows())
    for kind in list(ReportKind)[1:]:
        counter.press(Key.Key_F6)
        assert room.kind is kind
        assert room.table.rows(), kind
    assert not room.records.isVisible(), "what was revealed is no sum"
    counter.press(Key.Key_F7)
    assert (room.period.choice(), room.table.rows()) == ("yesterday", ())
    counter.press(Key.Key_F7)
    assert room.table.rows()
    room.table.setFocus()
    counter.press(Key.Key_Return)
    assert frame.room() == "payments", "from a single thing straight to its customer"
    counter.counter.desk.changed()
    before = room.report
    counter.press(Key.Key_5, CTRL)
    assert room.report is not None
    assert room.report is not before, "what was done meanwhile is in it"
    counter.close()


def test_a_role_that_sees_no_customers_is_told_so_and_a_teller_sees_her_own() -> None:
    frame, room = reports_room(Role.ADMIN, "9001")
    room.kinds.choose(ReportKind.REVEALS.value)
    room.read()
    wanted: list[int] = []
    room.customer_wanted.connect(lambda customer_id, _receipt_no: wanted.append(customer_id))
    room.open_row(room.table.rows()[0])
    assert wanted == []
    assert "您的角色不能查看客户" in frame.toast.label.text()
    frame.close()
    frame, room = reports_room(Role.TELLER, "1001")
    assert room.warning.text() == "班次 03-20261121-2 还没有清点，金额未列入。"
    assert room.note.text().startswith("只含本人的班次。")
    frame.close()


def test_every_code_has_its_word_in_the_window_and_on_paper() -> None:
    on_paper = set(report_wording._WORDS)
    assert on_paper <= set(WORDS)
    said = {*on_paper, "proofs.handover"}
    unsaid = [kind for kind in EXCEPTIONS if not any(code == kind or code.startswith(f"{kind}.") for code in said)]
    assert unsaid == ["payment.take", "shift.close"], "what these are is said by words of their own"
    assert [head_word(column) for kind in KINDS for column in COLUMNS[kind]]
    assert [report_wording.head_name(column) for kind in KINDS for column in COLUMNS[kind]]
