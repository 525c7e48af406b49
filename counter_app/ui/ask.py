"""A question to the person at the counter: what, the choices, and a line for the reason where one is needed."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from counter_app.ui.blocks import SPACE, Button, ButtonKind, Label
from counter_app.ui.fields import TextField
from counter_app.ui.keys import Action
from counter_app.ui.language import tr
from counter_app.ui.panels import Panel, Panels


class Choice(NamedTuple):
    """One answer: its stable key, its word, how it looks, its shortcut; `is_money`: Enter does not give it."""

    key: str
    word: str
    kind: ButtonKind = "plain"
    shortcut: str = ""
    is_money: bool = False


class Asked(NamedTuple):
    """The line that a question asks for; `is_secret` for a password."""

    word: str
    is_required: bool = True
    is_secret: bool = False
    hint: str = ""


class Question(NamedTuple):
    """What is asked. The choices stand in reading order; Esc is always "back" and needs none."""

    heading: str
    text: str
    choices: tuple[Choice, ...]
    field: Asked | None = None


class Answer(NamedTuple):
    """The chosen key and the text of the line, stripped."""

    choice: str
    text: str = ""


class QuestionPanel(Panel):
    """A question as a panel. A required line left empty keeps it open and says so."""

    def __init__(self, question: Question, on_choice: Callable[[Answer], object]) -> None:
        super().__init__(question.heading)
        self._question, self._on_choice = question, on_choice
        self.body.addWidget(Label(question.text, is_wrapped=True))
        self.field: TextField | None = None
        if question.field is not None:
            asked = question.field
            self.field = TextField(asked.word, is_secret=asked.is_secret, hint=asked.hint)
            self.body.addWidget(self.field)
        self.buttons = [self._button(choice) for choice in question.choices]
        self.body.addSpacing(SPACE)
        row = QHBoxLayout()
        row.setSpacing(SPACE)
        for button in self.buttons:
            row.addWidget(button)
        row.addStretch(1)
        row.addWidget(Label(tr("Esc 返回"), role="note"))
        self.body.addLayout(row)
        self.first = self.field.entry if self.field is not None else self.buttons[0]
        if self.field is not None:
            # Enter in the line goes on to the answers; it never answers by itself
            self.field.entry.entered.connect(self.buttons[0].setFocus)

    def shortcuts(self) -> tuple[Action, ...]:
        """The shortcuts of the choices."""
        return tuple(
            Action(choice.key, choice.word, choice.shortcut, partial(self.choose, choice.key))
            for choice in self._question.choices
            if choice.shortcut
        )

    def choose(self, key: str) -> None:
        """Answers, unless the required line is empty."""
        text = self.field.entry.text().strip() if self.field is not None else ""
        asked = self._question.field
        if self.field is not None and asked is not None and asked.is_required and not text:
            self.field.show_error(tr("还没有填写“{word}”。请先填写，再选择。", word=asked.word))
            self.field.entry.setFocus()
            return
        self._on_choice(Answer(key, text))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Left: False, Qt.Key.Key_Up: False, Qt.Key.Key_Right: True, Qt.Key.Key_Down: True}
        is_next = steps.get(Qt.Key(event.key()))
        if is_next is None:
            super().keyPressEvent(event)
        else:
            self.focusNextPrevChild(is_next)

    def _button(self, choice: Choice) -> Button:
        button = Button(choice.word, key=choice.shortcut, kind=choice.kind, is_money=choice.is_money)
        # one height for all of them, whatever their kind
        button.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Expanding)
        button.clicked.connect(lambda: self.choose(choice.key))
        return button


def ask(
    panels: Panels,
    question: Question,
    on_answer: Callable[[Answer], object],
    *,
    beside: QWidget | None = None,
    on_back: Callable[[], object] | None = None,
) -> QuestionPanel:
    """Puts the question beside what it is about; one of `on_answer` and `on_back` is called, after it has closed."""

    def answered(answer: Answer) -> None:
        panels.close_panel(panel)
        on_answer(answer)

    panel = QuestionPanel(question, answered)
    panels.open(panel, beside=beside, actions=panel.shortcuts(), on_back=on_back)
    return panel
