"""Taking money: what stands on the table, what it settles, what goes back; one plan for preview and commit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import NamedTuple

from counter_app.domain.allocation import (
    AllocationPolicy,
    BillShare,
    Debt,
    allocate,
    amount_to_restore,
    amount_total_due,
    debt_of,
)
from counter_app.domain.bills import Bill
from counter_app.domain.customers import Account, HeldBook, Service
from counter_app.domain.late_fee_policy import LateFeePolicy
from counter_app.domain.late_fees import LateFeeWorking, collected, late_fee
from counter_app.domain.masks import cut_bank_cards
from counter_app.domain.money import Fen
from counter_app.domain.payment_refusals import (
    DateMissing,
    NothingToPay,
    PrepaidMoreThanDue,
    PrepaidNotEnough,
    ReferenceMissing,
    SettleMoreThanGiven,
    TenderNotAllowed,
)
from counter_app.domain.prepaid import in_order_of_use, use_books
from counter_app.domain.refusals import Refused

CASH = "cash"
PREPAID = "prepaid"
TENDERS = ("cash", "card", "qr", "cheque", "bank_slip", "prepaid")

_NEEDED: Mapping[str, tuple[str, ...]] = {
    "card": ("reference",),
    "qr": ("reference",),
    "cheque": ("bank", "document_no"),
    "bank_slip": ("document_no", "document_on"),
}
"""What each tender must carry beside its amount (feature 30, domain_rules 2.2)."""


@dataclass(frozen=True, slots=True)
class Tender:
    """One way of payment in a payment; `amount_fen` is what was handed over."""

    kind: str
    amount_fen: Fen
    reference: str = ""
    bank: str = ""
    document_no: str = ""
    document_on: date | None = None


class OpenBill(NamedTuple):
    """A bill that still owes something, with the working of its late fee."""

    bill: Bill
    working: LateFeeWorking
    debt: Debt


_open_bill = partial(tuple.__new__, OpenBill)
"""An open bill without the check of its length: sixty are made while a teller waits."""


@dataclass(frozen=True, slots=True)
class Position:
    """Where an account stands on a day: everything that a plan depends on."""

    on: date
    account: Account
    services: tuple[Service, ...]
    open_bills: tuple[OpenBill, ...]
    books: tuple[HeldBook, ...]
    allocation: AllocationPolicy
    tenders: tuple[str, ...]

    @property
    def debts(self) -> tuple[Debt, ...]:
        """What each open bill owes."""
        return tuple([open_bill.debt for open_bill in self.open_bills])

    @property
    def due_fen(self) -> Fen:
        """What clears the account today, deferred late fees aside."""
        return amount_total_due(self.debts)

    @property
    def late_fee_fen(self) -> Fen:
        """The late fee within `due_fen`."""
        return sum(d.late_fee_fen for d in self.debts if not d.is_late_fee_deferred)

    @property
    def restore_fen(self) -> Fen:
        """The least sum after which nothing overdue is left, so that a stopped service comes back."""
        return amount_to_restore(self.debts, self.allocation, self.on)

    @property
    def prepaid_fen(self) -> Fen:
        """What all books hold together, expired ones left out."""
        return sum(held.book.balance_fen for held in self.books if not held.book.is_expired(self.on))

    @property
    def stopped(self) -> tuple[Service, ...]:
        """The services that are stopped for arrears."""
        return tuple([s for s in self.services if s.is_stopped_for_arrears])


@dataclass(frozen=True, slots=True)
class Wish:
    """What the teller is about to do: tenders on the table and how they are to be used.

    `settle_fen` is what the customer wants settled (None: all that is due, as far as the money goes).
    `is_change_stored` keeps cash beyond it as prepaid instead of giving change, `store_fen` that much of it (000-15).
    """

    tenders: tuple[Tender, ...]
    settle_fen: Fen | None = None
    is_change_stored: bool = False
    store_fen: Fen = 0
    choose: tuple[int, ...] = ()
    redirect_reason: str = ""
    may_redirect: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """What the payment settles of one bill, with the working of its late fee."""

    share: BillShare
    bill: Bill
    working: LateFeeWorking


@dataclass(frozen=True, slots=True)
class Plan:
    """What a payment does, to the fen: the preview shows it and the commit carries it out.

    `settled_fen` is what the bills take together.
    """

    lines: tuple[Line, ...]
    left: tuple[BillShare, ...]
    settled_fen: Fen
    due_before_fen: Fen
    due_after_fen: Fen
    received_fen: Fen
    change_fen: Fen
    prepaid_used: tuple[tuple[int, Fen], ...]
    stored_fen: Fen
    prepaid_before_fen: Fen
    tenders: tuple[Tender, ...]
    restored: tuple[Service, ...]
    still_needed_to_restore_fen: Fen

    @property
    def prepaid_used_fen(self) -> Fen:
        """What the books pay together."""
        return sum(amount for _, amount in self.prepaid_used)

    @property
    def prepaid_after_fen(self) -> Fen:
        """What the books hold afterwards."""
        return self.prepaid_before_fen - self.prepaid_used_fen + self.stored_fen

    @property
    def digest(self) -> tuple[object, ...]:
        """Two plans with the same digest move the same money to the same places; it is compared, never kept."""
        return (
            [line.share for line in self.lines],
            self.prepaid_used,
            self.stored_fen,
            self.received_fen,
            self.change_fen,
            self.tenders,
            [service.id for service in self.restored],
        )


def open_bills(bills: Iterable[Bill], policy: LateFeePolicy, on: date) -> tuple[OpenBill, ...]:
    """The bills that owe something on a day, oldest month first; a late fee outlives its principal (feature 20)."""
    owing, workings = [], []
    for bill in bills:
        parts = bill.settlements
        # a bill whose first part came late is hardly ever settled in time; its fee tells as well, and is asked anyway
        if not parts or parts[0][1] > bill.due_on or not bill.is_settled_in_time:
            working = late_fee(bill, policy, on)
            if working.due_fen or bill.principal_open_fen or bill.cost_fen > bill.cost_settled_fen:
                owing.append(bill)
                workings.append(working)
    found = [
        _open_bill((bill, working, debt_of(bill, working)))
        for bill, working in zip(owing, collected(owing, tuple(workings), policy), strict=True)
    ]
    found.sort(key=_age)
    return tuple(found)


def _age(open_bill: OpenBill) -> tuple[str, date, int]:
    bill_id, _, month, due_on, _, _, _, _ = open_bill.debt
    return month, due_on, bill_id


def plan(position: Position, wish: Wish) -> Plan:
    """What the tenders on the table would do.

    Raises:
        Refused: `NothingToPay`, `TenderNotAllowed`, `ReferenceMissing`, `DateMissing`, `PrepaidNotEnough`,
            `PrepaidMoreThanDue`, `SettleMoreThanGiven`, and those of `allocate`.
    """
    tenders = tuple([without_card_number(tender) for tender in wish.tenders if tender.amount_fen])
    check_tenders(tenders, position.tenders)
    cash_fen = sum([tender.amount_fen for tender in tenders if tender.kind == CASH])
    prepaid_fen = sum([tender.amount_fen for tender in tenders if tender.kind == PREPAID])
    received_fen = sum([tender.amount_fen for tender in tenders]) - prepaid_fen
    given_fen = received_fen + prepaid_fen
    all_debts = position.debts
    all_due_fen = amount_total_due(all_debts)
    target_fen = _target(all_debts, all_due_fen, wish, given_fen)
    if prepaid_fen > target_fen:
        raise Refused(PrepaidMoreThanDue(prepaid_fen, target_fen))

    used, earmarked = _use_prepaid(position, prepaid_fen, wish.choose)
    excess_fen = max(0, given_fen - target_fen)
    change_fen = 0 if wish.is_change_stored else min(max(0, excess_fen - wish.store_fen), cash_fen)
    stored_fen = excess_fen - change_fen

    debts = tuple(_less(debt, earmarked.get(debt.bill_id, 0)) for debt in all_debts) if earmarked else all_debts
    money_fen = given_fen - excess_fen - sum(earmarked.values())
    allocation = allocate(
        debts,
        money_fen,
        position.allocation,
        choose=wish.choose,
        redirect_reason=wish.redirect_reason,
        may_redirect=wish.may_redirect,
    )
    lines = _lines(position, allocation.applied, earmarked)
    left = allocation.left
    settled_fen = sum([line.share.total_fen for line in lines])
    needed_fen = amount_to_restore(_debts_left(debts, left), position.allocation, position.on) if left else 0
    stopped = position.stopped
    return Plan(
        lines=lines,
        left=left,
        settled_fen=settled_fen,
        due_before_fen=all_due_fen,
        due_after_fen=all_due_fen - settled_fen,
        received_fen=received_fen,
        change_fen=change_fen,
        prepaid_used=used,
        stored_fen=stored_fen + allocation.surplus_fen,
        prepaid_before_fen=position.prepaid_fen,
        tenders=tenders,
        restored=stopped if needed_fen == 0 else (),
        still_needed_to_restore_fen=needed_fen if stopped else 0,
    )


def net_tenders(plan: Plan) -> tuple[Tender, ...]:
    """The tenders as they were applied: change is taken from cash."""
    change_fen = plan.change_fen
    net = []
    for tender in plan.tenders:
        if tender.kind == CASH and change_fen:
            back_fen = min(change_fen, tender.amount_fen)
            change_fen -= back_fen
            net.append(replace(tender, amount_fen=tender.amount_fen - back_fen))
        else:
            net.append(tender)
    return tuple(tender for tender in net if tender.amount_fen)


def without_card_number(tender: Tender) -> Tender:
    """The tender with a bank card number cut to its last four digits wherever it was typed (reliability 4.5)."""
    if not (tender.reference or tender.bank or tender.document_no):
        return tender
    reference, bank, document_no = map(cut_bank_cards, (tender.reference, tender.bank, tender.document_no))
    return replace(tender, reference=reference, bank=bank, document_no=document_no)


def check_tenders(tenders: Sequence[Tender], allowed: tuple[str, ...]) -> None:
    """Hold tenders to what the pack allows and to what each must carry.

    Raises:
        Refused: `NothingToPay`, `TenderNotAllowed`, `ReferenceMissing`, `DateMissing`.
    """
    if not tenders:
        raise Refused(NothingToPay())
    for tender in tenders:
        if tender.kind not in allowed:
            raise Refused(TenderNotAllowed(tender.kind, allowed))
        for field in _NEEDED.get(tender.kind, ()):
            if field == "document_on":
                if tender.document_on is None:
                    raise Refused(DateMissing(tender.kind))
            elif not getattr(tender, field).strip():
                raise Refused(ReferenceMissing(tender.kind, field))


def _target(debts: Iterable[Debt], all_due_fen: Fen, wish: Wish, given_fen: Fen) -> Fen:
    """What is to be settled: all that is due, what the chosen bills owe, or less when the customer wants less."""
    due_fen = all_due_fen
    if wish.choose:
        due_fen = amount_total_due(debt for debt in debts if debt.bill_id in wish.choose)
    if wish.settle_fen is None:
        return due_fen
    if wish.settle_fen > given_fen:
        raise Refused(SettleMoreThanGiven(wish.settle_fen, given_fen))
    return min(due_fen, wish.settle_fen)


def _use_prepaid(
    position: Position, wanted_fen: Fen, choose: tuple[int, ...]
) -> tuple[tuple[tuple[int, Fen], ...], dict[int, Fen]]:
    """Which book pays how much, and what earmarked books settle of the principal of which bill (001-44)."""
    if not wanted_fen:
        return (), {}
    balance = {held.id: held.book.balance_fen for held in position.books if not held.book.is_expired(position.on)}
    taken: dict[int, Fen] = {}
    earmarked: dict[int, Fen] = {}
    rest_fen = wanted_fen
    for open_bill in position.open_bills:
        if choose and open_bill.bill.bill_id not in choose:
            continue
        books = [
            replace(held.book, balance_fen=balance[held.id] - taken.get(held.id, 0))
            for held in position.books
            if held.book.items and held.id in balance
        ]
        room_fen = min(rest_fen, open_bill.debt.principal_fen)
        for use in use_books(open_bill.bill.items, books, position.on).uses:
            amount_fen = min(use.amount_fen, room_fen)
            if amount_fen:
                taken[int(use.book)] = taken.get(int(use.book), 0) + amount_fen
                earmarked[open_bill.bill.bill_id] = earmarked.get(open_bill.bill.bill_id, 0) + amount_fen
                room_fen -= amount_fen
                rest_fen -= amount_fen
    general = [held for held in position.books if not held.book.items and held.id in balance]
    for place in in_order_of_use([held.book for held in general]):
        amount_fen = min(rest_fen, balance[general[place].id])
        if amount_fen > 0:
            taken[general[place].id] = amount_fen
            rest_fen -= amount_fen
    if rest_fen:
        expired_fen = sum(held.book.balance_fen for held in position.books if held.id not in balance)
        raise Refused(PrepaidNotEnough(wanted_fen, wanted_fen - rest_fen, expired_fen))
    return tuple(sorted(taken.items())), earmarked


def _less(debt: Debt, paid_fen: Fen) -> Debt:
    return debt._replace(principal_fen=debt.principal_fen - paid_fen) if paid_fen else debt


def _lines(position: Position, applied: Iterable[BillShare], earmarked: Mapping[int, Fen]) -> tuple[Line, ...]:
    shares = {share.bill_id: share for share in applied}
    lines = []
    for open_bill in position.open_bills:
        bill = open_bill.bill
        share = shares.get(bill.bill_id)
        extra_fen = earmarked.get(bill.bill_id, 0)
        if share is None and not extra_fen:
            continue
        share = share or BillShare(bill.bill_id, bill.bill_no, 0, 0, 0)
        if extra_fen:
            share = share._replace(principal_fen=share.principal_fen + extra_fen)
        lines.append(Line(share, bill, open_bill.working))
    return tuple(lines)


def _debts_left(debts: Sequence[Debt], left: Iterable[BillShare]) -> list[Debt]:
    rest = {share.bill_id: share for share in left}
    if not rest:
        return []
    return [
        debt._replace(
            collection_cost_fen=rest[debt.bill_id].collection_cost_fen,
            late_fee_fen=rest[debt.bill_id].late_fee_fen,
            principal_fen=rest[debt.bill_id].principal_fen,
        )
        for debt in debts
        if debt.bill_id in rest
    ]
