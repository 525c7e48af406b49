"""The 设置 room: one choice on top, its page below."""

from __future__ import annotations

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from counter_app.ui.blocks import SPACE, Button, Card, KeyValueRow, Label, PrimaryButton, ScrollColumn, page
from counter_app.ui.choice import SegmentedChoice
from counter_app.ui.desk import Desk
from counter_app.ui.fields import TextField
from counter_app.ui.frame import Frame
from counter_app.ui.language import later, tr
from counter_app.ui.settings.presenter import RuleRow, SettingsPresenter, StaffRow
from counter_app.ui.settings.staff_panel import StaffPanel
from counter_app.ui.table import Column, Table
from counter_app.ui.theme import px

_WORDS = {
    "name": later("营业厅名称"),
    "company": later("公司名称"),
    "counter_name": later("柜台名称"),
    "hotline": later("服务热线"),
    "address": later("营业厅地址"),
    "footer": later("收据附言"),
}


class SettingsRoom(QWidget):
    """What the hall admin may see and change."""

    def __init__(self, desk: Desk, frame: Frame) -> None:
        super().__init__()
        self._desk, self._frame = desk, frame
        self.presenter = SettingsPresenter(desk)
        ground, column = page()
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(ground)
        self.choice = SegmentedChoice(
            (("hall", tr("营业厅")), ("staff", tr("人员")), ("rules", tr("规则"))), name=tr("设置项")
        )
        self.stack = QStackedWidget()
        self._places = {"hall": self._hall_page(), "staff": self._staff_page(), "rules": self._rules_page()}
        for widget in self._places.values():
            self.stack.addWidget(widget)
        self.choice.chosen.connect(self._show)
        top = QHBoxLayout()
        top.addWidget(self.choice)
        top.addStretch(1)
        column.addLayout(top)
        column.addWidget(self.stack, 1)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._desk.session is not None:
            self.read()

    def read(self) -> None:
        """Show what is true now."""
        for key, value in self.presenter.words().items():
            self.fields[key].entry.setText(value)
        self.presenter.read_staff(self.staff_table.show_rows, self._say)
        self.rules_table.show_rows(self.presenter.rules())

    def save_words(self) -> None:
        """Keep the hall's words."""
        words = {key: field.entry.text() for key, field in self.fields.items()}
        self.error.hide()
        self.presenter.save_words(
            words, lambda: self._frame.toast.say(tr("已保存。新收据即按新内容打印。")), self._fail
        )

    def _show(self, key: str) -> None:
        self.stack.setCurrentWidget(self._places[key])

    def _hall_page(self) -> QWidget:
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2 * SPACE)
        card = Card()
        column = ScrollColumn()
        self.fields = {key: TextField(tr(word)) for key, word in _WORDS.items()}
        for field in self.fields.values():
            column.body.addWidget(field)
        column.body.addStretch(1)
        self.error = Label(role="field-error", is_wrapped=True)
        self.error.hide()
        self.save = PrimaryButton(tr("保存"))
        self.save.clicked.connect(self.save_words)
        card.body.addWidget(column, 1)
        card.body.addWidget(self.error)
        card.body.addWidget(self.save)
        facts = Card()
        facts.setFixedWidth(px(440))
        facts.body.addWidget(Label(tr("固定信息"), role="heading"))
        for word, value in self.presenter.facts():
            fact = KeyValueRow(word, value)
            fact.value.setWordWrap(True)
            facts.body.addWidget(fact)
        facts.body.addStretch(1)
        row.addWidget(card, 1)
        row.addWidget(facts)
        return holder

    def _staff_page(self) -> QWidget:
        card = Card()
        self.staff_table: Table[StaffRow] = Table(
            (
                Column("no", tr("工号"), lambda r: r.staff.staff_no, 140, sort=lambda r: r.staff.staff_no),
                Column("name", tr("姓名"), lambda r: r.staff.name, 200, sort=lambda r: r.staff.name),
                Column("role", tr("角色"), lambda r: r.role, 160, sort=lambda r: r.role),
                Column("state", tr("状态"), lambda r: r.state, 160, sort=lambda r: r.state),
            ),
            name=tr("人员"),
            empty=tr("还没有人员。按“增加人员”添加。"),
            stretch="name",
        )
        self.staff_table.activated_row.connect(self._ask_change)
        self.add_button, self.change_button = PrimaryButton(tr("增加人员")), Button(tr("修改所选"))
        self.add_button.clicked.connect(self._ask_add)
        self.change_button.clicked.connect(lambda: self._ask_change(self.staff_table.current_row()))
        buttons = QHBoxLayout()
        buttons.addWidget(self.add_button)
        buttons.addWidget(self.change_button)
        buttons.addStretch(1)
        card.body.addWidget(self.staff_table, 1)
        card.body.addLayout(buttons)
        return card

    def _rules_page(self) -> QWidget:
        card = Card()
        self.rules_table: Table[RuleRow] = Table(
            (
                Column("table", tr("规则"), lambda r: r.table, 150, sort=lambda r: r.table),
                Column("from", tr("生效日"), lambda r: r.valid_from, 120, sort=lambda r: r.valid_from),
                Column("values", tr("内容"), lambda r: r.values, 420),
                Column("source", tr("依据"), lambda r: r.source, 320),
            ),
            name=tr("现行规则"),
            empty=tr("规则包里没有规则。"),
            stretch="values",
        )
        card.body.addWidget(self.rules_table, 1)
        unset = self.presenter.not_configured()
        if unset:
            words = tr("尚未配置：{items}", items="; ".join(f"{key}（{why}）" for key, why in unset))
            card.body.addWidget(Label(words, role="note", is_wrapped=True))
        return card

    def _ask_add(self) -> None:
        self._open_panel(StaffPanel(None), self.presenter.add)

    def _ask_change(self, row: StaffRow | None) -> None:
        if row is not None:
            self._open_panel(StaffPanel(row.staff), self.presenter.change)

    def _open_panel(self, panel: StaffPanel, work: object) -> None:
        def done() -> None:
            self._frame.panels.close_panel(panel)
            self._frame.toast.say(tr("已保存。"))
            self.read()

        def go() -> None:
            assert callable(work)
            work(panel.wish(), done, panel.fail)

        panel.button.clicked.connect(go)
        self._frame.panels.open(panel, beside=self.add_button, actions=())

    def _fail(self, words: str) -> None:
        self.error.setText(words)
        self.error.show()

    def _say(self, words: str) -> None:
        self._frame.toast.say(words, tone="warn")
