"""The tables of late fees that were let off or put off: what happened here, and what the hub tells of elsewhere."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer

from counter_app.storage.columns import int_, table, text_

SINCE_VERSION = 10
"""The version of the hall's file from which it has these tables."""

relief_steps = table(
    "relief_steps",
    text_("step_id", primary_key=True),
    text_("entry_id"),
    int_("entry"),
    text_("relief_id"),
    text_("step"),
    int_("account_id"),
    int_("bill_id"),
    text_("bill_no"),
    text_("way"),
    int_("amount_fen"),
    text_("until", nullable=True),
    text_("reason_code"),
    text_("staff_no"),
    text_("approvers"),
    text_("business_date"),
    without_rowid=True,
)
"""What was asked, decided and ended of one bill's late fee, each once; `approvers` is the JSON list of whoever signed.
How a relief stands is the fold of its steps and the day (`domain/reliefs.py`).
"""
Index("relief_steps_by_account", relief_steps.c.account_id)
Index("relief_steps_by_relief", relief_steps.c.relief_id)

reliefs_elsewhere = table(
    "reliefs_elsewhere",
    Column("id", Integer, primary_key=True),
    text_("step_id", unique=True),
    text_("entry_id"),
    text_("relief_id"),
    text_("step"),
    int_("account_id"),
    int_("bill_id"),
    text_("bill_no"),
    text_("way"),
    int_("amount_fen"),
    text_("until", nullable=True),
    text_("reason_code"),
    text_("staff_no"),
    text_("approvers"),
    text_("business_date"),
    text_("counter_id"),
)
"""The same, of entries that this journal does not have; `id` is the order in which it came down."""
Index("reliefs_elsewhere_by_account", reliefs_elsewhere.c.account_id)
Index("reliefs_elsewhere_by_relief", reliefs_elsewhere.c.relief_id)
