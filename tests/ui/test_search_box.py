"""The search box: answers while typing, Enter before and after the answer, arrows, Esc."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from counter_app.ui.frame import Frame
from counter_app.ui.result_list import ResultRow
from counter_app.ui.search_box import SearchBox
from tests.ui.demonstration import demonstration_frame
from tests.ui.hands import press, type_text

ROWS = (ResultRow("a", "张*", "1000 2345", "欠费 3 期", "bad"), ResultRow("b", "张**"))


@pytest.fixture
def frame(qtbot: QtBot) -> Frame:
    """The sample frame with the cursor in its search box."""
    window = demonstration_frame()
    qtbot.addWidget(window)
    window.resize(1366, 768)
    window.show()
    window.activateWindow()
    window.go_to_search()
    return window


@pytest.fixture
def box(frame: Frame) -> SearchBox:
    """The frame's search box."""
    return frame.search


def _chosen(box: SearchBox) -> list[str]:
    chosen: list[str] = []
    box.chosen.connect(chosen.append)
    return chosen


def test_each_change_is_asked_for(box: SearchBox) -> None:
    wanted: list[str] = []
    box.wanted.connect(wanted.append)
    type_text(box, "zw")
    press(box, Qt.Key.Key_Backspace)
    press(box, Qt.Key.Key_Backspace)
    type_text(box, " ")
    assert wanted == ["z", "zw", "z"]


def test_enter_takes_the_best_row_and_arrows_walk(box: SearchBox) -> None:
    chosen = _chosen(box)
    type_text(box, "z")
    box.show_results("z", ROWS)
    assert box.drop.isVisible()
    press(box, Qt.Key.Key_Return)
    assert not box.drop.isVisible()
    box.show_results("z", ROWS)
    press(box, Qt.Key.Key_Down)
    press(box, Qt.Key.Key_Return)
    box.show_results("z", ROWS)
    press(box, Qt.Key.Key_Up)
    press(box, Qt.Key.Key_Return)
    assert chosen == ["a", "b", "b"]


def test_enter_before_the_answer_waits_for_the_answer_to_that_text(box: SearchBox) -> None:
    chosen = _chosen(box)
    type_text(box, "13")
    box.show_results("1", (ResultRow("wrong", "王*"),))
    assert not box.drop.isVisible()
    press(box, Qt.Key.Key_Return)
    assert chosen == []
    box.show_results("13", ROWS)
    assert chosen == ["a"]


def test_typing_on_takes_an_early_enter_back(box: SearchBox) -> None:
    chosen = _chosen(box)
    type_text(box, "1")
    press(box, Qt.Key.Key_Return)
    type_text(box, "3")
    box.show_results("13", ROWS)
    assert chosen == []


def test_no_result_says_what_was_tried(box: SearchBox) -> None:
    type_text(box, "x")
    box.show_results("x", (), nothing="没有找到：试过姓名、拼音、地址。")
    assert box.drop.isVisible()
    assert not box.results.isVisible()
    chosen = _chosen(box)
    press(box, Qt.Key.Key_Return)
    assert chosen == []


def test_esc_closes_the_results_then_empties_the_box(frame: Frame, box: SearchBox) -> None:
    type_text(box, "z")
    box.show_results("z", ROWS)
    press(frame, Qt.Key.Key_Escape)
    assert (box.drop.isVisible(), box.text()) == (False, "z")
    press(frame, Qt.Key.Key_Escape)
    assert box.text() == ""


def test_a_scan_is_searched_and_taken(box: SearchBox) -> None:
    chosen = _chosen(box)
    wanted: list[str] = []
    box.wanted.connect(wanted.append)
    box.search_for("HALL-1-2026-000123")
    box.show_results("HALL-1-2026-000123", ROWS[:1])
    assert (wanted, chosen) == (["HALL-1-2026-000123"], ["a"])


@pytest.mark.parametrize("text", ["%", "'; DROP", "１３８", "<b>", "𬭎"])
def test_any_text_can_be_searched(box: SearchBox, text: str) -> None:
    wanted: list[str] = []
    box.wanted.connect(wanted.append)
    type_text(box, text)
    box.show_results(text, (ResultRow("k", text, text, text),), nothing=text)
    assert wanted[-1] == text
    assert box.results.isVisible()
    box.results.grab()
