"""How rows of the master data become frozen values at the border of storage."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from functools import lru_cache, partial

from counter_app.domain.bills import Bill, Settlement
from counter_app.domain.customers import Account, Contact, Customer, Flag, Note, Service
from counter_app.storage.journal import moment
from counter_app.storage.sql import Row

_iso = lru_cache(maxsize=4096)(date.fromisoformat)
"""Bills of a hall share their dates: a month has one due date, a day many settlements."""

_settlement = partial(tuple.__new__, Settlement)
"""`Settlement._make` without its check of the length: the columns are counted where they are unpacked."""


def customer_of(row: Row, flags: Iterable[Row]) -> Customer:
    """A row of `customers` (without `since_on`) with its flags."""
    customer_id, customer_no, name, kind, customer_class, id_kind, id_number, group_name, manager = row
    marks = tuple(Flag(flag) for (flag,) in flags)
    return Customer(
        customer_id, customer_no, name, kind, customer_class, id_kind, id_number, group_name, manager, marks
    )


def account_of(row: Row) -> Account:
    """A row of `accounts`."""
    return Account(row[0], row[1], row[2], row[3], json.loads(row[4]), row[5], row[6])


def service_of(row: Row) -> Service:
    """A row of `services`."""
    return Service(row[0], row[1], row[2], row[3], row[4], row[5], date.fromisoformat(row[6]), row[7], row[8])


def contact_of(row: Row) -> Contact:
    """A row of `contacts` without its key."""
    return Contact(*row)


def note_of(row: Row) -> Note:
    """A row of `notes`."""
    return Note(row[0], row[1], moment(row[2]))


def bills_of(rows: Iterable[Row], settled: Iterable[Row], items: Iterable[Row]) -> tuple[Bill, ...]:
    """Rows of `bills` with their settlements and items, in the order of the rows."""
    parts: dict[int, tuple[Settlement, ...]] = {}
    for bill_id, settlement_id, settled_on, principal_fen, late_fee_fen, cost_fen, source in settled:
        part = _settlement((settlement_id, _iso(settled_on), principal_fen, late_fee_fen, cost_fen, source))
        parts[bill_id] = (*parts[bill_id], part) if bill_id in parts else (part,)
    of_items: dict[int, list[tuple[str, int]]] = {}
    for bill_id, item, amount_fen in items:
        of_items.setdefault(bill_id, []).append((item, amount_fen))
    return tuple(
        [
            Bill(
                bill_id,
                bill_no,
                account_id,
                month,
                _iso(due_on),
                principal_fen,
                cost_fen,
                service_id,
                start_on and _iso(start_on),
                stop_on and _iso(stop_on),
                bool(is_disputed),
                bool(is_deferred),
                parts.get(bill_id, ()),
                tuple(of_items[bill_id]) if bill_id in of_items else (),
            )
            for (
                bill_id,
                bill_no,
                account_id,
                service_id,
                month,
                due_on,
                principal_fen,
                cost_fen,
                start_on,
                stop_on,
                is_disputed,
                is_deferred,
            ) in rows
        ]
    )
