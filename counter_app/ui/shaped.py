"""Texts made ready for painting once: to shape Chinese text costs many times what painting it does."""

from __future__ import annotations

import math
from typing import NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QStaticText, QTextOption, QTransform

_PLAIN, _STRAIGHT = Qt.TextFormat.PlainText, QTransform()
_WRAPPED = QTextOption()
_WRAPPED.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)


class Shaped(NamedTuple):
    """A text ready for `QPainter.drawStaticText`, with its size in pixels; foreign markup in it stays text."""

    text: QStaticText
    width: float
    height: float


def shaped(text: str, font: QFont, *, width_px: int | None = None) -> Shaped:
    """A text in a font on one line, or on as many as a width asks for."""
    made = QStaticText(text)
    if "<" in text or "&" in text:
        # without either Qt takes no text for markup, and to say so costs a fifth of shaping it
        made.setTextFormat(_PLAIN)
    if width_px is not None:
        made.setTextOption(_WRAPPED)
        made.setTextWidth(max(1, width_px))
    made.prepare(_STRAIGHT, font)
    size = made.size()
    return Shaped(made, size.width(), size.height())


class Shapes:
    """The texts of one painted widget: as long as the font stays, a text that was shaped before is not shaped again."""

    def __init__(self, most: int = 200) -> None:
        self._most = most
        self._kept: dict[tuple[str, bool, int | None], Shaped] = {}

    def shape(self, text: str, font: QFont, *, is_small: bool = False, width_px: int | None = None) -> Shaped:
        """A text; `is_small` tells the two fonts of one widget apart."""
        key = (text, is_small, width_px)
        found = self._kept.get(key)
        if found is None:
            if len(self._kept) >= self._most:
                self._kept.clear()
            found = self._kept[key] = shaped(text, font, width_px=width_px)
        return found

    def forget(self) -> None:
        """Another font: everything is shaped anew."""
        self._kept.clear()


def whole(pixels: float) -> int:
    """Whole pixels that hold it."""
    return math.ceil(pixels)
