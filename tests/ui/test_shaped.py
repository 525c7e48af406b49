"""Texts that paint themselves: foreign markup stays text, and what is put together from signs looks as if shaped."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QFontMetricsF, QGlyphRun, QImage, QPainter, QStaticText
from PySide6.QtWidgets import QApplication

from counter_app.ui.shaped import Letters, Shaped, shaped
from counter_app.ui.theme import BODY_PX, FIGURE_PX, NOTE_PX, Scale, apply_theme, sized_font


@pytest.mark.parametrize(
    "text",
    ["<b>1</b>", "<?xml?><i>1</i>", "1 &lt;b&gt; 2", "&amp; &#60;", "<br>", "<qt>1</qt>", "a > b & c", "1,234.50"],
)
def test_markup_takes_the_room_of_all_its_letters(qapp: QApplication, text: str) -> None:
    apply_theme(qapp, "light", 100, fonts="packaged")
    font = sized_font(BODY_PX)
    assert shaped(text, font).width == QFontMetricsF(font).horizontalAdvance(text)


@pytest.mark.parametrize("scale", [100, 150])
def test_a_text_put_together_from_signs_is_the_one_that_would_be_shaped(qapp: QApplication, scale: Scale) -> None:
    apply_theme(qapp, "light", scale, fonts="packaged")
    digits = [f"{number * 7919 % 10_000_019 / 100:,.2f}" for number in range(40)]
    signs = [
        "，".join("0,.:-*+% ￥×‰·、。（）…—"),
        "12.30 × 17 天 × 1‰",
        "138****5678 · 户号 1000 2345 · 居民",
        "-￥17.05",
    ]
    for font in (sized_font(BODY_PX), sized_font(NOTE_PX), sized_font(FIGURE_PX, is_bold=True)):
        letters = Letters(font)
        for text in (*digits, *signs):
            whole, put = shaped(text, font), letters.set_line(text)
            assert put is not None, text
            assert isinstance(put.text, QGlyphRun)
            assert (put.width, put.height) == (whole.width, whole.height), text
            assert painted(letters, put) == painted(letters, whole), text


@pytest.mark.parametrize("text", ["AV", "12.3.*", "——", "1/2", "𠮷", "龘\U000e0100", "أبجد", "<b>1</b>"])
def test_signs_that_change_beside_one_another_are_shaped(qapp: QApplication, text: str) -> None:
    apply_theme(qapp, "light", 100, fonts="packaged")
    letters = Letters(sized_font(BODY_PX))
    assert letters.set_line(text) is None
    assert isinstance(letters.line(text).text, QStaticText)


def painted(letters: Letters, line: Shaped) -> QImage:
    """The line on white, a part of a pixel beside the edge."""
    image = QImage(round(line.width) + 20, round(line.height) + 10, QImage.Format.Format_RGB32)
    image.fill(0xFFFFFF)
    painter = QPainter(image)
    painter.setFont(letters.font)
    letters.draw(painter, 5.375, 4.25, line.text)
    painter.end()
    return image
