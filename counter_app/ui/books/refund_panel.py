"""The panel that gives the rest of an account's prepaid money back: what comes back, what does not, and why."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QHBoxLayout

from counter_app.domain.book_moves import BookRefundPlan
from counter_app.ui.blocks import SPACE, Label, PrimaryButton
from counter_app.ui.books.presenter import refund_facts
from counter_app.ui.fact_rows import fact_column
from counter_app.ui.fields import TextField
from counter_app.ui.keys import Action
from counter_app.ui.language import tr
from counter_app.ui.panels import Panel

_WIDTH_PX, _LEAST_PX = 520, 200


class BookRefundPanel(Panel):
    """`on_next` gets the reason when it is to be signed."""

    def __init__(self, plan: BookRefundPlan, reason: str, on_next: Callable[[str], object]) -> None:
        super().__init__(tr("销户退预存：户号 {no}", no=plan.account_no), width_px=_WIDTH_PX)
        self._on_next = on_next
        self.reason = TextField(tr("原因（必填）"), hint=tr("不写姓名、电话、证件号"))
        self.error = Label(role="field-error", is_wrapped=True)
        self.error.hide()
        self.next = PrimaryButton(tr("下一步：签字"), "F9")
        self.first = self.reason.entry
        self.body.addWidget(
            Label(tr("业务已全部销户、账单已全部缴清。客户自己的钱退现金；赠款和专款不退。"), is_wrapped=True)
        )
        self.body.addWidget(fact_column(refund_facts(plan), _LEAST_PX), 1)
        self.body.addWidget(self.reason)
        self.body.addWidget(self.error)
        end = QHBoxLayout()
        end.setSpacing(2 * SPACE)
        end.addWidget(self.next)
        end.addWidget(Label(tr("Esc 返回"), role="note"), 1)
        self.body.addLayout(end)
        self.reason.entry.setText(reason)
        self.reason.entry.entered.connect(self.press)
        self.next.clicked.connect(self.press)

    def press(self) -> None:
        """F9: on to the signature; the button is inert until there is an answer."""
        if self.next.isEnabled():
            self.next.setEnabled(False)
            self._say("")
            self._on_next(self.reason.entry.text().strip())

    def fail(self, words: str) -> None:
        """Say why it does not go on; what was typed stays."""
        self.next.setEnabled(True)
        self._say(words)

    def shortcuts(self) -> tuple[Action, ...]:
        """The keys of the panel."""
        return (Action("book-refund", tr("下一步：签字"), "F9", self.press),)

    def _say(self, words: str) -> None:
        self.error.setText(words)
        self.error.setVisible(bool(words))
