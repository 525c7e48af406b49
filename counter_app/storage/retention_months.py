"""The month's exits counted by reason, as the file says now or said when an entry was written; and who signed them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import BindParameter, bindparam, exists, func, literal_column, or_, select

from counter_app.domain.retention import Act, Result
from counter_app.domain.retention_followup import months_later
from counter_app.domain.retention_months import EXITS, SIGNED, ExitCount
from counter_app.domain.retention_steps import kind_of
from counter_app.storage import tables as t
from counter_app.storage import tables_retention as r
from counter_app.storage import tables_sync
from counter_app.storage.journal import moment
from counter_app.storage.sql import Reading, Row, compiled

_c, _p, _s, _e = r.retention_cases.c, r.past_retentions.c, r.retention_steps.c, t.entries.c
_g = tables_sync.foreign_entries.c
_EXITS: list[BindParameter[str]] = [bindparam(f"exit{place}") for place in range(len(EXITS))]
_RESULTS = {f"exit{place}": result.value for place, result in enumerate(EXITS)}
_OWN = (
    select(_c.reason, _c.result, func.count())
    .where(_c.ended_on >= bindparam("from_on"), _c.ended_on <= bindparam("to_on"), _c.result.in_(_EXITS))
    .group_by(_c.reason, _c.result)
)
_PAST = (
    select(_p.reason, _p.result, func.count())
    .where(_p.ended_on >= bindparam("from_on"), _p.ended_on <= bindparam("to_on"), _p.result.in_(_EXITS))
    .group_by(_p.reason, _p.result)
)
_NOW = compiled(_OWN), compiled(_PAST)
_CLOSED_BY_THEN = (
    select(_s.entry)
    .select_from(r.retention_steps.join(t.entries, _e.id == _s.entry))
    .where(_s.case_id == _c.case_id, _s.entry <= bindparam("entry"), _e.kind == bindparam("closing"))
)
# a step that the hub gave back is in the file since it came
_signed = t.entries.alias("signed")
_SIGNED_AT = select(_signed.c.at).where(_signed.c.id == bindparam("entry")).scalar_subquery()
_GIVEN_BY_THEN = (
    select(_s.entry)
    .select_from(r.retention_steps.join(tables_sync.foreign_entries, _g.id == -_s.entry))
    .where(_s.case_id == _c.case_id, _g.fetched_at <= _SIGNED_AT)
    .where(func.instr(_g.content, bindparam("closing_said")) > literal_column("0"))
)
_THEN = (
    compiled(_OWN.where(or_(exists(_CLOSED_BY_THEN), exists(_GIVEN_BY_THEN)))),
    compiled(_PAST.where(_p.entry <= bindparam("entry"))),
)
_SIGNATURES = compiled(
    select(_e.id, _e.at, _e.content)
    .where(_e.business_date >= bindparam("over_on"), _e.kind == bindparam("kind"))
    .order_by(_e.id.desc())
)


@dataclass(frozen=True, slots=True)
class SigningEntry:
    """An entry that signed a month's table; `body` is as the journal holds it."""

    entry: int
    at: datetime
    signer_no: str
    business_date: date
    body: Mapping[str, Any]


def exit_counts(reading: Reading, month: date) -> tuple[ExitCount, ...]:
    """The exits of a month (its first day), those from before this program among them."""
    return tuple(_counted(reading, _NOW, _days(month)))


def exit_counts_then(reading: Reading, month: date, entry: int) -> tuple[ExitCount, ...]:
    """The exits of a month that the file held when that entry was written."""
    params = {**_days(month), "entry": entry}
    own, past = _THEN
    closing = {"closing": kind_of(Act.CLOSE), "closing_said": kind_of(Act.CLOSE)}
    return (*_counted(reading, (own,), {**params, **closing}), *_counted(reading, (past,), params))


def signing_entries(reading: Reading, month: date) -> Iterator[SigningEntry]:
    """Who signed a month's table (its first day), the newest first; nobody signs before the month is over."""
    params = {"over_on": months_later(month, 1).isoformat(), "kind": SIGNED}
    for row in reading.rows(_SIGNATURES, params):
        found = signing_entry(row)
        if found.body.get("month") == f"{month:%Y-%m}":
            yield found


def signing_entry(row: Row) -> SigningEntry:
    """A signature from the id, moment and content of its entry."""
    content = json.loads(row[2])
    signer_no, on = content["approver_no"] or "", date.fromisoformat(content["business_date"])
    return SigningEntry(row[0], moment(row[1]), signer_no, on, content["body"])


def _counted(reading: Reading, questions: tuple[Any, ...], params: Mapping[str, Any]) -> Iterator[ExitCount]:
    for question in questions:
        for reason, result, count in reading.rows(question, {**params, **_RESULTS}):
            yield ExitCount(reason, Result(result), count)


def _days(month: date) -> dict[str, str]:
    """The days of a month as parameters; the last one is found by text, so that no day has to be computed."""
    return {"from_on": f"{month:%Y-%m}-01", "to_on": f"{month:%Y-%m}-31"}
