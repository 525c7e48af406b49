"""Follow-up visits as they are planned, due and made (002-A16 to 002-A18)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import bindparam, exists, func, insert, select, update

from counter_app.domain.mailing import WITHDRAWN
from counter_app.domain.retention import Result, Visit
from counter_app.storage import tables as t
from counter_app.storage import tables_retention as r
from counter_app.storage.given_back import given_back_of
from counter_app.storage.journal import day, moment
from counter_app.storage.sql import Reading, Row, Writing, compiled

NO_WISH = "no_wish"
"""The outcome after which nobody calls this customer again."""

_v = r.visits.c
_c = r.retention_cases.c
_ADD = compiled(insert(r.visits).values({c.name: bindparam(c.name) for c in r.visits.c}))
_DONE = compiled(
    update(r.visits)
    .where(_v.case_id == bindparam("case"), _v.line == bindparam("of_line"))
    .values(outcome=bindparam("what"), done_on=bindparam("on_day"), is_line_alive=bindparam("alive"))
)
_OWNED = compiled(
    update(r.visits)
    .where(_v.case_id == bindparam("case"), _v.line == bindparam("of_line"))
    .values(owner_no=bindparam("owner"))
)
_others = r.visits.alias("others")
_OF = select(func.count()).select_from(_others).where(_others.c.case_id == _v.case_id).scalar_subquery()
_UNWANTED = exists().where(_others.c.case_id == _v.case_id, _others.c.outcome == bindparam("no_wish"))
# a leaver is called by consent only; a saved customer's follow-ups are the hall's own
_TAKEN_BACK = exists().where(
    _c.result != bindparam("kept"),
    t.entries.c.customer_id == _c.customer_id,
    t.entries.c.kind == bindparam("withdrawn"),
    t.entries.c.id > _v.entry,
)
_COLUMNS = (
    _v.case_id,
    _v.line,
    _c.case_no,
    _c.customer_id,
    t.customers.c.name,
    t.services.c.number,
    _c.result,
    _v.due_on,
    _v.owner_no,
    _v.outcome,
    _v.done_on,
    _v.is_line_alive,
    _OF,
)
_FROM = (
    r.visits.join(r.retention_cases, _c.case_id == _v.case_id)
    .join(t.customers, t.customers.c.id == _c.customer_id)
    .join(t.services, t.services.c.id == _c.service_id)
)
_OPEN = compiled(
    select(*_COLUMNS)
    .select_from(_FROM)
    .where(_v.done_on.is_(None), ~_UNWANTED, ~_TAKEN_BACK)
    .order_by(_v.due_on, _v.case_id, _v.line)
)
_ENDED_AT = compiled(select(_c.ended_at).where(_c.case_id == bindparam("case")))
_OF_CASE = compiled(select(*_COLUMNS).select_from(_FROM).where(_v.case_id == bindparam("case")).order_by(_v.line))


@dataclass(frozen=True, slots=True)
class VisitRow:
    """A follow-up as a list shows it; `outcome` is a code, `is_line_alive` what was found on the day it was made, `of`
    how many of the case are planned or made.
    """

    case_id: str
    line: int
    case_no: str
    customer_id: int
    name: str
    number: str
    result: Result
    due_on: date
    owner_no: str
    outcome: str | None
    done_on: date | None
    is_line_alive: bool | None
    of: int


def add_visits(work: Writing, case_id: str, visits: Iterable[Visit], entry: int) -> None:
    """Write the plan in the commit of its entry."""
    work.many(
        _ADD,
        [
            {
                "case_id": case_id,
                "line": visit.line,
                "due_on": visit.due_on.isoformat(),
                "owner_no": visit.owner_no,
                "outcome": None,
                "done_on": None,
                "is_line_alive": None,
                "entry": entry,
            }
            for visit in visits
        ],
    )


def set_done(work: Writing, case_id: str, line: int, *, outcome: str, done_on: date, is_line_alive: bool) -> None:
    """The visit was made."""
    work.run(
        _DONE,
        {
            "case": case_id,
            "of_line": line,
            "what": outcome,
            "on_day": done_on.isoformat(),
            "alive": int(is_line_alive),
        },
    )


def set_owner(work: Writing, case_id: str, visits: Iterable[Visit]) -> None:
    """The visits go to other owners."""
    for visit in visits:
        work.run(_OWNED, {"case": case_id, "of_line": visit.line, "owner": visit.owner_no})


def open_visits(reading: Reading) -> tuple[VisitRow, ...]:
    """Visits that nobody has made yet, the most overdue first; a customer who wants no more of them has none, nor has
    a leaver who took the consent back, be it by an entry that this file has lost.
    """
    params = {"no_wish": NO_WISH, "kept": Result.KEPT.value, "withdrawn": WITHDRAWN}
    found = tuple(map(_visit, reading.rows(_OPEN, params)))
    lost = {one.content["customer_id"]: one.content["at"] for one in given_back_of(reading, WITHDRAWN)}
    return tuple(visit for visit in found if not _is_taken_back(reading, visit, lost.get(visit.customer_id)))


def _is_taken_back(reading: Reading, visit: VisitRow, lost_at: str | None) -> bool:
    if lost_at is None or visit.result is Result.KEPT:
        return False
    row = reading.one(_ENDED_AT, {"case": visit.case_id})
    return row is not None and row[0] is not None and moment(row[0]) <= datetime.fromisoformat(lost_at)


def visits_of(reading: Reading, case_id: str) -> tuple[VisitRow, ...]:
    """All visits of a case."""
    return tuple(map(_visit, reading.rows(_OF_CASE, {"case": case_id})))


def _visit(row: Row) -> VisitRow:
    case_id, line, case_no, customer_id, name, number, result, due_on, owner_no, outcome, done_on, alive, of = row
    is_alive = None if alive is None else bool(alive)
    about = case_id, line, case_no, customer_id, name, number, Result(result)
    return VisitRow(*about, date.fromisoformat(due_on), owner_no, outcome, day(done_on), is_alive, of)
