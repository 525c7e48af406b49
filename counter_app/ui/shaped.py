"""Texts made ready for painting once: to shape Chinese text costs many times what painting it does."""

from __future__ import annotations

import math
import re
from typing import NamedTuple

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QGlyphRun, QPainter, QRawFont, QStaticText, QTextOption, QTransform

_PLAIN, _STRAIGHT = Qt.TextFormat.PlainText, QTransform()
_WRAPPED = QTextOption()
_WRAPPED.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)

_SIDE_BY_SIDE = re.compile(r"(?!.*(?:[,.:]\*|——))[0-9,.:*+% ￥—×‰·、，。：（）…\u4e00-\u9fff-]*").fullmatch
"""Figures and common Chinese: each sign stands as it is beside the next, so that nothing has to be shaped.

Fonts move a star below a point, and join two long dashes; a stroke ends outside its own room.
"""

_MOST_FONTS, _MOST_PLACES = 32, 2000


class Shaped(NamedTuple):
    """A text ready for painting with `Letters.draw`, with its size in pixels; foreign markup in it stays text."""

    text: QStaticText | QGlyphRun
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


class _Signs(dict[str, tuple[int, float]]):
    """Glyph and width of each sign that the font's first face has; a sign of another face is a `KeyError`."""

    def __init__(self, face: QRawFont) -> None:
        super().__init__()
        self._face = face

    def __missing__(self, sign: str) -> tuple[int, float]:
        if not self._face.supportsCharacter(ord(sign)):
            raise KeyError(sign)
        glyphs = self._face.glyphIndexesForString(sign)
        found = self[sign] = (glyphs[0], self._face.advancesForGlyphIndexes(glyphs)[0].x())
        return found


class _Places(dict[float, QPointF]):
    """Points on the line that letters stand on; the same few hundred again and again."""

    def __missing__(self, x: float) -> QPointF:
        if len(self) >= _MOST_PLACES:
            self.clear()
        found = self[x] = QPointF(x, 0)
        return found


class Letters:
    """One font of the screen: common texts are put together from its glyphs, a fourth of the work of shaping them."""

    def __init__(self, font: QFont) -> None:
        self.font = font
        metrics = QFontMetricsF(font)
        self._ascent, self._height = metrics.ascent(), float(math.ceil(metrics.height()))
        self._face = QRawFont.fromFont(font)
        self._signs, self._places = _Signs(self._face), _Places()

    def line(self, text: str) -> Shaped:
        """A text on one line."""
        return self.set_line(text) or shaped(text, self.font)

    def set_line(self, text: str) -> Shaped | None:
        """The text put together sign by sign; None where signs change beside one another."""
        if not _SIDE_BY_SIDE(text):
            return None
        signs, places, x = self._signs, self._places, 0.0
        glyphs, points = [], []
        try:
            for sign in text:
                glyph, width = signs[sign]
                glyphs.append(glyph)
                points.append(places[x])
                x += width
        except KeyError:
            return None
        run = QGlyphRun()
        run.setRawFont(self._face)
        run.setGlyphIndexes(glyphs)
        run.setPositions(points)
        return Shaped(run, x, self._height)

    def draw(self, painter: QPainter, left: float, top: float, ready: QStaticText | QGlyphRun) -> None:
        """Paints a text whose upper left corner stands there; the painter has this font."""
        if isinstance(ready, QGlyphRun):
            painter.drawGlyphRun(QPointF(left, top + self._ascent), ready)
        else:
            painter.drawStaticText(QPointF(left, top), ready)


_letters: dict[tuple[str, ...], Letters] = {}


def letters_of(font: QFont) -> Letters:
    """The letters of a font; every label of a kind has the same."""
    key = (font.toString(), *font.families())
    found = _letters.get(key)
    if found is None:
        if len(_letters) >= _MOST_FONTS:
            _letters.clear()
        found = _letters[key] = Letters(font)
    return found


class Shapes:
    """The texts of one painted widget in one font: what comes again is not made ready again."""

    def __init__(self, most: int = 200) -> None:
        self._most = most
        self.letters = letters_of(QFont())
        self.kept: dict[str | tuple[str, int], Shaped] = {}

    def take_font(self, font: QFont) -> None:
        """Another font: everything is shaped anew."""
        self.letters = letters_of(font)
        self.kept.clear()

    def shape(self, text: str, width_px: int | None = None) -> Shaped:
        """A text on one line, or on as many as a width asks for."""
        key = text if width_px is None else (text, width_px)
        found = self.kept.get(key)
        if found is None:
            if len(self.kept) >= self._most:
                self.kept.clear()
            found = self.kept[key] = self._make(text, width_px)
        return found

    def _make(self, text: str, width_px: int | None) -> Shaped:
        line = self.letters.set_line(text)
        if line is not None and (width_px is None or line.width <= width_px):
            return line
        return shaped(text, self.letters.font, width_px=width_px)


def whole(pixels: float) -> int:
    """Whole pixels that hold it."""
    return math.ceil(pixels)
