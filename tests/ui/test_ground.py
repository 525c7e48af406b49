"""A ground laid on a large area is the theme's colour on every pixel of it, and on no other."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication

from counter_app.ui.ground import lay_ground
from counter_app.ui.theme import apply_theme, theme_in_use


@pytest.mark.parametrize("pixel_ratio", [1.0, 1.25, 2.0])
def test_a_ground_is_one_colour_to_its_edges_in_every_theme(qapp: QApplication, pixel_ratio: float) -> None:
    for theme in ("light", "dark"):
        apply_theme(qapp, theme, 100, fonts="packaged")
        for name in ("raised", "surface"):
            pictures = []
            for is_laid in (True, False):
                picture = QImage(400, 300, QImage.Format.Format_RGB32)
                picture.setDevicePixelRatio(pixel_ratio)
                picture.fill(QColor("#010203"))
                painter, area = QPainter(picture), QRect(7, 5, 211, 187)
                if is_laid:
                    lay_ground(painter, area, name)
                else:
                    painter.fillRect(area, theme_in_use().color(name))
                painter.end()
                pictures.append(picture)
            assert pictures[0] == pictures[1]
