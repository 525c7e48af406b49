"""The two libraries by keyboard: period, search, a whole case to read, and a file that an entry tells of."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from counter_app.clock import new_intent_id
from counter_app.domain.journal import Draft
from counter_app.domain.retention import Result
from counter_app.domain.retention_papers import PaperKind
from counter_app.services import retention_papers
from counter_app.services.hall import OpenHall
from counter_app.storage.past_retentions import PastRetention
from counter_app.ui.blocks import Label
from counter_app.ui.export_panel import ExportPanel
from counter_app.ui.retention.library_page import LibraryPage
from counter_app.ui.retention.period_choice import period_days
from counter_app.ui.retention.whole_panel import WholePanel
from tests import halls, leaving
from tests.ui.counter.whole import Whole
from tests.ui.retention.desks import a_hall, go_to

CONTROL = Qt.KeyboardModifier.ControlModifier
PAST = PastRetention(
    "P1", "13900000001", "王芳", "NETWORK", "Bad network", "打折", Result.REFUSED_TALK, date(2026, 10, 2)
)


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[OpenHall]:
    opened = a_hall(tmp_path)
    halls.an_open_shift(opened)
    left = leaving.tell(opened, leaving.a_line(opened, is_vip=True), leaving.LEFT)
    retention_papers.issue(opened, leaving.TELLER, left, PaperKind.EXIT_SLIP, new_intent_id())
    leaving.tell(opened, leaving.a_line(opened, no="10002346", is_vip=True), leaving.KEPT)
    with opened.writing() as work:
        entry = opened.journal.append(work, Draft("a test's own", {}, "9001", halls.NOW.date()))
        leaving.a_past_result(work, PAST, entry.id)
    yield opened
    opened.close()


def go(window: Whole, staff_no: str = "1001") -> LibraryPage:
    window.sign_in(staff_no)
    go_to(window, "library")
    found = window.counter.retention.page("library")
    assert isinstance(found, LibraryPage)
    return found


def words_of(window: Whole) -> str:
    panel = window.shell.frame.panels.current()
    assert isinstance(panel, WholePanel)
    return " ".join(label.text() for label in panel.findChildren(Label))


def numbers(page: LibraryPage) -> list[str]:
    return [row.number for row in page.table.rows()]


def test_keys_choose_the_library_and_the_period(window: Whole) -> None:
    page = go(window)
    assert numbers(page) == ["138****2345", "139****0001"]
    window.press(Qt.Key.Key_F7)
    assert [row.result for row in page.table.rows()] == ["客户留下"]
    for _ in range(3):
        window.press(Qt.Key.Key_F6)
    assert page.period.choice() == "month"
    window.press(Qt.Key.Key_F7)
    assert numbers(page) == ["138****2345"]
    window.press(Qt.Key.Key_F6)
    assert page.period.choice() == "last"
    assert numbers(page) == ["139****0001"]


def test_a_full_number_is_found_and_stays_masked(window: Whole) -> None:
    page = go(window)
    window.type("13900000001")
    assert numbers(page) == ["139****0001"]
    assert page.count.text() == "1 / 2 行"
    assert page.table.rows()[0].who == "王*"


def test_every_column_sorts(window: Whole) -> None:
    page = go(window)
    header = page.table.horizontalHeader()
    titles = [header.model().headerData(place, Qt.Orientation.Horizontal) for place in range(header.count())]
    assert titles == ["手机号码", "姓名", "退网原因", "挽留措施", "挽留结果"]
    for column in range(5):
        orders = []
        for _ in range(2):
            header.sectionClicked.emit(column)
            orders.append(numbers(page))
        first, second = orders
        assert first == second[::-1], f"column {column}"


def test_enter_reads_the_whole_case(window: Whole) -> None:
    go(window)
    window.type("套餐优惠")
    window.press(Qt.Key.Key_Return)
    words = words_of(window)
    for part in (
        "客户经理签字",
        "接待人签字",
        "客户本人签字",
        "费用已结清",
        "号码保留到",
        "证件",
        "工号 2001 同意",
        "离网凭条",
    ):
        assert part in words
    for secret in ("13810002345", "张伟", "证件号不清"):
        assert secret not in words
    panel = window.shell.frame.panels.current()
    assert isinstance(panel, WholePanel)
    bar = panel.facts.verticalScrollBar()
    places = []
    for key in (Qt.Key.Key_Down, Qt.Key.Key_PageDown, Qt.Key.Key_Up, Qt.Key.Key_PageUp):
        window.press(key)
        places.append(bar.value())
    assert 0 < places[0] < places[1] > places[2] > places[3]
    window.press(Qt.Key.Key_Escape)
    assert window.shell.frame.panels.current() is None


def test_of_a_result_from_before_the_program_there_is_only_the_line(window: Whole) -> None:
    go(window)
    window.type("打折")
    window.press(Qt.Key.Key_Return)
    words = words_of(window)
    assert "使用本程序以前的记录" in words
    assert "139****0001" in words


def test_a_library_leaves_as_a_file_and_an_entry_tells_of_it(hall: OpenHall, window: Whole, tmp_path: Path) -> None:
    page = go(window, "2001")
    window.press(Qt.Key.Key_E, CONTROL)
    panel = window.shell.frame.panels.current()
    assert isinstance(panel, ExportPanel)
    assert panel.path.entry.text().endswith("离网库 2026-11-21.xlsx")
    panel.path.entry.setText(str(tmp_path / "out.xlsx"))
    window.press(Qt.Key.Key_F6)
    assert panel.path.entry.text() == str(tmp_path / "out.csv")
    window.press(Qt.Key.Key_F9)
    assert window.shell.frame.panels.current() is None
    with (tmp_path / "out.csv").open(encoding="utf-8-sig", newline="") as file:
        titles, *rows = csv.reader(file)
    assert titles == ["手机号码", "姓名", "退网原因", "挽留措施", "挽留结果"]
    assert [row[0] for row in rows] == ["13810002345", "13900000001"]
    assert len(rows) == len(page.table.rows())
    assert exports(hall) == 1


def test_any_two_days_are_a_period(window: Whole) -> None:
    page = go(window)
    page.period.from_on.setFocus()
    page.period.from_on.selectAll()
    window.type("2026-10-01")
    assert page.period.choice() == "own"
    window.press(Qt.Key.Key_Return)
    page.period.to_on.selectAll()
    window.type("20261031")
    window.press(Qt.Key.Key_Return)
    assert numbers(page) == ["139****0001"]
    assert page.period.word() == "2026-10-01 到 2026-10-31"
    for typed, why in (("明天", "2026-12-31 这样"), ("2026-09-30", "早于第一天")):
        page.period.to_on.selectAll()
        window.type(typed)
        window.press(Qt.Key.Key_Return)
        assert why in page.period.error.text()
        assert numbers(page) == ["139****0001"], "the last two days hold"
        window.press(Qt.Key.Key_E, CONTROL)
        assert window.shell.frame.panels.current() is None, "nothing leaves for days that are not understood"
    window.press(Qt.Key.Key_F6)
    assert (page.period.choice(), page.period.error.text()) == ("month", "")
    assert numbers(page) == ["138****2345"]


def test_an_empty_day_is_open(window: Whole) -> None:
    page = go(window)
    page.period.from_on.setFocus()
    page.period.from_on.selectAll()
    window.press(Qt.Key.Key_Delete)
    window.type("2")
    window.press(Qt.Key.Key_Backspace)
    window.press(Qt.Key.Key_Return)
    assert page.period.days() == (date.min, date(2026, 11, 21))
    assert page.period.word() == "最早 到 2026-11-21"


def test_what_a_search_leaves_is_what_leaves_the_hall(hall: OpenHall, window: Whole, tmp_path: Path) -> None:
    page = go(window, "2001")
    window.type("打折")
    assert len(page.table.rows()) == 1
    window.press(Qt.Key.Key_E, CONTROL)
    panel = window.shell.frame.panels.current()
    assert isinstance(panel, ExportPanel)
    assert "近三个月里查找到的 1 行" in " ".join(label.text() for label in panel.findChildren(Label))
    panel.path.entry.setText(str(tmp_path / "out.csv"))
    window.press(Qt.Key.Key_F9)
    with (tmp_path / "out.csv").open(encoding="utf-8-sig", newline="") as file:
        _titles, *rows = csv.reader(file)
    assert [row[0] for row in rows] == ["13900000001"]
    with hall.reading() as reading:
        row = reading.driver.execute("SELECT content FROM entries WHERE kind = 'library.export'").fetchone()
    assert row is not None
    body = json.loads(row[0])["body"]
    assert (body["rows"], body["of"]) == (1, 2)


def test_a_file_that_is_there_is_not_overwritten_and_nothing_is_written_down(
    hall: OpenHall, window: Whole, tmp_path: Path
) -> None:
    (tmp_path / "mine.csv").write_text("mine", "utf-8")
    go(window)
    window.press(Qt.Key.Key_E, CONTROL)
    panel = window.shell.frame.panels.current()
    assert isinstance(panel, ExportPanel)
    panel.path.entry.setText(str(tmp_path / "mine.csv"))
    window.press(Qt.Key.Key_Return)
    assert "不会被覆盖" in panel.path.error.text()
    assert (tmp_path / "mine.csv").read_text("utf-8") == "mine"
    assert exports(hall) == 0
    window.press(Qt.Key.Key_Escape)
    assert window.shell.frame.panels.current() is None


def test_an_auditor_looks_and_takes_nothing_away(hall: OpenHall, window: Whole) -> None:
    page = go(window, "8001")
    assert page.table.rows()
    window.press(Qt.Key.Key_E, CONTROL)
    assert window.shell.frame.panels.current() is None
    assert "稽核员" in window.shell.frame.toast.label.text()
    assert exports(hall) == 0


def test_an_empty_period_says_what_fills_it(window: Whole) -> None:
    page = go(window)
    window.press(Qt.Key.Key_F7)
    for _ in range(4):
        window.press(Qt.Key.Key_F6)
    assert page.period.choice() == "last"
    assert page.table.rows() == ()
    assert "按 F6" in page.table._empty.label.text()


@pytest.mark.parametrize(
    ("period", "days"),
    [
        ("month", (date(2026, 3, 1), date(2026, 3, 31))),
        ("last", (date(2026, 2, 1), date(2026, 2, 28))),
        ("quarter", (date(2025, 12, 31), date(2026, 3, 31))),
        ("year", (date(2025, 3, 31), date(2026, 3, 31))),
    ],
)
def test_a_period_has_both_its_days(period: str, days: tuple[date, date]) -> None:
    assert period_days(period, date(2026, 3, 31)) == days


def exports(hall: OpenHall) -> int:
    with hall.reading() as reading:
        row = reading.driver.execute("SELECT count(*) FROM entries WHERE kind = 'library.export'").fetchone()
    assert row is not None
    return int(row[0])
