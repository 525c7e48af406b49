"""The page 月报 by keyboard alone on a real hall: months, the supervisor's signature, and what changed since."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget

from counter_app.domain.retention import Result
from counter_app.services import retention_months
from counter_app.services.hall import OpenHall
from counter_app.ui.blocks import Label
from counter_app.ui.desk import Desk
from counter_app.ui.export_panel import ExportPanel
from counter_app.ui.retention.months_page import MonthPanel, MonthsPage
from counter_app.ui.retention.presenter_months import MonthPresenter, MonthScreen
from counter_app.ui.retention.room import PAGES, ROOM
from counter_app.ui.theme import apply_theme
from tests import halls, leaving
from tests.ui.counter.whole import Whole, rest, whole
from tests.ui.payments.lanes import Inline
from tests.ui.retention import figures

HEADINGS = ("离网合计", "谈话后离网", "不愿谈，直接离网")
ALT = Qt.KeyboardModifier.AltModifier
CTRL = Qt.KeyboardModifier.ControlModifier


@dataclass
class AtMonth:
    """A counter at work, and the page of the month on it."""

    hall: OpenHall
    window: Whole

    @property
    def page(self) -> MonthsPage:
        """The page on the screen."""
        found = self.window.counter.retention.page("months")
        assert isinstance(found, MonthsPage)
        return found

    @property
    def panel(self) -> QWidget | None:
        """What slid in."""
        return self.window.shell.frame.panels.current()

    @property
    def state(self) -> str:
        """How the month stands."""
        return self.page.state.label.text()

    def sign(self, staff_no: str = "2001", password: str = halls.PASSWORD) -> None:
        """F9, number, Enter, password, Enter."""
        self.window.press(Qt.Key.Key_F9)
        self.window.type(staff_no)
        self.window.press(Qt.Key.Key_Return)
        self.window.type(password)
        self.window.press(Qt.Key.Key_Return)


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[OpenHall]:
    opened = leaving.a_hall(tmp_path / "hall")
    figures.exits(opened)
    yield opened
    opened.close()


def texts(panel: QWidget | None) -> list[str]:
    """What a panel says, from top to bottom."""
    assert panel is not None
    return [label.text() for label in panel.findChildren(Label) if label.text()]


def at_month(hall: OpenHall, staff_no: str = "1001") -> AtMonth:
    window = whole(hall)
    window.sign_in(staff_no)
    window.counter.frame.show_room(ROOM)
    rest()
    number = [place.key for place in PAGES].index("months") + 1
    window.press(Qt.Key(Qt.Key.Key_0 + number), ALT)
    return AtMonth(hall, window)


@pytest.fixture
def month(hall: OpenHall) -> Iterator[AtMonth]:
    made = at_month(hall)
    yield made
    made.window.close()


def test_the_last_month_that_is_over_stands_there_first(month: AtMonth) -> None:
    assert (month.page.choice.choice(), month.state) == ("2026-10", "待签字")
    rows = month.page.table.rows()
    assert [(row.level, row.exits, row.before) for row in rows[:3]] == [(0, 13, 8), (1, 7, 2), (2, 4, 2)]
    assert (rows[0].reason, rows[0].change) == ("全部离网", 5)
    assert month.page.signatures.text() == "还没有人签字。"


def test_the_months_are_walked_through_by_keys(month: AtMonth) -> None:
    month.window.press(Qt.Key.Key_PageUp, CTRL)
    assert (month.page.choice.choice(), month.page.table.rows()[0].exits) == ("2026-09", 8)
    month.window.press(Qt.Key.Key_PageDown, CTRL)
    month.window.press(Qt.Key.Key_PageDown, CTRL)
    assert (month.page.choice.choice(), month.state) == ("2026-11", "本月未完")
    assert "2026-12-01" in month.page.note.text()
    month.window.press(Qt.Key.Key_F9)
    assert month.panel is None, "a month that is not over is not signed"
    month.window.press(Qt.Key.Key_PageDown, CTRL)
    assert month.page.choice.choice() == "2026-11"
    assert "没有更早或更晚" in month.window.shell.frame.toast.label.text()


def test_a_supervisor_signs_on_the_tellers_screen(month: AtMonth) -> None:
    month.sign()
    assert (month.panel, month.state) == (None, "已签字")
    assert "赵敏（工号 2001）签字，当时合计 13 户" in month.page.signatures.text()
    assert not month.page.sign_button.isEnabled()
    assert month.window.counter.desk.who.staff_no == "1001", "the session is nobody else's"
    month.window.press(Qt.Key.Key_F9)
    assert month.panel is None


def test_a_supervisor_who_is_signed_in_types_only_the_password(hall: OpenHall) -> None:
    month = at_month(hall, "2001")
    month.window.press(Qt.Key.Key_F9)
    month.window.type(halls.PASSWORD)
    month.window.press(Qt.Key.Key_Return)
    assert month.state == "已签字"
    month.window.close()


def test_who_may_not_sign_is_told_and_the_panel_stays(month: AtMonth) -> None:
    month.sign("1002")
    assert isinstance(month.panel, MonthPanel)
    assert "班长" in month.panel.error.text()
    assert (month.panel.staff_no.entry.text(), month.panel.password.entry.text()) == ("1002", "")
    month.window.press(Qt.Key.Key_Escape)
    month.window.press(Qt.Key.Key_Escape)
    assert (month.window.shell.frame.panels.current(), month.state) == (None, "待签字")


def test_an_empty_field_is_asked_for(month: AtMonth) -> None:
    month.window.press(Qt.Key.Key_F9)
    month.window.press(Qt.Key.Key_F9)
    assert isinstance(month.panel, MonthPanel)
    assert "班长工号" in month.panel.staff_no.error.text()


def test_what_came_while_somebody_was_about_to_sign_is_shown_before_it_is_signed(month: AtMonth) -> None:
    month.window.press(Qt.Key.Key_F9)
    figures.exits(month.hall, ((10, "SERVICE", Result.LEFT, 1),))
    assert isinstance(month.panel, MonthPanel)
    month.window.type("2001")
    month.window.press(Qt.Key.Key_Return)
    month.window.type(halls.PASSWORD)
    month.window.press(Qt.Key.Key_Return)
    assert "刚刚有了变化" in month.window.shell.frame.toast.label.text()
    assert month.window.shell.frame.panels.current() is None
    assert month.page.table.rows()[0].exits == 14
    month.sign()
    assert month.state == "已签字"


def test_a_late_import_marks_the_lines_and_asks_to_sign_anew(hall: OpenHall) -> None:
    figures.sign_october(hall)
    figures.exits(hall, ((10, "PRICE_FEE_HIGH", Result.LEFT, 1),))
    month = at_month(hall)
    assert month.state == "签字后有变化"
    marked = {row.reason.strip(): row.signed for row in month.page.table.rows() if row.signed}
    assert marked == {
        "全部离网": "13（10 + 3），上月 8",
        "资费贵/套餐不合适": "7（6 + 1），上月 2",
        "月费高": "4（4 + 0），上月 2",
    }
    leaving.later(hall, minutes=5)
    month.sign()
    assert month.state == "已签字"
    newest, older = month.page.signatures.text().split("；")
    assert newest.endswith("合计 14 户")
    assert older == "更早的签字还有 1 次"
    month.window.press(Qt.Key.Key_R, CTRL)
    assert texts(month.panel)[1:3] == [newest, "发现机会"]
    assert [text for text in texts(month.panel) if text.endswith("户")] == [
        newest,
        newest.replace("14 户", "13 户").replace("02:09", "02:04"),
    ]
    month.window.press(Qt.Key.Key_Escape)
    month.window.close()


def test_what_is_made_of_the_month_is_signed_with_it(month: AtMonth) -> None:
    month.window.press(Qt.Key.Key_F9)
    assert isinstance(month.panel, MonthPanel)
    month.panel.review[0].entry.setFocus()
    month.window.type("stop 13810002345")
    month.panel.staff_no.entry.setFocus()
    month.window.type("2001")
    month.window.press(Qt.Key.Key_Return)
    month.window.type(halls.PASSWORD)
    month.window.press(Qt.Key.Key_Return)
    month.window.press(Qt.Key.Key_R, CTRL)
    assert texts(month.panel)[2:4] == ["发现机会", "stop 138****2345"]


def test_tab_reaches_the_boxes_that_large_text_has_scrolled_away(qapp: QApplication, hall: OpenHall) -> None:
    apply_theme(qapp, "light", 200, fonts="packaged")
    month = at_month(hall)
    month.window.press(Qt.Key.Key_F9)
    assert isinstance(month.panel, MonthPanel)
    last = month.panel.review[-1].entry
    assert last.visibleRegion().isEmpty(), "large text leaves no room for all boxes"
    month.window.press(Qt.Key.Key_Tab, Qt.KeyboardModifier.ShiftModifier)
    assert last.hasFocus()
    assert not last.visibleRegion().isEmpty()
    month.window.close()


def test_a_month_without_a_signature_has_nothing_to_read(month: AtMonth) -> None:
    month.window.press(Qt.Key.Key_R, CTRL)
    assert month.panel is None


def test_a_counter_that_is_open_over_the_end_of_a_month_offers_the_new_one(month: AtMonth) -> None:
    leaving.later(month.hall, days=20)
    month.page.read()
    rest()
    assert (month.page.choice.itemText(0), month.page.choice.choice()) == ("2026-12", "2026-10")


def test_the_table_goes_into_a_file(month: AtMonth, tmp_path: Path) -> None:
    month.window.press(Qt.Key.Key_E, CTRL)
    assert isinstance(month.panel, ExportPanel)
    month.panel.path.entry.setText(str(tmp_path / "month.csv"))
    month.window.press(Qt.Key.Key_F9)
    with (tmp_path / "month.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[:4] == [
        ["月份", "原因大类", "原因细类", *HEADINGS, "上月合计", "比上月", "签字情况"],
        ["2026-10", "全部离网", "", "13", "10", "3", "8", "5", "待签字"],
        ["2026-10", "资费贵/套餐不合适", "", "7", "6", "1", "2", "5", ""],
        ["2026-10", "资费贵/套餐不合适", "月费高", "4", "4", "0", "2", "2", ""],
    ]


def test_nothing_stays_on_the_page_when_the_person_leaves(month: AtMonth) -> None:
    month.window.counter.retention.let_go()
    assert month.page.table.rows() == ()


def test_an_answer_about_another_month_comes_too_late(hall: OpenHall) -> None:
    shown: list[MonthScreen] = []
    presenter = MonthPresenter(Desk(hall, Inline(), leaving.TELLER), shown.append, pytest.fail)
    presenter.begin()
    october = retention_months.read(hall, leaving.TELLER, presenter.month)
    presenter.choose("2026-09")
    presenter._take(october)
    assert [screen.month.month for screen in shown] == [9]


# --- told at sign-in ---


def told(hall: OpenHall, staff_no: str = "2001") -> tuple[str, str, str]:
    """What the line at the foot, the rail and the page's word say to whoever has just signed in."""
    window = whole(hall)
    window.sign_in(staff_no)
    rest()
    assert window.counter.desk.who.staff_no == staff_no
    room, toast = window.counter.retention, window.shell.frame.toast.label.text()
    found = toast, window.shell.frame._rooms[ROOM][0].shown_text(), room.choice._buttons["months"].text()
    window.close()
    return found


def test_a_supervisor_is_told_at_sign_in_that_the_last_month_is_not_signed(hall: OpenHall) -> None:
    words = "2026-10 的离网月报还没有签字。在“挽留”里按 Alt+6 查看。"
    assert told(hall) == (words, "挽留 1", "月报 1")


def test_a_teller_signs_no_month_and_is_told_of_none(hall: OpenHall) -> None:
    assert told(hall, "1001") == ("", "挽留", "月报")


def test_a_supervisor_is_told_that_a_signed_month_has_changed(hall: OpenHall) -> None:
    figures.sign_october(hall)
    figures.exits(hall, ((10, "SERVICE", Result.LEFT, 1),))
    words = "2026-10 的离网月报签字以后数字变了。在“挽留”里按 Alt+6 查看。"
    assert told(hall) == (words, "挽留 1", "月报 1")


def test_a_month_that_stands_as_it_was_signed_is_nothing_to_be_told_of(hall: OpenHall) -> None:
    figures.sign_october(hall)
    assert told(hall) == ("", "挽留", "月报")


def test_a_month_without_exits_is_nothing_to_be_told_of(tmp_path: Path) -> None:
    empty = leaving.a_hall(tmp_path / "empty")
    assert told(empty) == ("", "挽留", "月报")
    empty.close()


def test_problems_late_follow_ups_and_the_month_are_told_together(hall: OpenHall) -> None:
    leaving.tell(hall, leaving.a_line(hall, is_vip=True), leaving.KEPT[:-2])
    leaving.later(hall, days=40)
    with hall.writing() as work:
        work.driver.execute("UPDATE visits SET owner_no = '2001'")
    figures.exits(hall, ((11, "SERVICE", Result.LEFT, 1),))
    problems = "有 1 个客户问题等您答复。在“挽留”里按 Alt+9 查看。"
    visits = "您有 1 次回访已逾期。在“挽留”里按 Alt+2 查看。"
    assert told(hall) == (
        f"{problems} {visits} 2026-11 的离网月报还没有签字。在“挽留”里按 Alt+6 查看。",
        "挽留 3",
        "月报 1",
    )


def test_the_count_goes_when_the_month_is_signed(hall: OpenHall) -> None:
    month = at_month(hall, "2001")
    rail = month.window.shell.frame._rooms[ROOM][0]
    assert rail.shown_text() == "挽留 1"
    month.window.press(Qt.Key.Key_PageUp, CTRL)
    assert rail.shown_text() == "挽留 1", "another month tells nothing of the last one"
    month.window.press(Qt.Key.Key_PageDown, CTRL)
    month.window.press(Qt.Key.Key_F9)
    month.window.type(halls.PASSWORD)
    month.window.press(Qt.Key.Key_Return)
    assert month.state == "已签字"
    assert rail.shown_text() == "挽留"
    month.window.close()
