"""The frame: rooms, held customers, keys, panels and covers, driven as a person drives them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from counter_app.ui.ask import Answer, Asked, Choice, Question, QuestionPanel
from counter_app.ui.blocks import Button, Label
from counter_app.ui.commands_palette import PalettePanel
from counter_app.ui.fields import TextField
from counter_app.ui.formats import day, month
from counter_app.ui.frame import Frame
from counter_app.ui.keys import Action
from counter_app.ui.panels import Panel
from counter_app.ui.rail import RoomButton
from counter_app.ui.status_bar import StatusBar, StatusItem
from counter_app.ui.tabs import HeldTabs
from tests.ui.hands import press, type_text


class Page(QWidget):
    """A page with one line and one button."""

    def __init__(self) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        self.field, self.button = TextField("备注"), Button("保存")
        column.addWidget(self.field)
        column.addWidget(self.button)


@pytest.fixture
def frame(qtbot: QtBot) -> Frame:
    """A frame with two rooms, on the screen."""
    window = Frame()
    qtbot.addWidget(window)
    window.add_room("payments", "收费", "cash", Page())
    window.add_room("settings", "设置", "settings", Page(), is_at_foot=True)
    window.resize(1366, 768)
    window.show()
    window.activateWindow()
    return window


def _page(frame: Frame) -> Page:
    return next(page for page in frame.findChildren(Page) if page.isVisible())


def _question(field: Asked | None = None) -> Question:
    choices = (Choice("yes", "照收", "primary", "F9"), Choice("no", "不收"))
    return Question("不收违约金？", "有违约金 28.33 元。", choices, field)


def _noting(notes: list[str], note: str) -> Callable[[], object]:
    return lambda: notes.append(note)


def test_a_room_is_shown_by_its_button_and_keeps_what_was_typed(frame: Frame) -> None:
    type_text(_page(frame).field.entry, "abc")
    first = _page(frame)
    buttons = [button for button in frame.findChildren(RoomButton) if button.isVisible()]
    assert [button.shown_text() for button in buttons] == ["收费", "设置"]
    buttons[1].click()
    assert (frame.room(), [button.isChecked() for button in buttons]) == ("settings", [False, True])
    frame.show_room("payments")
    assert (_page(frame), first.field.entry.text()) == (first, "abc")
    with pytest.raises(KeyError):
        frame.show_room("hub")


def test_a_room_counts_what_waits_and_can_be_closed(frame: Frame) -> None:
    frame.set_count("settings", 2)
    frame.enable_room("settings", is_enabled=False)
    button = next(b for b in frame.findChildren(RoomButton) if b.shown_text() == "设置 2")
    assert not button.isEnabled()
    assert "room-settings" not in {action.key for action in frame.keys.available()}


def test_f2_and_slash_go_to_the_search_box_but_a_slash_in_a_text_is_typed(frame: Frame) -> None:
    entry = _page(frame).field.entry
    entry.setFocus()
    type_text(entry, "1/2")
    assert entry.text() == "1/2"
    press(entry, Qt.Key.Key_F2)
    assert frame.search.hasFocus()
    _page(frame).button.setFocus()
    press(_page(frame).button, Qt.Key.Key_Slash)
    assert frame.search.hasFocus()


def test_a_page_action_wins_while_its_page_is_shown(frame: Frame) -> None:
    done: list[str] = []
    frame.keys.add(Action("all", "全局", "F8", _noting(done, "window")))
    frame.keys.add(Action("own", "本页", "F8", _noting(done, "page")), page=_page(frame))
    press(frame, Qt.Key.Key_F8)
    frame.show_room("settings")
    press(frame, Qt.Key.Key_F8)
    assert done == ["page", "window"]


def test_an_impossible_action_leaves_its_key_alone(frame: Frame) -> None:
    done: list[str] = []
    frame.keys.add(Action("no", "不可", "F9", _noting(done, "no"), is_possible=lambda: False))
    press(frame, Qt.Key.Key_F9)
    assert not frame.keys.press("F9")
    assert done == []


def test_a_question_is_answered_by_its_key_and_nothing_behind_it_happens(frame: Frame) -> None:
    done: list[str] = []
    answers: list[Answer] = []
    frame.keys.add(Action("pay", "收费", "F9", _noting(done, "paid")))
    frame.keys.add(Action("lock", "锁定", "F12", _noting(done, "locked"), is_above_panels=True))
    _page(frame).field.entry.setFocus()
    frame.ask(_question(), answers.append, beside=_page(frame).button)
    press(frame, Qt.Key.Key_F2)
    press(frame, Qt.Key.Key_F12)
    press(frame, Qt.Key.Key_F9)
    assert (answers, done) == ([Answer("yes")], ["locked"])
    assert frame.panels.current() is None
    assert _page(frame).field.entry.hasFocus()
    press(frame, Qt.Key.Key_F9)
    assert done == ["locked", "paid"]


def test_esc_takes_a_question_back_without_an_answer(frame: Frame) -> None:
    answers: list[Answer] = []
    backs: list[str] = []
    frame.ask(_question(), answers.append, on_back=_noting(backs, "back"))
    press(frame, Qt.Key.Key_Escape)
    assert (answers, backs, frame.panels.current()) == ([], ["back"], None)


def test_esc_gives_typed_text_up_only_the_second_time(frame: Frame) -> None:
    panel = frame.ask(_question(Asked("原因")), lambda _answer: None)
    assert panel.field is not None
    type_text(panel.field.entry, "abc")
    press(frame, Qt.Key.Key_Escape)
    assert (frame.panels.current(), panel.field.entry.text()) == (panel, "abc")
    press(frame, Qt.Key.Key_Escape)
    assert frame.panels.current() is None


def test_a_required_line_is_asked_for_and_its_text_is_handed_over(frame: Frame) -> None:
    answers: list[Answer] = []
    panel = frame.ask(_question(Asked("原因")), answers.append)
    assert panel.field is not None
    press(frame, Qt.Key.Key_F9)
    assert answers == []
    assert "原因" in panel.field.error.text()
    type_text(panel.field.entry, " too old ")
    press(panel.field.entry, Qt.Key.Key_Return)
    assert answers == []
    panel.buttons[1].click()
    assert answers == [Answer("no", "too old")]


def test_tab_stays_inside_the_panel(frame: Frame) -> None:
    panel = frame.ask(_question(Asked("原因")), lambda _answer: None)
    seen = set()
    for _ in range(6):
        focus = QApplication.focusWidget()
        assert focus is not None
        assert panel.isAncestorOf(focus)
        seen.add(focus)
        press(focus, Qt.Key.Key_Tab)
    assert len(seen) == 3


def test_a_second_question_waits_for_the_first(frame: Frame) -> None:
    order: list[str] = []
    first = frame.ask(_question(), lambda _answer: order.append("first"))
    second = frame.ask(_question(), lambda _answer: order.append("second"))
    assert frame.panels.current() is first
    assert not second.isVisible()
    first.choose("yes")
    assert frame.panels.current() is second
    second.choose("no")
    assert order == ["first", "second"]


def test_a_panel_lies_beside_what_it_is_about_and_inside_the_window(frame: Frame) -> None:
    button = _page(frame).button
    button.setFixedSize(200, 40)
    QApplication.processEvents()
    panel = frame.ask(_question(), lambda _answer: None, beside=button)
    QApplication.processEvents()
    about = button.mapTo(frame, button.rect().topLeft())
    assert panel.x() >= about.x() + button.width()
    assert frame.rect().contains(panel.geometry())
    frame.resize(1400, 800)
    QApplication.processEvents()
    assert frame.panels.geometry() == frame.rect()


def test_any_widget_can_be_a_panel(frame: Frame) -> None:
    panel = Panel("开班")
    field = TextField("备用金")
    panel.body.addWidget(field)
    panel.first = field.entry
    frame.panels.open(panel)
    assert field.entry.hasFocus()
    frame.panels.close_panel(panel)
    assert frame.panels.current() is None


def test_the_palette_finds_a_command_by_a_part_of_its_name(frame: Frame) -> None:
    done: list[str] = []
    frame.keys.add(Action("reprint", "补打凭证", "Ctrl+P", _noting(done, "reprint")))
    press(frame, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    panel = frame.panels.current()
    assert isinstance(panel, PalettePanel)
    type_text(panel.entry, "补打")
    press(panel.entry, Qt.Key.Key_Return)
    assert (done, frame.panels.current()) == (["reprint"], None)


def test_f1_shows_the_keys_of_this_page(frame: Frame) -> None:
    frame.keys.add(Action("note", "写备注", "F7", lambda: None), page=_page(frame))
    press(frame, Qt.Key.Key_F1)
    panel = frame.panels.current()
    assert panel is not None
    assert {"F7", "写备注", "查找客户"} <= {label.text() for label in panel.findChildren(Label)}
    press(frame, Qt.Key.Key_Escape)
    assert frame.panels.current() is None


def test_a_cover_hides_everything_and_hears_all_keys(frame: Frame, qtbot: QtBot) -> None:
    done: list[str] = []
    frame.keys.add(Action("pay", "收费", "F9", _noting(done, "paid")))
    entry = _page(frame).field.entry
    type_text(entry, "abc")
    page, cover = _page(frame), QWidget()
    qtbot.addWidget(cover)
    frame.cover(cover)
    press(frame, Qt.Key.Key_F9)
    assert (done, entry.isVisible(), cover.isVisible()) == ([], False, True)
    frame.uncover()
    press(frame, Qt.Key.Key_F9)
    assert (done, page.isVisible(), entry.text()) == (["paid"], True, "abc")


def test_a_question_under_a_cover_is_still_there_afterwards(frame: Frame, qtbot: QtBot) -> None:
    answers: list[Answer] = []
    panel = frame.ask(_question(), answers.append)
    cover = QWidget()
    qtbot.addWidget(cover)
    frame.cover(cover)
    press(frame, Qt.Key.Key_F9)
    assert not panel.isVisible()
    frame.uncover()
    assert panel.isVisible()
    press(frame, Qt.Key.Key_F9)
    assert answers == [Answer("yes")]


def test_a_lock_tells_nothing_and_gives_everything_back(frame: Frame, qtbot: QtBot) -> None:
    done: list[str] = []
    frame.keys.add(Action("lock", "锁定", "F12", _noting(done, "locked"), is_above_panels=True))
    entry = _page(frame).field.entry
    entry.setFocus()
    cover = QWidget()
    qtbot.addWidget(cover)
    frame.cover(cover)
    panel = frame.ask(_question(), lambda answer: done.append(answer.choice))
    frame.toast.say("已收费 317.57 元")
    for key in (Qt.Key.Key_F12, Qt.Key.Key_F9, Qt.Key.Key_Escape):
        press(frame, key)
    assert (done, panel.isVisible(), frame.toast.isVisible(), frame.is_covered()) == ([], False, False, True)
    frame.uncover()
    assert frame.panels.current() is panel
    press(frame, Qt.Key.Key_F9)
    assert done == ["yes"]
    assert entry.hasFocus()


def _held(qtbot: QtBot) -> tuple[HeldTabs, Page, Page]:
    held = HeldTabs(QWidget())
    qtbot.addWidget(held)
    held.show()
    held.activateWindow()
    QTest.qWaitForWindowActive(held)
    first, second = Page(), Page()
    held.hold("1", "张*", first)
    type_text(first.field.entry, "350")
    first.field.entry.setFocus()
    held.hold("2", "李&*", second)
    return held, first, second


def test_switching_between_held_customers_loses_nothing(qtbot: QtBot) -> None:
    held, first, second = _held(qtbot)
    assert (held.current(), second.isVisible(), first.isVisible()) == ("2", True, False)
    second.button.setFocus()
    held.next_held()
    assert (held.current(), first.field.entry.text()) == ("1", "350")
    assert first.field.entry.hasFocus()
    held.next_held()
    assert second.button.hasFocus()
    assert held.strip.tabText(1) == "李&&*"
    with pytest.raises(ValueError, match="held already"):
        held.hold("1", "张*", Page())


def test_releasing_customers_ends_at_home(qtbot: QtBot) -> None:
    held, first, _second = _held(qtbot)
    switched: list[str] = []
    held.switched.connect(switched.append)
    held.release("2")
    assert (held.current(), first.isVisible(), held.is_held("2")) == ("1", True, False)
    held.show_home()
    assert (held.current(), held.keys()) == ("", ("1",))
    held.next_held()
    held.release("1")
    assert (held.current(), held.keys(), switched) == ("", (), ["1", "", "1", ""])


def test_the_status_bar_says_what_is_true(qtbot: QtBot) -> None:
    bar = StatusBar()
    qtbot.addWidget(bar)
    bar.show()
    bar.show_status((StatusItem("待上传", "3"), StatusItem("上游", "10:02", "bad")), "10:04")
    bar.show_status((StatusItem("待上传", "0"), StatusItem("上游", "10:03", "good")), "10:05")
    QApplication.processEvents()
    shown = {label.text() for label in bar.findChildren(Label) if label.isVisibleTo(bar)}
    assert {"待上传 0", "上游 10:03", "10:05"} <= shown
    assert "待上传 3" not in shown


def test_a_toast_takes_no_focus_and_stays_inside(frame: Frame) -> None:
    entry = _page(frame).field.entry
    entry.setFocus()
    frame.toast.say("已收费 317.57 元")
    frame.toast.say("已补打第 2 次", tone="warn")
    frame.resize(1500, 900)
    QApplication.processEvents()
    assert entry.hasFocus()
    assert frame.toast.label.text() == "已补打第 2 次"
    assert frame.rect().contains(frame.toast.geometry())


def test_a_toast_that_is_too_long_for_a_line_takes_another(frame: Frame) -> None:
    frame.toast.say("已收费 317.57 元")
    low = frame.toast.height()
    frame.toast.say("您有 1 次回访已逾期。" * 20, tone="warn")
    assert frame.rect().contains(frame.toast.geometry())
    label = frame.toast.label
    assert label.height() >= label.heightForWidth(label.width()) > low / 2
    frame.toast.say("已补打第 2 次")
    assert frame.toast.height() == low


def test_dates_and_months() -> None:
    assert (day(date(2026, 11, 21)), day(None), month(date(2026, 6, 1))) == ("2026-11-21", "—", "2026-06")


def test_a_question_panel_has_no_default_button(frame: Frame) -> None:
    panel = frame.ask(_question(), lambda _answer: None)
    assert isinstance(panel, QuestionPanel)
    assert [(button.autoDefault(), button.isDefault()) for button in panel.buttons] == [(False, False)] * 2
