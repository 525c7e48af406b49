"""The payments that came back from the hub after a loss: the list, and each with its bills and tenders."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo

from PySide6.QtWidgets import QWidget

from counter_app.domain.given_payments import GivenBill, GivenPayment
from counter_app.ui.blocks import Label, ScrollColumn
from counter_app.ui.formats import amount, day_and_clock
from counter_app.ui.language import tr
from counter_app.ui.panels import Panel
from counter_app.ui.retention.screen import Fact
from counter_app.ui.retention.side import FactRow
from counter_app.ui.table import Column, Table
from counter_app.ui.theme import px
from counter_app.ui.wording_money import tender_word

_WIDTH_PX, _LIST_PX, _FACTS_PX = 860, 180, 190


class GivenPanel(Panel):
    """The list on top, its moments in the hall's zone; below it receipt, tenders and bills of the chosen one."""

    def __init__(self, payments: Sequence[GivenPayment], zone: tzinfo | None) -> None:
        super().__init__(tr("取回的缴费"), width_px=_WIDTH_PX)
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
            "本机曾丢失这些缴费，上游有记录，账单、预存和钱箱都已按它们算好。收据的文字不在流水里，这里不能补打：以客户手里的收据为准，二维码可核验。"
        )
        self.body.addWidget(Label(why, role="muted", is_wrapped=True))
        self.body.addWidget(self.table, 1)
        self.body.addWidget(self.facts, 1)
        self.body.addWidget(Label(tr("Esc 返回"), role="note"))
        self.table.current_changed.connect(self._show)
        self.table.show_rows(tuple(payments))
        self._show(self.table.current_row())

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
