"""The whole schema as statements: tables, indices, the search text, and the triggers that keep facts as written."""

from __future__ import annotations

from functools import cache

from sqlalchemy.dialects import sqlite
from sqlalchemy.schema import CreateIndex, CreateTable

from counter_app.storage import tables, tables_disputes, tables_reliefs, tables_retention, tables_sync, tables_undo
from counter_app.storage.columns import metadata
from counter_app.storage.driver import Driver
from counter_app.storage.tables_deductions import deductions
from counter_app.storage.version import SCHEMA_VERSION

__all__ = ["FACT_TABLES", "SCHEMA_VERSION", "SEARCH_TEXT_DDL", "schema_ddl", "trigger_ddl"]

SEARCH_TEXT_DDL = (
    "CREATE VIRTUAL TABLE IF NOT EXISTS search_text USING fts5("
    "body, content='', columnsize=0, detail=none, tokenize='ascii')"
)
"""The search cuts its own words (one to three characters), so this works alike on every SQLite since 3.40."""

FACT_TABLES = (
    tables.entries.name,
    tables.postings.name,
    tables.payments.name,
    tables.payment_tenders.name,
    tables.receipts.name,
    tables.settlements.name,
    tables.imports.name,
    tables_retention.retention_steps.name,
    tables_retention.papers.name,
    tables_retention.past_retentions.name,
    tables_sync.foreign_entries.name,
    tables_sync.book_moves.name,
    tables_sync.roles_down.name,
    tables_undo.payments_undone.name,
    tables_undo.undone_elsewhere.name,
    tables_undo.tender_moves.name,
    tables_undo.invoice_notes.name,
    deductions.name,
    tables_reliefs.relief_steps.name,
    tables_reliefs.reliefs_elsewhere.name,
    tables_disputes.disputes.name,
    tables_disputes.dispute_decisions.name,
)
"""Rows here are facts: triggers refuse UPDATE and DELETE whatever program asks."""


ERASED_ONLY = (
    "CREATE TRIGGER IF NOT EXISTS side_records_only_erased BEFORE UPDATE ON side_records WHEN"
    " NEW.record_id <> OLD.record_id OR NEW.subject <> OLD.subject OR NEW.kind <> OLD.kind OR NEW.size <> OLD.size"
    " OR NEW.sha256 <> OLD.sha256 OR NEW.entry <> OLD.entry OR OLD.erased_at IS NOT NULL"
    " OR NOT (NEW.content IS NULL AND NEW.erased_at IS NOT NULL"
    " OR OLD.content IS NULL AND NEW.erased_at IS NULL AND NEW.content IS NOT NULL AND length(NEW.content) = NEW.size)"
    " BEGIN SELECT RAISE(ABORT, 'side_records are erased or kept'); END",
    "CREATE TRIGGER IF NOT EXISTS side_records_no_delete BEFORE DELETE ON side_records "
    "BEGIN SELECT RAISE(ABORT, 'side_records are erased or kept'); END",
)
"""A side record stays as written, but for its content, which may be erased once; its hash stays (reliability 2.3).
One whose content was lost with a disk takes it once, in its size; one that was erased takes none.
"""


def schema_ddl(driver: Driver) -> list[str]:
    """All statements that make an empty hall's file."""
    return [*_table_ddl(), SEARCH_TEXT_DDL, *trigger_ddl()]


@cache
def _table_ddl() -> tuple[str, ...]:
    # to put them into words takes longer than to run them, and whoever makes many files does it once
    dialect = sqlite.dialect()
    statements = []
    for table in metadata.sorted_tables:
        statements.append(str(CreateTable(table).compile(dialect=dialect)))
        statements += [str(CreateIndex(index).compile(dialect=dialect)) for index in sorted(table.indexes, key=str)]
    return tuple(statements)


def trigger_ddl() -> list[str]:
    """The triggers that keep facts as they were written (feature 102, reliability 2.2)."""
    return [
        f"CREATE TRIGGER IF NOT EXISTS {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{table} only grow'); END"
        for table in FACT_TABLES
        for verb in ("UPDATE", "DELETE")
    ] + list(ERASED_ONLY)
