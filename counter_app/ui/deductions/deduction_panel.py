"""One deduction beside the customer's page: what it paid out of which book, and the key that undoes it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QHBoxLayout

from counter_app.domain.staff import Right
from counter_app.services.deduction_facts import DeductionFacts, deduction_facts
from counter_app.ui.blocks import SPACE, Button, KeyValueRow, Label, ScrollColumn
from counter_app.ui.desk import Desk
from counter_app.ui.formats import amount, day, day_and_clock
from counter_app.ui.keys import Action
from counter_app.ui.language import tr
from counter_app.ui.panels import Panel
from counter_app.ui.wording import sentences, trouble_sentences

_WIDTH_PX = 480
Rows = tuple[tuple[str, str], ...]


class DeductionPanel(Panel):
    """Its facts; F8 undoes it, or, of one that is undone (True), prints its slip again."""

    def __init__(self, desk: Desk, number: str, on_undo: Callable[[bool], object]) -> None:
        super().__init__(tr("自动扣款 {no}", no=number), width_px=_WIDTH_PX)
        self._on_undo, self._is_void = on_undo, False
        self.body.addWidget(
            Label(tr("批量日从预存账本扣的，没有经过钱箱，也没有收据。"), role="muted", is_wrapped=True)
        )
        self.column = ScrollColumn()
        self.body.addWidget(self.column, 1)
        self.message = Label(tone="bad", is_wrapped=True)
        self.message.hide()
        self.body.addWidget(self.message)
        self.undo_button = Button(tr("撤销这笔扣款……"), key="F8")
        self.undo_button.hide()
        end = QHBoxLayout()
        end.setSpacing(SPACE)
        end.addWidget(self.undo_button)
        end.addStretch(1)
        end.addWidget(Label(tr("Esc 返回"), role="note"))
        self.body.addLayout(end)
        self.first = self.undo_button
        self.undo_button.clicked.connect(self.undo)
        hall, who = desk.hall, desk.who
        self._may_undo = who.may(Right.UNDO_PAYMENT)
        self._zone = hall.clock.now().tzinfo
        desk.lanes.run(
            "reader",
            lambda: deduction_facts(hall, who, number),
            self.show_facts,
            lambda refusal: self._say(sentences(refusal)),
            lambda trouble: self._say(trouble_sentences(trouble)),
        )

    def shortcuts(self) -> tuple[Action, ...]:
        """The keys of the panel."""
        return (
            Action("undo", tr("撤销这笔扣款……"), "F8", self.undo, is_possible=lambda: not self.undo_button.isHidden()),
        )

    def undo(self) -> None:
        """F8: on to the undo; of one that is undone, its slip is printed again."""
        self._on_undo(self._is_void)

    def show_facts(self, facts: DeductionFacts) -> None:
        """Draws it."""
        self._is_void = facts.void is not None
        for word, value in _rows(facts, day_and_clock(facts.at.astimezone(self._zone))):
            self.column.body.addWidget(KeyValueRow(word, value))
        self.column.body.addStretch(1)
        has_slip = facts.void is not None and bool(facts.void.paper_no)
        self.undo_button.setVisible(has_slip if facts.void is not None else self._may_undo)
        if facts.void is not None:
            self.undo_button.set_word(tr("补打凭证"))
        self.undo_button.setFocus()

    def _say(self, words: str) -> None:
        self.message.setText(words)
        self.message.show()


def _rows(facts: DeductionFacts, at: str) -> Rows:
    rows = []
    if facts.void is not None:
        rows.append((tr("作废"), f"{facts.void.on} {facts.void.paper} {facts.void.paper_no}".rstrip()))
    rows += [
        (tr("扣款时间"), at),
        (tr("批量日"), day(facts.batch_on)),
        (tr("户名"), facts.customer_name_masked),
        (tr("户号"), facts.account_no),
    ]
    for bill in facts.bills:
        parts = ((tr("本金"), bill.principal_fen), (tr("违约金"), bill.late_fee_fen), (tr("费用"), bill.cost_fen))
        words = " + ".join(f"{word} {amount(fen)}" for word, fen in parts if fen)
        rows.append((tr("账单 {month}", month=bill.month), words))
    rows.append((tr("扣款合计"), amount(facts.settled_fen)))
    rows += [(tr("出自账本“{name}”", name=name), amount(fen)) for name, fen in facts.books]
    rows.append((tr("扣前账本"), amount(facts.balance_fen)))
    rows.append((tr("经办人"), facts.staff_no or tr("系统自动")))
    return tuple(rows)
