"""Journeys run in the usual look: the packaged font, light, 100 %, Chinese."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication

from counter_app.ui.language import use_language
from counter_app.ui.theme import apply_theme


@pytest.fixture(autouse=True)
def usual_look(qapp: QApplication) -> None:
    """Whatever the test before has left."""
    use_language("zh")
    apply_theme(qapp, "light", 100, fonts="packaged")
