"""The panel that corrects a tender: which of them is wrong, how it was really paid, and why."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QHBoxLayout

from counter_app.ui.blocks import SPACE, Label, PrimaryButton, ScrollColumn
from counter_app.ui.choice import SegmentedChoice
from counter_app.ui.fields import AmountEntry, AmountField, TextEntry, TextField
from counter_app.ui.keys import Action
from counter_app.ui.language import tr
from counter_app.ui.panels import Panel
from counter_app.ui.typed_tender import FIELDS, TypedTender
from counter_app.ui.undo.retender_presenter import Tenders, line_word
from counter_app.ui.wording_money import tender_word

_WIDTH_PX, _LEAST_PX = 560, 320

OnNext = Callable[[int, TypedTender, str], object]


class RetenderPanel(Panel):
    """`on_next` gets the line that is wrong, what was really paid, and the reason."""

    def __init__(self, tenders: Tenders, on_next: OnNext) -> None:
        super().__init__(tr("更正付款方式：收据 {no}", no=tenders.receipt_no), width_px=_WIDTH_PX)
        self._tenders, self._on_next = tenders, on_next
        lines = tuple((str(line.line), line_word(line)) for line in tenders.lines)
        self.wrong = SegmentedChoice(lines, name=tr("记错的"), is_wrapped=True)
        kinds = tuple((kind, tender_word(kind)) for kind in tenders.allowed)
        self.kind = SegmentedChoice(kinds, name=tr("实际的"), is_wrapped=True)
        self.amount = AmountField(tr("改多少"), role="body")
        self.fields = {
            "reference": TextField(tr("参考号"), is_number=True),
            "bank": TextField(tr("出票银行")),
            "document_no": TextField(tr("单据号码"), is_number=True),
            "document_on": TextField(tr("单据日期"), is_number=True, hint="2026-11-21"),
        }
        self.reason = TextField(tr("原因（必填）"), hint=tr("不写姓名、电话、证件号"))
        self.error = Label(role="field-error", is_wrapped=True)
        self.error.hide()
        self.next = PrimaryButton(tr("下一步：签字"), "F9")
        self.first = self.amount.entry
        self._lay_out()
        self.kind.chosen.connect(lambda _kind: self._show_fields())
        self.wrong.chosen.connect(lambda _line: self._put_amount())
        self._put_amount()
        self._show_fields()
        self.next.clicked.connect(self.press)
        for entry in self._entries():
            entry.entered.connect(partial(self._on_from, entry))

    def press(self) -> None:
        """F9: on to the signature; the button is inert until there is an answer."""
        if self.next.isEnabled():
            self.next.setEnabled(False)
            self._say("")
            texts = {name: field.entry.text() for name, field in self.fields.items()}
            typed = TypedTender(self.kind.choice(), self.amount.entry.text(), **texts)
            self._on_next(int(self.wrong.choice()), typed, self.reason.entry.text().strip())

    def fail(self, words: str) -> None:
        """Say why it does not go on; what was typed stays."""
        self.next.setEnabled(True)
        self._say(words)

    def shortcuts(self) -> tuple[Action, ...]:
        """The keys of the panel."""
        return (
            Action("retender-next", tr("下一步：签字"), "F9", self.press),
            Action("retender-kind", tr("换付款方式"), "F6", self.kind.next_choice),
        )

    def _entries(self) -> list[AmountEntry | TextEntry]:
        return [self.amount.entry, *(field.entry for field in self.fields.values()), self.reason.entry]

    def _on_from(self, entry: AmountEntry | TextEntry) -> None:
        """Enter: the next line that is there; after the last one, on to the signature."""
        shown = [line for line in self._entries() if line.isVisible()]
        following = shown[shown.index(entry) + 1 :]
        if following:
            following[0].setFocus()
        else:
            self.press()

    def _put_amount(self) -> None:
        """All of the wrong tender, and a kind that it is not."""
        line = next(line for line in self._tenders.lines if str(line.line) == self.wrong.choice())
        self.amount.entry.put_fen(line.amount_fen)
        if self.kind.choice() == line.kind:
            self.kind.next_choice()

    def _show_fields(self) -> None:
        asked = FIELDS.get(self.kind.choice(), ())
        for name, field in self.fields.items():
            field.setVisible(name in asked)

    def _say(self, words: str) -> None:
        self.error.setText(words)
        self.error.setVisible(bool(words))

    def _lay_out(self) -> None:
        column = ScrollColumn()
        for widget in (
            *(Label(tr("记错的"), role="muted"), self.wrong),
            *(Label(tr("实际的（F6 换）"), role="muted"), self.kind),
            *(self.amount, *self.fields.values(), self.reason),
        ):
            column.body.addWidget(widget)
        column.body.addStretch(1)
        column.setMinimumHeight(_LEAST_PX)
        self.body.addWidget(column, 1)
        self.body.addWidget(self.error)
        end = QHBoxLayout()
        end.setSpacing(2 * SPACE)
        end.addWidget(self.next)
        end.addWidget(Label(tr("Esc 返回"), role="note"), 1)
        self.body.addLayout(end)
