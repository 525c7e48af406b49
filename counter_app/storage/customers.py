"""Everything the hall holds of one customer, read in one snapshot."""

from __future__ import annotations

from sqlalchemy import bindparam, select

from counter_app.domain.customers import Customer, CustomerRecord
from counter_app.storage import rows
from counter_app.storage import tables as t
from counter_app.storage.bills import bills_of_customer
from counter_app.storage.books import books_of_customer
from counter_app.storage.sql import Reading, compiled

_MINE = t.accounts.c.customer_id == bindparam("customer")
_OF_CUSTOMER = select(t.accounts.c.id).where(_MINE).scalar_subquery()

_CUSTOMER = compiled(
    select(*[c for c in t.customers.c if c.name != "since_on"]).where(t.customers.c.id == bindparam("customer"))
)
_FLAGS = compiled(
    select(t.customer_flags.c.flag)
    .where(t.customer_flags.c.customer_id == bindparam("customer"))
    .order_by(t.customer_flags.c.flag)
)
_ACCOUNTS = compiled(select(t.accounts).where(_MINE).order_by(t.accounts.c.id))
_SERVICES = compiled(
    select(t.services).where(t.services.c.account_id.in_(_OF_CUSTOMER)).order_by(t.services.c.account_id)
)
_CONTACTS = compiled(
    select(t.contacts.c.kind, t.contacts.c.value, t.contacts.c.person)
    .where(t.contacts.c.customer_id == bindparam("customer"))
    .order_by(t.contacts.c.line)
)
_NOTES = compiled(
    select(t.notes.c.body, t.notes.c.staff_no, t.notes.c.written_at)
    .where(t.notes.c.customer_id == bindparam("customer"))
    .order_by(t.notes.c.id.desc())
)


def find_customer(reading: Reading, customer_id: int) -> Customer | None:
    """The customer alone, or None."""
    params = {"customer": customer_id}
    row = reading.one(_CUSTOMER, params)
    return None if row is None else rows.customer_of(row, reading.rows(_FLAGS, params))


def load_record(reading: Reading, customer_id: int) -> CustomerRecord | None:
    """Everything of one customer, bills by account and month; None when the hall does not hold the customer."""
    customer = find_customer(reading, customer_id)
    if customer is None:
        return None
    params = {"customer": customer_id}
    return CustomerRecord(
        customer,
        tuple(map(rows.account_of, reading.rows(_ACCOUNTS, params))),
        tuple(map(rows.service_of, reading.rows(_SERVICES, params))),
        *bills_of_customer(reading, customer_id),
        books_of_customer(reading, customer_id),
        tuple(map(rows.contact_of, reading.rows(_CONTACTS, params))),
        tuple(map(rows.note_of, reading.rows(_NOTES, params))),
    )
