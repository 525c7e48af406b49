"""Where a follow-up is written down: the case on top, its outcome by number, and a further day if one is meant."""

from __future__ import annotations

from collections.abc import Callable

from counter_app.ui.blocks import Label, PrimaryButton
from counter_app.ui.fields import TextField
from counter_app.ui.keys import Action
from counter_app.ui.language import tr
from counter_app.ui.numbered import NumberedLine
from counter_app.ui.panels import Panel
from counter_app.ui.retention.presenter_visits import VisitScreen
from counter_app.ui.retention.whole_panel import section_column
from counter_app.ui.theme import LARGEST_SCALE, px, scale_in_use

_WIDTH_PX, _FACTS_PX = 520, 220


class VisitPanel(Panel):
    """`on_save` gets the number of the outcome and the day, both as typed."""

    def __init__(self, screen: VisitScreen, on_save: Callable[[str, str], object]) -> None:
        super().__init__(screen.heading, width_px=_WIDTH_PX)
        self._on_save = on_save
        self.facts = section_column(screen.sections)
        self.facts.setMinimumHeight(min(px(_FACTS_PX), _FACTS_PX))
        self.outcome = NumberedLine(tr("结果（填编号）"))
        self.outcome.show_options(screen.outcomes)
        self.next_on = TextField(tr("再约一次（可不填）"), is_number=True, hint=tr("例如 2026-12-31"))
        self.error = Label(role="field-error", is_wrapped=True)
        self.error.hide()
        self.save_button = PrimaryButton(tr("存好这次回访"), "F9")
        self.first = self.outcome.entry
        self.body.addWidget(Label(screen.lead, is_wrapped=True))
        self.body.addWidget(self.facts, 1)
        # with the largest text the fields go with the case, and only the way on stands still
        fields = self.facts.body if scale_in_use() >= LARGEST_SCALE else self.body
        for widget in (self.outcome, self.next_on, self.error):
            fields.addWidget(widget)
        self.body.addWidget(self.save_button)
        self.outcome.picked.connect(self._pick)
        self.outcome.entry.entered.connect(self.next_on.entry.setFocus)
        self.next_on.entry.entered.connect(self.press)
        self.save_button.clicked.connect(self.press)

    def press(self) -> None:
        """Write it down; the button is inert until there is an answer."""
        if self.save_button.isEnabled():
            self.save_button.setEnabled(False)
            self._say("")
            self._on_save(self.outcome.entry.text().strip(), self.next_on.entry.text().strip())

    def fail(self, field: str, words: str) -> None:
        """Say what is wrong, beside its field where it is one's."""
        self.save_button.setEnabled(True)
        wrong = {"outcome": self.outcome, "next_on": self.next_on}.get(field)
        if wrong is None:
            self._say(words)
            return
        wrong.show_error(words)
        wrong.entry.setFocus()

    def shortcuts(self) -> tuple[Action, ...]:
        """The keys of the panel."""
        return (Action("visit-save", tr("存好这次回访"), "F9", self.press),)

    def _pick(self, number: str) -> None:
        self.outcome.entry.setText(number)
        self.outcome.show_error("")

    def _say(self, words: str) -> None:
        self.error.setText(words)
        self.error.setVisible(bool(words))
