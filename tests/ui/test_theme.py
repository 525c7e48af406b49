"""The colours can be read, the files are whole, and the text size reaches everything."""

from __future__ import annotations

import re

import pytest
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QApplication

from counter_app.resources import resource
from counter_app.ui.blocks import Label
from counter_app.ui.theme import (
    LARGE_PAIRS,
    SCALES,
    TEXT_PAIRS,
    THEMES,
    Scale,
    ThemeName,
    apply_theme,
    contrast,
    load_rare_fonts,
    load_theme,
    px,
    stylesheet,
)


@pytest.mark.parametrize("name", THEMES)
@pytest.mark.parametrize("pair", TEXT_PAIRS, ids="-on-".join)
def test_text_can_be_read_on_its_ground(name: ThemeName, pair: tuple[str, str]) -> None:
    theme = load_theme(name)
    least = 7.0 if name == "high-contrast" and pair[1] in ("surface", "raised", "sunken") else 4.5
    assert contrast(getattr(theme, pair[0]), getattr(theme, pair[1])) >= least


@pytest.mark.parametrize("name", THEMES)
@pytest.mark.parametrize("pair", LARGE_PAIRS, ids="-on-".join)
def test_great_figures_and_rings_stand_out(name: ThemeName, pair: tuple[str, str]) -> None:
    theme = load_theme(name)
    assert contrast(getattr(theme, pair[0]), getattr(theme, pair[1])) >= 3.0


def test_contrast_is_reckoned_as_wcag_does() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.478, abs=0.001)
    assert contrast("#123456", "#123456") == pytest.approx(1.0)


def test_the_sheet_names_no_colour_of_its_own() -> None:
    sheet = resource("themes", "counter.qss").read_text(encoding="utf-8")
    assert re.findall(r"#[0-9a-fA-F]{3,8}\b(?!frame)", re.sub(r"QWidget#\w+", "", sheet)) == []


@pytest.mark.parametrize("scale", SCALES)
def test_text_and_least_heights_grow_with_the_text_size(scale: Scale) -> None:
    sheet = stylesheet(load_theme("light"), scale)
    assert f'role="note"] {{ color: #586272; font-size: {round(12 * scale / 100)}px; }}' in sheet
    assert "$" not in sheet


def test_great_figures_grow_by_half_as_much() -> None:
    assert "font-size: 45px; font-weight: bold" in stylesheet(load_theme("light"), 150)


def test_an_open_label_follows_a_change_of_theme_and_size(qapp: QApplication) -> None:
    label = Label("应收", tone="bad")
    label.ensurePolished()
    before = (label.sizeHint().height(), label.palette().windowText().color().name())
    apply_theme(qapp, "dark", 200, fonts="packaged")
    label.ensurePolished()
    after = (label.sizeHint().height(), label.palette().windowText().color().name())
    assert after[0] > 1.8 * before[0]
    assert (before[1], after[1]) == (load_theme("light").bad, load_theme("dark").bad)
    assert px(36) == 72


def test_a_system_without_a_chinese_face_gets_the_packaged_one(qapp: QApplication) -> None:
    apply_theme(qapp, "light", 100)
    assert "Noto Sans SC" in qapp.font().families()
    assert "Noto Sans SC" in QFontDatabase.families()


def test_faces_for_rare_characters_are_there_when_asked_for(qapp: QApplication) -> None:
    load_rare_fonts()
    rare = {face for face in qapp.font().families() if face.startswith("Counter Rare Han")}
    assert len(rare) == 2
    assert rare <= set(QFontDatabase.families())
