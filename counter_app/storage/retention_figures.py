"""What counts of an ended case, by its row, the answers to its offers and its follow-ups; no case is replayed."""

from __future__ import annotations

from datetime import date

from sqlalchemy import bindparam, func, or_, select

from counter_app.domain.retention import ENDED, Act, Result
from counter_app.domain.retention_figures import EndedCase
from counter_app.domain.retention_steps import kind_of, step_of
from counter_app.storage import tables as t
from counter_app.storage import tables_retention as r
from counter_app.storage import tables_sync
from counter_app.storage.journal import day
from counter_app.storage.retention import STEPS_WITH_ENTRIES, CaseRow, left_on, written_of
from counter_app.storage.sql import Reading, compiled

_ANSWER = kind_of(Act.ANSWER)
_s, _e, _v = r.retention_steps.c, t.entries.c, r.visits.c
_g = tables_sync.foreign_entries.c
_ANSWERS = compiled(
    select(_e.kind, _e.staff_no, func.coalesce(_e.content, _g.content), _e.customer_id)
    .select_from(STEPS_WITH_ENTRIES)
    .where(_s.case_id == bindparam("case"), or_(_e.kind == bindparam("answer"), _g.id.isnot(None)))
    .order_by(_s.line)
)
_VISITS = compiled(
    select(func.count(), func.count(_v.done_on), func.max(_v.done_on), func.max(_v.due_on)).where(
        _v.case_id == bindparam("case")
    )
)


def ended_case(reading: Reading, row: CaseRow) -> EndedCase | None:
    """What counts of the case, or None while it is at the desk; `verify` holds the row to the case's entries."""
    if row.result is None or row.ended_on is None or row.stage not in ENDED:
        return None
    last_visit_on, last_due_on = _last_visit(reading, row.case_id)
    return EndedCase(
        case_id=row.case_id,
        staff_no=row.staff_no,
        ended_on=row.ended_on,
        result=row.result,
        is_valued=row.is_valued,
        reasons=(row.reason,) if row.reason else (),
        measures=_measures(reading, row),
        left_on=left_on(reading, row.service_id) if row.result is Result.KEPT else None,
        last_visit_on=last_visit_on,
        last_due_on=last_due_on,
    )


def _measures(reading: Reading, row: CaseRow) -> tuple[tuple[str, bool], ...]:
    if not row.measures:
        return ()
    answers = map(written_of, reading.rows(_ANSWERS, {"case": row.case_id, "answer": _ANSWER}))
    steps = [step_of(written) for written in answers if written.kind == _ANSWER]
    # an answer given again for an offer is the one that holds
    is_taken = {step.line: step.is_yes for step in steps}
    return tuple((offer, is_taken.get(line) is True) for line, offer in enumerate(row.measures, start=1))


def _last_visit(reading: Reading, case_id: str) -> tuple[date | None, date | None]:
    """When the last follow-up was made, once all of them were, and when the last is due."""
    found = reading.one(_VISITS, {"case": case_id})
    assert found is not None, "a count always answers"
    planned, made, done_on, due_on = found
    return day(done_on) if made == planned else None, day(due_on)
