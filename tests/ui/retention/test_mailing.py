"""Material for those who agreed, by keyboard: the list by interest, a file for something, what was sent, a consent."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from counter_app.services.hall import OpenHall
from counter_app.ui.ask import QuestionPanel
from counter_app.ui.blocks import Label
from counter_app.ui.export_panel import ExportPanel
from counter_app.ui.payments.reveal_panel import RevealPanel
from counter_app.ui.retention.mailing_page import MailingPage
from counter_app.ui.retention.mailing_panels import SentPanel, TakePanel
from tests.ui.counter.whole import Whole, rest
from tests.ui.retention import lists
from tests.ui.retention.desks import a_hall, go_to

CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[OpenHall]:
    opened = a_hall(tmp_path)
    lists.agreed(opened, "")
    yield opened
    opened.close()


def go(window: Whole, staff_no: str = "1001") -> MailingPage:
    window.sign_in(staff_no)
    go_to(window, "mailing")
    found = window.counter.retention.page("mailing")
    assert isinstance(found, MailingPage)
    return found


def contacts(page: MailingPage) -> list[str]:
    return [row.contact for row in page.table.rows()]


def panel_words(window: Whole) -> str:
    panel = window.shell.frame.panels.current()
    assert panel is not None
    return " ".join(label.text() for label in panel.findChildren(Label) if label.isVisible())


def toast(window: Whole) -> str:
    return window.shell.frame.toast.label.text()


def take(window: Whole, what: str, file: Path) -> None:
    """The journey of a list: Ctrl+E, for what, why, where to."""
    window.press(Qt.Key.Key_E, CONTROL)
    assert isinstance(window.shell.frame.panels.current(), TakePanel)
    window.type(what)
    window.press(Qt.Key.Key_Return)
    window.type("寄送新业务资料")
    window.press(Qt.Key.Key_Return)
    panel = window.shell.frame.panels.current()
    assert isinstance(panel, ExportPanel)
    panel.path.entry.setText(str(file))
    window.press(Qt.Key.Key_F9)


def rows(file: Path) -> list[list[str]]:
    with file.open(encoding="utf-8-sig", newline="") as opened:
        return list(csv.reader(opened))


def test_keys_choose_who_and_what_they_like(window: Whole) -> None:
    page = go(window)
    assert contacts(page) == ["没有留", "138****2356", "139****4321"]
    window.press(Qt.Key.Key_F7)
    assert contacts(page) == ["没有留", "139****4321"]
    window.press(Qt.Key.Key_F7)
    assert contacts(page) == ["138****2356"]
    window.press(Qt.Key.Key_F7)
    window.press(Qt.Key.Key_F8)
    assert page.interest.currentText() == "更多流量"
    assert contacts(page) == ["没有留", "139****4321"]
    window.press(Qt.Key.Key_F5)
    assert contacts(page) == ["139****4321"], "an ordinary customer is not among the valued"
    for _more in range(8):
        window.press(Qt.Key.Key_F8)
    assert page.interest.choice() == "every"
    window.press(Qt.Key.Key_F6)
    assert page.period.choice() == "all"


def test_a_line_says_when_and_in_which_case_the_consent_was_given_and_masks_the_person(window: Whole) -> None:
    page = go(window)
    window.type("13987654321")
    rest()
    (row,) = page.table.rows()
    assert (row.who, row.contact, row.agreed, row.owner_no) == ("张*", "139****4321", "2026-11-21", "1001")
    assert row.case_no.startswith("HZ01-03-20261121-")
    assert (row.interests, row.result, row.had) == ("更多流量、家庭共享", "离网的 · 高价值", "")
    window.press(Qt.Key.Key_Return)
    assert "已同意" in panel_words(window)
    assert "晚上" in panel_words(window)
    window.press(Qt.Key.Key_Escape)
    assert window.shell.frame.panels.current() is None


def test_a_list_is_taken_sent_and_never_given_twice_unawares(window: Whole, tmp_path: Path) -> None:
    page = go(window, "2001")
    window.press(Qt.Key.Key_F9)
    assert "没有等着登记的名单" in toast(window)
    take(window, "家庭套餐", tmp_path / "first.csv")
    titles, *found = rows(tmp_path / "first.csv")
    assert titles[:4] == ["资料", "姓名", "联系方式", "方便时间"]
    assert [row[2] for row in found] == ["13810002356", "13987654321"], "who left no contact is not on it"
    assert [row.had for row in page.table.rows()] == ["", "家庭套餐（已导出，待登记）", "家庭套餐（已导出，待登记）"]
    window.press(Qt.Key.Key_F9)
    panel = window.shell.frame.panels.current()
    assert isinstance(panel, SentPanel)
    assert "家庭套餐：2 位" in panel.number.lists[0].buttons[0].text()
    window.press(Qt.Key.Key_F9)
    assert window.shell.frame.panels.current() is None
    assert toast(window) == "已登记：寄出。"
    assert page.table.rows()[1].had == "家庭套餐，2026-11-21"
    window.press(Qt.Key.Key_E, CONTROL)
    window.type("家庭套餐")
    rest()
    assert "名单上有 0 位。 2 位寄过同样的资料，不再列入。 1 位没有留联系方式" in panel_words(window)
    window.press(Qt.Key.Key_F6)
    assert "名单上有 2 位。 其中 2 位寄过同样的资料，会再寄一次。" in panel_words(window)
    for _twice in range(2):
        # the first says that something typed would be lost
        window.press(Qt.Key.Key_Escape)
    take(window, "家庭 套餐", tmp_path / "second.csv")
    panel = window.shell.frame.panels.current()
    assert isinstance(panel, ExportPanel)
    assert "名单上已没有可寄的客户" in panel.path.error.text()
    assert not (tmp_path / "second.csv").exists()


def test_a_list_that_was_not_sent_is_dropped_and_a_wrong_day_is_refused(window: Whole, tmp_path: Path) -> None:
    page = go(window, "2001")
    take(window, "家庭套餐", tmp_path / "first.csv")
    window.press(Qt.Key.Key_F9)
    panel = window.shell.frame.panels.current()
    assert isinstance(panel, SentPanel)
    for typed, why in (("昨天", "2026-12-31 这样"), ("2026-11-20", "2026-11-21 到 2026-11-21 之间")):
        panel.sent_on.entry.setText(typed)
        window.press(Qt.Key.Key_F9)
        assert why in panel_words(window)
    panel.number.entry.setText("7")
    window.press(Qt.Key.Key_F9)
    assert "1 到 1" in panel_words(window)
    panel.number.entry.setText("1")
    window.press(Qt.Key.Key_F6)
    assert not panel.sent_on.isVisible()
    window.press(Qt.Key.Key_F9)
    assert "作废" in toast(window)
    assert [row.had for row in page.table.rows()] == ["", "", ""]


def test_a_consent_is_taken_back_by_key_and_the_line_is_gone_at_once(window: Whole, tmp_path: Path) -> None:
    page = go(window)
    take(window, "家庭套餐", tmp_path / "first.csv")
    window.type("13987654321")
    window.press(Qt.Key.Key_D, CONTROL)
    panel = window.shell.frame.panels.current()
    assert isinstance(panel, QuestionPanel)
    assert "2026-11-21" in panel_words(window)
    window.press(Qt.Key.Key_F9)
    assert "已撤回" in toast(window)
    assert page.table.rows() == ()
    page.search.entry.clear()
    window.press(Qt.Key.Key_F9)
    assert "导出以后撤回同意的 1 位不要寄：张*" in panel_words(window)


def test_a_contact_is_shown_in_full_for_a_purpose(window: Whole) -> None:
    go(window)
    window.type("13987654321")
    window.press(Qt.Key.Key_I, CONTROL)
    window.press(Qt.Key.Key_F9)
    assert "还没有填写" in panel_words(window), "not without a purpose"
    window.type("回访")
    window.press(Qt.Key.Key_F9)
    panel = window.shell.frame.panels.current()
    assert isinstance(panel, RevealPanel)
    assert panel.value.text() == "13987654321"
    window.press(Qt.Key.Key_Escape)
    assert window.shell.frame.panels.current() is None


def test_an_auditor_looks_and_takes_nothing_away(window: Whole) -> None:
    page = go(window, "8001")
    assert page.table.rows()
    for key in (Qt.Key.Key_E, Qt.Key.Key_D, Qt.Key.Key_I):
        window.press(key, CONTROL)
        assert window.shell.frame.panels.current() is None
        assert "稽核员" in toast(window)
    window.press(Qt.Key.Key_F9)
    assert window.shell.frame.panels.current() is None


def test_an_empty_list_says_what_fills_it(window: Whole) -> None:
    page = go(window)
    page.period.from_on.setFocus()
    page.period.from_on.selectAll()
    window.type("2027-01-01")
    page.period.to_on.setFocus()
    page.period.to_on.selectAll()
    window.type("2027-01-02")
    window.press(Qt.Key.Key_Return)
    assert "客户同意以后联系" in page.table._empty.label.text()
    window.press(Qt.Key.Key_E, CONTROL)
    assert "名单是空的" in toast(window)


def test_nothing_of_a_customer_stays_for_whoever_signs_in_next(window: Whole) -> None:
    page = go(window)
    window.type("张")
    rest()
    assert page.table.rows()
    page.let_go()
    assert page.table.rows() == ()
    assert page.search.entry.text() == ""
