"""The label that every text of a page stands on."""

from __future__ import annotations

from typing import Literal

from PySide6.QtWidgets import QLabel, QWidget

from counter_app.ui.early import PLAIN_TEXT
from counter_app.ui.formats import plain
from counter_app.ui.theme import Tone

Role = Literal["body", "muted", "note", "heading", "amount", "figure", "banner", "giant", "field-error"]


class Label(QLabel):
    """Text that is never read as markup, whoever wrote it."""

    def __init__(
        self,
        text: str = "",
        *,
        role: Role = "body",
        tone: Tone | None = None,
        is_wrapped: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setProperty("textFormat", PLAIN_TEXT)
        self.setOpenExternalLinks(False)
        self.setWordWrap(is_wrapped)
        self.setProperty("role", role)
        self._tone = tone
        if tone is not None:
            self.setProperty("tone", tone)
        self.setText(text)

    def setText(self, text: str) -> None:
        shown = plain(text, is_multiline=self.wordWrap())
        if shown != self.text():
            super().setText(shown)

    def set_tone(self, tone: Tone | None) -> None:
        """Colours the text; None gives back the colour of its role."""
        if self._tone != tone:
            self._tone = tone
            self.setProperty("tone", tone)
            self.style().unpolish(self)
            self.style().polish(self)
