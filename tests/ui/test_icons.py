"""Icons take their colour from the theme and bring their licence."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QColor

from counter_app.resources import resource
from counter_app.ui.icons import IconView, icon_pixmap

ICONS = sorted(path.stem for path in resource("icons").glob("*.svg"))


@pytest.mark.parametrize("name", ICONS)
def test_an_icon_is_painted_in_the_asked_colour(name: str) -> None:
    image = icon_pixmap(name, "#ff0000", size_px=40).toImage()
    painted = {
        image.pixelColor(x, y).name() for x in range(40) for y in range(40) if image.pixelColor(x, y).alpha() == 255
    }
    assert painted == {QColor("#ff0000").name()}


def test_an_icon_is_sharp_on_a_fine_screen() -> None:
    assert icon_pixmap("cash", "#000000", size_px=20, ratio=2.0).width() == 40


def test_an_unknown_icon_is_found_out_at_once() -> None:
    with pytest.raises(FileNotFoundError):
        IconView("no-such-icon")


def test_the_licence_lies_with_the_icons() -> None:
    assert "MIT License" in resource("icons", "LICENSE.txt").read_text(encoding="utf-8")
