"""The tables of the line to the hub: what it has acknowledged, what came down, and what does not fit yet."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, LargeBinary, PrimaryKeyConstraint, UniqueConstraint

from counter_app.storage.columns import int_, table, text_

SINCE_VERSION = 7
"""The version of the hall's file from which it has these tables."""

sync_state = table("sync_state", text_("key", primary_key=True), text_("value"), without_rowid=True)

feed_held = table(
    "feed_held",
    Column("id", Integer, primary_key=True),
    text_("generation"),
    int_("n"),
    text_("kind"),
    text_("body"),
    text_("row_key"),
    text_("why"),
    text_("held_at"),
    UniqueConstraint("generation", "n", "kind", "body"),
)
Index("feed_held_by_key", feed_held.c.kind, feed_held.c.row_key)

book_moves = table(
    "book_moves",
    Column("id", Integer, primary_key=True),
    text_("move_id", unique=True),
    int_("book_id"),
    int_("amount_fen"),
    text_("counter_id"),
    text_("at"),
)
"""What moved in a book elsewhere, its opening at the hub included; `id` is the order in which it came down."""
Index("book_moves_by_book", book_moves.c.book_id)

books_elsewhere = table("books_elsewhere", int_("book_id", primary_key=True), int_("amount_fen"), without_rowid=True)
"""The sum of `book_moves` of each book, kept for the screens."""

roles_down = table("roles_down", Column("id", Integer, primary_key=True), text_("staff_no"), text_("role"))
"""Each role that the hub gave somebody, in the order in which it came down; the last one holds."""

counters_down = table(
    "counters_down", text_("counter_id", primary_key=True), int_("ordinal"), text_("code"), without_rowid=True
)

feed_checks = table(
    "feed_checks",
    text_("what"),
    int_("block"),
    int_("row_count"),
    int_("sum_fen"),
    Column("hash", LargeBinary, nullable=False),
    PrimaryKeyConstraint("what", "block"),
    without_rowid=True,
)
"""Over the facts that came down: per block of ids how many rows, their sum, and a hash rolled over them."""

tasks = table(
    "tasks",
    text_("task_id", primary_key=True),
    text_("kind"),
    text_("state"),
    text_("subject"),
    int_("customer_id", nullable=True),
    int_("account_id", nullable=True),
    int_("amount_fen", nullable=True),
    text_("counter_id", nullable=True),
    text_("opened_at"),
    text_("due_on", nullable=True),
    text_("closed_at", nullable=True),
    text_("facts"),
    without_rowid=True,
)
Index("tasks_open", tasks.c.due_on, tasks.c.task_id, sqlite_where=tasks.c.closed_at.is_(None))
Index("tasks_by_customer", tasks.c.customer_id, sqlite_where=tasks.c.customer_id.isnot(None))

guests = table(
    "guests",
    int_("customer_id", primary_key=True),
    text_("staff_no"),
    text_("found_at"),
    without_rowid=True,
)

ledger_lines = table(
    "ledger_lines",
    text_("entry_id", primary_key=True),
    text_("counter_id"),
    int_("epoch"),
    int_("seq"),
    text_("kind"),
    text_("staff_no"),
    text_("business_date"),
    int_("amount_fen", nullable=True),
    int_("customer_id", nullable=True),
    without_rowid=True,
)
Index("ledger_lines_by_day", ledger_lines.c.business_date, ledger_lines.c.kind)
Index("ledger_lines_by_customer", ledger_lines.c.customer_id, sqlite_where=ledger_lines.c.customer_id.isnot(None))

packs_down = table(
    "packs_down",
    text_("trade"),
    text_("version"),
    text_("text"),
    text_("taken_at"),
    PrimaryKeyConstraint("trade", "version"),
    without_rowid=True,
)

foreign_entries = table(
    "foreign_entries",
    Column("id", Integer, primary_key=True),
    int_("epoch"),
    int_("seq"),
    text_("entry_id"),
    text_("kind"),
    text_("content"),
    Column("prev_hash", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Column("signature", LargeBinary, nullable=False),
    text_("fetched_at"),
    UniqueConstraint("epoch", "seq"),
)
Index("foreign_entries_by_entry", foreign_entries.c.entry_id)
