"""Retention results from before this program (挽留资料), as an import brought them in; they only grow."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import bindparam, func, select

from counter_app.domain.retention import Result
from counter_app.storage import tables_retention as r
from counter_app.storage.sql import Reading, compiled

_p = r.past_retentions.c
_BETWEEN = compiled(
    select(_p.record_no, _p.number, _p.name, _p.reason, _p.source_reason, _p.measure, _p.result, _p.ended_on)
    .where(_p.ended_on >= bindparam("from_on"), _p.ended_on <= bindparam("to_on"))
    .order_by(_p.ended_on.desc(), _p.record_no)
)
_REASONS = compiled(
    select(_p.reason, _p.source_reason, func.count())
    .group_by(_p.reason, _p.source_reason)
    .order_by(_p.reason, _p.source_reason)
)


@dataclass(frozen=True, slots=True)
class PastRetention:
    """One past result. `reason` is a code of the pack or empty, `source_reason` the words of the file it came from;
    `measure` is a code of the pack or the file's own words.
    """

    record_no: str
    number: str
    name: str
    reason: str
    source_reason: str | None
    measure: str
    result: Result
    ended_on: date


def past_between(reading: Reading, from_on: date, to_on: date) -> tuple[PastRetention, ...]:
    """Past results from one day to another, both included, the newest first."""
    rows = reading.rows(_BETWEEN, {"from_on": from_on.isoformat(), "to_on": to_on.isoformat()})
    return tuple(
        PastRetention(no, number, name, reason, source, measure, Result(result), date.fromisoformat(ended_on))
        for no, number, name, reason, source, measure, result, ended_on in rows
    )


def past_reasons(reading: Reading) -> tuple[tuple[str, str | None, int], ...]:
    """How often each reason stands there, with the words of the file it came from."""
    return tuple((str(reason), source, int(count)) for reason, source, count in reading.rows(_REASONS))
