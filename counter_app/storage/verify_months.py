"""Every signed table of a month against the file as it was when it was signed: nobody edits what was reported."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import bindparam, select

from counter_app.domain.retention import Result
from counter_app.domain.retention_followup import months_later
from counter_app.domain.retention_months import SIGNED, BadMonth, ExitMonth, is_over, leaves_of, signed_table
from counter_app.storage import tables as t
from counter_app.storage import tables_retention as r
from counter_app.storage.retention_months import SigningEntry, exit_counts_then, signing_entry
from counter_app.storage.sql import Reading, compiled
from counter_app.storage.trouble import Finding
from counter_app.storage.verify_rows import tell
from counter_app.storage.verify_seals import file_version

_SIGNED = compiled(
    select(t.entries.c.id, t.entries.c.at, t.entries.c.content)
    .where(t.entries.c.kind == bindparam("kind"))
    .order_by(t.entries.c.id)
)


def signed_months(reading: Reading) -> Iterator[Finding]:
    """Each signed table has a signer, was signed when its month was over, and counts what the file held then."""
    if file_version(reading) < r.SINCE_VERSION:
        return
    for rows in reading.stream(_SIGNED, {"kind": SIGNED}):
        for row in rows:
            yield from _signed(reading, signing_entry(row))


def _signed(reading: Reading, held: SigningEntry) -> Iterator[Finding]:
    where = f"entries row {held.entry}"
    try:
        table = signed_table(held.body)
    except (BadMonth, TypeError) as error:
        yield Finding("signed month", where, "the table of a month", f"{type(error).__name__} {error}")
        return
    where = f"{where} {table.month:%Y-%m}"
    if not held.signer_no:
        yield Finding("signed month", where, "who signed it", "nobody")
    if not is_over(table.month, held.business_date):
        yield Finding("signed month", where, "signed after the month", held.business_date.isoformat())
    yield from _counts(reading, table, held.entry, where)


def _counts(reading: Reading, table: ExitMonth, entry: int, where: str) -> Iterator[Finding]:
    found: dict[str, list[int]] = {}
    for count in exit_counts_then(reading, table.month, entry):
        found.setdefault(count.reason, [0, 0, 0])[0 if count.result is Result.LEFT else 1] += count.count
    for count in exit_counts_then(reading, months_later(table.month, -1), entry):
        found.setdefault(count.reason, [0, 0, 0])[2] += count.count
    said = {reason: [line.left, line.refused, line.before] for reason, line in leaves_of(table).items()}
    for reason in sorted(said.keys() | found.keys()):
        if said.get(reason) != found.get(reason):
            yield Finding("signed month", f"{where} {reason or 'no reason'}", _said(said, reason), _said(found, reason))


def _said(counts: dict[str, list[int]], reason: str) -> str:
    if reason not in counts:
        return tell(None)
    left, refused, before = counts[reason]
    return f"{left} left, {refused} refused to talk, {before} in the month before"
