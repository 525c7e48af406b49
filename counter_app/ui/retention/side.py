"""The two cards beside the form: the steps on the left; who stands there, and what to do next, on the right."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from counter_app.ui.blocks import SPACE, Button, Card, Label, PrimaryButton, ScrollColumn, rule
from counter_app.ui.choice import Segment
from counter_app.ui.elided import ElidedLabel
from counter_app.ui.fact_rows import FactRow as FactRow
from counter_app.ui.flow import Flow
from counter_app.ui.icons import IconView
from counter_app.ui.language import tr
from counter_app.ui.retention.screen import Fact, RetentionScreen, StepLine
from counter_app.ui.theme import Tone, px, scale_in_use

_ICONS: dict[str, tuple[str, Tone]] = {
    "done": ("circle-check", "good"),
    "now": ("chevron-right", "accent"),
    "open": ("clock", "muted"),
    "skipped": ("ban", "muted"),
}


class StepsCard(Card):
    """`wanted` carries the step that somebody wants to look at."""

    wanted = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._least_px = 190 + (scale_in_use() - 100) * 4 // 5
        self.setFixedWidth(self._least_px)
        self.body.setContentsMargins(SPACE, SPACE + 4, SPACE, SPACE + 4)
        self.number = ElidedLabel(role="note")
        self.buttons: dict[str, Segment] = {}
        self._shown: tuple[StepLine, ...] = ()
        self._page = ""
        self._column = ScrollColumn()
        self._rows: list[QWidget] = []
        self._column.body.addStretch(1)
        self.body.addWidget(self.number)
        self.body.addWidget(self._column, 1)

    def show_steps(self, screen: RetentionScreen) -> None:
        """Draws the steps; the present one is marked, the one that is looked at is lit."""
        self.number.setText(screen.case_no)
        if screen.steps != self._shown:
            self._shown = screen.steps
            self._build()
        for name, button in self.buttons.items():
            button.setChecked(name == screen.page)

    def _build(self) -> None:
        for row in self._rows:
            self._column.body.removeWidget(row)
            row.hide()
            row.deleteLater()
        self._rows, self.buttons = [], {}
        for place, line in enumerate(self._shown):
            row = self._row(line)
            self._column.body.insertWidget(place, row)
            self._rows.append(row)
        # the longest step is never cut, in any language
        widest_px = max(row.sizeHint().width() for row in self._rows) + 2 * SPACE + 2
        self.setFixedWidth(max(self._least_px, widest_px))

    def _row(self, line: StepLine) -> QWidget:
        row = QWidget()
        column = QVBoxLayout(row)
        column.setContentsMargins(0, 0, 0, 4)
        column.setSpacing(2)
        icon, tone = _ICONS[line.state]
        button = Segment(line.word, row)
        button.setEnabled(line.can_open)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.clicked.connect(partial(self._press, line.page))
        beside = QHBoxLayout()
        beside.setSpacing(6)
        beside.addWidget(IconView(icon, tone, size_px=16))
        beside.addWidget(button, 1)
        column.addLayout(beside)
        if line.note:
            note = ElidedLabel(line.note, role="note")
            note.setContentsMargins(px(16) + SPACE, 0, 0, 0)
            column.addWidget(note)
        self.buttons[line.page] = button
        return row

    def _press(self, page: str, _checked: bool = False) -> None:
        self.wanted.emit(page)


class SideCard(Card):
    """The facts, what is missing, and the ways on."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedWidth(300 + (scale_in_use() - 100) * 6 // 5)
        self._facts: list[FactRow] = []
        self._column = ScrollColumn()
        self._fact_column = QVBoxLayout()
        self._fact_column.setSpacing(6)
        self.missing_word = Label(tr("还缺"), role="muted")
        self.missing = Label(tone="warn", is_wrapped=True)
        self.message = Label(tone="bad", is_wrapped=True)
        self.next = PrimaryButton("", "F9")
        self.leave = Button(tr("现在离网"), key="Ctrl+L", kind="danger")
        self.withdraw = Button(tr("撤回申请"), kind="quiet")
        self.correct = Button(tr("改登记"), kind="quiet")
        self.waive = Button(tr("减免违约金"), kind="quiet")
        self.papers = Button(tr("打印单据"), key="Ctrl+P", kind="quiet")
        self._column.body.addLayout(self._fact_column)
        self._column.body.addWidget(rule())
        self._column.body.addWidget(self.missing_word)
        self._column.body.addWidget(self.missing)
        self._column.body.addStretch(1)
        small = QWidget()
        ways = Flow(small)
        for button in (self.papers, self.withdraw, self.correct, self.waive):
            ways.addWidget(button)
        self.body.addWidget(self._column, 1)
        self.body.addWidget(self.message)
        self.body.addWidget(self.next)
        self.body.addWidget(self.leave)
        self.body.addWidget(small)

    def show_side(self, screen: RetentionScreen) -> None:
        """Draws the card."""
        self._show_facts(screen.facts)
        self.missing.setText("\n".join(screen.missing))
        for widget in (self.missing_word, self.missing):
            widget.setVisible(bool(screen.missing))
        self.message.setText(screen.message)
        self.message.setVisible(bool(screen.message))
        self.next.set_word(screen.next.word)
        self.next.setEnabled(bool(screen.next.act) and not screen.is_working)
        self.leave.setVisible(screen.can_leave_now)
        self.withdraw.setVisible(screen.can_withdraw)
        self.correct.setVisible(screen.can_correct)
        self.waive.setVisible(screen.can_waive)

    def stops(self) -> list[QWidget]:
        """Everything that takes the focus, in reading order."""
        return [self.next, self.leave, self.papers, self.withdraw, self.correct, self.waive]

    def _show_facts(self, facts: tuple[Fact, ...]) -> None:
        while len(self._facts) < len(facts):
            self._facts.append(FactRow())
            self._fact_column.addWidget(self._facts[-1])
        for row, fact in zip(self._facts, facts, strict=False):
            row.show_fact(fact)
        for place, row in enumerate(self._facts):
            row.setVisible(place < len(facts))
