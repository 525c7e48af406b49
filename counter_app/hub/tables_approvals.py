"""The hub's table of consents that a hall asks for from afar: each for one act, given as a one-time code, used once."""

from __future__ import annotations

from counter_app.hub.columns import int_, table, text_

approval_codes = table(
    "approval_codes",
    ("approval_id",),
    text_("approval_id"),
    text_("counter_id"),
    text_("kind"),
    text_("challenge"),
    int_("amount_fen"),
    text_("staff_no"),
    text_("subject_no"),
    text_("asked_at"),
    text_("given_by", nullable=True),
    text_("code_hash", nullable=True),
    text_("expires_at", nullable=True),
    int_("tries"),
    text_("told_at", nullable=True),
    text_("used_by", nullable=True),
)
"""Asked for by `staff_no` at a counter, given by `given_by` (a hall's code and a staff number), told at the counter,
used by an entry. Of the code only the hash is kept; `challenge` is the digest of exactly what is consented to.
"""
