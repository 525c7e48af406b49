"""Retention cases of entries that the hub gave back: folded into the rows, so that they are seen as before the loss.

Such a step stands in `retention_steps` under the number of its row among those entries, below nothing. What was kept
beside the journal (a form, a drawing) stayed at the hub: its record is here with size and hash, and its content comes
back behind it (`sync/lost_records.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sqlalchemy import Table, bindparam, func, insert, literal_column, or_, select

from counter_app.domain.retention import ENDED
from counter_app.domain.retention_steps import PREFIX, BadStep, sealed_of
from counter_app.storage import retention_feedback
from counter_app.storage import tables as t
from counter_app.storage import tables_retention as r
from counter_app.storage import tables_sync as s
from counter_app.storage.given_back import CARRIER, is_held, told_in
from counter_app.storage.given_lines import IN_EPOCH
from counter_app.storage.recovery import CHAIN
from counter_app.storage.retention import (
    STEPS_WITH_ENTRIES,
    add_steps,
    columns_of,
    has_number,
    open_case_of,
    put_case,
    written_in,
)
from counter_app.storage.retention_told import Told, ToldStep, told_of
from counter_app.storage.side_records import find_record
from counter_app.storage.sql import Reading, Row, Sql, Writing, compiled

NO_CASE = (BadStep, ValueError, KeyError, TypeError, AssertionError)
"""What is raised over steps that make no case: two copies of a file may have gone on with one, each in its own way."""

_f, _e, _s = s.foreign_entries.c, t.entries.c, r.retention_steps.c
_IS_STEP = func.substr(_f.kind, literal_column("1"), literal_column(str(len(PREFIX)))) == bindparam("prefix")
_UNFOLDED = compiled(
    select(_f.id, _f.epoch, _f.seq, _f.content)
    .select_from(s.foreign_entries.outerjoin(r.retention_steps, _s.entry == -_f.id))
    .where(_s.case_id.is_(None), or_(_IS_STEP, _f.kind == bindparam("carrier")))
    .order_by(IN_EPOCH, _f.epoch, _f.seq)
)
STEP_COLUMNS = (_s.entry, _e.entry_id, func.coalesce(_e.content, _f.content), _f.epoch, _f.seq)
"""What `step_in` reads."""
_STEPS = compiled(
    select(*STEP_COLUMNS).select_from(STEPS_WITH_ENTRIES).where(_s.case_id == bindparam("case")).order_by(_s.line)
)
_said = _e.content
_VOUCHERS = compiled(
    select(
        func.json_extract(_said, literal_column("'$.body.epoch'")),
        func.json_extract(_said, literal_column("'$.body.to_seq'")),
        _e.id,
    )
    .where(_e.kind == bindparam("kind"))
    .order_by(_e.id)
)
_SERVICE = compiled(
    select(t.services.c.number)
    .select_from(t.services.join(t.accounts, t.accounts.c.id == t.services.c.account_id))
    .where(t.services.c.id == bindparam("service"), t.accounts.c.customer_id == bindparam("customer"))
)


def _put(table: Table) -> Sql:
    return compiled(insert(table).prefix_with("OR REPLACE").values({c.name: bindparam(c.name) for c in table.c}))


_VISIT, _FEEDBACK, _ORDER, _HOLD = map(_put, (r.visits, r.retention_feedbacks, r.cancel_orders, r.number_holds))
_RECORD = _put(r.side_records)

Vouched = Callable[[int, int], int | None]
"""The row of the entry that vouches for a given-back one, by its line and number."""


def vouching(reading: Reading) -> Vouched:
    """Which entry of the journal vouches for which of those that the hub gave back."""
    vouchers = reading.rows(_VOUCHERS, {"kind": CHAIN})

    def of(epoch: int, seq: int) -> int | None:
        return next((entry for of_epoch, to_seq, entry in vouchers if of_epoch == epoch and seq <= to_seq), None)

    return of


def step_in(row: Row, vouched: Vouched) -> ToldStep | None:
    """A step from `STEP_COLUMNS`; None where nothing vouches for it."""
    kept, entry_id, content, epoch, seq = row
    said = told_in(content)
    entry = kept if kept > 0 else vouched(epoch, seq)
    return None if entry is None else ToldStep(kept, entry, entry_id or said["entry_id"], written_in(said))


def fold_given_back(work: Writing) -> None:
    """Fold every step that the hub gave back and no case has yet; what makes no case stays as it came.

    Customers and services must be in the file: after a loss they come down first.
    """
    vouched, found = vouching(work), dict[str, list[tuple[ToldStep, str]]]()
    for row_id, epoch, seq, content in work.rows(_UNFOLDED, {"prefix": PREFIX, "carrier": CARRIER}):
        step = step_in((-row_id, None, content, epoch, seq), vouched)
        if step is not None and step.written.kind.startswith(PREFIX) and not is_held(work, step.entry_id):
            found.setdefault(str(step.written.body.get("case_id")), []).append((step, f"{epoch}-{seq}"))
    for case_id, steps in found.items():
        _fold(work, case_id, steps, vouched)


def _fold(work: Writing, case_id: str, steps: Iterable[tuple[ToldStep, str]], vouched: Vouched) -> None:
    kept = [one for one in (step_in(row, vouched) for row in work.rows(_STEPS, {"case": case_id})) if one]
    known = {one.entry_id for one in kept}
    new = {one.entry_id: (one, place) for one, place in steps if one.entry_id not in known}
    if not new:
        return
    try:
        told = told_of([*kept, *(one for one, _ in new.values())])
    except NO_CASE:
        return
    case = told.case
    service = work.one(_SERVICE, {"service": case.service_id, "customer": case.customer_id})
    other = None if case.desk in ENDED else open_case_of(work, case.service_id)
    if service is None or other not in (None, case_id):
        # nobody may be shown twice at the desk for one service: the other copy's case stays what the hub knows
        return
    columns = columns_of(case, told.last_row)
    if not kept and has_number(work, case.case_no):
        columns["case_no"] = numbered(case.case_no, next(place for _, place in new.values()))
    put_case(work, columns, is_new=not kept)
    add_steps(work, case_id, [one.row for one, _ in new.values()])
    _put_rows(work, told, str(service[0]))


def numbered(case_no: str, place: str) -> str:
    """The number of a case whose own stands here on another one: with the place (epoch-number) of its first entry."""
    return f"{case_no}/{place}"


def _put_rows(work: Writing, told: Told, number: str) -> None:
    case_id = told.case.case_id
    for visit in told.visits.values():
        work.run(_VISIT, visit)
    for given, entry in zip(told.case.feedbacks, told.fed_back, strict=True):
        work.run(_FEEDBACK, retention_feedback.columns_of(case_id, given, entry))
    if told.order is not None:
        work.run(_ORDER, told.order)
    if told.hold is not None:
        work.run(_HOLD, {**told.hold, "number": number})
    for record_id, (entry, written) in told.records.items():
        seal = sealed_of(written.body)
        if seal is not None and find_record(work, record_id) is None:
            work.run(_RECORD, _record(record_id, case_id, entry, seal.kind, seal.size, seal.sha256))


def _record(record_id: str, case_id: str, entry: int, kind: str, size: int, sha256: str) -> Mapping[str, Any]:
    return {
        "record_id": record_id,
        "subject": case_id,
        "kind": kind,
        "content": None,
        "size": size,
        "sha256": bytes.fromhex(sha256),
        "entry": entry,
        "erased_at": None,
    }
