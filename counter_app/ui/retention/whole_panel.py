"""The panel in which a whole case is read; arrows and Page Down scroll it, and nothing in it is changed."""

from __future__ import annotations

from PySide6.QtCore import Qt

from counter_app.ui.blocks import Card, Label, ScrollColumn
from counter_app.ui.language import tr
from counter_app.ui.panels import Panel
from counter_app.ui.retention.presenter_whole import Section, WholeCase
from counter_app.ui.retention.side import FactRow

_WIDTH_PX = 560


class WholePanel(Panel):
    """A case, section by section."""

    def __init__(self, case: WholeCase) -> None:
        super().__init__(case.heading, width_px=_WIDTH_PX)
        self.facts = section_column(case.sections)
        self.facts.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.facts.setAccessibleName(self.heading.text())
        self.first = self.facts
        self.body.addWidget(self.facts, 1)
        self.body.addWidget(Label(tr("只读。上下键翻看，Esc 返回"), role="note"))


def section_column(sections: tuple[Section, ...]) -> ScrollColumn:
    """Sections below one another."""
    column = ScrollColumn()
    for section in sections:
        column.body.addWidget(section_card(section))
    column.body.addStretch(1)
    return column


def section_card(section: Section) -> Card:
    """Facts under their word."""
    card = Card(is_inset=True)
    card.body.addWidget(Label(section.word, role="muted"))
    for fact in section.facts:
        row = FactRow()
        row.show_fact(fact)
        card.body.addWidget(row)
    card.body.addStretch(1)
    return card
