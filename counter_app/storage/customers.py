"""Everything the hall holds of one customer, read in one snapshot."""

from __future__ import annotations

from datetime import date

from sqlalchemy import bindparam, select

from counter_app.domain.customers import Customer, CustomerRecord
from counter_app.storage import rows
from counter_app.storage import tables as t
from counter_app.storage.bills import bills_of_customer
from counter_app.storage.books import books_of_customer
from counter_app.storage.sql import Reading, placed

_CUSTOMER = placed(select(*rows.CUSTOMER_COLUMNS).where(t.customers.c.id == bindparam("customer")), ("customer",))
_HOLDINGS = placed(
    select(*rows.HOLDING_COLUMNS)
    .select_from(
        t.customers.outerjoin(t.accounts, t.accounts.c.customer_id == t.customers.c.id).outerjoin(
            t.services, t.services.c.account_id == t.accounts.c.id
        )
    )
    .where(t.customers.c.id == bindparam("customer"))
    .order_by(t.accounts.c.id, t.services.c.id),
    ("customer",),
)
_SINCE = placed(select(t.customers.c.since_on).where(t.customers.c.id == bindparam("customer")), ("customer",))
_CONTACTS = placed(
    select(t.contacts.c.kind, t.contacts.c.value, t.contacts.c.person)
    .where(t.contacts.c.customer_id == bindparam("customer"))
    .order_by(t.contacts.c.line),
    ("customer",),
)
_NOTES = placed(
    select(t.notes.c.body, t.notes.c.staff_no, t.notes.c.written_at)
    .where(t.notes.c.customer_id == bindparam("customer"))
    .order_by(t.notes.c.id.desc()),
    ("customer",),
)


def find_customer(reading: Reading, customer_id: int) -> Customer | None:
    """The customer alone, or None."""
    row = reading.one(_CUSTOMER, (customer_id,))
    return None if row is None else rows.customer_of(row)


def since_of(reading: Reading, customer_id: int) -> date | None:
    """The day on which a customer joined, where master data says it."""
    row = reading.one(_SINCE, (customer_id,))
    return None if row is None or row[0] is None else date.fromisoformat(row[0])


def load_record(reading: Reading, customer_id: int) -> CustomerRecord | None:
    """Everything of one customer, bills by account and month; None when the hall does not hold the customer."""
    params = (customer_id,)
    joined = reading.rows(_HOLDINGS, params)
    if not joined:
        return None
    return CustomerRecord(
        *rows.holdings_of(joined),
        *bills_of_customer(reading, customer_id),
        books_of_customer(reading, customer_id),
        tuple([rows.contact_of(row) for row in reading.rows(_CONTACTS, params)]),
        tuple([rows.note_of(row) for row in reading.rows(_NOTES, params)]),
    )
