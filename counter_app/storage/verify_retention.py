"""Every retention case replayed from its entries: row, steps, visits, feedback, order, held number, side records."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any

from sqlalchemy import Column, ColumnElement, Table, bindparam, func, literal_column, select

from counter_app.domain.retention_steps import PREFIX, sealed_of
from counter_app.storage import retention_feedback
from counter_app.storage import tables as t
from counter_app.storage import tables_retention as r
from counter_app.storage import tables_sync as y
from counter_app.storage.recovery import CHAIN
from counter_app.storage.retention import STEPS_WITH_ENTRIES, columns_of, written_of
from counter_app.storage.retention_given import NO_CASE, STEP_COLUMNS, Vouched, numbered, step_in, vouching
from counter_app.storage.retention_told import Told, ToldStep, told_of
from counter_app.storage.side_records import SideRecord, find_record
from counter_app.storage.sql import Reading, Row, Sql, compiled
from counter_app.storage.trouble import Finding
from counter_app.storage.verify_rows import differences, tell
from counter_app.storage.verify_seals import file_version

_s, _e = r.retention_steps.c, t.entries.c
_OF_RETENTION = func.substr(_e.kind, literal_column("1"), literal_column(str(len(PREFIX)))) == bindparam("prefix")
_COLUMNS = (_s.case_id, _s.line, _s.entry, _e.kind, _e.staff_no, _e.customer_id)
_STEPS = compiled(select(*_COLUMNS, *STEP_COLUMNS).select_from(STEPS_WITH_ENTRIES).order_by(_s.case_id, _s.line))
_NONE: ColumnElement[int] = literal_column("NULL")
_STEPS_BEFORE_HUBS = compiled(
    select(*_COLUMNS, _s.entry, _e.entry_id, _e.content, _NONE, _NONE)
    .select_from(r.retention_steps.outerjoin(t.entries, _e.id == _s.entry))
    .order_by(_s.case_id, _s.line)
)
_IN_NO_CASE = compiled(
    select(_e.id, _e.kind)
    .select_from(t.entries.outerjoin(r.retention_steps, _s.entry == _e.id))
    .where(_OF_RETENTION, _s.case_id.is_(None))
)
_NUMBERED = compiled(
    select(r.retention_cases.c.case_id).where(
        r.retention_cases.c.case_id == bindparam("case"), r.retention_cases.c.case_no == bindparam("number")
    )
)
_CASE = compiled(select(r.retention_cases).where(r.retention_cases.c.case_id == bindparam("case")))
_VISITS = compiled(select(r.visits).where(r.visits.c.case_id == bindparam("case")).order_by(r.visits.c.line))
_FEEDBACKS = compiled(
    select(r.retention_feedbacks)
    .where(r.retention_feedbacks.c.case_id == bindparam("case"))
    .order_by(r.retention_feedbacks.c.line)
)
_ORDER = compiled(select(r.cancel_orders).where(r.cancel_orders.c.case_id == bindparam("case")))
_HOLD = compiled(select(r.number_holds).where(r.number_holds.c.case_id == bindparam("case")))
_RECORDS = compiled(
    select(r.side_records.c.record_id, r.side_records.c.entry, r.side_records.c.erased_at).where(
        r.side_records.c.subject == bindparam("case"),
        func.substr(r.side_records.c.kind, literal_column("1"), literal_column(str(len(PREFIX))))
        == bindparam("prefix"),
    )
)

_VOUCHER = compiled(select(_e.id).where(_e.id == bindparam("of_entry"), _e.kind == bindparam("kind")))


def _alone(key: Column[str], *conditions: str) -> tuple[str, Sql]:
    """Rows of a case that no entry made."""
    question = (
        select(key)
        .select_from(key.table.outerjoin(r.retention_steps, (_s.case_id == key) & (_s.line == literal_column("1"))))
        .where(_s.case_id.is_(None), *map(literal_column, conditions))
    )
    return f"{key.table.name} {key.name}", compiled(question)


_ALONE = (
    _alone(r.retention_cases.c.case_id),
    _alone(r.visits.c.case_id),
    _alone(r.cancel_orders.c.case_id),
    _alone(r.number_holds.c.case_id),
    _alone(r.side_records.c.subject, f"substr(side_records.kind, 1, {len(PREFIX)}) = '{PREFIX}'"),
)
_FEEDBACK_ALONE = _alone(r.retention_feedbacks.c.case_id)


def retention(reading: Reading) -> Iterator[Finding]:
    """Each case is what its entries make it, and every entry about a case belongs to one; an older file has none."""
    if file_version(reading) < r.SINCE_VERSION:
        return
    has_hubs = file_version(reading) >= y.SINCE_VERSION
    vouched = vouching(reading) if has_hubs else _nobody
    steps = (row for rows in reading.stream(_STEPS if has_hubs else _STEPS_BEFORE_HUBS) for row in rows)
    for case_id, rows in groupby(steps, key=lambda row: str(row[0])):
        yield from _case(reading, case_id, list(rows), vouched)
    for many in reading.stream(_IN_NO_CASE, {"prefix": PREFIX}):
        for entry, kind in many:
            yield Finding("retention case", f"entries row {entry}", "a step of a case", f"{kind} in no case")
    has_feedback = file_version(reading) >= r.FEEDBACK_SINCE
    for name, question in (*_ALONE, *((_FEEDBACK_ALONE,) if has_feedback else ())):
        for many in reading.stream(question):
            for (key,) in many:
                yield Finding("row without its entry", f"{name} ({key})", "an entry retention.open", "nothing")


def _nobody(_epoch: int, _seq: int) -> None:
    """Nothing was given back to a file that never had a hub."""


def _case(reading: Reading, case_id: str, rows: list[Row], vouched: Vouched) -> Iterator[Finding]:
    where = f"retention_steps {case_id}"
    lines = [row[1] for row in rows]
    if lines != list(range(1, len(rows) + 1)) or not _are_in_order(rows):
        yield Finding("retention case", where, "lines in the order of the journal", tell(lines))
    steps = [_step(row, vouched) for row in rows]
    if None in steps:
        missing = rows[steps.index(None)]
        yield Finding("row without its entry", f"{where} {missing[1]}", "an entry", f"row {missing[2]}")
        return
    try:
        told = told_of(step for step in steps if step is not None)
    except NO_CASE as error:
        yield Finding("retention case", where, "entries that make a case", f"{type(error).__name__} {error}")
        return
    if told.case.case_id != case_id:
        yield Finding("retention case", where, told.case.case_id, case_id)
    columns = columns_of(told.case, told.last_row)
    if rows[0][2] < 0 and reading.one(_NUMBERED, {"case": case_id, "number": columns["case_no"]}) is None:
        # its own number stands on another case of this file
        columns["case_no"] = numbered(told.case.case_no, f"{rows[0][9]}-{rows[0][10]}")
    yield from _one(reading, _CASE, "retention_cases", r.retention_cases, columns, case_id)
    yield from _lines(reading, "visits", r.visits, _VISITS, told.visits, case_id)
    if told.fed_back or file_version(reading) >= r.FEEDBACK_SINCE:
        given = zip(told.case.feedbacks, told.fed_back, strict=True)
        rows_told = {one.line: retention_feedback.columns_of(case_id, one, entry) for one, entry in given}
        yield from _lines(reading, "retention_feedbacks", r.retention_feedbacks, _FEEDBACKS, rows_told, case_id)
    yield from _one(reading, _ORDER, "cancel_orders", r.cancel_orders, told.order, case_id)
    yield from _one(reading, _HOLD, "number_holds", r.number_holds, told.hold, case_id)
    yield from _records(reading, told, case_id)


def _are_in_order(rows: list[Row]) -> bool:
    """Those of the journal follow one another, and those that the hub gave back do."""
    own = [row[2] for row in rows if row[2] > 0]
    given = [(row[9], row[10]) for row in rows if row[2] < 0 and row[9] is not None]
    return own == sorted(own) and given == sorted(given)


def _step(row: Row, vouched: Vouched) -> ToldStep | None:
    if row[8] is None:
        return None
    if row[2] < 0:
        return step_in(row[6:], vouched)
    return ToldStep(row[2], row[2], row[7], written_of((row[3], row[4], row[8], row[5])))


def _one(
    reading: Reading, question: Sql, name: str, table: Any, expected: Mapping[str, object] | None, case_id: str
) -> Iterator[Finding]:
    rows = reading.rows(question, {"case": case_id})
    where = f"{name} {case_id}"
    if expected is None or not rows:
        if rows or expected is not None:
            yield Finding("retention case", where, "no row" if expected is None else "a row", f"{len(rows)} rows")
        return
    yield from differences(where, expected, dict(zip(table.c.keys(), rows[0], strict=True)))


def _lines(
    reading: Reading, name: str, table: Table, question: Sql, told: Mapping[int, Mapping[str, object]], case_id: str
) -> Iterator[Finding]:
    names = table.c.keys()
    found = {row[1]: dict(zip(names, row, strict=True)) for row in reading.rows(question, {"case": case_id})}
    for line in sorted(found.keys() | told.keys()):
        where = f"{name} {case_id} {line}"
        if line in found and line in told:
            yield from differences(where, told[line], found[line])
        else:
            yield Finding("retention case", where, *(("a row", "nothing") if line in told else ("no row", "a row")))


def _records(reading: Reading, told: Told, case_id: str) -> Iterator[Finding]:
    kept = {row[0]: row for row in reading.rows(_RECORDS, {"case": case_id, "prefix": PREFIX})}
    for record_id in sorted(kept.keys() - told.records.keys()):
        yield Finding("side record", f"side_records {record_id}", "named by an entry", "named by none")
    for record_id, (entry, written) in told.records.items():
        where, record, seal = f"side_records {record_id}", find_record(reading, record_id), sealed_of(written.body)
        if record is None or record_id not in kept or seal is None:
            yield Finding("side record", where, f"a record of {case_id}", "nothing")
            continue
        said = {"kind": seal.kind, "size": seal.size, "sha256": seal.sha256, "entry": entry}
        found = {"kind": record.kind, "size": record.size, "sha256": record.sha256.hex(), "entry": kept[record_id][1]}
        yield from differences(where, said, found)
        is_lost = record.content is None and kept[record_id][2] is None
        if is_lost and _is_given_back(reading, entry):
            # its entry was given back by the hub, and the content comes behind it
            continue
        yield from _content(where, record, is_erased=kept[record_id][2] is not None)
    yield from _number(reading, told, case_id)


def _is_given_back(reading: Reading, entry: int) -> bool:
    return reading.one(_VOUCHER, {"of_entry": entry, "kind": CHAIN}) is not None


def _content(where: str, record: SideRecord, *, is_erased: bool) -> Iterator[Finding]:
    if not record.is_whole:
        yield Finding("side record", f"{where} content", record.sha256.hex(), "other content")
    if (record.content is None) != is_erased:
        yield Finding("side record", f"{where} erased_at", "a moment beside erased content", tell(is_erased))


def _number(reading: Reading, told: Told, case_id: str) -> Iterator[Finding]:
    """The held number is the one on the form, as long as the form's content is there."""
    form = find_record(reading, told.case.form) if told.hold is not None and told.case.form else None
    row = reading.one(_HOLD, {"case": case_id})
    if form is None or form.content is None or row is None or not form.is_whole:
        return
    expected = json.loads(form.content)["service_number"]
    found = dict(zip(r.number_holds.c.keys(), row, strict=True))
    yield from differences(f"number_holds {case_id}", {"number": expected}, found)
