"""The payments that came back from the hub after a loss: the list, each with its bills and tenders, and its receipt."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import tzinfo

from PySide6.QtWidgets import QHBoxLayout, QWidget

from counter_app.domain.given_payments import GivenBill, GivenPayment
from counter_app.ui.blocks import SPACE, Label, PrimaryButton, ScrollColumn
from counter_app.ui.formats import amount, day_and_clock
from counter_app.ui.keys import Action
from counter_app.ui.language import tr
from counter_app.ui.panels import Panel
from counter_app.ui.printing import PrintState, printed_words
from counter_app.ui.retention.screen import Fact
from counter_app.ui.retention.side import FactRow
from counter_app.ui.table import Column, Table
from counter_app.ui.theme import px
from counter_app.ui.wording_money import tender_word
from counter_app.ui.wording_undo import void_word

_WIDTH_PX, _LIST_PX, _FACTS_PX = 860, 180, 190


Print = Callable[[str, Callable[[PrintState], object]], object]
"""Starts the print of a receipt by its number, and tells how it goes."""


class GivenPanel(Panel):
    """The list on top, its moments in the hall's zone; below it receipt, tenders and bills of the chosen one. Enter or
    F9 prints its receipt again.
    """

    def __init__(self, payments: Sequence[GivenPayment], zone: tzinfo | None, print_receipt: Print) -> None:
        super().__init__(tr("取回的缴费"), width_px=_WIDTH_PX)
        self._print = print_receipt
        self.words = Label(is_wrapped=True)
        self.button = PrimaryButton(tr("补打"), "F9")
        self.table: Table[GivenPayment] = Table(
            (
                Column("no", tr("收据"), lambda r: r.receipt_no, 210),
                Column("at", tr("时间"), lambda r: day_and_clock(r.at.astimezone(zone)), 140),
                Column("account_no", tr("户号"), lambda r: r.account_no or "—", 110),
                Column("who", tr("姓名"), lambda r: r.customer_name or "—", 80),
                Column("sum", tr("金额"), lambda r: amount(r.settled_fen + r.stored_fen), 100, align="right"),
                Column("staff", tr("办理人"), lambda r: r.staff_no, 80),
            ),
            name=tr("取回的缴费"),
            empty=tr("没有取回的缴费。"),
            stretch="staff",
        )
        self.facts = ScrollColumn()
        self._shown: list[QWidget] = []
        self.first = self.table
        self.table.setMinimumHeight(min(px(_LIST_PX), _LIST_PX))
        self.facts.setMinimumHeight(min(px(_FACTS_PX), _FACTS_PX))
        self.facts.body.addStretch(1)
        why = tr(
            "本机曾丢失这些缴费，上游有记录，账单、预存和钱箱都已按它们算好。补打的收据依流水重制：能证明与原件一字不差的才叫收据，证明不了的印成“缴费证明”。"
        )
        self.body.addWidget(Label(why, role="muted", is_wrapped=True))
        self.body.addWidget(self.table, 1)
        self.body.addWidget(self.facts, 1)
        row = QHBoxLayout()
        row.setSpacing(SPACE)
        row.addWidget(self.words, 1)
        row.addWidget(Label(tr("Esc 返回"), role="note"))
        row.addWidget(self.button)
        self.body.addLayout(row)
        self.button.clicked.connect(self.press)
        self.table.activated_row.connect(lambda _row: self.press())
        self.table.current_changed.connect(self._show)
        self.table.show_rows(tuple(payments))
        self._show(self.table.current_row())

    def press(self) -> None:
        """Print the receipt of the chosen one."""
        row = self.table.current_row()
        if row is not None and self.button.isEnabled():
            self._print(row.receipt_no, self._printed)

    def shortcuts(self) -> tuple[Action, ...]:
        """The keys of the panel."""
        return (Action("given-print", tr("补打"), "F9", self.press),)

    def _printed(self, state: PrintState) -> None:
        self.button.setEnabled(state.state != "printing")
        self.words.set_tone("bad" if state.state == "failed" else None)
        self.words.setText(state.why if state.state == "failed" else printed_words(state))

    def _show(self, one: GivenPayment | None) -> None:
        for widget in self._shown:
            self.facts.body.removeWidget(widget)
            widget.hide()
            widget.deleteLater()
        self._shown = []
        for place, fact in enumerate(given_facts(one) if one is not None else ()):
            row = FactRow()
            row.show_fact(fact)
            self._shown.append(row)
            self.facts.body.insertWidget(place, row)


def given_facts(one: GivenPayment) -> tuple[Fact, ...]:
    """Receipt, tenders and bills of a payment, line by line."""
    found = [Fact(tr("收据"), one.receipt_no), Fact(tr("业务日期"), one.business_date)]
    if one.undone_way:
        found.append(Fact(tr("状态"), void_word(one.undone_way)))
    for tender in one.tenders:
        words = f"{tender_word(tender.kind)} {amount(tender.amount_fen)}"
        found.append(Fact(tr("实收"), f"{words} · {tender.reference}" if tender.reference else words))
    if one.change_fen:
        found.append(Fact(tr("找零"), amount(one.change_fen)))
    found += [Fact(tr("账单"), _bill_words(bill)) for bill in one.bills]
    if one.used_fen:
        found.append(Fact(tr("用预存"), amount(one.used_fen)))
    if one.stored_fen:
        found.append(Fact(tr("转入预存"), amount(one.stored_fen)))
    return tuple(found)


def _bill_words(bill: GivenBill) -> str:
    named = f"{bill.month} · {bill.bill_no}" if bill.bill_no else tr("账单还没有下发")
    parts = ((tr("本金"), bill.principal_fen), (tr("违约金"), bill.late_fee_fen), (tr("费用"), bill.cost_fen))
    return " · ".join((named, *(f"{word} {amount(fen)}" for word, fen in parts if fen)))
