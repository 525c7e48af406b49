"""The hub's tables: what the halls sent up, what became of it, and what goes down; every key begins with the hall."""

from __future__ import annotations

from sqlalchemy import Column, Index, LargeBinary, Table

from counter_app.hub.columns import int_ as _int
from counter_app.hub.columns import metadata as metadata
from counter_app.hub.columns import table as _table
from counter_app.hub.columns import text_ as _text
from counter_app.hub.tables_approvals import approval_codes as approval_codes
from counter_app.hub.tables_reliefs import relief_steps as relief_steps
from counter_app.hub.tables_undo import carried as carried
from counter_app.hub.tables_undo import payments_undone as payments_undone

hub_state = Table("hub_state", metadata, _text("key", primary_key=True), _text("value"))
"""The one table without a hall: the number that a restore raises, and the hub's signing key's id."""

# --- who is who -------------------------------------------------------------------------------------------------

halls = _table("halls", (), _text("hall_code", unique=True), _text("facts"), _text("created_at"))

counters = _table(
    "counters",
    ("counter_id",),
    _text("counter_id"),
    _int("ordinal"),
    _text("code"),
    _text("name"),
    _int("is_active"),
)
Index("counters_by_ordinal", counters.c.hall_id, counters.c.ordinal, unique=True)
Index("counters_by_code", counters.c.hall_id, counters.c.code, unique=True)

devices = _table(
    "devices",
    ("device_id",),
    _text("device_id"),
    _text("counter_id"),
    _text("public_key"),
    _int("epoch"),
    _text("nonce"),
    _text("app_version"),
    _text("enrolled_at"),
    _text("revoked_at", nullable=True),
)
"""`nonce` is the one that the next upload must bring, `epoch` the only one that is open to the device."""
Index("devices_by_id", devices.c.device_id)

enrol_codes = _table(
    "enrol_codes",
    ("code_hash",),
    _text("code_hash"),
    _text("counter_code"),
    _text("issued_at"),
    _text("expires_at"),
    _int("tries"),
    _text("used_by", nullable=True),
    _text("facts"),
)
"""`hall_id` is empty while the hall has no device yet: the first one may bring its own."""
Index("enrol_codes_by_hash", enrol_codes.c.code_hash)

epochs = _table(
    "epochs",
    ("counter_id", "epoch"),
    _text("counter_id"),
    _int("epoch"),
    _text("device_id"),
    _text("reason"),
    _text("approver_no"),
    _text("opened_at"),
)
"""Which device an epoch of a counter was issued to, why, and who confirmed it; append-only."""

contacts = _table(
    "contacts",
    ("device_id", "serial", "nonce"),
    _text("device_id"),
    _int("serial"),
    _text("nonce"),
    _text("digest"),
    _text("next_nonce"),
    _text("at"),
)
"""The nonces that were consumed, each with the digest of the request that consumed it, or with the history before which
another one was lost: then it was put away for a fresh one. `serial` counts them, and stands before each nonce. The last
thousand of a device are kept (`schema.KEPT_CONTACTS`).
"""

# --- what came up: append-only ----------------------------------------------------------------------------------

chain_heads = _table(
    "chain_heads",
    ("counter_id", "epoch"),
    _text("counter_id"),
    _int("epoch"),
    _int("n"),
    _text("hash"),
    _int("contacts"),
)
"""The end of each chain; `contacts` counts the uploads, so that each of them writes the row."""

inbox = _table(
    "inbox",
    ("counter_id", "epoch", "seq"),
    _text("counter_id"),
    _int("epoch"),
    _int("seq"),
    _text("entry_id"),
    _text("hash"),
    _text("content"),
    _text("signature"),
    _text("received_at"),
)

evidence = _table(
    "evidence",
    ("evidence_id",),
    _text("evidence_id"),
    _text("kind"),
    _text("counter_id"),
    _text("device_id"),
    _int("epoch"),
    _int("seq"),
    _text("facts"),
    _text("received_at"),
)
"""Branches, altered entries and second copies, verbatim; its id is its own digest, so the same one is kept once."""

ledger_lines = _table(
    "ledger_lines",
    ("entry_id",),
    _text("entry_id"),
    _text("hash"),
    _text("counter_id"),
    _int("epoch"),
    _int("seq"),
    _text("kind"),
    _text("staff_no"),
    _text("business_date"),
    _int("amount_fen"),
    _int("customer_id", nullable=True),
    _text("receipt_no", nullable=True),
    _text("fate"),
)
"""An entry counts once: this row is what says so. `fate` is what became of it on arrival."""

settlements = _table(
    "settlements",
    ("settlement_id",),
    _text("settlement_id"),
    _int("bill_id"),
    _text("settled_on"),
    _int("principal_fen"),
    _int("late_fee_fen"),
    _int("cost_fen"),
    _text("source"),
    _text("channel"),
    _text("counter_id"),
    _text("entry_id", nullable=True),
)
Index("settlements_by_bill", settlements.c.hall_id, settlements.c.bill_id)

book_moves = _table(
    "book_moves",
    ("move_id",),
    _text("move_id"),
    _int("book_id"),
    _int("amount_fen"),
    _text("counter_id"),
    _text("at"),
    _text("entry_id", nullable=True),
)
Index("book_moves_by_book", book_moves.c.hall_id, book_moves.c.book_id)

# --- what became of it: projections -----------------------------------------------------------------------------

balances = _table("balances", ("account", "subject"), _text("account"), _text("subject"), _int("balance_fen"))
"""The hall's postings by account; `subject` is the shift for cash and other tenders, else empty."""

bill_sums = _table(
    "bill_sums",
    ("bill_id",),
    _int("bill_id"),
    _text("bill_no"),
    _int("account_id"),
    _int("customer_id", nullable=True),
    _int("principal_fen"),
    _int("cost_fen"),
    _int("settled_principal_fen"),
    _int("settled_late_fee_fen"),
    _int("settled_cost_fen"),
)

book_sums = _table(
    "book_sums", ("book_id",), _int("book_id"), _int("account_id"), _int("opening_fen"), _int("moved_fen")
)

credits_ = _table(
    "credits",
    ("credit_id",),
    _text("credit_id"),
    _int("account_id"),
    _int("customer_id", nullable=True),
    _int("bill_id"),
    _int("amount_fen"),
    _text("entry_id", nullable=True),
    _text("task_id"),
    _text("spent_by", nullable=True),
    _text("way", nullable=True),
)

suspense = _table(
    "suspense",
    ("suspense_id",),
    _text("suspense_id"),
    _text("entry_id"),
    _text("kind"),
    _int("subject_id", nullable=True),
    _int("amount_fen"),
    _text("facts"),
    _text("task_id"),
    _text("cleared_by", nullable=True),
)
"""Money whose bill or book the hub does not know, or whose entry is quarantined; `facts` is what will be applied."""
Index("suspense_by_subject", suspense.c.hall_id, suspense.c.kind, suspense.c.subject_id)

parked = _table(
    "parked",
    ("entry_id",),
    _text("entry_id"),
    _text("counter_id"),
    _int("epoch"),
    _int("seq"),
    _text("waits_for"),
    _text("since_at"),
    _text("freed_by", nullable=True),
)
"""Entries that came before the entry they are about."""
Index("parked_by_awaited", parked.c.hall_id, parked.c.waits_for)

quarantine = _table(
    "quarantine",
    ("quarantine_id",),
    _text("quarantine_id"),
    _text("counter_id"),
    _int("epoch"),
    _int("seq"),
    _text("entry_id"),
    _text("kind"),
    _text("reason"),
    _text("detail"),
    _text("task_id"),
    _text("since_at"),
    _text("freed_at", nullable=True),
)
"""`quarantine_id` is the place of the entry that carries it: counter, epoch and seq."""

tasks = _table(
    "tasks",
    ("task_id",),
    _text("task_id"),
    _text("kind"),
    _text("state"),
    _text("subject"),
    _int("customer_id", nullable=True),
    _int("account_id", nullable=True),
    _int("amount_fen"),
    _text("counter_id"),
    _text("opened_at"),
    _text("due_on", nullable=True),
    _text("closed_at", nullable=True),
    _text("facts"),
)
Index("tasks_by_state", tasks.c.hall_id, tasks.c.state)

cases = _table(
    "cases",
    ("case_id",),
    _text("case_id"),
    _int("service_id", nullable=True),
    _int("customer_id", nullable=True),
    _text("stage"),
    _text("facts"),
    _text("held_number", nullable=True),
    _text("held_until", nullable=True),
    _text("last_entry_id"),
)

side_records = _table(
    "side_records",
    ("record_id",),
    _text("record_id"),
    _text("entry_id"),
    _int("size"),
    _text("sha256"),
    Column("content", LargeBinary, nullable=True),
    _text("received_at", nullable=True),
    _text("erased_at", nullable=True),
)
"""Promised by an entry with size and hash; the content comes later by its own lane, and may be erased."""

# --- what goes down ---------------------------------------------------------------------------------------------

hall_feed = _table("hall_feed", (), _int("n"), _text("hash"), _int("last_id"))
"""The end of a hall's feed: the row that writers of one hall wait for; `last_id` is the last master id given."""

feed = _table("feed", ("n",), _int("n"), _text("kind"), _text("body"), _text("hash"))

master_rows = _table(
    "master_rows",
    ("kind", "key"),
    _text("kind"),
    _text("key"),
    _int("id", nullable=True),
    _int("customer_id", nullable=True),
    _text("body"),
)
"""The newest body of each row of master data; `key` is its natural key (customer_no, bill_no …), `id` the hall's."""
Index("master_rows_by_id", master_rows.c.hall_id, master_rows.c.kind, master_rows.c.id)
Index("master_rows_by_customer", master_rows.c.hall_id, master_rows.c.customer_id)

guests = _table(
    "guests",
    ("kind", "id"),
    _text("kind"),
    _int("id"),
    _text("home_hall_id"),
    _int("home_id"),
)
"""Rows of another hall's customers: the id in this hall and the one at home."""
Index("guests_by_home", guests.c.home_hall_id, guests.c.kind, guests.c.home_id)

staff_history = _table("staff_history", ("staff_no", "n"), _text("staff_no"), _int("n"), _text("role"), _text("state"))
"""Who held which role from which row of the feed on: a right is judged by what the counter could know."""

password_changes = _table(
    "password_changes", ("staff_no",), _text("staff_no"), _int("n"), _text("counter_id"), _text("generation")
)
"""With which row of the feed somebody's password last changed, at which counter (empty: at the hub), and in which
history (empty: not known).
"""

find_keys = _table("find_keys", ("kind", "term", "customer_id"), _text("kind"), _text("term"), _int("customer_id"))
Index("find_keys_by_term", find_keys.c.kind, find_keys.c.term)
Index("find_keys_by_customer", find_keys.c.hall_id, find_keys.c.customer_id)

snapshots = _table(
    "snapshots", ("snapshot_id",), _text("snapshot_id"), _text("generation"), _int("n"), _text("hash"), _text("made_at")
)
snapshot_parts = _table(
    "snapshot_parts",
    ("snapshot_id", "part"),
    _text("snapshot_id"),
    _int("part"),
    _int("rows"),
    _text("sha256"),
    Column("content", LargeBinary, nullable=False),
)

master_parts = _table(
    "master_parts",
    ("upload_id", "part"),
    _text("upload_id"),
    _int("part"),
    _text("sha256"),
    Column("content", LargeBinary, nullable=False),
    _text("received_at"),
)
"""Parts of a first counter's master data, until all of them are there and taken."""
