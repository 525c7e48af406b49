"""The panel of a dispute that waits: what is frozen and why, what is taken off, or pay first and go on."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QHBoxLayout, QWidget

from counter_app.ui.blocks import SPACE, Button, Label, PrimaryButton, ScrollColumn
from counter_app.ui.disputes.screen import DecideScreen, DisputeChoice, TypedDecision
from counter_app.ui.fact_rows import FactRow
from counter_app.ui.fields import AmountField, TextField
from counter_app.ui.flow import Flow
from counter_app.ui.keys import Action
from counter_app.ui.language import tr
from counter_app.ui.numbered import NumberedLine
from counter_app.ui.options import Option
from counter_app.ui.panels import Panel

_WIDTH_PX, _LEAST_PX = 620, 330
_MOST_FACTS = 5


class DecideDisputePanel(Panel):
    """`on_next` gets what was typed, when it is to be signed; `on_release` the dispute whose part the customer wants to
    pay now; `on_other` opens one more dispute of the bill.
    """

    def __init__(
        self,
        screen: DecideScreen,
        typed: TypedDecision,
        on_next: Callable[[TypedDecision], object],
        on_release: Callable[[DisputeChoice], object],
        on_other: Callable[[], object],
    ) -> None:
        super().__init__(screen.heading, width_px=_WIDTH_PX)
        self._screen, self._on_next, self._on_release, self._on_other = screen, on_next, on_release, on_other
        self.which = NumberedLine(tr("哪一个争议（序号）"))
        self._facts = [FactRow() for _ in range(_MOST_FACTS)]
        self.amount = AmountField(tr("改小多少（账单不变填 0，F5 全部）"), role="body")
        self.reason = TextField(tr("处理结果怎么来的（必填）"), hint=tr("不写姓名、电话、证件号"))
        self.error = Label(role="field-error", is_wrapped=True)
        self.error.hide()
        self.next = PrimaryButton(tr("下一步：签字"), "F9")
        self.release_button = Button(tr("客户先缴、后议…"), key="F7", kind="quiet")
        self.other_button = Button(tr("再登记一项…"), key="F6", kind="quiet")
        self._lay_out()
        self.which.setVisible(len(screen.disputes) > 1)
        self.which.entry.setText(typed.dispute_no)
        self.amount.entry.setText(typed.amount)
        self.reason.entry.setText(typed.reason)
        self.first = self.which.entry if len(screen.disputes) > 1 else self.amount.entry
        self.which.entry.typed.connect(lambda _text: self._show_chosen())
        self.which.picked.connect(self._pick)
        self.which.entry.entered.connect(self.amount.entry.setFocus)
        self.amount.entry.entered.connect(self.reason.entry.setFocus)
        self.amount.entry.exact_wanted.connect(self.put_all)
        self.reason.entry.entered.connect(self.press)
        self.next.clicked.connect(self.press)
        self.release_button.clicked.connect(self.release)
        self.other_button.clicked.connect(self.other)
        self._show_chosen()

    def press(self) -> None:
        """F9: on to the signature; the button is inert until there is an answer."""
        if not self.next.isEnabled():
            return
        if self.amount.entry.text() and not isinstance(self.amount.entry.fen(), int):
            self._say(tr("改小的金额没有填好。请填金额，例如 12.50；账单不变填 0。"))
            return
        self.next.setEnabled(False)
        self._say("")
        self._on_next(self.typed())

    def put_all(self) -> None:
        """F5: all that is contested is taken off."""
        chosen = self._chosen()
        if chosen is not None:
            self.amount.entry.put_fen(chosen.disputed_fen)

    def release(self) -> None:
        """F7: the customer wants to pay the frozen part now."""
        chosen = self._chosen()
        if chosen is not None and self.next.isEnabled():
            self._say("")
            self._on_release(chosen)

    def other(self) -> None:
        """F6: one more line of the bill is contested."""
        self._on_other()

    def typed(self) -> TypedDecision:
        """What stands in the panel."""
        return TypedDecision(
            self.which.entry.text().strip(), self.amount.entry.text().strip(), self.reason.entry.text().strip()
        )

    def fail(self, words: str) -> None:
        """Say why it does not go on; what was typed stays."""
        self.next.setEnabled(True)
        self._say(words)

    def shortcuts(self) -> tuple[Action, ...]:
        """The keys of the panel."""
        return (
            Action("dispute-decide", tr("下一步：签字"), "F9", self.press),
            Action("dispute-release", tr("客户先缴、后议…"), "F7", self.release),
            Action("dispute-other", tr("再登记一项…"), "F6", self.other),
            Action("dispute-lower-all", tr("争议的全部改掉"), "F5", self.put_all),
        )

    def _chosen(self) -> DisputeChoice | None:
        number = self.which.entry.text().strip()
        return next((one for one in self._screen.disputes if one.number == number), None)

    def _pick(self, number: str) -> None:
        self.which.entry.setText(number)
        self._show_chosen()

    def _show_chosen(self) -> None:
        chosen = self._chosen()
        self.which.show_options([Option(one.number, one.word, one is chosen) for one in self._screen.disputes])
        facts = chosen.facts if chosen is not None else ()
        for place, row in enumerate(self._facts):
            row.setVisible(place < len(facts))
            if place < len(facts):
                row.show_fact(facts[place])
        self.release_button.setEnabled(chosen is not None and chosen.frozen_fen > 0)

    def _say(self, words: str) -> None:
        self.error.setText(words)
        self.error.setVisible(bool(words))

    def _lay_out(self) -> None:
        column = ScrollColumn()
        if len(self._screen.disputes) == 1:
            column.body.addWidget(Label(self._screen.disputes[0].word))
        for widget in (self.which, *self._facts, self.amount, self.reason, Label(self._screen.rule, is_wrapped=True)):
            column.body.addWidget(widget)
        column.body.addStretch(1)
        column.setMinimumHeight(_LEAST_PX)
        self.body.addWidget(column, 1)
        self.body.addWidget(self.error)
        others = QWidget()
        ways = Flow(others)
        for button in (self.release_button, self.other_button):
            ways.addWidget(button)
        self.body.addWidget(others)
        end = QHBoxLayout()
        end.setSpacing(2 * SPACE)
        end.addWidget(self.next)
        end.addWidget(Label(tr("登记的人不能签字。客户的话在“备注”里。Esc 返回"), role="note", is_wrapped=True), 1)
        self.body.addLayout(end)
