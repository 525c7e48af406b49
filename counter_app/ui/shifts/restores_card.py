"""The list of 复机工单 that still run; Enter on a line, or the button, takes its next step."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout

from counter_app.ui.blocks import Button, Card, Label
from counter_app.ui.language import tr
from counter_app.ui.shifts.presenter_restores import OrderRow
from counter_app.ui.table import Column, Table
from counter_app.ui.theme import px

_LEAST_PX = 118


class RestoresCard(Card):
    """`step_wanted` carries the id of the order whose next step is wanted."""

    step_wanted = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.table: Table[OrderRow] = Table(
            (
                Column("number", tr("号码"), lambda r: r.number, 150),
                Column("ordered", tr("发出时间"), lambda r: r.ordered_at, 150),
                Column("due", tr("须恢复于"), lambda r: r.due_at, 190, tone=lambda r: r.tone),
                Column("state", tr("状态"), lambda r: r.state, 100),
            ),
            name=tr("复机工单"),
            empty=tr("没有进行中的复机工单。欠费收清后自动发到这里。"),
            stretch="number",
        )
        self.table.setMinimumHeight(px(_LEAST_PX))
        self.button = Button(tr("确认已恢复"))
        head = QHBoxLayout()
        head.addWidget(Label(tr("复机工单"), role="heading"))
        head.addStretch(1)
        head.addWidget(self.button)
        self.body.addLayout(head)
        self.body.addWidget(self.table, 1)
        self.table.activated_row.connect(self._step)
        self.table.current_changed.connect(self._show_step)
        self.button.clicked.connect(lambda: self._step(self.table.current_row()))
        self._show_step(None)

    def show_rows(self, rows: Sequence[OrderRow]) -> None:
        """Show what still runs."""
        self.table.show_rows(rows)
        self._show_step(self.table.current_row())

    def _show_step(self, row: OrderRow | None) -> None:
        self.button.setEnabled(row is not None)
        if row is not None:
            self.button.set_word(row.step)

    def _step(self, row: OrderRow | None) -> None:
        if row is not None and self.button.isEnabled():
            self.step_wanted.emit(row.order_id)
