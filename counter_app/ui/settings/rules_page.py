"""The rules that this hall reckons by: looked at, never changed here."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from counter_app.ui.blocks import SPACE, Card, KeyValueRow, Label, ScrollColumn
from counter_app.ui.desk import Desk
from counter_app.ui.language import tr
from counter_app.ui.settings.presenter_rules import RuleRow, not_configured, rules_in_force
from counter_app.ui.table import Column, Table
from counter_app.ui.theme import px


class RulesPage(Card):
    """All rules as a table, the chosen one in full below it."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self.table: Table[RuleRow] = Table(
            (
                Column("table", tr("规则"), lambda r: r.table, 130, sort=lambda r: r.table),
                Column("from", tr("生效日"), lambda r: r.valid_from, 120, sort=lambda r: r.valid_from),
                Column("values", tr("内容"), lambda r: r.values, 460),
                Column("source", tr("依据"), lambda r: r.source, 300),
            ),
            name=tr("现行规则"),
            empty=tr("规则包里没有规则。"),
            stretch="values",
        )
        self._detail = ScrollColumn()
        self._shown: QWidget | None = None
        inset = Card(is_inset=True)
        inset.setFixedHeight(px(170))
        inset.body.addWidget(self._detail)
        self.body.addWidget(self.table, 1)
        self.body.addWidget(inset)
        self._unset = Label(role="note", is_wrapped=True)
        self.body.addWidget(self._unset)
        self.table.current_changed.connect(self._show)

    def read(self) -> None:
        """Show what is in force now."""
        self.table.show_rows(rules_in_force(self._desk))
        unset = not_configured(self._desk)
        items = tr("、").join(tr("{word}（{where}）", word=word, where=where) for word, where in unset)
        self._unset.setText(tr("尚未配置，本厅不会自行猜测：{items}", items=items))
        self._unset.setVisible(bool(unset))

    def _show(self, row: RuleRow | None) -> None:
        if self._shown is not None:
            self._detail.body.removeWidget(self._shown)
            self._shown.hide()
            self._shown.deleteLater()
        self._shown = None
        if row is None:
            return
        self._shown = QWidget()
        column = QVBoxLayout(self._shown)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE // 2)
        for word, value in (*row.lines, (tr("依据"), row.source)):
            line = KeyValueRow(word, value)
            line.value.setWordWrap(True)
            column.addWidget(line)
        column.addStretch(1)
        self._detail.body.addWidget(self._shown)
