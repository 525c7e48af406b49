"""Pictures of pages as a person would see them, for the tests, the README and the command line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from PySide6.QtCore import QEvent
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QWidget

from counter_app.ui.language import Language, language_in_use, use_language
from counter_app.ui.theme import Fonts, Scale, ThemeName, apply_theme, scale_in_use, theme_name

_ROUNDS = 4


@dataclass(frozen=True, slots=True)
class Look:
    """How a page is shown: the window's size in pixels, colours, text size in per cent, language, fonts."""

    width: int = 1366
    height: int = 768
    theme: ThemeName = "light"
    scale: Scale = 100
    language: Language = "zh"
    fonts: Fonts = "packaged"

    @property
    def name(self) -> str:
        """A name for a file or a test."""
        return f"{self.width}x{self.height}-{self.theme}-{self.scale}-{self.language}"


@contextmanager
def shown(make: Callable[[], QWidget], look: Look) -> Iterator[QWidget]:
    """The page that `make` builds, shown in that look and laid out; afterwards it is gone and the old look is back."""
    app = QApplication.instance()
    assert isinstance(app, QApplication), "a picture needs the application object"
    before = (theme_name(), scale_in_use(), language_in_use())
    use_language(look.language)
    apply_theme(app, look.theme, look.scale, fonts=look.fonts)
    widget = make()
    try:
        widget.resize(look.width, look.height)
        widget.show()
        settle(app)
        yield widget
    finally:
        widget.close()
        widget.deleteLater()
        app.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        apply_theme(app, before[0], before[1], fonts=look.fonts)
        use_language(before[2])


def grab(make: Callable[[], QWidget], look: Look) -> QImage:
    """The picture of a page in that look."""
    with shown(make, look) as widget:
        return widget.grab().toImage()


def settle(app: QApplication) -> None:
    """Lets layouts and paint events come to rest."""
    for _ in range(_ROUNDS):
        app.processEvents()
