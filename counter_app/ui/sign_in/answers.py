"""What became of money that was on the table when the program ended: the first thing anybody sees."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtGui import QShowEvent

from counter_app.ui.blocks import Card, Chip, Label, PrimaryButton
from counter_app.ui.cover_page import CoverPage
from counter_app.ui.keys import Action
from counter_app.ui.language import tr
from counter_app.ui.sign_in.presenter import AnswerScreen

_CARD_PX = 540


class AnswersPage(CoverPage):
    """One inset card an answer: "recorded" with its receipt, or "not recorded" and what to do with the money."""

    def __init__(self, answers: Sequence[AnswerScreen], on_seen: Callable[[], object]) -> None:
        super().__init__(_CARD_PX)
        self.answers = tuple(answers)
        self._on_seen = on_seen
        body = self.card.body
        body.addWidget(Label(tr("上次没有收完的款"), role="heading"))
        for answer in self.answers:
            card = Card(is_inset=True)
            card.body.addWidget(Chip("good" if answer.is_recorded else "warn", answer.headline))
            card.body.addWidget(Label(answer.words, is_wrapped=True))
            body.addWidget(card)
        self.button = PrimaryButton(tr("知道了"), "F9")
        self.button.clicked.connect(self._see)
        body.addWidget(self.button)

    def key_actions(self) -> tuple[Action, ...]:
        """F9 says that the answers were read."""
        return (Action("seen", tr("知道了"), "F9", self._see),)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.button.setFocus()

    def _see(self) -> None:
        if self.button.isEnabled():
            self.button.setEnabled(False)
            self._on_seen()
