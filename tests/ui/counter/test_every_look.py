"""The counter's own pages beyond the usual matrix: high contrast, and text twice as large, in both languages."""

from __future__ import annotations

import pytest

from counter_app.ui.language import LANGUAGES, Language
from counter_app.ui.pictures import Look, shown
from tests.ui.counter.rooms import COUNTER_PAGES
from tests.ui.inspection import faults


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", COUNTER_PAGES)
def test_a_page_is_whole_in_high_contrast_and_twice_the_text(name: str, language: Language) -> None:
    with shown(COUNTER_PAGES[name], Look(1920, 1080, "high-contrast", 200, language)) as window:
        assert (window.width(), window.height()) == (1920, 1080)
        assert faults(window) == []
