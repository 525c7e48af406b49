"""Retention cases in the file: the entries that made each, and its row for lists, searches and the audit."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, exists, func, insert, select, update

from counter_app.domain.retention import Act, Case, Result, Stage
from counter_app.domain.retention_steps import Written, kind_of, replayed_case
from counter_app.storage import tables as t
from counter_app.storage import tables_retention as r
from counter_app.storage import tables_sync
from counter_app.storage.given_back import given_back_of, told_in
from counter_app.storage.journal import day, moment, stamp
from counter_app.storage.sql import Reading, Row, Writing, compiled

_OPENED = kind_of(Act.OPEN)
_c = r.retention_cases.c
_s = r.retention_steps.c
_e = t.entries.c
_g = tables_sync.foreign_entries.c
STEPS_WITH_ENTRIES = r.retention_steps.outerjoin(t.entries, _e.id == _s.entry).outerjoin(
    tables_sync.foreign_entries, _g.id == -_s.entry
)
"""Each step with its entry: one of the journal, or, under a number below nothing, one that the hub gave back."""

_ADD = compiled(insert(r.retention_cases).values({c.name: bindparam(c.name) for c in r.retention_cases.c}))
_MOVED = (
    "stage",
    "result",
    "is_valued",
    "average_fen",
    "reason",
    "measures",
    "cost_fen",
    "unavailable",
    "ended_on",
    "ended_at",
    "held_until",
    "is_audit_passed",
    "last_entry",
)
_SAVE = compiled(
    update(r.retention_cases).where(_c.case_id == bindparam("case")).values({name: bindparam(name) for name in _MOVED})
)
_STEP = compiled(insert(r.retention_steps).values({c.name: bindparam(c.name) for c in r.retention_steps.c}))
_LINES = compiled(select(func.count()).select_from(r.retention_steps).where(_s.case_id == bindparam("case")))
_STEPS = compiled(
    select(_e.kind, _e.staff_no, func.coalesce(_e.content, _g.content), _e.customer_id, _s.entry)
    .select_from(STEPS_WITH_ENTRIES)
    .where(_s.case_id == bindparam("case"), func.coalesce(_e.id, _g.id).isnot(None))
    .order_by(_s.line)
)
_NUMBERED = compiled(select(_c.case_id).where(_c.case_no == bindparam("case_no")))
_ONE = compiled(select(_c.case_id).where(_c.case_id == bindparam("case")))
_OF_DAY = compiled(select(func.count()).select_from(r.retention_cases).where(_c.opened_on == bindparam("on_day")))
_STAGES = {f"s{n}": stage for n, stage in enumerate(r.AT_DESK)}
_IS_AT_DESK = _c.stage.in_([bindparam(name) for name in _STAGES])
_OPEN_OF = compiled(select(_c.case_id).where(_c.service_id == bindparam("service"), _IS_AT_DESK))
_OPEN_OF_CUSTOMER = compiled(
    select(_c.case_no).where(_c.customer_id == bindparam("customer"), _IS_AT_DESK).order_by(_c.opened_at.desc())
)
_COLUMNS = (
    _c.case_id,
    _c.case_no,
    _c.service_id,
    _c.customer_id,
    t.customers.c.name,
    t.services.c.number,
    _c.staff_no,
    _c.stage,
    _c.result,
    _c.is_valued,
    _c.average_fen,
    _c.reason,
    _c.measures,
    _c.cost_fen,
    _c.unavailable,
    _c.opened_at,
    _c.ended_on,
    _c.held_until,
    _c.is_audit_passed,
    exists().where(r.retention_feedbacks.c.case_id == _c.case_id),
)
_FROM = r.retention_cases.join(t.customers, t.customers.c.id == _c.customer_id).join(
    t.services, t.services.c.id == _c.service_id
)
_AT_DESK = compiled(select(*_COLUMNS).select_from(_FROM).where(_IS_AT_DESK).order_by(_c.opened_at))
_ENDED = compiled(
    select(*_COLUMNS)
    .select_from(_FROM)
    .where(_c.ended_on >= bindparam("from_on"), _c.ended_on <= bindparam("to_on"))
    .order_by(_c.ended_on.desc(), _c.case_no.desc())
)
_UNAUDITED = compiled(
    select(*_COLUMNS)
    .select_from(_FROM)
    .where(_c.ended_on.isnot(None), _c.is_audit_passed.is_(None), _c.result != bindparam("withdrawn"))
    .order_by(_c.ended_on, _c.case_no)
)
_EXITS = compiled(
    select(_c.reason, func.count())
    .where(_c.ended_on.isnot(None), _c.result.in_([bindparam("left"), bindparam("refused")]))
    .group_by(_c.reason)
    .order_by(_c.reason)
)
_LEFT_ON = compiled(
    select(t.services.c.state_since_on).where(
        t.services.c.id == bindparam("service"), t.services.c.state == bindparam("closed")
    )
)


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case as a list shows it. `measures` are offer codes; `unavailable` counts signatures that nobody gave;
    `is_fed_back`: the hall manager was told of it.
    """

    case_id: str
    case_no: str
    service_id: int
    customer_id: int
    name: str
    number: str
    staff_no: str
    stage: Stage
    result: Result | None
    is_valued: bool
    average_fen: int
    reason: str
    measures: tuple[str, ...]
    cost_fen: int
    unavailable: int
    opened_at: datetime
    ended_on: date | None
    held_until: date | None
    is_audit_passed: bool | None
    is_fed_back: bool


def add_case(work: Writing, case: Case, entry: int) -> None:
    """Write the row of a new case and its first step; a second open case of one service breaks a unique index."""
    work.run(_ADD, columns_of(case, entry))
    work.insert(_STEP, {"case_id": case.case_id, "line": 1, "entry": entry})


def columns_of(case: Case, entry: int) -> dict[str, str | int | None]:
    """The whole row of a case whose last step is that entry; `verify` holds the file to it."""
    return {
        "case_id": case.case_id,
        "case_no": case.case_no,
        "service_id": case.service_id,
        "customer_id": case.customer_id,
        "staff_no": case.opened_by,
        "opened_on": case.opened_at.date().isoformat(),
        "opened_at": stamp(case.opened_at),
        **_row(case, entry),
    }


def save_case(work: Writing, case: Case, entries: Iterable[int]) -> None:
    """Write the steps that these entries made, and the row as the case stands after them."""
    last = add_steps(work, case.case_id, entries)
    work.run(_SAVE, {"case": case.case_id, **_row(case, last)})


def add_steps(work: Writing, case_id: str, entries: Iterable[int]) -> int:
    """Write that these entries are the next steps of a case; returns the last of them."""
    found = work.one(_LINES, {"case": case_id})
    line, entry = int(found[0]) if found else 0, 0
    for entry in entries:
        line += 1
        work.insert(_STEP, {"case_id": case_id, "line": line, "entry": entry})
    return entry


def put_case(work: Writing, columns: Mapping[str, str | int | None], *, is_new: bool) -> None:
    """Write the row of a case as `columns_of` makes it."""
    if is_new:
        work.run(_ADD, columns)
    else:
        work.run(_SAVE, {"case": columns["case_id"], **{name: columns[name] for name in _MOVED}})


def has_number(reading: Reading, case_no: str) -> bool:
    """Whether a case of that number is here."""
    return reading.one(_NUMBERED, {"case_no": case_no}) is not None


def load_case(reading: Reading, case_id: str) -> Case | None:
    """The case as its entries made it, or None; the row is not asked."""
    rows = reading.rows(_STEPS, {"case": case_id})
    if not rows:
        return None
    return replayed_case(map(written_of, rows))


def written_steps(reading: Reading, case_id: str) -> tuple[tuple[int, Written], ...]:
    """The entries of a case in their order, each with its row id, as the audit and the papers read them."""
    return tuple((row[4], written_of(row)) for row in reading.rows(_STEPS, {"case": case_id}))


def open_case_of(reading: Reading, service_id: int) -> str | None:
    """The id of the service's case at the desk, or None."""
    row = reading.one(_OPEN_OF, {"service": service_id, **_STAGES})
    return None if row is None else str(row[0])


def open_case_no_of(reading: Reading, customer_id: int) -> str:
    """The number of the customer's case at the desk that was opened last; empty where there is none."""
    row = reading.one(_OPEN_OF_CUSTOMER, {"customer": customer_id, **_STAGES})
    return "" if row is None else str(row[0])


def cases_of_day(reading: Reading, on: date) -> int:
    """How many cases were opened on a day; the next case number is one more. A number that stands on the paper of a
    case which this file has lost is not given again.
    """
    row = reading.one(_OF_DAY, {"on_day": on.isoformat()})
    given = [one.content for one in given_back_of(reading, _OPENED)]
    lost = {said["body"]["case_id"] for said in given if said["business_date"] == on.isoformat()}
    lost = {case_id for case_id in lost if reading.one(_ONE, {"case": case_id}) is None}
    return (int(row[0]) if row else 0) + len(lost)


def cases_at_desk(reading: Reading) -> tuple[CaseRow, ...]:
    """Cases that somebody still works on, the longest waiting first."""
    return tuple(map(_case_row, reading.rows(_AT_DESK, _STAGES)))


def cases_ended(reading: Reading, from_on: date, to_on: date) -> tuple[CaseRow, ...]:
    """Cases that ended from one day to another, both included, the newest first."""
    between = {"from_on": from_on.isoformat(), "to_on": to_on.isoformat()}
    return tuple(map(_case_row, reading.rows(_ENDED, between)))


def cases_to_audit(reading: Reading) -> tuple[CaseRow, ...]:
    """Ended cases that nobody has checked, the oldest first; a withdrawn request has nothing to check."""
    return tuple(map(_case_row, reading.rows(_UNAUDITED, {"withdrawn": Result.WITHDRAWN.value})))


def exit_reasons(reading: Reading) -> tuple[tuple[str, int], ...]:
    """How many customers of this hall left for each reason."""
    params = {"left": Result.LEFT.value, "refused": Result.REFUSED_TALK.value}
    return tuple((str(reason), int(count)) for reason, count in reading.rows(_EXITS, params))


def left_on(reading: Reading, service_id: int) -> date | None:
    """The day since which a service is closed, or None while it is not."""
    row = reading.one(_LEFT_ON, {"service": service_id, "closed": "closed"})
    return None if row is None else date.fromisoformat(row[0])


def written_of(row: Row) -> Written:
    """An entry from its kind, staff number, content and customer; one that the hub gave back, from its content."""
    if row[0] is None:
        return written_in(told_in(row[2]))
    content = json.loads(row[2])
    return Written(row[0], content["body"], row[1], content["approver_no"], row[3])


def written_in(content: Mapping[str, Any]) -> Written:
    """An entry from its content alone."""
    return Written(
        content["kind"], content["body"], content["staff_no"], content["approver_no"], content["customer_id"]
    )


def _row(case: Case, entry: int) -> dict[str, str | int | None]:
    return {
        "stage": case.desk.value,
        "result": None if case.result is None else case.result.value,
        "is_valued": int(case.is_valued),
        "average_fen": case.worth.average_fen if case.worth else 0,
        "reason": case.reasons[0] if case.reasons else "",
        "measures": ",".join(measure.offer for measure in case.measures),
        "cost_fen": case.cost_fen,
        "unavailable": len(case.unavailable),
        "ended_on": case.ended_at.date().isoformat() if case.ended_at else None,
        "ended_at": stamp(case.ended_at) if case.ended_at else None,
        "held_until": case.held_until.isoformat() if case.held_until else None,
        "is_audit_passed": None if case.is_audit_passed is None else int(case.is_audit_passed),
        "last_entry": entry,
    }


def _case_row(row: Row) -> CaseRow:
    first = row[0], row[1], row[2], row[3], row[4], row[5], row[6]
    result = None if row[8] is None else Result(row[8])
    measures = tuple(str(row[12]).split(",")) if row[12] else ()
    audit = None if row[18] is None else bool(row[18])
    money = bool(row[9]), row[10], row[11], measures, row[13], row[14]
    days = moment(row[15]), day(row[16]), day(row[17])
    return CaseRow(*first, Stage(row[7]), result, *money, *days, audit, bool(row[19]))
