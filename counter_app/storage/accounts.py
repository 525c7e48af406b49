"""An account with its customer and all that a payment depends on, read in the payment's own unit of work."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import bindparam, func, literal_column, select

from counter_app.domain.bills import Bill
from counter_app.domain.customers import Account, Customer, HeldBook, Service
from counter_app.storage import rows
from counter_app.storage import tables as t
from counter_app.storage.bills import owing_bills_of_account
from counter_app.storage.books import books_of_account
from counter_app.storage.sql import Reading, placed

_CUSTOMER_COLUMNS = tuple(c for c in t.customers.c if c.name != "since_on")
_FLAGS = (
    select(func.group_concat(t.customer_flags.c.flag, literal_column("' '")))
    .where(t.customer_flags.c.customer_id == t.customers.c.id)
    .correlate(t.customers)
    .scalar_subquery()
)
# one walk instead of five questions: an account has one customer and a service or two, and the teller is waiting
_ACCOUNT = placed(
    select(_FLAGS, *_CUSTOMER_COLUMNS, *t.accounts.c, *t.services.c)
    .select_from(
        t.accounts.join(t.customers, t.customers.c.id == t.accounts.c.customer_id).outerjoin(
            t.services, t.services.c.account_id == t.accounts.c.id
        )
    )
    .where(t.accounts.c.id == bindparam("account")),
    ("account",),
)
_TO_ACCOUNT = 1 + len(_CUSTOMER_COLUMNS)
_TO_SERVICES = _TO_ACCOUNT + len(t.accounts.c)


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
    joined = reading.rows(_ACCOUNT, (account_id,))
    if not joined:
        return None
    first = joined[0]
    flags = [(flag,) for flag in sorted(first[0].split(" "))] if first[0] else ()
    services = () if first[_TO_SERVICES] is None else tuple([rows.service_of(row[_TO_SERVICES:]) for row in joined])
    books = books_of_account(reading, account_id)
    has_items = any(held.book.items for held in books)
    return LoadedAccount(
        rows.customer_of(first[1:_TO_ACCOUNT], flags),
        rows.account_of(first[_TO_ACCOUNT:_TO_SERVICES]),
        services,
        owing_bills_of_account(reading, account_id, has_items=has_items),
        books,
    )
