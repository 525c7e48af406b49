"""The tables of disputes: what was contested at this counter and why, and how it was decided.

What is frozen, and since when, stands among the settlements of the bill (`domain/disputes.py`), here and elsewhere.
"""

from __future__ import annotations

from sqlalchemy import Index

from counter_app.storage.columns import int_, table, text_

SINCE_VERSION = 10
"""The version of the hall's file from which it has these tables."""

disputes = table(
    "disputes",
    text_("dispute_id", primary_key=True),
    int_("entry", unique=True),
    int_("bill_id"),
    int_("line"),
    text_("item"),
    int_("disputed_fen"),
    text_("opened_on"),
    text_("reason_code"),
    text_("staff_no"),
    without_rowid=True,
)
"""Lines of bills that were contested here; `line` counts the bill's items from 1, 0 is the whole bill."""
Index("disputes_by_bill", disputes.c.bill_id)

dispute_decisions = table(
    "dispute_decisions",
    text_("dispute_id", primary_key=True),
    int_("entry", unique=True),
    int_("bill_id"),
    text_("outcome"),
    int_("lowered_fen"),
    int_("back_fen"),
    text_("decided_on"),
    text_("staff_no"),
    text_("approver_no"),
    without_rowid=True,
)
"""How disputes were decided here, each once; `back_fen` went into the customer's prepaid book."""
Index("dispute_decisions_by_bill", dispute_decisions.c.bill_id)
