"""The audit queue by keyboard: identity, signatures and record side by side, a result, and errors by teller."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from counter_app.services import retention_lists
from counter_app.services.hall import OpenHall
from counter_app.services.retention_lists import TellerErrors
from counter_app.ui.blocks import Label
from counter_app.ui.export_panel import ExportPanel
from counter_app.ui.retention.audit_panel import AuditPanel
from counter_app.ui.retention.audits_page import AuditsPage
from counter_app.ui.table import Table
from tests import halls, leaving
from tests.ui.counter.whole import Whole, rest
from tests.ui.retention.desks import a_hall, go_to

ALT = Qt.KeyboardModifier.AltModifier
CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[OpenHall]:
    opened = a_hall(tmp_path)
    halls.an_open_shift(opened)
    leaving.tell(opened, leaving.a_line(opened, is_vip=True), leaving.LEFT[:-2])
    leaving.tell(opened, leaving.a_line(opened, no="10002346", is_vip=True), leaving.KEPT[:-2])
    yield opened
    opened.close()


def go(window: Whole, staff_no: str = "8001") -> AuditsPage:
    window.sign_in(staff_no)
    go_to(window, "audits")
    found = window.counter.retention.page("audits")
    assert isinstance(found, AuditsPage)
    return found


def panel_of(window: Whole) -> AuditPanel:
    found = window.shell.frame.panels.current()
    assert isinstance(found, AuditPanel)
    return found


def test_the_three_things_stand_beside_each_other(window: Whole) -> None:
    page = go(window)
    assert [row.result for row in page.table.rows()] == ["谈话后离网", "客户留下"]
    window.press(Qt.Key.Key_Return)
    panel = panel_of(window)
    words = [label.text() for label in panel.findChildren(Label)]
    for part in (
        "证件",
        "签字手续",
        "挽留记录",
        "客户经理签字",
        "客户本人签字",
        "证件有效，与机主一致",
        "退网原因",
        "赠费",
    ):
        assert part in words, part
    assert not any("张伟" in word or "13810002345" in word for word in words)


def cells(table: Table[TellerErrors]) -> list[list[str]]:
    return [[column.text(row) for column in table._model.columns] for row in table.rows()]


def test_a_case_passes_with_one_key(hall: OpenHall, window: Whole) -> None:
    page = go(window)
    window.press(Qt.Key.Key_Return)
    assert panel_of(window).save_button.accessibleName() == "合格, F9"
    window.press(Qt.Key.Key_F9)
    assert window.shell.frame.panels.current() is None
    assert [row.result for row in page.table.rows()] == ["客户留下"]
    assert [(row.audited, row.total) for row in page.errors.rows()] == [(1, 0)]


def test_errors_are_noted_by_number_and_counted_by_teller(hall: OpenHall, window: Whole) -> None:
    page = go(window)
    window.press(Qt.Key.Key_Return)
    window.type("3 1")
    rest()
    assert panel_of(window).save_button.accessibleName() == "记 2 项差错, F9"
    window.press(Qt.Key.Key_Return)
    window.type("证件照不清，没有谈话记录")
    window.press(Qt.Key.Key_Return)
    assert cells(page.errors) == [["1001", "1", "1", "1", "0", "1", "2"]]
    window.press(Qt.Key.Key_PageUp, CONTROL)
    assert page.errors.rows() == ()
    assert page.errors_word.text() == "营业员差错 2026-10"
    window.press(Qt.Key.Key_PageDown, CONTROL)
    assert len(page.errors.rows()) == 1


def test_a_year_of_errors_by_month_and_teller_goes_into_a_file(window: Whole, tmp_path: Path) -> None:
    go(window)
    window.press(Qt.Key.Key_Return)
    window.type("1")
    window.press(Qt.Key.Key_Return)
    window.type("证件照不清")
    window.press(Qt.Key.Key_Return)
    window.press(Qt.Key.Key_E, CONTROL)
    panel = window.shell.frame.panels.current()
    assert isinstance(panel, ExportPanel)
    panel.path.entry.setText(str(tmp_path / "errors.csv"))
    window.press(Qt.Key.Key_F9)
    with (tmp_path / "errors.csv").open(encoding="utf-8-sig", newline="") as file:
        assert list(csv.reader(file)) == [
            ["月份", "营业员", "稽核件数", "有差错", "证件", "签字手续", "挽留记录", "差错合计"],
            ["2026-11", "1001", "1", "1", "1", "0", "0", "1"],
        ]


@pytest.mark.parametrize(
    ("numbers", "words", "why"), [("4", "", "没有编号 4"), ("1", "", "须写明理由"), ("", "字迹不清", "差错种类")]
)
def test_half_an_answer_is_refused_in_words(window: Whole, numbers: str, words: str, why: str) -> None:
    page = go(window)
    window.press(Qt.Key.Key_Return)
    window.type(numbers)
    window.press(Qt.Key.Key_Return)
    window.type(words)
    window.press(Qt.Key.Key_F9)
    panel = panel_of(window)
    assert why in panel.misses.error.text() + panel.error.text()
    assert panel.words.entry.text() == words
    assert len(page.table.rows()) == 2


def test_whoever_signed_the_case_does_not_audit_it(hall: OpenHall, window: Whole) -> None:
    go(window, "2001")
    window.press(Qt.Key.Key_Return)
    window.press(Qt.Key.Key_F9)
    assert "工号 2001 办理过" in panel_of(window).error.text()
    assert len(retention_lists.to_audit(hall, leaving.AUDITOR)) == 2


def test_a_teller_has_no_such_page_and_its_key_does_nothing(window: Whole) -> None:
    window.sign_in()
    window.shell.frame.show_room("retention")
    rest()
    room = window.counter.retention
    assert "audits" not in room.choice._buttons
    window.press(Qt.Key.Key_4, ALT)
    assert room.choice.choice() == "cases"


def test_the_next_person_does_not_stand_on_a_page_that_is_not_theirs(window: Whole) -> None:
    page = go(window)
    window.counter.sign_out()
    rest()
    assert page.table.rows() == ()
    window.sign_in("1001")
    window.shell.frame.show_room("retention")
    rest()
    assert window.counter.retention.choice.choice() == "cases"
    assert not page.isVisible()
