"""Foreign markup in a text that paints itself stays text."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QApplication

from counter_app.ui.shaped import shaped
from counter_app.ui.theme import BODY_PX, apply_theme, sized_font


@pytest.mark.parametrize(
    "text",
    ["<b>1</b>", "<?xml?><i>1</i>", "1 &lt;b&gt; 2", "&amp; &#60;", "<br>", "<qt>1</qt>", "a > b & c", "1,234.50"],
)
def test_markup_takes_the_room_of_all_its_letters(qapp: QApplication, text: str) -> None:
    apply_theme(qapp, "light", 100, fonts="packaged")
    font = sized_font(BODY_PX)
    assert shaped(text, font).width == QFontMetricsF(font).horizontalAdvance(text)
