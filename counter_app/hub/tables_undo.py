"""The hub's tables of payments that were undone, and of where the text of an entry stands that another one carries."""

from __future__ import annotations

from counter_app.hub.columns import int_, table, text_

carried = table(
    "carried", ("entry_id",), text_("entry_id"), text_("counter_id"), int_("epoch"), int_("seq"),
)  # fmt: skip
"""The place in the inbox that holds an entry which came inside of another one; all others stand at their own."""

payments_undone = table(
    "payments_undone",
    ("payment_id",),
    text_("payment_id"),
    text_("undo_id"),
    text_("way"),
    text_("counter_id"),
    text_("business_date"),
    text_("receipt_no"),
    text_("reason_code"),
    int_("amount_fen"),
    text_("moved_to", nullable=True),
)
"""Payments that were undone, each once, by the entry `undo_id`; `way` is reverse, refund or move, and of one that was
moved `moved_to` is the payment that its money became. `amount_fen` is what went back or over.
"""
