"""A document on an 80 mm roll: one column from top to bottom, as long as its content."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from counter_app.documents.fonts import Font
from counter_app.documents.paper import Paper
from counter_app.documents.pdf import Sheet, wrapped
from counter_app.documents.qr import qr_modules

SMALL, TEXT = 7.2, 9.0
_LEFT, _RIGHT = 4.0, 76.0
_MIDDLE = (_LEFT + _RIGHT) / 2
_LABEL_WIDTH = 17.0
_SOFT = 0.25
_MODULE_MM = 0.5  # four dots at 203 dpi: scans from thermal paper


class Roll:
    """Drawing steps from top to bottom; the sheet is made when their height is known."""

    def __init__(self) -> None:
        self.y = 4.0
        self._steps: list[Callable[[Sheet], None]] = []

    def centered(self, text: str, *, size_pt: float, is_bold: bool = False, lines_max: int = 2) -> None:
        """A heading, in several lines where it is long."""
        for line in wrapped(text, size_pt=size_pt, max_mm=_RIGHT - _LEFT - 1, lines_max=lines_max):
            self.y += size_pt * 0.46
            self._text(_MIDDLE, line, size_pt=size_pt, is_bold=is_bold, align="center")

    def pair(self, label: str, value: str, *, size_pt: float = TEXT, is_bold: bool = False) -> None:
        """A label at the left and a figure at the right of one line."""
        self.y += size_pt * 0.53
        self._text(_LEFT, label, size_pt=TEXT, max_mm=42)
        self._text(_RIGHT, value, size_pt=size_pt, is_bold=is_bold, align="right", max_mm=40, may_shrink=True)

    def field(self, label: str, value: str) -> None:
        """A label and a value that may need two lines."""
        lines = wrapped(value, size_pt=TEXT, max_mm=_RIGHT - _LEFT - _LABEL_WIDTH, lines_max=2) or [""]
        for n, line in enumerate(lines):
            self.y += TEXT * 0.53
            if n == 0:
                self._text(_LEFT, label, size_pt=TEXT, grey=_SOFT)
            self._text(_LEFT + _LABEL_WIDTH, line, size_pt=TEXT)

    def note(self, text: str, *, indent_mm: float = 0.0, lines_max: int = 2) -> None:
        """Small text, wrapped."""
        for line in wrapped(text, size_pt=SMALL, max_mm=_RIGHT - _LEFT - indent_mm, lines_max=lines_max):
            self.y += SMALL * 0.5
            self._text(_LEFT + indent_mm, line, size_pt=SMALL, grey=_SOFT)

    def rule(self, *, dash: str = "1.5 1.5") -> None:
        """A line across, with air above and below."""
        self.y += 2.2
        self._steps.append(partial(Sheet.rule, x1_mm=_LEFT, y1_mm=self.y, x2_mm=_RIGHT, y2_mm=self.y, dash=dash))
        self.y += 0.6

    def code(self, text: str) -> None:
        """The QR code in the middle, with its quiet zone."""
        rows = qr_modules(text)
        size = len(rows) * _MODULE_MM
        self.y += 4 * _MODULE_MM
        self._steps.append(partial(Sheet.modules, x_mm=_MIDDLE - size / 2, y_mm=self.y, size_mm=size, rows=rows))
        self.y += size + 4 * _MODULE_MM

    def seal(self, label: str) -> None:
        """Room for the hall's seal."""
        self.y += 2.0
        box = partial(Sheet.box, x_mm=_MIDDLE - 20, y_mm=self.y, width_mm=40, height_mm=24, grey=0.5, dash="2 2")
        self._steps.append(box)
        self.y += 22.0
        self._text(_MIDDLE, label, size_pt=SMALL, align="center", grey=_SOFT)
        self.y += 3.0

    def sign(self, label: str) -> None:
        """Room for a signature, with a line to sign on."""
        self.y += TEXT * 0.53
        self._text(_LEFT, label, size_pt=TEXT, grey=_SOFT)
        self.y += 13.0
        line = partial(Sheet.rule, x1_mm=_LEFT + 12, y1_mm=self.y, x2_mm=_RIGHT, y2_mm=self.y, width_pt=0.4)
        self._steps.append(line)

    def drawn(self, *, title: str, usual: Mapping[Font, str], watermark: str = "", grey: float = 0.9) -> bytes:
        """The document, as high as what was added, with the watermark every 90 mm."""
        sheet = Sheet(width_mm=Paper.ROLL_80.size_mm[0], height_mm=self.y + 6, title=title, usual=usual)
        if watermark:
            for y in range(60, int(self.y), 90):
                sheet.text(_MIDDLE, y, watermark, size_pt=70, align="center", grey=grey, angle=12, spacing_pt=14)
        for step in self._steps:
            step(sheet)
        sheet.next_page()
        return sheet.data()

    def _text(
        self,
        x_mm: float,
        text: str,
        *,
        size_pt: float,
        is_bold: bool = False,
        align: str = "left",
        grey: float = 0.0,
        max_mm: float | None = None,
        may_shrink: bool = False,
    ) -> None:
        step = partial(Sheet.text, x_mm=x_mm, y_mm=self.y, text=text, size_pt=size_pt, is_bold=is_bold)
        self._steps.append(partial(step, align=align, grey=grey, max_mm=max_mm, may_shrink=may_shrink))
