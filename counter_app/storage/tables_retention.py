"""The tables of customers who want to leave: cases, steps, side records, orders, held numbers, visits, papers."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, LargeBinary, PrimaryKeyConstraint, UniqueConstraint, text

from counter_app.domain.retention import ENDED, Stage
from counter_app.storage.columns import int_, table, text_

SINCE_VERSION = 5
"""The version of the hall's file from which it has these tables."""
FEEDBACK_SINCE = 8
"""The version from which it has the table of what was fed back to the hall manager."""

AT_DESK = tuple(stage.value for stage in Stage if stage not in ENDED)
"""Stages in which a service has an open case; it never has two (domain_rules 8)."""

retention_cases = table(
    "retention_cases",
    text_("case_id", primary_key=True),
    text_("case_no", unique=True),
    int_("service_id"),
    int_("customer_id"),
    text_("staff_no"),
    text_("stage"),
    text_("result", nullable=True),
    int_("is_valued"),
    int_("average_fen"),
    text_("reason"),
    text_("measures"),
    int_("cost_fen"),
    int_("unavailable"),
    text_("opened_on"),
    text_("opened_at"),
    text_("ended_on", nullable=True),
    text_("ended_at", nullable=True),
    text_("held_until", nullable=True),
    int_("is_audit_passed", nullable=True),
    int_("last_entry"),
    without_rowid=True,
)
Index(
    "one_open_case",
    retention_cases.c.service_id,
    unique=True,
    sqlite_where=text("stage IN ({})".format(", ".join(f"'{stage}'" for stage in AT_DESK))),
)
Index("retention_cases_by_stage", retention_cases.c.stage, retention_cases.c.opened_at)
Index("retention_cases_by_customer", retention_cases.c.customer_id)
Index(
    "retention_cases_ended",
    retention_cases.c.ended_on,
    retention_cases.c.result,
    sqlite_where=retention_cases.c.ended_on.isnot(None),
)

retention_steps = table(
    "retention_steps",
    text_("case_id"),
    int_("line"),
    int_("entry", unique=True),
    PrimaryKeyConstraint("case_id", "line"),
    without_rowid=True,
)

side_records = table(
    "side_records",
    text_("record_id", primary_key=True),
    text_("subject"),
    text_("kind"),
    Column("content", LargeBinary, nullable=True),
    int_("size"),
    Column("sha256", LargeBinary, nullable=False),
    int_("entry"),
    text_("erased_at", nullable=True),
    without_rowid=True,
)
Index("side_records_by_subject", side_records.c.subject)
Index(
    "side_records_lost",
    side_records.c.record_id,
    sqlite_where=side_records.c.content.is_(None) & side_records.c.erased_at.is_(None),
)
"""Whose content was lost with a disk: the hub is asked for it."""

cancel_orders = table(
    "cancel_orders",
    text_("order_id", primary_key=True),
    text_("case_id", unique=True),
    int_("service_id"),
    int_("entry"),
    text_("state"),
    text_("ordered_at"),
    text_("equipment"),
    text_("closed_at", nullable=True),
    without_rowid=True,
)
Index("cancel_orders_running", cancel_orders.c.state, sqlite_where=text("state <> 'closed'"))

number_holds = table(
    "number_holds",
    text_("case_id", primary_key=True),
    int_("service_id"),
    int_("customer_id"),
    text_("number"),
    text_("held_until"),
    text_("used_at", nullable=True),
    int_("entry"),
    without_rowid=True,
)
Index("number_holds_by_number", number_holds.c.number)
Index("number_holds_by_customer", number_holds.c.customer_id)

visits = table(
    "visits",
    text_("case_id"),
    int_("line"),
    text_("due_on"),
    text_("owner_no"),
    text_("outcome", nullable=True),
    text_("done_on", nullable=True),
    int_("is_line_alive", nullable=True),
    int_("entry"),
    PrimaryKeyConstraint("case_id", "line"),
    without_rowid=True,
)
Index("visits_due", visits.c.due_on, visits.c.owner_no, sqlite_where=visits.c.done_on.is_(None))

retention_feedbacks = table(
    "retention_feedbacks",
    text_("case_id"),
    int_("line"),
    text_("staff_no"),
    text_("fed_at"),
    text_("reason"),
    text_("record_id"),
    text_("taken_by", nullable=True),
    text_("taken_at", nullable=True),
    text_("answer", nullable=True),
    int_("entry"),
    PrimaryKeyConstraint("case_id", "line"),
    without_rowid=True,
)
Index(
    "retention_feedbacks_waiting",
    retention_feedbacks.c.fed_at,
    sqlite_where=retention_feedbacks.c.taken_at.is_(None),
)
Index("retention_feedbacks_by_time", retention_feedbacks.c.fed_at)

past_retentions = table(
    "past_retentions",
    # rows that an entry seals follow one another by their number
    Column("id", Integer, primary_key=True),
    text_("record_no", unique=True),
    text_("number"),
    text_("name"),
    text_("reason"),
    text_("source_reason", nullable=True),
    text_("measure"),
    text_("result"),
    text_("ended_on"),
    int_("entry"),
)
Index("past_retentions_by_number", past_retentions.c.number)

paper_series = table(
    "paper_series",
    text_("counter_id"),
    int_("year"),
    text_("kind"),
    int_("last_serial"),
    PrimaryKeyConstraint("counter_id", "year", "kind"),
    without_rowid=True,
)

papers = table(
    "papers",
    text_("paper_no", primary_key=True),
    text_("kind"),
    text_("counter_id"),
    int_("year"),
    int_("serial"),
    text_("subject"),
    text_("facts_record"),
    text_("facts_sha256"),
    int_("entry"),
    UniqueConstraint("counter_id", "year", "kind", "serial"),
    without_rowid=True,
)
Index("papers_by_subject", papers.c.subject)

paper_jobs = table(
    "paper_jobs",
    Column("id", Integer, primary_key=True),
    text_("paper_no"),
    int_("copy_no"),
    text_("paper"),
    text_("printer"),
    text_("state"),
    text_("why"),
    text_("staff_no"),
    text_("asked_at"),
    text_("ended_at", nullable=True),
    int_("entry"),
    UniqueConstraint("paper_no", "copy_no"),
)
Index("paper_jobs_unfinished", paper_jobs.c.state, sqlite_where=text("state <> 'printed'"))
