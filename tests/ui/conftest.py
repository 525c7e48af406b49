"""What every test of the window needs: the application in the packaged font, light, 100 %, Chinese."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication

from counter_app.ui.language import use_language
from counter_app.ui.theme import apply_theme, scale_in_use, theme_name


@pytest.fixture(autouse=True)
def usual_look(qapp: QApplication) -> Iterator[QApplication]:
    """Every test begins in the usual look, whatever the one before has left."""
    use_language("zh")
    if (theme_name(), scale_in_use()) != ("light", 100) or qapp.font().families()[0] != "Noto Sans SC":
        apply_theme(qapp, "light", 100, fonts="packaged")
    yield qapp
    use_language("zh")
    # widgets that a test is done with go at once: each living one makes the next change of look slower
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
