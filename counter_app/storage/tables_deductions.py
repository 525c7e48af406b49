"""The tables of automatic deductions: what was taken out of which account's books, and what a batch left alone."""

from __future__ import annotations

from sqlalchemy import Index

from counter_app.storage.columns import int_, table, text_

SINCE_VERSION = 10
"""The version of the hall's file from which it has these tables."""

deductions = table(
    "deductions",
    text_("deduction_id", primary_key=True),
    text_("deduction_no", unique=True),
    int_("entry", unique=True),
    text_("batch_on"),
    int_("customer_id"),
    int_("account_id"),
    text_("staff_no"),
    text_("business_date"),
    text_("taken_at"),
    int_("settled_fen"),
    int_("balance_fen"),
    without_rowid=True,
)
"""Each deduction by its entry's id; the number holds batch day and account, so that an account is met once a batch.
`balance_fen` is what the books held before.
"""
Index("deductions_by_customer", deductions.c.customer_id, deductions.c.taken_at)
Index("deductions_by_batch", deductions.c.batch_on, deductions.c.account_id)

deduction_skips = table(
    "deduction_skips",
    int_("account_id", primary_key=True),
    text_("batch_on"),
    text_("why"),
    int_("arrears_fen"),
    int_("balance_fen"),
)
"""Accounts with overdue bills that the last batch left, and why: what a person reads afterwards, no fact of money."""
