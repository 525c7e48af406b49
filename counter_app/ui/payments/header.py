"""The card that says who stands at the counter, and what matters now."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QWidget

from counter_app.ui.blocks import SPACE, Card, Chip
from counter_app.ui.choice import DropDown
from counter_app.ui.elided import ElidedLabel
from counter_app.ui.language import tr
from counter_app.ui.payments.screen import ChipValue, CustomerScreen, ServiceValue
from counter_app.ui.theme import LARGEST_SCALE, px, scale_in_use

_NAME_PX = 240


class HeaderCard(Card):
    """Name, numbers, flags, arrears, services, and the choice of an account; `account_chosen` carries its key."""

    account_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.body.setContentsMargins(2 * SPACE, SPACE + 2, 2 * SPACE, SPACE + 2)
        self.body.setSpacing(4)
        self._shown: CustomerScreen | None = None
        self.name = ElidedLabel(role="heading", ground="raised", has_own_width=True)
        self.name.setMinimumWidth(px(40))
        self.name.setMaximumWidth(px(_NAME_PX))
        self.facts = ElidedLabel(ground="raised")
        self.details = ElidedLabel(role="note", ground="raised")
        self._is_tight = scale_in_use() == LARGEST_SCALE
        self._overdue, self._flags, self._services = ChipRow(), ChipRow(), QHBoxLayout()
        self.accounts = DropDown((), name=tr("户号"))
        self.accounts.chosen.connect(self.account_chosen)
        self._services.setSpacing(SPACE)
        facts = QGridLayout()
        facts.setHorizontalSpacing(2 * SPACE)
        facts.setVerticalSpacing(4)
        facts.setColumnStretch(1, 1)
        facts.addWidget(self.name, 0, 0, 1 if self._is_tight else 2, 1)
        facts.addWidget(self.facts, 0, 1)
        facts.addLayout(self._overdue, 0, 2)
        if self._is_tight:
            # flags get the whole line; the details stand there when there are none
            self._flags.setSpacing(SPACE // 2)
            facts.addWidget(self.details, 1, 0, 1, 3)
            facts.addLayout(self._flags, 1, 0, 1, 3)
        else:
            facts.addWidget(self.details, 1, 1)
            facts.addLayout(self._flags, 1, 2)
        facts.setAlignment(self._overdue, Qt.AlignmentFlag.AlignRight)
        facts.setAlignment(self._flags, Qt.AlignmentFlag.AlignRight)
        self._third = QHBoxLayout()
        self._third.setSpacing(2 * SPACE)
        self._third.addLayout(self._services, 1)
        self._third.addWidget(self.accounts)
        for row in (facts, self._third):
            self.body.addLayout(row)
        self.accounts.hide()

    def show_customer(self, screen: CustomerScreen) -> None:
        """Draws the customer; what has not changed stays."""
        before, self._shown = self._shown, screen
        header = screen.header
        self.name.setText(header.name)
        self.facts.setText(header.facts)
        self.details.setText(header.details)
        if before is None or before.header.overdue != header.overdue:
            self._overdue.show_values((header.overdue,) if header.overdue else ())
        if before is None or before.header.chips != header.chips:
            self._flags.show_values(header.chips)
            self.details.setVisible(not (self._is_tight and header.chips))
        if before is None or before.services != screen.services:
            self._show_services(screen.services)
        if before is None or (before.accounts, before.account) != (screen.accounts, screen.account):
            self._show_accounts(screen)

    def _show_services(self, services: tuple[ServiceValue, ...]) -> None:
        _empty(self._services)
        for service in services:
            if service.text:
                label = ElidedLabel(service.text, role="note", ground="raised", has_own_width=True)
                label.setMinimumWidth(px(48))
                self._services.addWidget(label)
            state = service.state
            self._services.addWidget(Chip(state.tone, state.word, state.icon))
        self._services.addStretch(1)

    def _show_accounts(self, screen: CustomerScreen) -> None:
        has_choice = len(screen.accounts) > 1
        if has_choice:
            self.accounts.set_choices(screen.accounts)
            self.accounts.choose(screen.account)
        self.accounts.setVisible(has_choice)


class ChipRow(QHBoxLayout):
    """Chips beside one another that take the values of one customer after the other; those not needed are hidden."""

    def __init__(self) -> None:
        super().__init__()
        self._chips: list[Chip] = []
        self.setSpacing(SPACE)

    def show_values(self, values: Sequence[ChipValue]) -> None:
        """Draws one chip for each value."""
        for place, value in enumerate(values):
            if place == len(self._chips):
                self._chips.append(Chip(value.tone, value.word, value.icon))
                self.addWidget(self._chips[place], 0, Qt.AlignmentFlag.AlignVCenter)
            else:
                self._chips[place].show_value(value.tone, value.word, value.icon)
                self._chips[place].show()
        for chip in self._chips[len(values) :]:
            chip.hide()


def _empty(row: QHBoxLayout) -> None:
    while item := row.takeAt(0):
        widget: QWidget | None = item.widget()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
