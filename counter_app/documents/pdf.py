"""A PDF being drawn, in millimetres from the top left corner; the same calls give the same bytes."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import BytesIO

from reportlab import rl_config
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfgen.canvas import Canvas

from counter_app.documents.fonts import Font, face, font, paper_text, width_pt

POINTS_PER_MM = 72 / 25.4
_ELLIPSIS = "…"
_SHRINK_MIN = 0.62
_DARK_BAR = re.compile("1+")

# streams as bytes: the text form of them is a fifth longer and takes a third of a receipt's time
rl_config.useA85 = 0
rl_config.pdfMultiLine = 0


class Sheet:
    """Pages of one size. Text is made safe for paper here, so that no caller can forget it.

    `grey` is 0 for black to 1 for white. The last page is closed by `data`.
    """

    def __init__(self, *, width_mm: float, height_mm: float, title: str) -> None:
        self.width_mm = width_mm
        self.height_mm = height_mm
        face(Font.REGULAR)
        self._canvas = Canvas(
            BytesIO(),
            pagesize=(width_mm * POINTS_PER_MM, height_mm * POINTS_PER_MM),
            pageCompression=1,
            invariant=1,
            initialFontName=Font.REGULAR.name,
        )
        self._canvas.setTitle(paper_text(title))
        self._canvas.setCreator("counter-app")
        self._codes: list[str] = self._canvas._code
        self._grey = 0.0

    def text(
        self,
        x_mm: float,
        y_mm: float,
        text: str,
        *,
        size_pt: float,
        is_bold: bool = False,
        align: str = "left",
        grey: float = 0.0,
        max_mm: float | None = None,
        may_shrink: bool = False,
        spacing_pt: float = 0.0,
        angle: float = 0.0,
    ) -> None:
        """One line on the baseline `y_mm`, `x_mm` its left, `right` or `center`; longer than `max_mm` ends in `…`.

        `may_shrink` lets it become smaller first: for amounts, which must stay whole.
        """
        text = paper_text(text)
        if max_mm is not None:
            if may_shrink:
                size_pt = shrunk(text, size_pt=size_pt, max_mm=max_mm, is_bold=is_bold)
            text = fitted(text, size_pt=size_pt, max_mm=max_mm, is_bold=is_bold)
        if not text:
            return
        x = x_mm * POINTS_PER_MM
        if align != "left":
            width = width_pt(text, size_pt, is_bold=is_bold) + spacing_pt * (len(text) - 1)
            x -= width if align == "right" else width / 2
        self._set_grey(grey)
        cos, sin = (math.cos(math.radians(angle)), math.sin(math.radians(angle))) if angle else (1.0, 0.0)
        place = f"{cos:.4g} {sin:.4g} {-sin:.4g} {cos:.4g} {x:.2f} {self._up(y_mm):.2f} Tm"
        code = [f"BT {place}"]
        if spacing_pt:
            code.append(f"{spacing_pt:g} Tc")
        doc = self._canvas._doc
        name = font(is_bold=is_bold)
        face(name)
        embedded = pdfmetrics.getFont(name.name)
        for subset, data in embedded.splitString(text, doc):
            code.append(f"{embedded.getSubsetInternalName(subset, doc)} {size_pt:g} Tf <{data.hex()}> Tj")
        code.append("0 Tc ET" if spacing_pt else "ET")
        self._codes.append(" ".join(code))

    def rule(
        self,
        x1_mm: float,
        y1_mm: float,
        x2_mm: float,
        y2_mm: float,
        *,
        width_pt: float = 0.5,
        grey: float = 0.0,
        dash: str = "",
    ) -> None:
        """A straight line; `dash` as PDF writes it (`2 2`)."""
        points = [x1_mm * POINTS_PER_MM, self._up(y1_mm), x2_mm * POINTS_PER_MM, self._up(y2_mm)]
        line = "{:.2f} {:.2f} m {:.2f} {:.2f} l S".format(*points)
        self._codes.append(f"[{dash}] 0 d {width_pt:g} w {grey:g} G {line}")

    def box(
        self,
        x_mm: float,
        y_mm: float,
        width_mm: float,
        height_mm: float,
        *,
        fill: float | None = None,
        grey: float = 0.0,
        width_pt: float = 0.5,
        dash: str = "",
    ) -> None:
        """A rectangle from its top left corner: filled with the grey `fill`, or an outline."""
        corner = f"{x_mm * POINTS_PER_MM:.2f} {self._up(y_mm + height_mm):.2f}"
        shape = f"{corner} {width_mm * POINTS_PER_MM:.2f} {height_mm * POINTS_PER_MM:.2f} re"
        if fill is None:
            self._codes.append(f"[{dash}] 0 d {width_pt:g} w {grey:g} G {shape} S")
        else:
            self._set_grey(fill)
            self._codes.append(f"{shape} f")

    def modules(self, x_mm: float, y_mm: float, size_mm: float, rows: Sequence[str]) -> None:
        """A QR code without its quiet zone, from its top left corner; neighbours in a row are drawn as one bar."""
        scale = size_mm * POINTS_PER_MM / len(rows)
        self._set_grey(0.0)
        code = [f"q {scale:.5f} 0 0 {-scale:.5f} {x_mm * POINTS_PER_MM:.2f} {self._up(y_mm):.2f} cm"]
        for y, row in enumerate(rows):
            code += [f"{start} {y} {end - start} 1 re" for start, end in map(re.Match.span, _DARK_BAR.finditer(row))]
        code.append("f Q")
        self._codes.append("\n".join(code))

    @contextmanager
    def form(self, name: str) -> Iterator[None]:
        """What is drawn inside is kept once and shown by `place`."""
        self._canvas.beginForm(name)
        self._restart()
        yield
        self._canvas.endForm()
        self._restart()

    def place(self, name: str, *, down_mm: float = 0.0) -> None:
        """Shows a form, moved down."""
        # a form takes over the colour that the page happens to have, and was drawn on black
        self._codes.append(f"q 0 g 1 0 0 1 0 {-down_mm * POINTS_PER_MM:.2f} cm")
        self._canvas.doForm(name)
        self._codes.append("Q")

    def next_page(self) -> None:
        """Closes the page."""
        self._canvas.showPage()
        self._restart()

    def data(self) -> bytes:
        """The whole document."""
        document: bytes = self._canvas.getpdfdata()
        return document

    def _restart(self) -> None:
        # reportlab begins a new list of codes with every page and form
        self._codes = self._canvas._code
        self._grey = 0.0

    def _up(self, y_mm: float) -> float:
        return (self.height_mm - y_mm) * POINTS_PER_MM

    def _set_grey(self, grey: float) -> None:
        if grey != self._grey:
            self._codes.append(f"{grey:g} g")
            self._grey = grey


def shrunk(text: str, *, size_pt: float, max_mm: float, is_bold: bool = False) -> float:
    """The size at which the text fits, down to about six tenths of `size_pt`."""
    wanted = width_pt(text, size_pt, is_bold=is_bold)
    room = max_mm * POINTS_PER_MM
    return size_pt if wanted <= room else math.floor(size_pt * max(room / wanted, _SHRINK_MIN) * 20) / 20


def fitted(text: str, *, size_pt: float, max_mm: float, is_bold: bool = False) -> str:
    """The text, or as much of its beginning as fits with `…`; for text that `paper_text` has made."""
    room = max_mm * POINTS_PER_MM
    if width_pt(text, size_pt, is_bold=is_bold) <= room:
        return text
    room -= width_pt(_ELLIPSIS, size_pt, is_bold=is_bold)
    return text[: _count(text, size_pt, room, is_bold=is_bold)] + _ELLIPSIS


def wrapped(text: str, *, size_pt: float, max_mm: float, lines_max: int) -> list[str]:
    """The text in at most `lines_max` lines (Chinese breaks anywhere); the last one ends in `…` when more is left."""
    text = paper_text(text)
    lines: list[str] = []
    while text and len(lines) < lines_max - 1:
        count = max(1, _count(text, size_pt, max_mm * POINTS_PER_MM, is_bold=False))
        lines.append(text[:count])
        text = text[count:]
    return [*lines, fitted(text, size_pt=size_pt, max_mm=max_mm)] if text else lines


def _count(text: str, size_pt: float, room_pt: float, *, is_bold: bool) -> int:
    """How many characters from the beginning fit."""
    used = 0.0
    for n, char in enumerate(text):
        used += width_pt(char, size_pt, is_bold=is_bold)
        if used > room_pt:
            return n
    return len(text)
