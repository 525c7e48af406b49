"""Which bill, and which part of it, a sum of money goes to: one function for the preview and for the payment."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from itertools import groupby
from typing import Literal, NamedTuple

from counter_app.domain.bills import Bill
from counter_app.domain.late_fees import LateFeeWorking
from counter_app.domain.money import Fen, share
from counter_app.domain.refusals import Refusal, Refused

Part = Literal["collection_cost", "late_fee", "principal"]
BillOrder = Literal["oldest_first", "due_date_then_ratio"]
SurplusTo = Literal["prepaid", "change"]

DEFAULT_ORDER: tuple[Part, ...] = ("collection_cost", "late_fee", "principal")
"""Costs, then late fee, then principal (Civil Code art. 561; domain_rules 1.10)."""


@dataclass(frozen=True, slots=True)
class AllocationPolicy:
    """How a pack spreads money over bills (domain_rules 1.10 and 11; 001-7, 004-1).

    `order` is the order inside a bill; a part that it leaves out comes after those named. With
    `is_late_fee_paid_with_principal` every bill touched is covered whole, unless its late fee is deferred.
    """

    bill_order: BillOrder = "oldest_first"
    order: tuple[Part, ...] = DEFAULT_ORDER
    is_skip_allowed: bool = False
    surplus_to: SurplusTo = "prepaid"
    is_late_fee_paid_with_principal: bool = False

    @property
    def full_order(self) -> tuple[Part, ...]:
        """Every part once: those that the pack orders, then the rest."""
        if len(self.order) == len(DEFAULT_ORDER):
            return self.order
        return (*self.order, *(part for part in DEFAULT_ORDER if part not in self.order))


class Debt(NamedTuple):
    """What one bill still owes, part by part in fen; `label` is what the screen calls it. A deferred late fee is not
    asked for.
    """

    bill_id: int
    label: str
    month: str
    due_on: date
    collection_cost_fen: Fen = 0
    late_fee_fen: Fen = 0
    principal_fen: Fen = 0
    is_late_fee_deferred: bool = False

    @property
    def total_fen(self) -> Fen:
        """Everything owed on the bill, a deferred late fee included."""
        return self.collection_cost_fen + self.late_fee_fen + self.principal_fen

    @property
    def payable_fen(self) -> Fen:
        """What a payment can settle now: without a deferred late fee."""
        return self.collection_cost_fen + self.principal_fen + (0 if self.is_late_fee_deferred else self.late_fee_fen)


class BillShare(NamedTuple):
    """Parts of one bill in fen: applied to it, or left of it."""

    bill_id: int
    label: str
    collection_cost_fen: Fen
    late_fee_fen: Fen
    principal_fen: Fen

    @property
    def total_fen(self) -> Fen:
        """The parts together."""
        return self.collection_cost_fen + self.late_fee_fen + self.principal_fen


@dataclass(frozen=True, slots=True)
class Allocation:
    """Where a sum goes: a row per bill touched, what is left of every bill not yet clear, and the surplus.

    The parts applied and the surplus add up to `paid_fen`; both lists are in the order of payment.
    """

    paid_fen: Fen
    applied: tuple[BillShare, ...]
    left: tuple[BillShare, ...]
    surplus_fen: Fen
    surplus_to: SurplusTo

    @property
    def left_fen(self) -> Fen:
        """What stays owed on all bills, deferred late fees included."""
        return sum(row.total_fen for row in self.left)


@dataclass(frozen=True, slots=True)
class LateFeeUnpaid(Refusal):
    """The sum would leave a late fee or a part of a bill open that the pack wants paid with it (004-1): what is
    missing on which bill.
    """

    bill_id: int
    label: str
    late_fee_fen: Fen
    missing_fen: Fen


@dataclass(frozen=True, slots=True)
class OlderBillOpen(Refusal):
    """A newer bill was chosen while an older one is open (001-7): the older bill and what it owes.

    It needs a reason and the right to redirect.
    """

    bill_id: int
    label: str
    owed_fen: Fen
    has_reason: bool
    has_right: bool


@dataclass(frozen=True, slots=True)
class UnknownBill(Refusal):
    """A chosen bill is not among those open."""

    bill_id: int


@dataclass(frozen=True, slots=True)
class NegativePayment(Refusal):
    """A payment of less than nothing."""

    paid_fen: Fen


_debt = partial(tuple.__new__, Debt)
"""A debt without the check of its length: sixty are made while a teller waits."""


def debt_of(bill: Bill, working: LateFeeWorking) -> Debt:
    """What the bill owes on the working's day: open cost, late fee still due, open principal."""
    principal_fen, cost_fen = bill.principal_fen, bill.cost_fen
    for _, _, part_fen, _, paid_cost_fen, _ in bill.settlements:
        principal_fen -= part_fen
        cost_fen -= paid_cost_fen
    return _debt(
        (
            bill.bill_id,
            bill.bill_no,
            bill.month,
            bill.due_on,
            cost_fen if cost_fen > 0 else 0,
            working.due_fen,
            principal_fen if principal_fen > 0 else 0,
            bill.is_deferred_on(working.on) if bill.reliefs else bill.is_late_fee_deferred,
        )
    )


def allocate(
    debts: Iterable[Debt],
    paid_fen: Fen,
    policy: AllocationPolicy,
    *,
    choose: Collection[int] = (),
    redirect_reason: str = "",
    may_redirect: bool = False,
) -> Allocation:
    """Spread a sum over bills, strictly from the oldest month on (001-7), or over the chosen bills only.

    `choose` holds the ids of the bills that the payer names; what they do not take is surplus. Leaving out an older
    open bill needs a pack that allows it, or a reason and the right.

    Raises:
        Refused: `NegativePayment`, `UnknownBill`, `OlderBillOpen`, or `LateFeeUnpaid` where the pack takes whole bills
        only.
    """
    if paid_fen < 0:
        raise Refused(NegativePayment(paid_fen))
    ordered = sorted([debt for debt in debts if debt.total_fen > 0], key=_age)
    targets = ordered
    if choose:
        targets = _chosen(ordered, choose)
        if not (policy.is_skip_allowed or (redirect_reason.strip() and may_redirect)):
            _refuse_skipping(ordered, targets, has_reason=bool(redirect_reason.strip()), has_right=may_redirect)
    amounts = _spread(targets, paid_fen, policy)
    order = policy.full_order
    applied, taken = [], {}
    for debt, amount_fen in zip(targets, amounts, strict=True):
        if amount_fen:
            row = _fill(debt, amount_fen, order)
            applied.append(row)
            taken[debt.bill_id] = row
    if policy.is_late_fee_paid_with_principal:
        _refuse_part_payment(targets, taken)
    left = tuple([row for row in [_rest(debt, taken.get(debt.bill_id)) for debt in ordered] if row])
    return Allocation(paid_fen, tuple(applied), left, paid_fen - sum(amounts), policy.surplus_to)


def amount_total_due(debts: Iterable[Debt]) -> Fen:
    """What would clear every bill now, without deferred late fees."""
    return sum([debt.payable_fen for debt in debts])


def amount_to_restore(debts: Iterable[Debt], policy: AllocationPolicy, on: date) -> Fen:
    """The least sum after which nothing overdue is left (a deferred late fee aside): everything up to the last overdue
    bill.

    A bill is overdue from the day after its due date. An older bill that is not yet due stands in front and counts too.
    """
    ordered = sorted(debts, key=_due if policy.bill_order == "due_date_then_ratio" else _age)
    overdue = [i for i, debt in enumerate(ordered) if debt.due_on < on and debt.payable_fen]
    return sum(debt.payable_fen for debt in ordered[: overdue[-1] + 1]) if overdue else 0


def _age(debt: Debt) -> tuple[str, date, int]:
    return debt.month, debt.due_on, debt.bill_id


def _due(debt: Debt) -> date:
    return debt.due_on


def _chosen(ordered: Sequence[Debt], choose: Collection[int]) -> list[Debt]:
    known = {debt.bill_id for debt in ordered}
    for bill_id in choose:
        if bill_id not in known:
            raise Refused(UnknownBill(bill_id))
    return [debt for debt in ordered if debt.bill_id in choose]


def _refuse_skipping(ordered: Sequence[Debt], targets: Sequence[Debt], *, has_reason: bool, has_right: bool) -> None:
    newest_month = targets[-1].month
    chosen = {debt.bill_id for debt in targets}
    for debt in ordered:
        if debt.month < newest_month and debt.bill_id not in chosen and debt.payable_fen:
            raise Refused(OlderBillOpen(debt.bill_id, debt.label, debt.payable_fen, has_reason, has_right))


def _spread(targets: list[Debt], paid_fen: Fen, policy: AllocationPolicy) -> list[Fen]:
    """How much each target takes; `targets` is put into the order of payment in place."""
    money = paid_fen
    amounts: list[Fen] = []
    if policy.bill_order == "oldest_first":
        for debt in targets:
            amount_fen = min(money, debt.payable_fen)
            amounts.append(amount_fen)
            money -= amount_fen
        return amounts
    targets.sort(key=_due)
    for _, same_day in groupby(targets, key=_due):
        owed = [debt.payable_fen for debt in same_day]
        parts = owed if money >= sum(owed) else share(money, owed)
        amounts += parts
        money -= sum(parts)
    return amounts


def _fill(debt: Debt, amount_fen: Fen, order: tuple[Part, ...]) -> BillShare:
    cost_fen = late_fee_fen = principal_fen = 0
    if amount_fen == debt.payable_fen:
        # all that can be paid: whichever part comes first
        late_fee_fen = 0 if debt.is_late_fee_deferred else debt.late_fee_fen
        return BillShare(debt.bill_id, debt.label, debt.collection_cost_fen, late_fee_fen, debt.principal_fen)
    for part in order:
        if part == "principal":
            principal_fen = min(amount_fen, debt.principal_fen)
            amount_fen -= principal_fen
        elif part == "late_fee":
            late_fee_fen = 0 if debt.is_late_fee_deferred else min(amount_fen, debt.late_fee_fen)
            amount_fen -= late_fee_fen
        else:
            cost_fen = min(amount_fen, debt.collection_cost_fen)
            amount_fen -= cost_fen
    return BillShare(debt.bill_id, debt.label, cost_fen, late_fee_fen, principal_fen)


def _rest(debt: Debt, applied: BillShare | None) -> BillShare | None:
    """What is left of a bill that owes something, or None."""
    if applied is None:
        return BillShare(debt.bill_id, debt.label, debt.collection_cost_fen, debt.late_fee_fen, debt.principal_fen)
    cost_fen = debt.collection_cost_fen - applied.collection_cost_fen
    late_fee_fen = debt.late_fee_fen - applied.late_fee_fen
    principal_fen = debt.principal_fen - applied.principal_fen
    if not cost_fen + late_fee_fen + principal_fen:
        return None
    return BillShare(debt.bill_id, debt.label, cost_fen, late_fee_fen, principal_fen)


def _refuse_part_payment(targets: Sequence[Debt], taken: dict[int, BillShare]) -> None:
    for debt in targets:
        applied = taken.get(debt.bill_id)
        if applied is not None and not debt.is_late_fee_deferred and applied.total_fen < debt.total_fen:
            missing_fen = debt.total_fen - applied.total_fen
            raise Refused(
                LateFeeUnpaid(debt.bill_id, debt.label, debt.late_fee_fen - applied.late_fee_fen, missing_fen)
            )
