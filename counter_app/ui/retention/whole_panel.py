"""The panel in which a whole case is read; arrows and Page Down scroll it, and nothing in it is changed."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QBoxLayout, QWidget

from counter_app.ui.blocks import SPACE, Card, Label, ScrollColumn
from counter_app.ui.frame import Frame
from counter_app.ui.keys import Action
from counter_app.ui.language import tr
from counter_app.ui.panels import Panel
from counter_app.ui.retention.presenter_whole import Section, WholeCase
from counter_app.ui.retention.screen import Fact
from counter_app.ui.theme import px

_WIDTH_PX, _LINE_PX = 560, 28


class WholePanel(Panel):
    """A case, section by section."""

    def __init__(self, case: WholeCase) -> None:
        super().__init__(case.heading, width_px=_WIDTH_PX)
        self.facts = section_column(case.sections)
        self.body.addWidget(self.facts, 1)
        self.body.addWidget(Label(tr("只读。上下键翻看，Esc 返回"), role="note"))

    def shortcuts(self) -> tuple[Action, ...]:
        """The keys of the panel: a line or most of a page, up and down."""
        line = px(_LINE_PX)
        return (
            Action("whole-down", tr("向下"), "Down", lambda: self._scroll(line)),
            Action("whole-up", tr("向上"), "Up", lambda: self._scroll(-line)),
            Action("whole-next", tr("下一屏"), "PgDown", lambda: self._scroll(self.facts.height() - line)),
            Action("whole-back", tr("上一屏"), "PgUp", lambda: self._scroll(line - self.facts.height())),
        )

    def _scroll(self, by_px: int) -> None:
        bar = self.facts.verticalScrollBar()
        bar.setValue(bar.value() + by_px)


def open_whole(frame: Frame, case: WholeCase) -> None:
    """Show a case beside the page; Esc closes it."""
    panel = WholePanel(case)
    frame.panels.open(panel, actions=panel.shortcuts())


class WideFact(QWidget):
    """A fact with more room for its value than for its word; `is_below` puts the value under the word."""

    def __init__(self, fact: Fact, *, is_below: bool) -> None:
        super().__init__()
        direction = QBoxLayout.Direction.TopToBottom if is_below else QBoxLayout.Direction.LeftToRight
        row = QBoxLayout(direction, self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2 if is_below else 2 * SPACE)
        word = Label(fact.word, role="note" if is_below else "muted", is_wrapped=True)
        value = Label(fact.value, tone=None if fact.tone == "ink" else fact.tone, is_wrapped=True)
        word.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        side = Qt.AlignmentFlag.AlignLeft if is_below else Qt.AlignmentFlag.AlignRight
        value.setAlignment(side | Qt.AlignmentFlag.AlignTop)
        row.addWidget(word, 2)
        row.addWidget(value, 3)


def section_column(sections: tuple[Section, ...]) -> ScrollColumn:
    """Sections below one another."""
    column = ScrollColumn()
    for section in sections:
        column.body.addWidget(section_card(section))
    column.body.addStretch(1)
    return column


def section_card(section: Section, *, is_narrow: bool = False) -> Card:
    """Facts under their word; where it is narrow, each value below its word."""
    card = Card(is_inset=True)
    card.body.addWidget(Label(section.word, role="body" if is_narrow else "muted"))
    for fact in section.facts:
        card.body.addWidget(WideFact(fact, is_below=is_narrow))
    card.body.addStretch(1)
    return card
