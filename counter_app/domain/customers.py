"""The customer, the accounts (户号) and the services, as master data gives them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from counter_app.domain.bills import Bill
from counter_app.domain.prepaid import BOOK_ORDER, Book, BookKind, by_pack
from counter_app.domain.refusals import Refusal

STOPPED_STATES = frozenset({"stopped", "stopped_out", "stopped_in"})
"""Barred both ways, outgoing only, incoming only (000-16); for meters only `stopped`."""


class Flag(StrEnum):
    """A mark on a customer that the teller must see (feature 6)."""

    VIP = "vip"
    RED_LIST = "red_list"
    BLACK_LIST = "black_list"
    FRAUD = "fraud"
    PROTECTED = "protected"
    DISPUTE = "dispute"


@dataclass(frozen=True, slots=True)
class Customer:
    """A person or an organisation; `customer_class` is `resident` or `other` and chooses the late-fee rule."""

    id: int
    customer_no: str
    name: str
    kind: str
    customer_class: str
    id_kind: str | None
    id_number: str | None
    group_name: str | None
    manager: str | None
    flags: tuple[Flag, ...] = ()


@dataclass(frozen=True, slots=True)
class Contact:
    """A way to reach the customer; `kind` is mobile, landline, mail."""

    kind: str
    value: str
    person: str


@dataclass(frozen=True, slots=True)
class Account:
    """One account (户号) of a customer; `facts` are the trade's own words, such as contract capacity and voltage."""

    id: int
    account_no: str
    customer_id: int
    address: str
    facts: Mapping[str, str]
    contract_no: str | None
    area: str | None


@dataclass(frozen=True, slots=True)
class Service:
    """A line or a meter; `state` is one of the pack's service states, such as active, stopped_out or restoring."""

    id: int
    account_id: int
    kind: str
    number: str
    plan: str
    state: str
    state_since_on: date
    state_reason: str
    meter_no: str | None

    @property
    def is_stopped_for_arrears(self) -> bool:
        """Whether paying what is overdue must bring it back (feature 90)."""
        return self.state in STOPPED_STATES and self.state_reason == "arrears"


@dataclass(frozen=True, slots=True)
class HeldBook:
    """A prepaid book (账本) of an account with its name; `book.book` is the id as text, its balance is as of now."""

    id: int
    account_id: int
    name: str
    book: Book


def in_pack_order(books: Sequence[HeldBook], order: tuple[BookKind, ...]) -> tuple[HeldBook, ...]:
    """The books with their places in the pack's order of use; in the usual order the very same."""
    if order == BOOK_ORDER:
        return tuple(books)
    return tuple([replace(held, book=by_pack(held.book, order)) for held in books])


@dataclass(frozen=True, slots=True)
class Note:
    """What a colleague wrote about a customer."""

    body: str
    staff_no: str
    written_at: datetime


@dataclass(frozen=True, slots=True)
class CustomerRecord:
    """One customer whole: what the customer page shows before anything is computed.

    `may_owe` holds those of the `bills` that were not plainly settled in time; most of the others nobody looks at.
    """

    customer: Customer
    accounts: tuple[Account, ...]
    services: tuple[Service, ...]
    bills: Sequence[Bill]
    may_owe: tuple[Bill, ...]
    books: tuple[HeldBook, ...]
    contacts: tuple[Contact, ...]
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class RestoreOrder:
    """An order to bring a service back, with the moment by which it must be; `state`: sent, confirmed, archived; of a
    payment that was undone, withdrawn before it left the counter, or countered: the network is told to let it be.
    """

    order_id: str
    service_id: int
    number: str
    customer_id: int
    state: str
    ordered_at: datetime
    due_at: datetime


@dataclass(frozen=True, slots=True)
class OrderUnknown(Refusal):
    """There is no such restore order, or it is not in the state that the act needs."""

    order_id: str
    state: str


@dataclass(frozen=True, slots=True)
class CustomerUnknown(Refusal):
    """There is no such customer in this hall."""

    what: str


@dataclass(frozen=True, slots=True)
class PurposeMissing(Refusal):
    """Personal data is shown only for a named purpose (001-31)."""

    field: str


@dataclass(frozen=True, slots=True)
class RevealCapReached(Refusal):
    """The daily number of reveals of one person is used up."""

    cap: int
