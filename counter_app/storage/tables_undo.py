"""The tables of what was put right about payments: undone, paid by another tender, and the invoices noted for them."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, PrimaryKeyConstraint

from counter_app.storage.columns import int_, table, text_

SINCE_VERSION = 9
"""The version of the hall's file from which it has these tables."""

payments_undone = table(
    "payments_undone",
    text_("payment_id", primary_key=True),
    text_("undo_id", unique=True),
    int_("entry"),
    text_("way"),
    text_("at"),
    text_("business_date"),
    text_("receipt_no"),
    text_("reason_code"),
    text_("shift_id"),
    without_rowid=True,
)
"""Payments that were undone, each once; `way` is reverse, refund or move, and day and shift are those of the undo, the
entry `undo_id`. `entry` is its row, or that of the entry that vouches for what the hub gave back.
"""
Index("payments_undone_by_shift", payments_undone.c.shift_id)

undone_elsewhere = table(
    "undone_elsewhere",
    Column("id", Integer, primary_key=True),
    text_("payment_id", unique=True),
    text_("undo_id"),
    text_("way"),
    text_("counter_id"),
    text_("business_date"),
    text_("receipt_no"),
    text_("reason_code"),
)
"""Payments of the hall that were undone by entries which this journal does not have; `id` is the order in which it
came down.
"""

tender_moves = table(
    "tender_moves",
    text_("undo_id"),
    int_("line"),
    int_("entry"),
    text_("payment_id"),
    text_("shift_id"),
    text_("tender"),
    int_("amount_fen"),
    text_("reference"),
    text_("bank"),
    text_("document_no"),
    text_("document_on", nullable=True),
    PrimaryKeyConstraint("undo_id", "line"),
    without_rowid=True,
)
"""What went back of a payment, or was paid by another tender than was written: out is negative, in is positive, in the
shift in which it was put right, by the entry `undo_id`. A payment's tenders are its `payment_tenders` less its change,
and these.
"""
Index("tender_moves_by_payment", tender_moves.c.payment_id)
Index("tender_moves_by_shift", tender_moves.c.shift_id)

invoice_notes = table(
    "invoice_notes",
    text_("receipt_no"),
    text_("invoice_no"),
    text_("issued_on"),
    text_("red_of", nullable=True),
    int_("entry"),
    PrimaryKeyConstraint("receipt_no", "invoice_no"),
    without_rowid=True,
)
"""The numbers that the tax system gave to invoices about receipts; `red_of` names the invoice that one takes back."""
