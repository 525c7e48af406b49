"""An account with its customer and all that a payment depends on, read in the payment's own unit of work."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import bindparam, select

from counter_app.domain.bills import Bill
from counter_app.domain.customers import Account, Customer, HeldBook, Service
from counter_app.storage import rows
from counter_app.storage import tables as t
from counter_app.storage.bills import owing_bills_of_account
from counter_app.storage.books import books_of_account
from counter_app.storage.sql import Reading, placed

_HOLDINGS = placed(
    select(*rows.HOLDING_COLUMNS)
    .select_from(
        t.accounts.join(t.customers, t.customers.c.id == t.accounts.c.customer_id).outerjoin(
            t.services, t.services.c.account_id == t.accounts.c.id
        )
    )
    .where(t.accounts.c.id == bindparam("account")),
    ("account",),
)


_OF_CUSTOMER = placed(
    select(t.accounts.c.id, t.accounts.c.account_no, t.accounts.c.address)
    .where(t.accounts.c.customer_id == bindparam("customer"))
    .order_by(t.accounts.c.id),
    ("customer",),
)


_CUSTOMER_OF = placed(select(t.accounts.c.customer_id).where(t.accounts.c.id == bindparam("account")), ("account",))


class NamedAccount(NamedTuple):
    """An account by its number, and where it is."""

    id: int
    account_no: str
    address: str


class LoadedAccount(NamedTuple):
    """One account with its customer, its services, the bills that may owe something, and its books."""

    customer: Customer
    account: Account
    services: tuple[Service, ...]
    bills: tuple[Bill, ...]
    books: tuple[HeldBook, ...]


def load_account(reading: Reading, account_id: int) -> LoadedAccount | None:
    """What a payment to the account depends on; None when there is no such account.

    The items of the bills are read where a book is only for some of them.
    """
    joined = reading.rows(_HOLDINGS, (account_id,))
    if not joined:
        return None
    customer, (account,), services = rows.holdings_of(joined)
    books = books_of_account(reading, account_id)
    has_items = any(held.book.items for held in books)
    return LoadedAccount(
        customer, account, services, owing_bills_of_account(reading, account_id, has_items=has_items), books
    )


def customer_of_account(reading: Reading, account_id: int) -> int | None:
    """Whose account it is; None when there is no such account."""
    row = reading.one(_CUSTOMER_OF, (account_id,))
    return None if row is None else int(row[0])


def accounts_of(reading: Reading, customer_id: int) -> tuple[NamedAccount, ...]:
    """The accounts of a customer."""
    return tuple(NamedAccount(*row) for row in reading.rows(_OF_CUSTOMER, (customer_id,)))
