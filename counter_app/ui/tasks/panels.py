"""The panels of 待办: what a customer gets back with the words to say, and what was done about a matter."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QApplication, QHBoxLayout

from counter_app.domain.tasks import CreditWay, OpenTask
from counter_app.ui.blocks import SPACE, Button, Label, PrimaryButton
from counter_app.ui.fact_rows import fact_column
from counter_app.ui.fields import TextField
from counter_app.ui.keys import Action
from counter_app.ui.language import tr
from counter_app.ui.panels import Panel
from counter_app.ui.tasks.words import kind_word, message_words, task_facts, why_words

_WIDTH_PX, _FACTS_PX, _CREDIT_PX = 520, 230, 350


class CreditPanel(Panel):
    """What a customer gets back and why, the words to say, and the two ways; `on_way` gets the one that was chosen.
    `alone_words` say that nobody else is here to sign.
    """

    def __init__(self, task: OpenTask, on_way: Callable[[CreditWay], object], alone_words: str = "") -> None:
        super().__init__(kind_word(task), width_px=_WIDTH_PX)
        self._on_way = on_way
        self.facts = fact_column(task_facts(task), _CREDIT_PX)
        self.message = Label(message_words(task), is_wrapped=True)
        self.copied = Label(role="note")
        self.alone = Label(alone_words, tone="warn", is_wrapped=True)
        if not alone_words:
            self.alone.hide()
        self.prepaid_button = PrimaryButton(tr("转入预存"), "F9")
        self.cash_button = Button(tr("退现金"), key="F8")
        self.copy_button = Button(tr("复制给客户的话"), key="F6", kind="quiet")
        self.first = self.prepaid_button
        self._lay_out()
        self.prepaid_button.clicked.connect(lambda: on_way("prepaid"))
        self.cash_button.clicked.connect(lambda: on_way("cash"))
        self.copy_button.clicked.connect(self.copy)

    def copy(self) -> None:
        """The words for the customer, for a message or a letter."""
        QApplication.clipboard().setText(self.message.text())
        self.copied.setText(tr("已复制。"))

    def shortcuts(self) -> tuple[Action, ...]:
        """The keys of the panel."""
        return (
            Action("credit-prepaid", tr("转入预存"), "F9", lambda: self._on_way("prepaid")),
            Action("credit-cash", tr("退现金"), "F8", lambda: self._on_way("cash")),
            Action("credit-copy", tr("复制给客户的话"), "F6", self.copy),
        )

    def _lay_out(self) -> None:
        self.body.addWidget(self.facts, 1)
        self.body.addWidget(self.alone)
        self.facts.body.addWidget(Label(tr("给客户的话"), role="muted"))
        self.facts.body.addWidget(self.message)
        self.facts.body.addStretch(1)
        row = QHBoxLayout()
        row.setSpacing(SPACE)
        row.addWidget(self.copy_button)
        row.addWidget(self.copied, 1)
        row.addWidget(self.cash_button)
        row.addWidget(self.prepaid_button)
        self.body.addLayout(row)
        self.body.addWidget(Label(tr("下一步由班长签字。Esc 返回"), role="note"))


class DonePanel(Panel):
    """A matter without money to give back; `on_done` gets what was done, and whether a kept entry is answered for."""

    def __init__(self, task: OpenTask, on_done: Callable[[str, bool], object]) -> None:
        super().__init__(kind_word(task), width_px=_WIDTH_PX)
        self._on_done = on_done
        self.can_accept = task.kind == "quarantined"
        self.facts = fact_column(task_facts(task), _FACTS_PX)
        self.facts.body.addStretch(1)
        self.words = TextField(tr("怎么处理的"), hint=tr("不写姓名、电话、证件号"))
        self.error = Label(role="field-error", is_wrapped=True)
        self.error.hide()
        self.done_button = PrimaryButton(tr("处理完，办结"), "F9")
        self.accept_button = Button(tr("属实，请上游入账"), key="F8")
        self.first = self.words.entry
        self.body.addWidget(Label(why_words(task), is_wrapped=True))
        self.body.addWidget(self.facts, 1)
        self.body.addWidget(self.words)
        self.body.addWidget(self.error)
        self.body.addWidget(self.done_button)
        self.body.addWidget(self.accept_button)
        self.accept_button.setVisible(self.can_accept)
        self.words.entry.entered.connect(self.press)
        self.done_button.clicked.connect(self.press)
        self.accept_button.clicked.connect(self.accept)

    def press(self) -> None:
        """It is done."""
        self._press(is_accepted=False)

    def accept(self) -> None:
        """The entry is right: the hub is asked to count it."""
        self._press(is_accepted=True)

    def fail(self, words: str) -> None:
        """Say why it was not done; what was typed stays."""
        for button in (self.done_button, self.accept_button):
            button.setEnabled(True)
        self.error.setText(words)
        self.error.show()
        self.words.entry.setFocus()

    def shortcuts(self) -> tuple[Action, ...]:
        """The keys of the panel."""
        done = Action("task-done", tr("处理完，办结"), "F9", self.press)
        accept = Action("task-accept", tr("属实，请上游入账"), "F8", self.accept)
        return (done, accept) if self.can_accept else (done,)

    def _press(self, *, is_accepted: bool) -> None:
        if self.done_button.isEnabled():
            for button in (self.done_button, self.accept_button):
                button.setEnabled(False)
            self._on_done(self.words.entry.text().strip(), is_accepted)
