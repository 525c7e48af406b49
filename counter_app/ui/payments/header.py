"""The card that says who stands at the counter, and what matters now."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QSizePolicy, QWidget

from counter_app.ui.blocks import SPACE, Card, Chip, Label
from counter_app.ui.formats import plain
from counter_app.ui.language import tr
from counter_app.ui.payments.screen import ChipValue, CustomerScreen, ServiceValue
from counter_app.ui.theme import px

_NAME_PX = 240


class HeaderCard(Card):
    """Name, numbers, flags, arrears, services, and the choice of an account; `account_chosen` carries its key."""

    account_chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.body.setContentsMargins(2 * SPACE, SPACE + 2, 2 * SPACE, SPACE + 2)
        self.body.setSpacing(4)
        self._shown: CustomerScreen | None = None
        self.name = Label(role="heading", is_elided=True)
        self.name.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self.name.setMinimumWidth(px(40))
        self.name.setMaximumWidth(px(_NAME_PX))
        self.facts = Label(is_elided=True)
        self.details = Label(role="note", is_elided=True)
        self._overdue, self._flags, self._services = QHBoxLayout(), QHBoxLayout(), QHBoxLayout()
        self.accounts = _Accounts()
        self.accounts.setAccessibleName(tr("户号"))
        self.accounts.activated.connect(lambda place: self.account_chosen.emit(self.accounts.itemData(place)))
        for layout in (self._overdue, self._flags, self._services):
            layout.setSpacing(SPACE)
        first, second, self._third = QHBoxLayout(), QHBoxLayout(), QHBoxLayout()
        first.setSpacing(2 * SPACE)
        first.addWidget(self.name)
        first.addWidget(self.facts, 1)
        first.addLayout(self._overdue)
        second.setSpacing(2 * SPACE)
        second.addWidget(self.details, 1)
        second.addLayout(self._flags)
        self._third.setSpacing(2 * SPACE)
        self._third.addLayout(self._services, 1)
        self._third.addWidget(self.accounts)
        for row in (first, second, self._third):
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
            _fill(self._overdue, (header.overdue,) if header.overdue else ())
        if before is None or before.header.chips != header.chips:
            _fill(self._flags, header.chips)
        if before is None or before.services != screen.services:
            self._show_services(screen.services)
        if before is None or (before.accounts, before.account) != (screen.accounts, screen.account):
            self._show_accounts(screen)

    def _show_services(self, services: tuple[ServiceValue, ...]) -> None:
        _empty(self._services)
        for service in services:
            if service.text:
                label = Label(service.text, role="note", is_elided=True)
                label.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
                label.setMinimumWidth(px(48))
                self._services.addWidget(label)
            self._services.addWidget(_chip(service.state))
        self._services.addStretch(1)

    def _show_accounts(self, screen: CustomerScreen) -> None:
        self.accounts.clear()
        for key, word in screen.accounts:
            self.accounts.addItem(plain(word), key)
        self.accounts.setCurrentIndex(max(0, self.accounts.findData(screen.account)))
        self.accounts.setVisible(len(screen.accounts) > 1)


class _Accounts(QComboBox):
    """A list that the mouse wheel never changes."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


def _chip(value: ChipValue) -> Chip:
    return Chip(value.tone, value.word, value.icon)


def _fill(row: QHBoxLayout, values: tuple[ChipValue, ...]) -> None:
    _empty(row)
    for value in values:
        row.addWidget(_chip(value), 0, Qt.AlignmentFlag.AlignVCenter)


def _empty(row: QHBoxLayout) -> None:
    while item := row.takeAt(0):
        widget: QWidget | None = item.widget()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
