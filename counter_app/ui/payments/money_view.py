"""What a money panel's mind and its page say to each other, and what all panels of one window share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from counter_app.services.payments import Taken
from counter_app.ui.payments.presenter_figures import Confirmation
from counter_app.ui.payments.screen import MoneyScreen


class MoneyView(Protocol):
    """What the presenter tells its page."""

    def show_money(self, screen: MoneyScreen) -> None:
        """Draw the panel."""

    def confirm(self, question: Confirmation) -> None:
        """Ask; a yes comes back as `confirmed`."""

    def taken(self, taken: Taken) -> None:
        """The money is taken; print, and go on to the next customer."""

    def read_again(self) -> None:
        """What is shown is out of date; read the customer anew."""


@dataclass
class Till:
    """What the money panels of one window share: whether one of them still waits to learn how a payment ended."""

    uncertain: object | None = None
    listeners: list[Callable[[], object]] = field(default_factory=list)

    def mark(self, presenter: object | None) -> None:
        """Another panel waits, or none; all of them draw themselves anew."""
        if self.uncertain is not presenter:
            self.uncertain = presenter
            for listener in tuple(self.listeners):
                listener()
