"""A line of text that paints itself and what it stands on."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from counter_app.ui.formats import plain
from counter_app.ui.label import Label, Role
from counter_app.ui.shaped import Letters, Shaped, letters_of, whole
from counter_app.ui.theme import Tone, theme_in_use


class CoveringLabel(Label):
    """One line that paints itself and the colour it stands on.

    Another text paints nothing of all that lies below, and nothing is laid out anew while it needs the same room.
    `ground` names that colour in the theme; without one the line lets everything through.
    """

    def __init__(
        self,
        text: str = "",
        *,
        role: Role = "body",
        tone: Tone | None = None,
        ground: str = "",
        is_right: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        self._ground, self._is_right = ground, is_right
        self._said = ""
        self._line: Shaped | None = None
        self._room: tuple[int, int] | None = None
        self._letters: Letters | None = None
        self._letters_px: float | None = None
        super().__init__(text, role=role, tone=tone, parent=parent)

    def text(self) -> str:
        return self._said

    def setText(self, text: str) -> None:
        # Qt's own would lay out the page for every text, whatever room it needs
        shown = plain(text)
        if shown != self._said:
            self._said, self._line = shown, None
            self.setAccessibleName(shown)
            self.update()
            room = self.needed_room()
            if room != self._room:
                self._room = room
                self.updateGeometry()

    def set_tone(self, tone: Tone | None) -> None:
        super().set_tone(tone)
        self._cover()

    def set_ground(self, ground: str) -> None:
        """It stands on another colour."""
        self._ground = ground
        self.update()

    def needed_room(self) -> tuple[int, int]:
        """Width and height in pixels that the text asks of its layout."""
        if not self._said:
            return self.fontMetrics().averageCharWidth(), self.fontMetrics().lineSpacing()
        line = self.whole_line()
        return whole(line.width), whole(line.height)

    def whole_line(self) -> Shaped:
        """The text as it is painted where there is room for it."""
        if self._line is None:
            self._line = self.letters().line(self._said)
        return self._line

    def letters(self) -> Letters:
        """The letters of the font that the style sheet gives the line."""
        if self._letters is None:
            self._letters = letters_of(self.font())
        return self._letters

    def sizeHint(self) -> QSize:
        self._room = self.needed_room()
        return QSize(*self._room)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._cover()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._line = self._room = self._letters = self._letters_px = None
        if event.type() == QEvent.Type.StyleChange:
            self._cover()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self._ground:
            painter.fillRect(event.rect(), theme_in_use().color(self._ground))
        if self._said:
            line, area = self.fitted_line(), self.contentsRect()
            # a painter begins with its widget's own colour and font
            left = area.left() + (area.width() - line.width if self._is_right else 0)
            above = (area.height() - self.letters_px(line)) / 2
            self.letters().draw(painter, left, area.top() + above, line.text)
        painter.end()

    def fitted_line(self) -> Shaped:
        """The line that is painted."""
        return self.whole_line()

    def letters_px(self, _line: Shaped) -> float:
        """The height that stands in the middle: of the letters, as in Qt's own labels, not of the pixels around."""
        if self._letters_px is None:
            self._letters_px = QFontMetricsF(self.font()).height()
        return self._letters_px

    def _cover(self) -> None:
        # the style sheet takes it back whenever it styles a label
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent, bool(self._ground))
