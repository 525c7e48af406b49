"""The form of the talk: numbers for what is chosen, words for the rest, Enter to the next line."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QWidget

from counter_app.ui.blocks import SPACE, Label, ScrollColumn
from counter_app.ui.fields import TextField
from counter_app.ui.language import tr
from counter_app.ui.numbered import NumberedLine
from counter_app.ui.retention.screen import FormScreen

_OF_CONTRACT = ("contract", "contract_until")


class FormPage(ScrollColumn):
    """`typed` carries a line and its text, `picked` a line and a number that was clicked, `agreed` the consent."""

    typed = Signal(str, str)
    picked = Signal(str, str)
    agreed = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self._shown: FormScreen | None = None
        self.chosen, self.tip = Label(tone="accent", is_wrapped=True), Label(role="note", is_wrapped=True)
        self.used = Label(role="note", is_wrapped=True)
        self.lines: dict[str, TextField] = {
            "reasons": NumberedLine(tr("退网原因：主要原因在前，可再加两项，空一格"), rows=2),
            "other_words": TextField(tr("其他原因的说明")),
            "former_use": TextField(tr("原使用情况")),
            "interests": NumberedLine(tr("感兴趣的功能")),
            "rating": TextField(tr("服务评价 1–5"), is_number=True),
            "rating_words": TextField(tr("评价说明")),
            "next_tool": NumberedLine(tr("退网后的通信工具")),
            "later_contact": TextField(tr("今后联系方式")),
            "contact_times": NumberedLine(tr("方便联系的时间")),
            "suggestions": TextField(tr("意见建议")),
            "contract": TextField(tr("合约违约金"), is_number=True),
            "contract_until": TextField(tr("合约到期日"), is_number=True, hint="2026-11-21"),
            "agent_name": TextField(tr("代办人姓名")),
            "agent_order_no": TextField(tr("委托书号")),
            "agent_id_kind": NumberedLine(tr("代办人证件类型（不填为居民身份证）")),
            "agent_id_number": TextField(tr("代办人证件号码"), is_number=True),
            "id_kind": NumberedLine(tr("证件类型（不填为居民身份证）")),
            "id_number": TextField(tr("证件号码（资料里没有，请照原件补上）"), is_number=True),
        }
        self.contract_note = Label(tr("合约违约金和到期日取自资料，不用填写。"), role="note", is_wrapped=True)
        self.consent = QCheckBox(tr("客户同意以后联系"))
        self._lay_out()
        self._connect()

    def show_form(self, screen: FormScreen) -> None:
        """Draws the form; a line that somebody types in keeps what stands there."""
        if screen == self._shown:
            return
        self._shown = screen
        for name, line in self.lines.items():
            if line.entry.text() != screen.texts[name]:
                line.entry.setText(screen.texts[name])
            line.show_error(screen.errors.get(name, ""))
            line.setEnabled(screen.is_open and not (screen.is_contract_known and name in _OF_CONTRACT))
        self._numbered("reasons").show_options(screen.reasons, screen.seconds)
        self._numbered("interests").show_options(screen.interests)
        self._numbered("next_tool").show_options(screen.next_tools)
        self._numbered("contact_times").show_options(screen.contact_times)
        self.lines["contact_times"].setVisible(bool(screen.contact_times))
        self._numbered("id_kind").show_options(screen.id_kinds)
        self._numbered("agent_id_kind").show_options(screen.agent_kinds)
        self.lines["id_number"].entry.setPlaceholderText(screen.id_kept)
        self.lines["agent_id_number"].entry.setPlaceholderText(screen.agent_id_kept)
        self.contract_note.setVisible(screen.is_contract_known)
        for label, text in ((self.chosen, screen.chosen), (self.tip, screen.tip)):
            label.setText(text)
            label.setVisible(bool(text))
        self.used.setText(tr("近月账单：{months}", months=screen.used))
        self.consent.setChecked(screen.is_agreed)
        self.consent.setEnabled(screen.is_open)
        self.lines["other_words"].setVisible(screen.asks_other)
        for name in ("id_kind", "id_number"):
            self.lines[name].setVisible(screen.asks_id)
        for name in ("agent_name", "agent_id_kind", "agent_id_number", "agent_order_no"):
            self.lines[name].setVisible(screen.asks_agent)

    def begin(self) -> None:
        """The cursor to the first line that is wrong, else to the reasons."""
        first = next((line for line in self.lines.values() if line.error.text()), self.lines["reasons"])
        first.entry.setFocus()
        first.entry.selectAll()
        if first is self.lines["reasons"]:
            self.verticalScrollBar().setValue(0)
        else:
            self.ensureWidgetVisible(first)

    def stops(self) -> list[QWidget]:
        """Everything that takes the focus, in reading order."""
        found: list[QWidget] = []
        for name, line in self.lines.items():
            found += [line.entry, self.consent] if name == "later_contact" else [line.entry]
        return found

    def _numbered(self, name: str) -> NumberedLine:
        line = self.lines[name]
        assert isinstance(line, NumberedLine)
        return line

    def _lay_out(self) -> None:
        self.body.setSpacing(SPACE + 4)
        lines = self.lines
        for line in lines.values():
            line.label.setWordWrap(True)
        below = QHBoxLayout()
        below.addWidget(self.consent)
        below.addStretch(1)
        self.body.addWidget(lines["reasons"])
        self.body.addWidget(self.chosen)
        self.body.addWidget(self.tip)
        self.body.addWidget(lines["other_words"])
        self.body.addWidget(self.used)
        self.body.addWidget(lines["former_use"])
        self.body.addWidget(lines["interests"])
        self.body.addLayout(_side_by_side((lines["rating"], 1), (lines["rating_words"], 3)))
        self.body.addWidget(lines["next_tool"])
        self.body.addWidget(lines["later_contact"])
        self.body.addLayout(below)
        self.body.addWidget(lines["contact_times"])
        self.body.addWidget(lines["suggestions"])
        self.body.addLayout(_side_by_side((lines["contract"], 1), (lines["contract_until"], 1)))
        self.body.addWidget(self.contract_note)
        self.body.addLayout(_side_by_side((lines["agent_name"], 1), (lines["agent_order_no"], 1)))
        self.body.addWidget(lines["agent_id_kind"])
        self.body.addWidget(lines["agent_id_number"])
        self.body.addWidget(lines["id_kind"])
        self.body.addWidget(lines["id_number"])
        self.body.addStretch(1)

    def _connect(self) -> None:
        for name, line in self.lines.items():
            line.entry.typed.connect(partial(self.typed.emit, name))
            line.entry.entered.connect(partial(self._go_on, name))
            if isinstance(line, NumberedLine):
                line.picked.connect(partial(self.picked.emit, name))
        # clicked, not toggled: what the presenter draws is no word of the customer's
        self.consent.clicked.connect(self.agreed)

    def _go_on(self, name: str) -> None:
        names = [known for known, line in self.lines.items() if line.isVisible() and line.isEnabled()]
        following = names[(names.index(name) + 1) % len(names)]
        self.lines[following].entry.setFocus()
        self.ensureWidgetVisible(self.lines[following])


def _side_by_side(*parts: tuple[QWidget, int]) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(2 * SPACE)
    for widget, share in parts:
        row.addWidget(widget, share)
    return row
