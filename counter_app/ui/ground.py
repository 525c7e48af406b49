"""The one colour below a table or a card."""

from __future__ import annotations

from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter, QPixmap

from counter_app.ui.theme import theme_in_use

_TILE_PX = 64
_tiles: dict[tuple[object, str], QPixmap] = {}


def lay_ground(painter: QPainter, area: QRect, name: str) -> None:
    """Paints an area in a colour of the theme.

    Qt copies a small picture over a large area in a quarter of the time that it takes to fill it. On a screen of more
    than one pixel each it would have to scale the picture first.
    """
    theme = theme_in_use()
    if painter.device().devicePixelRatio() != 1:
        painter.fillRect(area, theme.color(name))
        return
    tile = _tiles.get((theme, name))
    if tile is None:
        tile = _tiles[theme, name] = QPixmap(_TILE_PX, _TILE_PX)
        tile.fill(theme.color(name))
    painter.drawTiledPixmap(area, tile)
