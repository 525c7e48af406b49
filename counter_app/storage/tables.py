"""The tables of a hall's file: facts that only grow, the master data, and the projections of both."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, LargeBinary, PrimaryKeyConstraint, UniqueConstraint, text

from counter_app.storage.columns import int_, table, text_

hall = table("hall", text_("key", primary_key=True), text_("value"), without_rowid=True)

devices = table(
    "devices",
    text_("device_id", primary_key=True),
    text_("counter_id"),
    Column("public_key", LargeBinary, nullable=False),
    int_("epoch"),
    text_("enrolled_at"),
    text_("revoked_at", nullable=True),
    without_rowid=True,
)

counters = table(
    "counters",
    text_("counter_id", primary_key=True),
    text_("name"),
    int_("is_active", server_default=text("1")),
    without_rowid=True,
)

staff = table(
    "staff",
    text_("staff_no", primary_key=True),
    text_("name"),
    text_("role"),
    text_("state"),
    text_("verifier"),
    int_("failed_tries", server_default=text("0")),
    text_("locked_until", nullable=True),
    int_("must_change_password", server_default=text("0")),
    text_("hint", nullable=True),
    without_rowid=True,
)

entries = table(
    "entries",
    Column("id", Integer, primary_key=True),
    int_("epoch"),
    int_("seq"),
    text_("entry_id", unique=True),
    text_("intent_id", nullable=True, unique=True),
    text_("kind"),
    text_("staff_no"),
    text_("shift_id", nullable=True),
    int_("customer_id", nullable=True),
    text_("business_date"),
    text_("at"),
    text_("device_id"),
    text_("content"),
    Column("prev_hash", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Column("signature", LargeBinary, nullable=False),
    UniqueConstraint("epoch", "seq"),
)
Index("entries_by_day", entries.c.business_date, entries.c.kind)
Index("entries_by_shift", entries.c.shift_id, entries.c.kind, sqlite_where=entries.c.shift_id.isnot(None))
Index("entries_by_customer", entries.c.customer_id, sqlite_where=entries.c.customer_id.isnot(None))
OF_SAFE = (
    "kind IN ('cash.drop', 'day.close', 'deposit.made', 'float.accept', 'float.ask', 'float.issue', 'float.refuse', "
    "'proof.found', 'proofs.handover', 'safe.fund')"
)
"""The kinds of entries of which the journal itself is the only record beside the postings. Whoever asks for them says
this very condition: only then the index is used.
"""
Index("entries_of_safe", entries.c.kind, sqlite_where=text(OF_SAFE))

postings = table(
    "postings",
    Column("id", Integer, primary_key=True),
    int_("entry"),
    int_("line"),
    text_("account"),
    text_("subject"),
    int_("amount_fen"),
    UniqueConstraint("entry", "line"),
)
Index("postings_by_account", postings.c.account, postings.c.subject)

journal_head = table(
    "journal_head",
    int_("epoch", primary_key=True),
    int_("seq"),
    Column("hash", LargeBinary, nullable=False),
)

balances = table(
    "balances",
    text_("account"),
    text_("subject"),
    int_("balance_fen"),
    PrimaryKeyConstraint("account", "subject"),
    without_rowid=True,
)

intents = table(
    "intents",
    text_("intent_id", primary_key=True),
    text_("kind"),
    int_("customer_id", nullable=True),
    text_("shift_id", nullable=True),
    text_("staff_no"),
    int_("amount_fen"),
    text_("begun_at"),
    text_("state"),
    int_("entry", nullable=True),
    without_rowid=True,
)
Index("intents_unfinished", intents.c.state, sqlite_where=text("state <> 'seen'"))

customers = table(
    "customers",
    Column("id", Integer, primary_key=True),
    text_("customer_no", unique=True),
    text_("name"),
    text_("kind"),
    text_("customer_class"),
    text_("id_kind", nullable=True),
    text_("id_number", nullable=True),
    text_("group_name", nullable=True),
    text_("manager", nullable=True),
    text_("since_on", nullable=True),
)

customer_flags = table(
    "customer_flags",
    int_("customer_id"),
    text_("flag"),
    text_("since_on"),
    text_("note"),
    PrimaryKeyConstraint("customer_id", "flag"),
    without_rowid=True,
)

contacts = table(
    "contacts",
    int_("customer_id"),
    int_("line"),
    text_("kind"),
    text_("value"),
    text_("person"),
    PrimaryKeyConstraint("customer_id", "line"),
    without_rowid=True,
)

notes = table(
    "notes",
    Column("id", Integer, primary_key=True),
    int_("customer_id"),
    text_("body"),
    text_("staff_no"),
    text_("written_at"),
    int_("entry"),
)
Index("notes_by_customer", notes.c.customer_id)

accounts = table(
    "accounts",
    Column("id", Integer, primary_key=True),
    text_("account_no", unique=True),
    int_("customer_id"),
    text_("address"),
    text_("facts"),
    text_("contract_no", nullable=True),
    text_("area", nullable=True),
)
Index("accounts_by_customer", accounts.c.customer_id)

services = table(
    "services",
    Column("id", Integer, primary_key=True),
    int_("account_id"),
    text_("kind"),
    text_("number"),
    text_("plan"),
    text_("state"),
    text_("state_since_on"),
    text_("state_reason"),
    text_("meter_no", nullable=True),
    UniqueConstraint("kind", "number"),
)
Index("services_by_account", services.c.account_id)

bills = table(
    "bills",
    Column("id", Integer, primary_key=True),
    text_("bill_no", unique=True),
    int_("account_id"),
    int_("service_id", nullable=True),
    text_("month"),
    text_("issued_on"),
    text_("due_on"),
    int_("principal_fen"),
    int_("cost_fen", server_default=text("0")),
    text_("accrual_start_on", nullable=True),
    text_("accrual_stop_on", nullable=True),
    int_("is_disputed", server_default=text("0")),
    int_("is_late_fee_deferred", server_default=text("0")),
)
Index("bills_by_account", bills.c.account_id, bills.c.month)

bill_items = table(
    "bill_items",
    int_("bill_id"),
    int_("line"),
    text_("item"),
    int_("amount_fen"),
    PrimaryKeyConstraint("bill_id", "line"),
    without_rowid=True,
)

settlements = table(
    "settlements",
    Column("id", Integer, primary_key=True),
    text_("settlement_id", unique=True),
    int_("bill_id"),
    text_("settled_on"),
    int_("principal_fen"),
    int_("late_fee_fen"),
    int_("cost_fen", server_default=text("0")),
    text_("source"),
    text_("channel"),
    int_("entry", nullable=True),
)
Index("settlements_by_bill", settlements.c.bill_id)
Index("settlements_by_entry", settlements.c.entry, sqlite_where=settlements.c.entry.isnot(None))

books = table(
    "books",
    Column("id", Integer, primary_key=True),
    int_("account_id"),
    text_("name"),
    text_("kind"),
    text_("items"),
    int_("priority"),
    text_("valid_to", nullable=True),
    int_("opening_fen"),
    text_("opening_source"),
    text_("opened_on"),
    int_("opening_entry", nullable=True),
)
Index("books_by_account", books.c.account_id)
Index("books_by_opening_entry", books.c.opening_entry, sqlite_where=books.c.opening_entry.isnot(None))

imports = table(
    "imports",
    Column("id", Integer, primary_key=True),
    text_("what"),
    text_("file_name"),
    text_("file_sha256"),
    text_("map_sha256"),
    int_("row_count"),
    int_("changed_count"),
    text_("done_at"),
    int_("entry"),
)

shifts = table(
    "shifts",
    text_("shift_id", primary_key=True),
    text_("shift_no", unique=True),
    text_("counter_id"),
    text_("staff_no"),
    text_("business_date"),
    text_("opened_at"),
    int_("float_fen"),
    int_("opening_entry"),
    text_("closed_at", nullable=True),
    int_("closing_entry", nullable=True),
    int_("counted_fen", nullable=True),
    without_rowid=True,
)
Index("one_open_shift", shifts.c.counter_id, unique=True, sqlite_where=shifts.c.closed_at.is_(None))

payments = table(
    "payments",
    text_("payment_id", primary_key=True),
    int_("entry", unique=True),
    int_("customer_id"),
    int_("account_id"),
    text_("shift_id"),
    text_("staff_no"),
    text_("business_date"),
    text_("taken_at"),
    int_("settled_fen"),
    int_("received_fen"),
    int_("change_fen"),
    int_("prepaid_used_fen"),
    int_("prepaid_stored_fen"),
    text_("receipt_no", unique=True),
    without_rowid=True,
)
Index("payments_by_customer", payments.c.customer_id, payments.c.taken_at)
Index("payments_by_shift", payments.c.shift_id)

payment_tenders = table(
    "payment_tenders",
    text_("payment_id"),
    int_("line"),
    text_("tender"),
    int_("amount_fen"),
    text_("reference"),
    text_("bank"),
    text_("document_no"),
    text_("document_on", nullable=True),
    PrimaryKeyConstraint("payment_id", "line"),
    without_rowid=True,
)

receipt_series = table(
    "receipt_series",
    text_("counter_id"),
    int_("year"),
    int_("last_serial"),
    PrimaryKeyConstraint("counter_id", "year"),
    without_rowid=True,
)

receipts = table(
    "receipts",
    text_("receipt_no", primary_key=True),
    text_("counter_id"),
    int_("year"),
    int_("serial"),
    text_("payment_id", unique=True),
    int_("entry"),
    text_("facts"),
    text_("facts_sha256"),
    UniqueConstraint("counter_id", "year", "serial"),
    without_rowid=True,
)

print_jobs = table(
    "print_jobs",
    Column("id", Integer, primary_key=True),
    text_("receipt_no"),
    int_("copy_no"),
    text_("paper"),
    text_("printer"),
    text_("state"),
    text_("why"),
    text_("staff_no"),
    text_("asked_at"),
    text_("ended_at", nullable=True),
    int_("entry", nullable=True),
    UniqueConstraint("receipt_no", "copy_no"),
)
Index("print_jobs_unfinished", print_jobs.c.state, sqlite_where=text("state <> 'printed'"))

restore_orders = table(
    "restore_orders",
    text_("order_id", primary_key=True),
    int_("service_id"),
    text_("payment_id"),
    int_("entry"),
    text_("state"),
    text_("ordered_at"),
    text_("due_at"),
    text_("confirmed_at", nullable=True),
    text_("archived_at", nullable=True),
    without_rowid=True,
)
Index("restore_orders_by_service", restore_orders.c.service_id)
Index("restore_orders_running", restore_orders.c.state, sqlite_where=text("state <> 'archived'"))

search_terms = table(
    "search_terms",
    text_("kind"),
    text_("term"),
    int_("customer_id"),
    PrimaryKeyConstraint("kind", "term", "customer_id"),
    without_rowid=True,
)

search_cards = table(
    "search_cards",
    int_("customer_id", primary_key=True),
    text_("card"),
    text_("line", server_default=text("''")),
)
