"""The hub's table of late fees that were let off or put off: every step of every bill's relief, once."""

from __future__ import annotations

from counter_app.hub.columns import int_, table, text_

relief_steps = table(
    "relief_steps",
    ("step_id",),
    text_("step_id"),
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
"""What was asked, decided and ended; `approvers` is the JSON list of whoever signed."""
