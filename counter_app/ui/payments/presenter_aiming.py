"""The keys by which a teller says what the money is for: a part of it, what brings a service back, a deposit."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import replace

from counter_app.domain.money import Fen
from counter_app.domain.payments import Position
from counter_app.services.customers import CustomerPage
from counter_app.ui.payments.presenter_aim import Aim, Settle
from counter_app.ui.payments.presenter_tenders import Table
from counter_app.ui.payments.screen import Phase


class Aiming:
    """The part of the money panel's mind that holds the aim; each change plans anew."""

    _page: CustomerPage | None
    _account: int
    _aim: Aim
    _phase: Phase
    _table: Table

    @property
    @abstractmethod
    def position(self) -> Position | None:
        """The chosen account's position."""

    @abstractmethod
    def _changed(self, *, is_read: bool = False) -> None:
        """Something was typed or read."""

    @property
    def last_month(self) -> tuple[str, Fen] | None:
        """Last month, and what the account was billed for it; None where that is nothing."""
        charge_fen = self._page.charges.get(self._account, 0) if self._page is not None else 0
        return (self._page.last_month, charge_fen) if self._page is not None and charge_fen > 0 else None

    def exact(self) -> Fen | None:
        """F5: the sum that makes the payment exact, for the field; None when nothing is due."""
        position = self.position
        if self._phase not in ("paying", "done") or position is None:
            return None
        return self._aim.exact_fen(position, self._table)

    def restore_only(self) -> Fen | None:
        """Settle just what brings the service back; the sum for the field, None when nothing is stopped."""
        position = self.position
        if self._phase != "paying" or position is None or not (position.stopped and position.restore_fen):
            return None
        self._aim = replace(self._aim, settle=Settle(position.restore_fen))
        return position.restore_fen

    def deposit_last_month(self) -> Fen | None:
        """Ctrl+F7: keep as much as last month's charges beside what is due (000-21); the sum of both for the field,
        None where there is nothing to go by.
        """
        if self._phase != "paying" or self.last_month is None:
            return None
        self._aim = replace(self._aim, deposit=Settle(self.last_month[1]).with_field())
        self._changed()
        return self.exact()

    def deposit_part(self) -> bool:
        """Ctrl+U: a field for the sum to keep beside what is due (000-15)."""
        if self._phase != "paying":
            return False
        self._aim = replace(self._aim, deposit=self._aim.deposit.with_field())
        self._changed()
        return True

    def type_deposit(self, text: str) -> None:
        """Digits in the field of the deposit; an empty one means none."""
        if self._phase == "paying":
            self._aim = replace(self._aim, deposit=Settle.typed(text))
            self._changed()

    def settle_part(self) -> bool:
        """Ctrl+J: a field for the sum to settle; what is received beyond it goes back. False when nothing is due."""
        position = self.position
        if self._phase != "paying" or position is None or not position.due_fen:
            return False
        self._aim = replace(self._aim, settle=self._aim.settle.with_field())
        self._changed()
        return True

    def type_settle(self, text: str) -> None:
        """Digits in the field of the sum to settle."""
        if self._phase == "paying":
            self._aim = replace(self._aim, settle=Settle.typed(text))
            self._changed()

    def settle_all(self) -> None:
        """Back to settling all that is due."""
        self._aim = replace(self._aim, settle=Settle())
        self._changed()

    def store_change(self, is_stored: bool) -> None:
        """Keep what is over as prepaid instead of giving change."""
        self._aim = replace(self._aim, is_change_stored=is_stored)
        self._changed()
