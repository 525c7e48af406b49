"""The card below the open bills: how the late fee of the chosen one came about."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from counter_app.ui.blocks import SPACE, Card, ScrollColumn
from counter_app.ui.formats import plain
from counter_app.ui.ground import lay_ground
from counter_app.ui.payments.screen import WorkingScreen
from counter_app.ui.shaped import Shaped, Shapes, whole
from counter_app.ui.theme import BODY_PX, NOTE_PX, px, scale_in_use, sized_font, theme_in_use

_LARGE = 150
"""From this text size (per cent) on a long step takes two lines."""

_LEAST_FORMULA_PX = 120
_GAP, _ACROSS = 4, 3 * SPACE


class WorkingCard(Card):
    """Steps in three columns, the rule and the law below; it scrolls when there are many steps."""

    def __init__(self) -> None:
        super().__init__(is_inset=True)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._column = ScrollColumn()
        self._column.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._steps = PaintedWorking()
        self._column.body.addWidget(self._steps)
        # a scrolling column does not pass on that what it holds wants another height
        self._steps.room_changed.connect(self._column.updateGeometry)
        self._shown: WorkingScreen | None = None
        self.body.setContentsMargins(2 * SPACE, SPACE + 2, SPACE, SPACE + 2)
        self.body.addWidget(self._column)

    def show_working(self, working: WorkingScreen | None) -> bool:
        """Draws another bill's working; None hides the card. True when it wants another room than before."""
        if working == self._shown:
            return False
        before, self._shown = self._shown, working
        self.setVisible(working is not None)
        is_other = working is not None and self._steps.show_working(working)
        if is_other:
            self.updateGeometry()
        return is_other or (working is None) != (before is None)

    def texts(self) -> tuple[str, ...]:
        """Everything that stands on the card."""
        return self._steps.texts() if self._shown is not None else ()


class _Piece(NamedTuple):
    """A text, where it stands, and its colour."""

    left: float
    top: float
    shaped: Shaped
    tone: str


class PaintedWorking(QWidget):
    """Heading, steps and notes painted by one widget, for twenty labels cost a tenth of a customer's whole page.

    `room_changed` tells that they need another width or height.
    """

    room_changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        # it paints all of its ground: nothing below is painted in vain
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._heading = ""
        self._lines: tuple[tuple[str, str, str], ...] = ()
        self._notes: tuple[str, ...] = ()
        self._body, self._note = Shapes(), Shapes()
        self._steps: list[tuple[Shaped, Shaped, Shaped]] = []
        self._laid: tuple[int, tuple[_Piece, ...], int] | None = None
        self._hinted = (0, 0)
        self._widths, self._least_px = (0, 0, 0), 0
        self._take_fonts()

    def show_working(self, working: WorkingScreen) -> bool:
        """Puts other words in; True when they need another room than before."""
        self._heading = plain(working.heading, is_multiline=True)
        self._lines = tuple([(plain(x.period), plain(x.formula), plain(x.amount)) for x in working.lines])
        self._notes = tuple([plain(note, is_multiline=True) for note in working.notes])
        self._measure()
        heading, *rest = self.texts()
        self.setAccessibleName(heading)
        self.setAccessibleDescription("\n".join(rest))
        self.update()
        return self._tell_room()

    def texts(self) -> tuple[str, ...]:
        """Every word that is shown, from top to bottom."""
        return (self._heading, *(text for line in self._lines for text in line), *self._notes)

    def minimumSizeHint(self) -> QSize:
        return QSize(self._least_px, self.heightForWidth(self.width()))

    def sizeHint(self) -> QSize:
        return self.minimumSizeHint()

    def heightForWidth(self, width: int) -> int:
        # for whoever asks; layouts do not, they would ask for the least width, where everything is at its highest
        return self._lay_out(width)[1]

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._tell_room()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.StyleChange, QEvent.Type.FontChange):
            self._take_fonts()
            self._tell_room()
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, theme = QPainter(self), theme_in_use()
        lay_ground(painter, event.rect(), "raised")
        drawn = ""
        letters = self._body.letters
        for left, top, (text, _, _), tone in self._lay_out(self.width())[0]:
            if tone != drawn:
                drawn, letters = tone, (self._body if tone == "ink" else self._note).letters
                painter.setPen(theme.color(tone))
                painter.setFont(letters.font)
            letters.draw(painter, left, top, text)
        painter.end()

    def _take_fonts(self) -> None:
        self._body.take_font(sized_font(BODY_PX))
        self._note.take_font(sized_font(NOTE_PX))
        self._measure()

    def _tell_room(self) -> bool:
        hinted = (self._least_px, self.heightForWidth(self.width()))
        if hinted == self._hinted:
            return False
        self._hinted = hinted
        self.updateGeometry()
        self.room_changed.emit()
        return True

    def _measure(self) -> None:
        """The widths of the three columns of steps where each stands on one line, and the least of all."""
        shape = self._note.shape
        self._steps = [(shape(period), shape(formula), shape(amount)) for period, formula, amount in self._lines]
        widths = [whole(max([part.width for part in column])) for column in zip(*self._steps, strict=True)]
        first, second, third = self._widths = (widths[0], widths[1], widths[2]) if widths else (0, 0, 0)
        if scale_in_use() >= _LARGE:
            second = min(second, px(_LEAST_FORMULA_PX))
        self._least_px = first + second + third + 2 * _ACROSS
        self._laid = None

    def _lay_out(self, width: int) -> tuple[tuple[_Piece, ...], int]:
        """Every text in its place in a width, and the height of all."""
        width = max(width, self._least_px)
        if self._laid is None or self._laid[0] != width:
            heading = self._body.shape(self._heading, width)
            steps, below = self._place_steps(width, heading.height + _GAP)
            for text in self._notes:
                note = self._note.shape(text, width)
                steps.append(_Piece(0, below, note, "muted"))
                below += note.height + _GAP
            self._laid = (width, (_Piece(0, 0, heading, "ink"), *steps), whole(below - _GAP))
        return self._laid[1], self._laid[2]

    def _place_steps(self, width: int, top: float) -> tuple[list[_Piece], float]:
        """The steps from a height on, and where they end."""
        pieces: list[_Piece] = []
        first, second, third = self._widths
        is_large = scale_in_use() >= _LARGE
        if is_large:
            second = width - first - third - 2 * _ACROSS
        end = first + second + third + 2 * _ACROSS
        for (_, words, _), (period, on_one_line, amount) in zip(self._lines, self._steps, strict=True):
            formula = self._note.shape(words, second) if is_large else on_one_line
            height = max(period.height, formula.height, amount.height)
            for left, part in ((0, period), (first + _ACROSS, formula), (end - amount.width, amount)):
                pieces.append(_Piece(left, top + (height - part.height) / 2, part, "muted"))
            top += height + _GAP
        return pieces, top
