"""What was fed back to the hall manager (002-3b): rows beside the entries, so that what waits is found at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import bindparam, exists, insert, or_, select, update

from counter_app.domain.retention import Feedback, Result
from counter_app.domain.retention_feedback import ToldCase
from counter_app.storage import tables as t
from counter_app.storage import tables_retention as r
from counter_app.storage.journal import moment, stamp
from counter_app.storage.sql import Reading, Row, Writing, compiled

_f = r.retention_feedbacks.c
_c = r.retention_cases.c
_ADD = compiled(insert(r.retention_feedbacks).values({c.name: bindparam(c.name) for c in r.retention_feedbacks.c}))
_TAKEN = ("taken_by", "taken_at", "answer")
_TAKE = compiled(
    update(r.retention_feedbacks)
    .where(_f.case_id == bindparam("case"), _f.line == bindparam("of_line"))
    .values({name: bindparam(f"new_{name}") for name in _TAKEN})
)
_SINCE = compiled(
    select(
        _f.case_id,
        _f.line,
        _c.case_no,
        t.customers.c.name,
        t.services.c.number,
        _c.result,
        _f.staff_no,
        _f.fed_at,
        _f.reason,
        r.side_records.c.content,
        _f.taken_by,
        _f.taken_at,
        _f.answer,
    )
    .select_from(
        r.retention_feedbacks.join(r.retention_cases, _c.case_id == _f.case_id)
        .join(t.customers, t.customers.c.id == _c.customer_id)
        .join(t.services, t.services.c.id == _c.service_id)
        .join(r.side_records, r.side_records.c.record_id == _f.record_id)
    )
    .where(or_(_f.fed_at >= bindparam("since"), _f.taken_at.is_(None)))
    .order_by(_f.fed_at, _f.case_id, _f.line)
)
_TOLD = exists().where(_f.case_id == _c.case_id)
_OF_ENDED = compiled(
    select(_c.result, _c.is_valued, _TOLD, _TOLD.where(_f.taken_at.isnot(None))).where(
        _c.ended_on >= bindparam("from_on"), _c.ended_on <= bindparam("to_on")
    )
)
_WAITING = compiled(select(_f.staff_no).where(_f.taken_at.is_(None)))


@dataclass(frozen=True, slots=True)
class FeedbackRow:
    """A problem as a list shows it; `words` are empty once they were erased, `taken_by` while it waits."""

    case_id: str
    line: int
    case_no: str
    name: str = field(repr=False)
    number: str = field(repr=False)
    result: Result | None
    staff_no: str
    fed_at: datetime
    reason: str
    words: str = field(repr=False)
    taken_by: str
    taken_at: datetime | None
    answer: str


def columns_of(case_id: str, given: Feedback, entry: int) -> dict[str, str | int | None]:
    """The row of a problem that this entry fed back; `verify` holds the file to it."""
    return {
        "case_id": case_id,
        "line": given.line,
        "staff_no": given.by,
        "fed_at": stamp(given.at),
        "reason": given.reasons[0],
        "record_id": given.record,
        "taken_by": given.taken_by or None,
        "taken_at": None if given.taken_at is None else stamp(given.taken_at),
        "answer": given.answer or None,
        "entry": entry,
    }


def add_feedback(work: Writing, case_id: str, given: Feedback, entry: int) -> None:
    """Write what was fed back, in the commit of its entry."""
    work.insert(_ADD, columns_of(case_id, given, entry))


def set_taken_up(work: Writing, case_id: str, taken: Feedback) -> None:
    """Somebody has taken it up and answered."""
    now = columns_of(case_id, taken, 0)
    work.run(_TAKE, {"case": case_id, "of_line": taken.line, **{f"new_{name}": now[name] for name in _TAKEN}})


def feedbacks_since(reading: Reading, since: datetime) -> tuple[FeedbackRow, ...]:
    """What was fed back since a moment, and what waits from before it, the oldest first."""
    return tuple(map(_row, reading.rows(_SINCE, {"since": stamp(since)})))


def told_cases(reading: Reading, from_on: date, to_on: date) -> tuple[ToldCase, ...]:
    """The cases that ended from one day to another, both included; whether their problems were told and answered."""
    between = {"from_on": from_on.isoformat(), "to_on": to_on.isoformat()}
    return tuple(
        ToldCase(None if result is None else Result(result), bool(is_valued), bool(is_told), bool(is_answered))
        for result, is_valued, is_told, is_answered in reading.rows(_OF_ENDED, between)
    )


def givers_of_waiting(reading: Reading) -> tuple[str, ...]:
    """Who fed back what still waits, once for each."""
    return tuple(str(row[0]) for row in reading.rows(_WAITING))


def _row(row: Row) -> FeedbackRow:
    case_id, line, case_no, name, number, result, staff_no, fed_at, reason, content, taken_by, taken_at, answer = row
    return FeedbackRow(
        case_id=case_id,
        line=line,
        case_no=case_no,
        name=name,
        number=number,
        result=None if result is None else Result(result),
        staff_no=staff_no,
        fed_at=moment(fed_at),
        reason=reason,
        words="" if content is None else content.decode("utf-8"),
        taken_by=taken_by or "",
        taken_at=None if taken_at is None else moment(taken_at),
        answer=answer or "",
    )
