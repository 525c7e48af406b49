"""The rail's buttons: one room each, an icon over its word."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QWidget

from counter_app.resources import resource
from counter_app.ui.formats import plain
from counter_app.ui.icons import icon_pixmap
from counter_app.ui.theme import NOTE_PX, px, scale_in_use, sized_font, theme_in_use

_ICON_PX = 20
_LARGEST_ICON_SCALE = 1.25


class RoomButton(QAbstractButton):
    """A room in the rail; checked while it is on the screen."""

    def __init__(self, word: str, icon: str, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        resource("icons", f"{icon}.svg")
        self._word, self._icon, self._count = plain(word), icon, 0
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._name()

    def set_count(self, count: int) -> None:
        """The number after the word; 0 shows none."""
        self._count = count
        self._name()
        self.updateGeometry()
        self.update()

    def shown_text(self) -> str:
        """The word with its number."""
        return f"{self._word} {self._count}" if self._count else self._word

    def text_rect(self) -> QRect:
        """Where the word is painted."""
        top = 6 + self._icon_side() + 2
        return QRect(0, top, self.width(), self.height() - top - 4)

    def sizeHint(self) -> QSize:
        metrics = self._metrics()
        width = max(px(52), metrics.horizontalAdvance(self.shown_text()) + 12)
        return QSize(width, 6 + self._icon_side() + 2 + metrics.height() + 6)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = theme_in_use()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        painter.setPen(QPen(theme.color("focus"), 2) if self.hasFocus() else Qt.PenStyle.NoPen)
        is_lit = self.isChecked()
        if is_lit or self.underMouse():
            painter.setBrush(theme.color("accent_soft" if is_lit else "sunken"))
        painter.drawRoundedRect(area, 8, 8)
        tone = "accent" if is_lit else "muted"
        side = self._icon_side()
        painter.setOpacity(1.0 if self.isEnabled() else 0.45)
        pixmap = icon_pixmap(self._icon, getattr(theme, tone), size_px=side, ratio=self.devicePixelRatioF())
        painter.drawPixmap((self.width() - side) // 2, 6, pixmap)
        painter.setPen(theme.color(tone))
        painter.setFont(sized_font(NOTE_PX + 1))
        painter.drawText(self.text_rect(), int(Qt.AlignmentFlag.AlignCenter), self.shown_text())
        painter.end()

    def _icon_side(self) -> int:
        return round(_ICON_PX * min(scale_in_use() / 100, _LARGEST_ICON_SCALE))

    def _metrics(self) -> QFontMetrics:
        return QFontMetrics(sized_font(NOTE_PX + 1))

    def _name(self) -> None:
        self.setAccessibleName(self.shown_text())
