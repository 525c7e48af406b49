"""Opening a customer, revealing what is masked, and leaving a note."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property

from counter_app.domain.bills import Bill
from counter_app.domain.customers import (
    CustomerRecord,
    CustomerUnknown,
    PurposeMissing,
    RevealCapReached,
    in_pack_order,
)
from counter_app.domain.journal import Draft
from counter_app.domain.late_fee_policy import LateFeePolicy
from counter_app.domain.late_fees import LateFeeWorking, late_fee
from counter_app.domain.masks import mask_in_words
from counter_app.domain.payment_history import PastPayment
from counter_app.domain.payments import OpenBill, Position, open_bills
from counter_app.domain.refusals import Refused
from counter_app.domain.shifts import ReasonMissing, Shift
from counter_app.domain.staff import Right, Session
from counter_app.services import authority
from counter_app.services.noting import write_note
from counter_app.storage.bills import charges_of_month
from counter_app.storage.customers import find_customer, load_record
from counter_app.storage.hall import OpenHall
from counter_app.storage.journal import entries_of_day
from counter_app.storage.payments import payments_of
from counter_app.storage.shifts import open_shift_of

REVEALABLE = ("name", "id_number", "contacts", "address")
"""What may be shown in full for a purpose; one reveal shows one of these."""


class Workings(Mapping[int, LateFeeWorking]):
    """The late fee of every bill on a day, by bill; each is worked out when somebody looks at it, once."""

    def __init__(self, bills: Sequence[Bill], policy: LateFeePolicy, on: date) -> None:
        self._all, self._policy, self._on = bills, policy, on
        self._found: dict[int, LateFeeWorking] = {}

    @cached_property
    def _bills(self) -> dict[int, Bill]:
        return {bill.bill_id: bill for bill in self._all}

    def __getitem__(self, bill_id: int) -> LateFeeWorking:
        found = self._found.get(bill_id)
        if found is None:
            found = self._found[bill_id] = late_fee(self._bills[bill_id], self._policy, self._on)
        return found

    def __iter__(self) -> Iterator[int]:
        return iter(self._bills)

    def __len__(self) -> int:
        return len(self._bills)


@dataclass(frozen=True, slots=True)
class CustomerPage:
    """Everything that the customer page shows, computed for one business date.

    `positions` holds one account each, in the order of the record; `workings` the late fee of every bill that has one.
    `charges` is what each account was billed for `last_month`, from which a deposit is suggested (000-21).
    """

    record: CustomerRecord
    on: date
    positions: tuple[Position, ...]
    workings: Mapping[int, LateFeeWorking]
    payments: tuple[PastPayment, ...]
    shift: Shift | None
    last_month: str = ""
    charges: Mapping[int, int] = field(default_factory=dict)

    @property
    def overdue(self) -> tuple[OpenBill, ...]:
        """Open bills past their due date, oldest month first, over all accounts."""
        found = [o for p in self.positions for o in p.open_bills if o.bill.due_on < self.on and o.debt.payable_fen]
        return tuple(sorted(found, key=lambda o: o.bill.month))

    @property
    def due_fen(self) -> int:
        """What clears every account today."""
        return sum(position.due_fen for position in self.positions)


def open_customer(hall: OpenHall, session: Session, customer_id: int) -> CustomerPage:
    """Read a customer whole, with late fees as of the shift's business date (today without a shift).

    Raises:
        Refused: `NoRight`, `CustomerUnknown`.
    """
    session.need(Right.SEE_CUSTOMERS)
    with hall.reading() as reading:
        record = load_record(reading, customer_id)
        if record is None:
            raise Refused(CustomerUnknown(str(customer_id)))
        shift = open_shift_of(reading, hall.hall.counter_id)
        past = payments_of(reading, customer_id)
        on = shift.business_date if shift else hall.clock.now().date()
        month = f"{on.replace(day=1) - timedelta(days=1):%Y-%m}"
        charges = charges_of_month(reading, customer_id, month)
    return replace(_page(hall, record, past, shift), last_month=month, charges=charges)


def reveal(hall: OpenHall, session: Session, customer_id: int, field: str, purpose: str) -> str:
    """The full value of a masked field, for a purpose; who looked at what and why is an entry (001-31).

    Raises:
        Refused: `NoRight`, `SignedOut`, `PurposeMissing`, `RevealCapReached`, `CustomerUnknown`.
        ValueError: `field` is not one of `REVEALABLE`.
    """
    session.need(Right.REVEAL)
    if field not in REVEALABLE:
        raise ValueError(field)
    if not purpose.strip():
        raise Refused(PurposeMissing(field))
    on = hall.clock.now().date()
    cap = hall.pack.thresholds(on).reveals_per_day
    with hall.writing() as work:
        authority.still(work, session, Right.REVEAL)
        record = load_record(work, customer_id)
        if record is None:
            raise Refused(CustomerUnknown(str(customer_id)))
        if entries_of_day(work, "reveal", session.staff_no, on) >= cap:
            raise Refused(RevealCapReached(cap))
        hall.journal.append(
            work,
            Draft(
                kind="reveal",
                body={"field": field, "purpose": mask_in_words(purpose.strip())},
                staff_no=session.staff_no,
                business_date=on,
                customer_id=customer_id,
            ),
        )
    return _full(record, field)


def add_note(hall: OpenHall, session: Session, customer_id: int, body: str) -> None:
    """Leave a note about a customer; its text lies beside the journal, the entry carries its hash.

    Raises:
        Refused: `NoRight`, `SignedOut`, `ReasonMissing` for an empty note, `CustomerUnknown`.
    """
    session.need(Right.SEE_CUSTOMERS)
    text = body.strip()
    if not text:
        raise Refused(ReasonMissing("note"))
    with hall.writing() as work:
        authority.still(work, session, Right.SEE_CUSTOMERS)
        if find_customer(work, customer_id) is None:
            raise Refused(CustomerUnknown(str(customer_id)))
        write_note(hall, work, session, customer_id, text, on=hall.clock.now().date())


def _page(hall: OpenHall, record: CustomerRecord, past: tuple[PastPayment, ...], shift: Shift | None) -> CustomerPage:
    on = shift.business_date if shift else hall.clock.now().date()
    rules = hall.rules_on(on)
    policy = rules.late_fee_policy(record.customer.customer_class)
    books = in_pack_order(record.books, rules.book_order)
    positions = tuple(
        [
            Position(
                on=on,
                account=account,
                services=tuple([s for s in record.services if s.account_id == account.id]),
                open_bills=open_bills([b for b in record.may_owe if b.account_id == account.id], policy, on),
                books=tuple([held for held in books if held.account_id == account.id]),
                allocation=rules.allocation,
                tenders=rules.tenders,
            )
            for account in record.accounts
        ]
    )
    return CustomerPage(record, on, positions, Workings(record.bills, policy, on), past, shift)


def _full(record: CustomerRecord, field: str) -> str:
    customer = record.customer
    if field == "name":
        return customer.name
    if field == "id_number":
        return customer.id_number or ""
    if field == "contacts":
        return " / ".join(f"{c.value} {c.person}".strip() for c in record.contacts)
    return " / ".join(account.address for account in record.accounts)
