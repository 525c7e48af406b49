"""Every page in every look: nothing cut, nothing over another, every control named, ringed and in order."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from counter_app.ui.blocks import Button, Label
from counter_app.ui.elided import ElidedLabel
from counter_app.ui.language import LANGUAGES
from counter_app.ui.pictures import Look, grab, shown
from counter_app.ui.theme import Scale, ThemeName
from tests.ui.demonstration import demonstration_frame
from tests.ui.inspection import cut_texts, faults, nameless, outside, overlaps, ringless, tab_faults
from tests.ui.pages import PAGES

_SIZES = ((1366, 768), (1920, 1080))
_THEMES: tuple[ThemeName, ...] = ("light", "dark")
_SCALES: tuple[Scale, ...] = (100, 150)
LOOKS = [
    Look(width, height, theme, scale, language)
    for width, height in _SIZES
    for theme in _THEMES
    for scale in _SCALES
    for language in LANGUAGES
]
"""The usual looks."""

HARD_LOOKS = [
    *(Look(*_SIZES[0], "light", 200, language) for language in LANGUAGES),
    Look(*_SIZES[0], "high-contrast", 100, "zh"),
]
"""The largest text on the smallest screen, and the strongest contrast."""


@pytest.mark.parametrize("look", [*LOOKS, *HARD_LOOKS], ids=lambda look: look.name)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_whole_in_every_look(name: str, look: Look) -> None:
    with shown(PAGES[name], look) as window:
        assert (window.width(), window.height()) == (look.width, look.height), "the page does not fit the screen"
        assert faults(window) == []


@pytest.mark.parametrize("name", PAGES)
def test_every_control_has_a_ring_and_a_place_in_the_reading_order(name: str) -> None:
    with shown(PAGES[name], Look()) as window:
        assert ringless(window) == []
        assert tab_faults(window) == []


def test_two_pictures_of_one_page_are_equal() -> None:
    assert grab(demonstration_frame, Look()) == grab(demonstration_frame, Look())


def test_light_and_dark_are_two_pictures() -> None:
    assert grab(demonstration_frame, Look()) != grab(demonstration_frame, Look(theme="dark"))


def _row(*widgets: QWidget) -> QWidget:
    page = QWidget()
    row = QHBoxLayout(page)
    for widget in widgets:
        row.addWidget(widget)
    return page


def test_the_inspection_finds_a_cut_label_and_a_cut_button() -> None:
    def page() -> QWidget:
        label, button = Label("一二三四五六七八九十"), Button("收费并打印")
        label.setFixedWidth(40)
        button.setFixedWidth(40)
        return _row(label, button)

    with shown(page, Look(400, 200)) as window:
        assert len(cut_texts(window)) == 2


def test_the_inspection_lets_a_label_shorten_itself_when_it_says_so() -> None:
    def page() -> QWidget:
        label = ElidedLabel("一二三四五六七八九十")
        label.setFixedWidth(40)
        return _row(label)

    with shown(page, Look(400, 200)) as window:
        assert cut_texts(window) == []


def test_the_inspection_finds_overlap_and_what_leaves_the_window() -> None:
    def page() -> QWidget:
        ground = QWidget()
        for left in (10, 30, 390):
            label = QLabel("应收", ground)
            label.setGeometry(left, 10, 60, 20)
        return ground

    with shown(page, Look(400, 200)) as window:
        assert len(overlaps(window)) == 1
        assert len(outside(window)) == 1


def test_the_inspection_finds_a_nameless_and_a_ringless_control_and_a_wild_order() -> None:
    def page() -> QWidget:
        ground = QWidget()
        for left, top in ((200, 10), (10, 10), (200, 100)):
            button = QPushButton("", ground)
            button.setStyleSheet("QPushButton { border: none; background: red; } QPushButton:focus { border: none; }")
            button.setGeometry(left, top, 60, 30)
        return ground

    with shown(page, Look(400, 200)) as window:
        assert len(nameless(window)) == 3
        assert len(ringless(window)) == 3
        assert len(tab_faults(window)) == 1
