"""How rows of the master data become frozen values at the border of storage."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date

from counter_app.domain.customers import Account, Contact, Customer, Flag, Note, Service
from counter_app.storage.journal import moment
from counter_app.storage.sql import Row


def customer_of(row: Row, flags: Iterable[Row]) -> Customer:
    """A row of `customers` (without `since_on`) with its flags."""
    customer_id, customer_no, name, kind, customer_class, id_kind, id_number, group_name, manager = row
    marks = tuple(Flag(flag) for (flag,) in flags)
    return Customer(
        customer_id, customer_no, name, kind, customer_class, id_kind, id_number, group_name, manager, marks
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
