"""The icon family (Tabler, MIT): drawn from SVG in the colours of the theme, never without a word beside it."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize
from PySide6.QtGui import QColor, QImageReader, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QWidget

from counter_app.resources import resource
from counter_app.ui.theme import px, theme_in_use

ICON_PX = 20


def icon_pixmap(name: str, colour: str, *, size_px: int, ratio: float = 1.0) -> QPixmap:
    """One icon in one colour (`#rrggbb`), sharp at the screen's ratio.

    Raises:
        FileNotFoundError: there is no icon of that name.
    """
    return _drawn(name, colour, size_px, ratio)


class IconView(QWidget):
    """An icon that takes a theme colour when it is painted, so that a change of theme needs nothing."""

    def __init__(self, name: str, tone: str = "ink", *, size_px: int = ICON_PX, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name, self._tone, self._size_px = name, tone, size_px
        resource("icons", f"{name}.svg")

    def set_icon(self, name: str, tone: str) -> None:
        """Shows another icon, or the same in another colour."""
        if (name, tone) != (self._name, self._tone):
            self._name, self._tone = name, tone
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(px(self._size_px), px(self._size_px))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        side = min(self.width(), self.height(), px(self._size_px))
        pixmap = icon_pixmap(
            self._name, getattr(theme_in_use(), self._tone), size_px=side, ratio=self.devicePixelRatioF()
        )
        painter.drawPixmap((self.width() - side) // 2, (self.height() - side) // 2, pixmap)
        painter.end()


@lru_cache(maxsize=256)
def _drawn(name: str, colour: str, size_px: int, ratio: float) -> QPixmap:
    source = resource("icons", f"{name}.svg").read_bytes().replace(b"currentColor", QColor(colour).name().encode())
    buffer = QBuffer()
    buffer.setData(QByteArray(source))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer, QByteArray(b"svg"))
    side = max(1, round(size_px * ratio))
    reader.setScaledSize(QSize(side, side))
    pixmap = QPixmap.fromImage(reader.read())
    pixmap.setDevicePixelRatio(ratio)
    return pixmap
