"""The page of the step 反馈厅经理: the problem as the talk told it, what is added to it, and what was answered."""

from __future__ import annotations

from PySide6.QtCore import Signal

from counter_app.ui.blocks import SPACE, Label, ScrollColumn
from counter_app.ui.fields import TextField
from counter_app.ui.language import tr
from counter_app.ui.retention.line_card import LineCard, LineList
from counter_app.ui.retention.screen import FeedbackScreen


class FeedbackPage(ScrollColumn):
    """`typed` carries what is added to the problem, `entered` is Enter in its line."""

    typed = Signal(str)
    entered = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.word = Label(tr("客户的问题"), role="muted")
        self.talk = Label(is_wrapped=True)
        self.words = TextField(tr("补充（可不填；不写姓名、电话、证件号）"))
        self.words.label.setWordWrap(True)
        self.given = LineList()
        self.body.setSpacing(SPACE + 4)
        for widget in (self.given, self.word, self.talk, self.words):
            self.body.addWidget(widget)
        self.body.addStretch(1)
        self.words.entry.typed.connect(self.typed)
        self.words.entry.entered.connect(self.entered)

    def show_feedback(self, screen: FeedbackScreen) -> None:
        """Draws what was told so far, and what would be told now."""
        self.given.show_cards(
            screen.given,
            lambda: [LineCard(line.words, state=line.state, tone=line.tone, note=line.when) for line in screen.given],
        )
        self.talk.setText(screen.talk)
        if self.words.entry.text() != screen.text:
            self.words.entry.setText(screen.text)
        for widget in (self.word, self.talk, self.words):
            widget.setVisible(screen.is_open)

    def begin(self) -> None:
        """The cursor to what may be added."""
        self.words.entry.setFocus()
