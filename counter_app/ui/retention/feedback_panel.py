"""Where the hall manager answers: the problem and its case on top, one line for the answer below."""

from __future__ import annotations

from collections.abc import Callable

from counter_app.ui.blocks import Label, PrimaryButton
from counter_app.ui.fields import TextField
from counter_app.ui.keys import Action
from counter_app.ui.language import tr
from counter_app.ui.panels import Panel
from counter_app.ui.retention.presenter_feedbacks import ProblemScreen
from counter_app.ui.retention.whole_panel import section_column
from counter_app.ui.theme import LARGEST_SCALE, px, scale_in_use

_WIDTH_PX, _FACTS_PX = 560, 240


class FeedbackPanel(Panel):
    """`on_save` gets the answer as typed."""

    def __init__(self, screen: ProblemScreen, on_save: Callable[[str], object]) -> None:
        super().__init__(screen.heading, width_px=_WIDTH_PX)
        self._on_save = on_save
        self.facts = section_column(screen.sections)
        self.facts.setMinimumHeight(min(px(_FACTS_PX), _FACTS_PX))
        self.words = TextField(tr("答复：怎么处理"), hint=tr("不写姓名、电话、证件号"))
        self.error = Label(role="field-error", is_wrapped=True)
        self.error.hide()
        self.save_button = PrimaryButton(tr("已阅，存好答复"), "F9")
        self.first = self.words.entry
        self.body.addWidget(Label(screen.lead, is_wrapped=True))
        self.body.addWidget(self.facts, 1)
        # with the largest text the fields go with the case, and only the way on stands still
        fields = self.facts.body if scale_in_use() >= LARGEST_SCALE else self.body
        for widget in (self.words, self.error):
            fields.addWidget(widget)
        self.body.addWidget(self.save_button)
        self.words.entry.entered.connect(self.press)
        self.save_button.clicked.connect(self.press)

    def press(self) -> None:
        """Keep the answer; the button is inert until it is kept or refused."""
        if self.save_button.isEnabled():
            self.save_button.setEnabled(False)
            self._say("")
            self._on_save(self.words.entry.text().strip())

    def fail(self, field: str, words: str) -> None:
        """Say what is wrong, beside its field where it is one's."""
        self.save_button.setEnabled(True)
        if field == "words":
            self.words.show_error(words)
            self.words.entry.setFocus()
        else:
            self._say(words)

    def shortcuts(self) -> tuple[Action, ...]:
        """The keys of the panel."""
        return (Action("feedback-save", tr("已阅，存好答复"), "F9", self.press),)

    def _say(self, words: str) -> None:
        self.error.setText(words)
        self.error.setVisible(bool(words))
