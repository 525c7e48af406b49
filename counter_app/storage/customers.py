"""Everything the hall holds of one customer, read in one snapshot."""

from __future__ import annotations

from sqlalchemy import bindparam, func, literal_column, select

from counter_app.domain.customers import Customer, CustomerRecord
from counter_app.storage import rows
from counter_app.storage import tables as t
from counter_app.storage.bills import bills_of_customer
from counter_app.storage.books import books_of_customer
from counter_app.storage.sql import Reading, compiled, placed

_CUSTOMER_COLUMNS = tuple(c for c in t.customers.c if c.name != "since_on")
_CUSTOMER = compiled(select(*_CUSTOMER_COLUMNS).where(t.customers.c.id == bindparam("customer")))
_FLAGS = compiled(
    select(t.customer_flags.c.flag)
    .where(t.customer_flags.c.customer_id == bindparam("customer"))
    .order_by(t.customer_flags.c.flag)
)
_MARKS = (
    select(func.group_concat(t.customer_flags.c.flag, literal_column("' '")))
    .where(t.customer_flags.c.customer_id == t.customers.c.id)
    .correlate(t.customers)
    .scalar_subquery()
)
# one walk instead of four questions: a customer has an account or two with a service or two, and the teller is waiting
_WITH_SERVICES = placed(
    select(_MARKS, *_CUSTOMER_COLUMNS, *t.accounts.c, *t.services.c)
    .select_from(
        t.customers.outerjoin(t.accounts, t.accounts.c.customer_id == t.customers.c.id).outerjoin(
            t.services, t.services.c.account_id == t.accounts.c.id
        )
    )
    .where(t.customers.c.id == bindparam("customer"))
    .order_by(t.accounts.c.id, t.services.c.id),
    ("customer",),
)
_TO_ACCOUNT = 1 + len(_CUSTOMER_COLUMNS)
_TO_SERVICE = _TO_ACCOUNT + len(t.accounts.c)
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
    params = {"customer": customer_id}
    row = reading.one(_CUSTOMER, params)
    return None if row is None else rows.customer_of(row, reading.rows(_FLAGS, params))


def load_record(reading: Reading, customer_id: int) -> CustomerRecord | None:
    """Everything of one customer, bills by account and month; None when the hall does not hold the customer."""
    params = (customer_id,)
    joined = reading.rows(_WITH_SERVICES, params)
    if not joined:
        return None
    first = joined[0]
    flags = [(flag,) for flag in sorted(first[0].split(" "))] if first[0] else ()
    # an account stands once for each of its services
    accounts = {row[_TO_ACCOUNT]: row[_TO_ACCOUNT:_TO_SERVICE] for row in joined if row[_TO_ACCOUNT] is not None}
    return CustomerRecord(
        rows.customer_of(first[1:_TO_ACCOUNT], flags),
        tuple([rows.account_of(row) for row in accounts.values()]),
        tuple([rows.service_of(row[_TO_SERVICE:]) for row in joined if row[_TO_SERVICE] is not None]),
        *bills_of_customer(reading, customer_id),
        books_of_customer(reading, customer_id),
        tuple([rows.contact_of(row) for row in reading.rows(_CONTACTS, params)]),
        tuple([rows.note_of(row) for row in reading.rows(_NOTES, params)]),
    )
