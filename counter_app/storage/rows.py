"""How rows of the master data become frozen values at the border of storage."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date

from sqlalchemy import func, literal_column, select

from counter_app.domain.customers import Account, Contact, Customer, Flag, Note, Service
from counter_app.storage import tables as t
from counter_app.storage.journal import moment
from counter_app.storage.sql import Row

_FLAGS = (
    select(func.group_concat(t.customer_flags.c.flag, literal_column("' '")))
    .where(t.customer_flags.c.customer_id == t.customers.c.id)
    .correlate(t.customers)
    .scalar_subquery()
)
CUSTOMER_COLUMNS = (_FLAGS, *[c for c in t.customers.c if c.name != "since_on"])
"""A customer with its flags."""
HOLDING_COLUMNS = (*CUSTOMER_COLUMNS, *t.accounts.c, *t.services.c)
"""One walk instead of five questions: a customer has an account or two with a service or two, and a teller waits."""
_TO_ACCOUNT = len(CUSTOMER_COLUMNS)
_TO_SERVICE = _TO_ACCOUNT + len(t.accounts.c)


def customer_of(row: Row) -> Customer:
    """A row that begins with `CUSTOMER_COLUMNS`."""
    marks, key, customer_no, name, kind, customer_class, id_kind, id_number, group_name, manager = row[:_TO_ACCOUNT]
    flags = tuple([Flag(mark) for mark in sorted(marks.split(" "))]) if marks else ()
    return Customer(key, customer_no, name, kind, customer_class, id_kind, id_number, group_name, manager, flags)


def holdings_of(joined: Sequence[Row]) -> tuple[Customer, tuple[Account, ...], tuple[Service, ...]]:
    """A customer with accounts and services: rows of `HOLDING_COLUMNS`, in which an account stands for each service."""
    accounts = {row[_TO_ACCOUNT]: row[_TO_ACCOUNT:_TO_SERVICE] for row in joined if row[_TO_ACCOUNT] is not None}
    return (
        customer_of(joined[0]),
        tuple([account_of(row) for row in accounts.values()]),
        tuple([service_of(row[_TO_SERVICE:]) for row in joined if row[_TO_SERVICE] is not None]),
    )


def account_of(row: Row) -> Account:
    """A row of `accounts`."""
    facts = {} if row[4] == "{}" else json.loads(row[4])
    return Account(row[0], row[1], row[2], row[3], facts, row[5], row[6])


def service_of(row: Row) -> Service:
    """A row of `services`."""
    return Service(row[0], row[1], row[2], row[3], row[4], row[5], date.fromisoformat(row[6]), row[7], row[8])


def contact_of(row: Row) -> Contact:
    """A row of `contacts` without its key."""
    return Contact(*row)


def note_of(row: Row) -> Note:
    """A row of `notes`."""
    return Note(row[0], row[1], moment(row[2]))
