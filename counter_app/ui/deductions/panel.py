"""The panel of automatic deductions: the batch day, its accounts, and the key that deducts."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QHBoxLayout

from counter_app.domain.rights import Right
from counter_app.ui.blocks import SPACE, KeyValueRow, Label, PrimaryButton
from counter_app.ui.deductions.presenter import DeductionRow, DeductionsPresenter, DeductionsScreen
from counter_app.ui.desk import Desk
from counter_app.ui.frame import Frame
from counter_app.ui.keys import Action
from counter_app.ui.language import tr
from counter_app.ui.panels import Panel
from counter_app.ui.table import Column, Table
from counter_app.ui.theme import LARGEST_SCALE, scale_in_use

_WIDTH_PX = 860
_LIST_PX, _LEAST_LIST_PX = 240, 150
Open = Callable[[int, str], object]
"""Opens a customer, at the number of a deduction."""


class DeductionsPanel(Panel):
    """Facts on top, the accounts below them; Enter opens the account's customer, F9 deducts."""

    def __init__(self, desk: Desk, open_customer: Open) -> None:
        super().__init__(tr("自动扣款"), width_px=_WIDTH_PX)
        self._open = open_customer
        rule = tr("到期没缴的账单，从大于欠费的预存账本里扣；刚好相等的不扣。扣清以后，停了的业务自动恢复。")
        self.rule = Label(rule, role="muted", is_wrapped=True)
        self.body.addWidget(self.rule)
        self.facts = [KeyValueRow("") for _ in range(3)]
        for row in self.facts:
            self.body.addWidget(row)
        self.other = Label(tone="warn", is_wrapped=True)
        self.other.hide()
        self.body.addWidget(self.other)
        self.table: Table[DeductionRow] = Table(
            (
                Column("account_no", tr("户号"), lambda r: r.account_no, 120, sort=lambda r: r.account_no),
                Column("who", tr("姓名"), lambda r: r.who, 90),
                Column(
                    *("outcome", tr("结果"), lambda r: r.outcome, 280),
                    sort=lambda r: r.outcome,
                    tone=lambda r: "good" if r.is_taken else "ink",
                ),
                Column("sum", tr("欠费"), lambda r: r.sum, 100, align="right"),
                Column("balance", tr("扣前账本"), lambda r: r.balance, 110, align="right"),
            ),
            name=tr("自动扣款"),
            empty=tr("这个批量日还没有扣过。按 F9 开始。"),
            stretch="outcome",
        )
        self.table.setMinimumHeight(_LEAST_LIST_PX if scale_in_use() == LARGEST_SCALE else _LIST_PX)
        self.body.addWidget(self.table, 1)
        self.message = Label(is_wrapped=True)
        self.button = PrimaryButton(tr("开始扣款"), "F9")
        end = QHBoxLayout()
        end.setSpacing(SPACE)
        end.addWidget(self.message, 1)
        end.addWidget(Label(tr("回车打开客户 Esc 返回"), role="note"))
        end.addWidget(self.button)
        self.body.addLayout(end)
        self.first = self.table
        self.presenter = DeductionsPresenter(desk, self.show_batch)
        self.table.activated_row.connect(self.open_row)
        self.button.clicked.connect(self.presenter.start)
        self.presenter.read()

    def shortcuts(self) -> tuple[Action, ...]:
        """The keys of the panel."""
        return (Action("deduct", tr("开始扣款"), "F9", self.presenter.start, is_possible=self.button.isEnabled),)

    def open_row(self, row: DeductionRow) -> None:
        """Enter: the customer of the account, at the deduction."""
        self._open(row.customer_id, row.deduction_no)

    def show_batch(self, screen: DeductionsScreen) -> None:
        """Draws how the batch day stands."""
        for place, row in enumerate(self.facts):
            row.setVisible(place < len(screen.facts))
            if place < len(screen.facts):
                word, value = screen.facts[place]
                row.key.setText(word)
                row.show_value(value)
        self.table.show_rows(screen.rows)
        self.other.setText(screen.other_words)
        # one of the two: a small screen at the largest text has no room for both
        self.other.setVisible(bool(screen.other_words))
        self.rule.setVisible(not screen.other_words)
        self.button.setVisible(bool(screen.start_word))
        self.button.setEnabled(bool(screen.start_word) and not screen.is_running)
        if screen.start_word:
            self.button.set_word(screen.start_word)
        self.message.set_tone("bad" if screen.is_bad else None)
        self.message.setText(screen.message)


def deductions_action(desk: Desk, frame: Frame, open_customer: Open) -> Action:
    """The command that shows it to whoever may sign off, where the pack of the trade deducts at all."""

    def tell() -> None:
        def opened(customer_id: int, deduction_no: str) -> None:
            frame.panels.close_panel(panel)
            open_customer(customer_id, deduction_no)

        panel = DeductionsPanel(desk, opened)
        panel.destroyed.connect(panel.presenter.close)
        frame.panels.open(panel, actions=panel.shortcuts())

    def may() -> bool:
        session = desk.session
        return session is not None and session.may(Right.SIGN_OFF) and bool(desk.hall.pack.tables.get("deduction"))

    return Action("deductions", tr("自动扣款……"), "", tell, is_possible=may)
