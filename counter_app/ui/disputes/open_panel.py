"""The panel that contests a line: which, how much of it, why, and what the customer says."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QHBoxLayout

from counter_app.ui.blocks import SPACE, Label, PrimaryButton, ScrollColumn
from counter_app.ui.disputes.screen import OpenScreen, TypedOpen
from counter_app.ui.fields import AmountField, TextEntry, TextField
from counter_app.ui.keys import Action
from counter_app.ui.language import tr
from counter_app.ui.numbered import NumberedLine
from counter_app.ui.options import Option
from counter_app.ui.panels import Panel

_WIDTH_PX, _LEAST_PX = 620, 330


class OpenDisputePanel(Panel):
    """`on_next` gets what was typed, when it is to be registered."""

    def __init__(self, screen: OpenScreen, on_next: Callable[[TypedOpen], object]) -> None:
        super().__init__(screen.heading, width_px=_WIDTH_PX)
        self._screen, self._on_next = screen, on_next
        self.line = NumberedLine(tr("争议哪一项（序号）"))
        self.amount = AmountField(tr("争议金额（F5 整项）"), role="body")
        self.reason = NumberedLine(tr("原因（序号）"))
        self.words = TextField(tr("说明（选“其他”时必填）"), hint=tr("不写姓名、电话、证件号"))
        self.said = TextField(tr("客户怎么说（存进备注，不进流水）"))
        self.error = Label(role="field-error", is_wrapped=True)
        self.error.hide()
        self.next = PrimaryButton(tr("登记并冻结"), "F9")
        self.first = self.line.entry
        self._lay_out()
        self.line.entry.typed.connect(lambda _text: self._line_typed())
        self.line.picked.connect(self._pick_line)
        self.reason.entry.typed.connect(lambda _text: self._show_options())
        self.reason.picked.connect(self._pick_reason)
        self.amount.entry.exact_wanted.connect(self.put_all)
        self.next.clicked.connect(self.press)
        self.line.entry.entered.connect(self.amount.entry.setFocus)
        self.amount.entry.entered.connect(self.reason.entry.setFocus)
        self.reason.entry.entered.connect(self.words.entry.setFocus)
        self.words.entry.entered.connect(self.said.entry.setFocus)
        self.said.entry.entered.connect(self.press)
        if len(screen.lines) == 1:
            self._pick_line(screen.lines[0].number)
            self.first = self.amount.entry
        self._show_options()

    def press(self) -> None:
        """F9: register it; the button is inert until there is an answer."""
        if not self.next.isEnabled():
            return
        if not isinstance(self.amount.entry.fen(), int):
            self._say(tr("争议金额还没有填好。请填客户有异议的金额，例如 12.50。"))
            return
        self.next.setEnabled(False)
        self._say("")
        self._on_next(self.typed())

    def put_all(self) -> None:
        """F5: all that is left to contest of the line."""
        chosen = next((one for one in self._screen.lines if one.number == self._text(self.line.entry)), None)
        if chosen is not None:
            self.amount.entry.put_fen(chosen.room_fen)

    def typed(self) -> TypedOpen:
        """What stands in the panel."""
        return TypedOpen(
            self._text(self.line.entry),
            self.amount.entry.text(),
            self._text(self.reason.entry),
            self._text(self.words.entry),
            self._text(self.said.entry),
        )

    def fail(self, words: str) -> None:
        """Say why it does not go on; what was typed stays."""
        self.next.setEnabled(True)
        self._say(words)

    def shortcuts(self) -> tuple[Action, ...]:
        """The keys of the panel."""
        return (
            Action("dispute-open", tr("登记并冻结"), "F9", self.press),
            Action("dispute-all", tr("整项都有异议"), "F5", self.put_all),
        )

    @staticmethod
    def _text(entry: TextEntry) -> str:
        return entry.text().strip()

    def _line_typed(self) -> None:
        self._show_options()
        self.put_all()

    def _pick_line(self, number: str) -> None:
        self.line.entry.setText(number)
        self._line_typed()

    def _pick_reason(self, number: str) -> None:
        self.reason.entry.setText(number)
        self._show_options()

    def _show_options(self) -> None:
        line, reason = self._text(self.line.entry), self._text(self.reason.entry)
        self.line.show_options([Option(one.number, one.word, one.number == line) for one in self._screen.lines])
        self.reason.show_options([Option(one.number, one.word, one.number == reason) for one in self._screen.reasons])

    def _say(self, words: str) -> None:
        self.error.setText(words)
        self.error.setVisible(bool(words))

    def _lay_out(self) -> None:
        self.body.addWidget(Label(self._screen.what, is_wrapped=True))
        column = ScrollColumn()
        for widget in (self.line, self.amount, self.reason, self.words, self.said):
            column.body.addWidget(widget)
        column.body.addStretch(1)
        column.setMinimumHeight(_LEAST_PX)
        self.body.addWidget(column, 1)
        self.body.addWidget(self.error)
        end = QHBoxLayout()
        end.setSpacing(2 * SPACE)
        end.addWidget(self.next)
        end.addWidget(Label(tr("登记不用签字；处理时由另一人签字。Esc 返回"), role="note", is_wrapped=True), 1)
        self.body.addLayout(end)
