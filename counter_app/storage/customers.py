"""Everything the hall holds of one customer, read in one snapshot."""

from __future__ import annotations

from sqlalchemy import ColumnElement, bindparam, case, func, literal_column, select

from counter_app.domain.bills import Bill
from counter_app.domain.customers import Account, Customer, CustomerRecord, HeldBook, Service
from counter_app.storage import rows
from counter_app.storage import tables as t
from counter_app.storage.books import books_of_account, books_of_customer
from counter_app.storage.sql import Reading, compiled

_NOTHING: ColumnElement[int] = literal_column("0")
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
# a bill that was settled in time, and not given back later, has no late fee (that starts after `due_on` unless the
# contract names the day) and owes nothing: it need not be read
_before = t.settlements.alias("before").c
_IN_TIME = (
    select(
        func.sum(
            case(
                (_before.settled_on <= _b.due_on, _before.principal_fen),
                else_=func.min(_before.principal_fen, _NOTHING),
            )
        )
    )
    .where(_before.bill_id == _b.id)
    .correlate(t.bills)
    .scalar_subquery()
)
_MAY_OWE = (
    (_b.principal_fen > func.coalesce(_IN_TIME, _NOTHING)) | (_b.cost_fen > _NOTHING) | _b.accrual_start_on.isnot(None)
)
_ACCOUNT = compiled(select(t.accounts).where(t.accounts.c.id == bindparam("account")))
_ACCOUNT_SERVICES = compiled(select(t.services).where(t.services.c.account_id == bindparam("account")))
_OF_ACCOUNT = _b.account_id == bindparam("account")
_ACCOUNT_BILLS = compiled(
    select(*_BILL_COLUMNS, *_SETTLED_COLUMNS)
    .select_from(t.bills.outerjoin(t.settlements, _s.bill_id == _b.id))
    .where(_OF_ACCOUNT, _MAY_OWE)
    .order_by(_b.month, _b.id, _s.settled_on, _s.id)
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


def load_account(
    reading: Reading, account_id: int
) -> tuple[Account, tuple[Service, ...], tuple[Bill, ...], tuple[HeldBook, ...]] | None:
    """One account with its services, the bills that may owe something, and its books, for the commit of a payment.

    The items of the bills are read where a book is only for some of them. None when there is no such account.
    """
    params = {"account": account_id}
    row = reading.one(_ACCOUNT, params)
    if row is None:
        return None
    services = tuple(map(rows.service_of, reading.rows(_ACCOUNT_SERVICES, params)))
    books = books_of_account(reading, account_id)
    joined = reading.rows(_ACCOUNT_BILLS, params)
    width = len(_BILL_COLUMNS)
    found = {bill[0]: bill[:width] for bill in joined}
    settled = [bill[width:] for bill in joined if bill[width] is not None]
    items = reading.rows(_ACCOUNT_ITEMS, params) if any(held.book.items for held in books) else ()
    return rows.account_of(row), services, rows.bills_of(found.values(), settled, items), books
