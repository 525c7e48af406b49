"""A bill as the hall issued it, what has been settled of it, and what is still owed."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from counter_app.domain.reliefs import WAIVER, Relief

DISPUTE, LOWERED, TAKEN_BACK = "dispute", "lowered", "dispute_back"
"""Sources of settlements that a dispute writes: a part that is frozen, one that was never due, and money that was paid
of it and is the customer's again.
"""


# named tuples cost less to make than frozen dataclasses, and an old customer has hundreds
class Settlement(NamedTuple):
    """One part of a bill that was settled on one day, by us or elsewhere; identified by `settlement_id` for ever.

    Settlements are a set keyed by id: the same id arriving again is the same row.
    """

    settlement_id: str
    settled_on: date
    principal_fen: int
    late_fee_fen: int
    cost_fen: int = 0
    source: str = "counter"

    @property
    def is_waiver(self) -> bool:
        """Whether nobody paid it: a late fee that was let off, here or elsewhere, or that taken back."""
        return source_of(self.source) == WAIVER


class Bill(NamedTuple):
    """A bill of one account and one month, as master data gives it (fen, whole days).

    `month` is `YYYY-MM` (a heating season is the month it is billed in). `accrual_start_on` and `accrual_stop_on` are
    the contract's own dates where they differ from the rule pack's (domain_rules 1.9 step 1).
    """

    bill_id: int
    bill_no: str
    account_id: int
    month: str
    due_on: date
    principal_fen: int
    cost_fen: int = 0
    service_id: int | None = None
    accrual_start_on: date | None = None
    accrual_stop_on: date | None = None
    is_disputed: bool = False
    is_late_fee_deferred: bool = False
    settlements: tuple[Settlement, ...] = ()
    items: tuple[tuple[str, int], ...] = ()
    reliefs: tuple[Relief, ...] = ()

    def is_deferred_on(self, on: date) -> bool:
        """Whether the late fee is put off on a day: by the master data, or by a decision whose day is not over."""
        return self.is_late_fee_deferred or any(relief.is_deferring(on) for relief in self.reliefs)

    @property
    def principal_settled_fen(self) -> int:
        """Principal settled so far, in fen."""
        settled_fen = 0
        for settlement in self.settlements:
            settled_fen += settlement.principal_fen
        return settled_fen

    @property
    def late_fee_settled_fen(self) -> int:
        """Late fee settled so far, in fen."""
        settled_fen = 0
        for settlement in self.settlements:
            settled_fen += settlement.late_fee_fen
        return settled_fen

    @property
    def cost_settled_fen(self) -> int:
        """Collection cost settled so far, in fen."""
        settled_fen = 0
        for settlement in self.settlements:
            settled_fen += settlement.cost_fen
        return settled_fen

    @property
    def principal_open_fen(self) -> int:
        """Principal still owed, never below 0; an overpaid bill owes nothing."""
        open_fen = self.principal_fen - self.principal_settled_fen
        return open_fen if open_fen > 0 else 0

    @property
    def is_settled_in_time(self) -> bool:
        """Whether the bill owes nothing on any day and under any rule: it was settled in full up to its due date, has
        no cost, and the contract names no start of accrual of its own (else a late fee starts after the due date).
        """
        settlements = self.settlements
        if not settlements or self.cost_fen or self.accrual_start_on is not None:
            return False
        open_fen, due_on = self.principal_fen, self.due_on
        for _, settled_on, part_fen, _, _, _ in settlements:
            if part_fen < 0:
                return False
            if settled_on <= due_on:
                open_fen -= part_fen
        return open_fen <= 0


def source_of(source: str) -> str:
    """Where a settlement comes from, also where it came down from the hub: `hub:SOURCE:COUNTER`."""
    return source.removeprefix("hub:").partition(":")[0]
