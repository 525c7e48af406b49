"""A fact as cards and panels show it."""

from __future__ import annotations

from dataclasses import dataclass

from counter_app.ui.theme import Tone


@dataclass(frozen=True, slots=True)
class Fact:
    """A word and its value, as a card or a panel shows them."""

    word: str
    value: str
    tone: Tone = "ink"
