"""Where a case is audited: identity, signatures and record beside each other, and what is missing by its number."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QBoxLayout

from counter_app.ui.blocks import SPACE, Label, PrimaryButton, ScrollColumn
from counter_app.ui.fields import TextField
from counter_app.ui.keys import Action
from counter_app.ui.language import tr
from counter_app.ui.numbered import NumberedLine
from counter_app.ui.panels import Panel
from counter_app.ui.retention.presenter_audits import AuditScreen
from counter_app.ui.retention.whole_panel import section_card
from counter_app.ui.theme import LARGEST_SCALE, px, scale_in_use

_WIDTH_PX, _FACTS_PX, _WIDE_SCALE = 860, 190, 125


class AuditPanel(Panel):
    """`on_save` gets the numbers of what is missing and the words, both as typed."""

    def __init__(self, screen: AuditScreen, on_save: Callable[[str, str], object]) -> None:
        is_beside = scale_in_use() <= _WIDE_SCALE
        super().__init__(screen.heading, width_px=_WIDTH_PX if is_beside else _WIDTH_PX // 2)
        self._on_save = on_save
        self.facts = ScrollColumn()
        self.facts.setMinimumHeight(min(px(_FACTS_PX), _FACTS_PX))
        down = QBoxLayout.Direction.TopToBottom
        parts = QBoxLayout(QBoxLayout.Direction.LeftToRight if is_beside else down)
        parts.setSpacing(2 * SPACE)
        for part in screen.parts:
            parts.addWidget(section_card(part, is_narrow=is_beside), 1)
        self.facts.body.addLayout(parts)
        self.misses = NumberedLine(tr("差错（填编号，没有差错就空着）"))
        self.misses.show_options(screen.misses)
        self.words = TextField(tr("差错说明"), hint=tr("不写姓名、电话、证件号"))
        self.error = Label(role="field-error", is_wrapped=True)
        self.error.hide()
        self.save_button = PrimaryButton(tr("合格"), "F9")
        self.first = self.misses.entry
        self.body.addWidget(Label(screen.lead, is_wrapped=True))
        self.body.addWidget(self.facts, 1)
        # with the largest text the fields go with the case, and only the way on stands still
        fields = self.facts.body if scale_in_use() >= LARGEST_SCALE else self.body
        for widget in (self.misses, self.words, self.error):
            fields.addWidget(widget)
        self.facts.body.addStretch(1)
        self.body.addWidget(self.save_button)
        self.misses.entry.typed.connect(lambda _text: self._say_what())
        self.misses.picked.connect(self._pick)
        self.misses.entry.entered.connect(self.words.entry.setFocus)
        self.words.entry.entered.connect(self.press)
        self.save_button.clicked.connect(self.press)

    def press(self) -> None:
        """Write it down; the button is inert until there is an answer."""
        if self.save_button.isEnabled():
            self.save_button.setEnabled(False)
            self._say("")
            self._on_save(self.misses.entry.text().strip(), self.words.entry.text().strip())

    def fail(self, field: str, words: str) -> None:
        """Say what is wrong, beside its field where it is one's."""
        self.save_button.setEnabled(True)
        if field == "misses":
            self.misses.show_error(words)
            self.misses.entry.setFocus()
        else:
            self._say(words)

    def shortcuts(self) -> tuple[Action, ...]:
        """The keys of the panel."""
        return (Action("audit-save", tr("稽核完成"), "F9", self.press),)

    def _pick(self, number: str) -> None:
        typed = self.misses.entry.text().split()
        kept = [one for one in typed if one != number]
        self.misses.entry.setText(" ".join(kept if number in typed else sorted([*typed, number])))
        self.misses.show_error("")
        self._say_what()

    def _say_what(self) -> None:
        count = len(set(self.misses.entry.text().split()))
        self.save_button.set_word(tr("记 {count} 项差错", count=count) if count else tr("合格"))

    def _say(self, words: str) -> None:
        self.error.setText(words)
        self.error.setVisible(bool(words))
