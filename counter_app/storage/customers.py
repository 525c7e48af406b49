"""Everything the hall holds of one customer, read in one snapshot."""

from __future__ import annotations

from sqlalchemy import bindparam, select

from counter_app.domain.bills import Bill
from counter_app.domain.customers import Account, Customer, CustomerRecord, Service
from counter_app.storage import rows
from counter_app.storage import tables as t
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
_b = t.bills.c
_BILL_COLUMNS = (
    _b.id,
    _b.bill_no,
    _b.account_id,
    _b.service_id,
    _b.month,
    _b.due_on,
    _b.principal_fen,
    _b.cost_fen,
    _b.accrual_start_on,
    _b.accrual_stop_on,
    _b.is_disputed,
    _b.is_late_fee_deferred,
)
_s = t.settlements.c
_SETTLED_COLUMNS = (
    _s.bill_id,
    _s.settlement_id,
    _s.settled_on,
    _s.principal_fen,
    _s.late_fee_fen,
    _s.cost_fen,
    _s.source,
)
_ITEM_COLUMNS = (t.bill_items.c.bill_id, t.bill_items.c.item, t.bill_items.c.amount_fen)
_BILLS = compiled(select(*_BILL_COLUMNS).where(_b.account_id.in_(_OF_CUSTOMER)).order_by(_b.account_id, _b.month))
_SETTLED = compiled(
    select(*_SETTLED_COLUMNS)
    .select_from(t.bills.join(t.settlements, _s.bill_id == _b.id))
    .where(_b.account_id.in_(_OF_CUSTOMER))
    .order_by(_s.bill_id, _s.settled_on, _s.id)
)
_ITEMS = compiled(
    select(*_ITEM_COLUMNS)
    .select_from(t.bills.join(t.bill_items, t.bill_items.c.bill_id == _b.id))
    .where(_b.account_id.in_(_OF_CUSTOMER))
)
_OF_ACCOUNT = _b.account_id == bindparam("account")
_ACCOUNT = compiled(select(t.accounts).where(t.accounts.c.id == bindparam("account")))
_ACCOUNT_SERVICES = compiled(select(t.services).where(t.services.c.account_id == bindparam("account")))
_ACCOUNT_BILLS = compiled(select(*_BILL_COLUMNS).where(_OF_ACCOUNT).order_by(_b.month))
_ACCOUNT_SETTLED = compiled(
    select(*_SETTLED_COLUMNS)
    .select_from(t.bills.join(t.settlements, _s.bill_id == _b.id))
    .where(_OF_ACCOUNT)
    .order_by(_s.bill_id, _s.settled_on, _s.id)
)
_ACCOUNT_ITEMS = compiled(
    select(*_ITEM_COLUMNS).select_from(t.bills.join(t.bill_items, t.bill_items.c.bill_id == _b.id)).where(_OF_ACCOUNT)
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
        rows.bills_of(reading.rows(_BILLS, params), reading.rows(_SETTLED, params), reading.rows(_ITEMS, params)),
        books_of_customer(reading, customer_id),
        tuple(map(rows.contact_of, reading.rows(_CONTACTS, params))),
        tuple(map(rows.note_of, reading.rows(_NOTES, params))),
    )


def load_account(reading: Reading, account_id: int) -> tuple[Account, tuple[Service, ...], tuple[Bill, ...]] | None:
    """One account with its services and bills, for the commit of a payment; None when there is none."""
    params = {"account": account_id}
    row = reading.one(_ACCOUNT, params)
    if row is None:
        return None
    services = tuple(map(rows.service_of, reading.rows(_ACCOUNT_SERVICES, params)))
    bills = rows.bills_of(
        reading.rows(_ACCOUNT_BILLS, params),
        reading.rows(_ACCOUNT_SETTLED, params),
        reading.rows(_ACCOUNT_ITEMS, params),
    )
    return rows.account_of(row), services, bills
