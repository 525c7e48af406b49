"""What a count came to: each tender beside what must be there, the likely causes, and the way on."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from counter_app.ui.blocks import SPACE, Button, Card, Label, PrimaryButton, page
from counter_app.ui.fields import TextField
from counter_app.ui.language import tr
from counter_app.ui.shifts.presenter_close import CauseRow, ComparedRow, ComparedScreen
from counter_app.ui.table import Column, Table
from counter_app.ui.theme import px

_LEAST_PX = 360


class ComparedPage(QWidget):
    """Counted and expected; `button` closes the shift, `again_button` goes back to the count."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        ground, row = page("across", parent=self)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(ground)
        self.heading = Label(role="heading")
        self.said = Label(role="muted", is_wrapped=True)
        self.table: Table[ComparedRow] = Table(
            (
                Column("tender", tr("收款方式"), lambda r: r.tender, 130),
                Column("expected", tr("账面"), lambda r: r.expected, 120, align="right"),
                Column("counted", tr("清点"), lambda r: r.counted, 120, align="right"),
                Column("pieces", tr("笔数 / 张数"), lambda r: r.pieces, 136, align="right"),
                Column("off", tr("差异"), lambda r: r.off, 120, align="right", tone=lambda r: r.tone),
            ),
            name=tr("账面与清点"),
            empty=tr("还没有清点。"),
            stretch="tender",
        )
        self.causes: Table[CauseRow] = Table(
            (Column("place", "#", lambda r: r.place, 40), Column("words", tr("可能的原因"), lambda r: r.words, 360)),
            name=tr("可能的原因"),
            empty=tr("账实相符，没有要查的。"),
            stretch="words",
        )
        self.reason = TextField(tr("差异原因（一致时不填）"), hint=tr("不写姓名、电话、证件号"))
        self.error = Label(role="field-error", is_wrapped=True)
        self.error.hide()
        self.again_button = Button(tr("重新清点"), key="F6")
        self.hand_button = Button(tr("交给下一位"), key="F8")
        self.papers_button = Button(tr("标出缺的单据"), key="F4")
        self.papers_button.hide()
        self.button = PrimaryButton(tr("确认班结"), "F9")
        self.reason.entry.entered.connect(self.button.setFocus)
        self.reason.entry.typed.connect(lambda _text: self.say(""))
        row.addWidget(self._result_card(ground), 3)
        row.addWidget(self._causes_card(ground), 2)

    def show_compared(self, screen: ComparedScreen) -> None:
        """Show what the count came to; the reason that was typed stays."""
        self.heading.setText(screen.heading)
        self.said.setText(screen.said)
        self.table.show_rows(screen.rows)
        self.causes.show_rows(screen.causes)
        self.reason.setVisible(screen.asks_reason)
        self.button.setEnabled(screen.may_close)
        # a difference that somebody has to sign is closed first, never handed on
        self.hand_button.setVisible(screen.may_close and not screen.signatures)
        self.papers_button.setVisible(screen.has_missing)
        self.say(screen.wrong)

    def begin_work(self) -> bool:
        """The button is inert until there is an answer; False while an earlier press still works."""
        if not self.button.isEnabled():
            return False
        self.button.setEnabled(False)
        self.say("")
        return True

    def fail(self, words: str) -> None:
        """Say why it was not done; the reason stays."""
        self.button.setEnabled(True)
        self.say(words)
        if self.reason.isVisible() and not self.reason.entry.text().strip():
            self.reason.entry.setFocus()

    def begin(self) -> None:
        """The cursor to what is to be done: the reason of a difference, else the button."""
        if self.reason.isVisible():
            self.reason.entry.setFocus()
        else:
            self.button.setFocus()

    def clear(self) -> None:
        """Nothing of this count is left."""
        self.reason.entry.clear()
        self.table.show_rows(())
        self.causes.show_rows(())
        self.say("")

    def say(self, words: str) -> None:
        """What is wrong, or nothing."""
        self.error.setText(words)
        self.error.setVisible(bool(words))

    def _result_card(self, ground: QWidget) -> Card:
        card = Card(parent=ground)
        card.body.addWidget(self.heading)
        card.body.addWidget(self.said)
        card.body.addWidget(self.table, 1)
        card.body.addWidget(self.reason)
        card.body.addWidget(self.error)
        buttons = QHBoxLayout()
        buttons.setSpacing(SPACE)
        buttons.addWidget(self.again_button)
        buttons.addWidget(self.hand_button)
        buttons.addWidget(self.papers_button)
        buttons.addStretch(1)
        card.body.addLayout(buttons)
        card.body.addWidget(self.button)
        return card

    def _causes_card(self, ground: QWidget) -> Card:
        card = Card(parent=ground)
        card.setMinimumWidth(min(px(320), _LEAST_PX))
        card.body.addWidget(Label(tr("先查这些"), role="heading"))
        card.body.addWidget(
            Label(tr("按可能性排列，都能正好解释差异。回车看相关记录。"), role="muted", is_wrapped=True)
        )
        card.body.addWidget(self.causes, 1)
        return card
