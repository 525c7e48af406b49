"""What people in the hall were told, written down by the simulator: the truth that every file is held against."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace

from counter_app.services.payments import Taken


@dataclass(frozen=True)
class Told:
    """One act as its teller was told: everything of it that may never be lost, doubled or altered."""

    intent: str
    machine: str
    kind: str
    entry_id: str
    amounts: tuple[int, ...]
    receipt_no: str = ""
    bills: tuple[tuple[str, int, int, int], ...] = ()

    @property
    def cash_in_fen(self) -> int:
        """What came into the hall and stayed: received less change (payments only)."""
        return self.amounts[0] - self.amounts[1] if self.kind == PAYMENT else 0


PAYMENT, OPEN, CLOSE, CASH_IN, CASH_OUT = "payment.take", "shift.open", "shift.close", "cash.in", "cash.out"
CREDIT = "credit.settled"
DEED, NEWER_KIND = "future.money", "future.deed"
"""What newer programs write, with money and without."""


@dataclass(frozen=True)
class Paper:
    """A receipt in a customer's hands: the text of its QR code, and on it the account, and what of the sum was paid out
    of prepaid money.
    """

    text: str
    account_no: str
    prepaid_used_fen: int


def told_of(machine: str, intent: str, taken: Taken) -> Told:
    """A payment as its receipt told it."""
    facts = taken.facts
    amounts = (
        facts.received_fen,
        facts.change_fen,
        facts.prepaid_used_fen,
        facts.prepaid_stored_fen,
        facts.total_fen,
    )
    bills = tuple((line.bill_no, line.principal_fen, line.late_fee_fen, line.cost_fen) for line in facts.lines)
    return Told(intent, machine, PAYMENT, taken.payment_id, amounts, taken.receipt_no, bills)


@dataclass
class Truth:
    """Everything told in one hall, the papers in its customers' hands, and the wrongs found so far.

    `tried` are all intents by their machine; one that nobody was told of may be in a journal once, or nowhere. `denied`
    are those of which the program said that nothing was recorded; `gone` those that lay only on a destroyed disk;
    `untold` the entries on disks that another hall lost with the guests in them, whom nobody may have told the hub of;
    `reentered` the payments (by their entry, in fen) that were entered again from their receipts in the end; `sealed`
    what a record beside the entry of an intent must hold, `held` the records whose content a file has in the end.
    """

    told: dict[str, Told] = field(default_factory=dict)
    tried: dict[str, str] = field(default_factory=dict)
    papers: dict[str, Paper] = field(default_factory=dict)
    denied: set[str] = field(default_factory=set)
    gone: set[str] = field(default_factory=set)
    untold: set[str] = field(default_factory=set)
    reentered: dict[str, int] = field(default_factory=dict)
    sealed: dict[str, bytes] = field(default_factory=dict)
    held: set[str] = field(default_factory=set)
    wrongs: Counter[str] = field(default_factory=Counter)
    examples: list[str] = field(default_factory=list)

    def hear(self, told: Told) -> None:
        """Somebody was told; told twice, it must be the same."""
        if told.intent in self.denied:
            self.wrong("I1 durable", f"said to be not recorded, and then: {told}")
        # a copied folder tells on another machine what was told before it was copied
        before = replace(self.told.setdefault(told.intent, told), machine=told.machine)
        if before != told:
            self.wrong("I4 unchanged", f"told {before}, then {told}")

    def wrong(self, invariant: str, what: str) -> None:
        """Count a wrong, and keep the first ones in words."""
        self.wrongs[invariant] += 1
        if len(self.examples) < 12:
            self.examples.append(f"{invariant}: {what}")
