"""Who agreed in which case to be contacted, who took it back, and the lists that were taken, all by what is kept."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from operator import itemgetter
from typing import Any

from sqlalchemy import ColumnElement, bindparam, exists, func, literal_column, select

from counter_app.domain.mailing import DROPPED, SENT, TAKEN, WITHDRAWN, Addressee, Mailing, mailings_of
from counter_app.domain.retention import Result
from counter_app.domain.retention_form_text import fields_of_text
from counter_app.storage import tables as t
from counter_app.storage import tables_retention as r
from counter_app.storage.given_back import given_back_of
from counter_app.storage.journal import moment, stamp
from counter_app.storage.sql import Reading, Row, compiled
from counter_app.storage.visits import NO_WISH

_FIELDS = (
    *("name", "service_number", "reason", "further", "interests"),
    *("is_contact_agreed", "agreed_at", "later_contact", "contact_times"),
)
"""What a list needs of a form."""
_c, _f, _v, _e = r.retention_cases.c, r.side_records.c, r.visits.c, t.entries.c
_ONE: ColumnElement[int] = literal_column("1")
_ZERO: ColumnElement[int] = literal_column("0")
_newer = r.side_records.alias("newer")
_LAST_FORM = (
    select(func.max(_newer.c.entry))
    .where(_newer.c.subject == _c.case_id, _newer.c.kind == bindparam("form"))
    .scalar_subquery()
)
_PLANNED = select(_v.owner_no).where(_v.case_id == _c.case_id)
_OWNER = func.coalesce(
    _PLANNED.where(_v.done_on.is_(None)).order_by(_v.line).limit(_ONE).offset(_ZERO).scalar_subquery(),
    _PLANNED.order_by(_v.line.desc()).limit(_ONE).offset(_ZERO).scalar_subquery(),
    _c.staff_no,
)
_UNWANTED = exists().where(_v.case_id == _c.case_id, _v.outcome == bindparam("no_wish"))
_COLUMNS = select(
    _c.case_id,
    _c.case_no,
    _c.customer_id,
    _c.result,
    _c.ended_on,
    _c.is_valued,
    _f.content,
    _OWNER,
    _UNWANTED,
)
_AGREED = _COLUMNS.select_from(r.retention_cases.join(r.side_records, _f.subject == _c.case_id)).where(
    _c.result.in_([bindparam("left"), bindparam("refused"), bindparam("kept")]),
    _f.kind == bindparam("form"),
    _f.entry == _LAST_FORM,
    func.instr(_f.content, bindparam("yes")) > _ZERO,
)
_FIXED = {
    "left": Result.LEFT.value,
    "refused": Result.REFUSED_TALK.value,
    "kept": Result.KEPT.value,
    "form": "retention.form",
    # the text of a form is canonical; what is found here is read by the form's own rule
    "yes": b'"is_contact_agreed":true',
    "no_wish": NO_WISH,
}
_OF_PERIOD = compiled(_AGREED.where(_c.ended_on >= bindparam("from_on"), _c.ended_on <= bindparam("to_on")))
_OF_CASE = compiled(_AGREED.where(_c.ended_on.isnot(None), _c.case_id == bindparam("case")))

_WITHDRAWN_SINCE = compiled(
    select(_e.id).where(
        _e.customer_id == bindparam("customer"), _e.kind == bindparam("withdrawn"), _e.at >= bindparam("since")
    )
)

_day = select(func.min(_e.business_date).label("on_day")).cte("day", recursive=True)
_later = t.entries.alias("later")
_NEXT = select(func.min(_later.c.business_date)).where(_later.c.business_date > _day.c.on_day).scalar_subquery()
_days = _day.union_all(select(_NEXT).where(_day.c.on_day.isnot(None)))
_ALL_DAYS = _days.join(t.entries, _e.business_date == _days.c.on_day)
"""From day to day by the index of days and kinds: the entries of other kinds are not walked through."""
_MAILINGS = compiled(
    select(_e.epoch, _e.id, _e.content)
    .select_from(_ALL_DAYS)
    .where(_e.kind.in_([bindparam("taken"), bindparam("sent"), bindparam("dropped")]))
)
_WITHDRAWN = compiled(
    select(_e.customer_id, func.max(_e.at))
    .select_from(_ALL_DAYS)
    .where(_e.kind == bindparam("withdrawn"))
    .group_by(_e.customer_id)
)


def agreed(reading: Reading, from_on: date, to_on: date) -> tuple[Addressee, ...]:
    """The cases that ended from one day to another, both included, in which the customer agreed to be contacted; also
    where that was taken back since.

    Raises:
        Refused: `BadFormText`; a form that cannot be read hides nobody silently.
    """
    params = {**_FIXED, "from_on": from_on.isoformat(), "to_on": to_on.isoformat()}
    return tuple(_addressees(reading, reading.rows(_OF_PERIOD, params)))


def agreed_in(reading: Reading, case_id: str) -> Addressee | None:
    """The consent that was given in a case that has ended, or None."""
    return next(_addressees(reading, reading.rows(_OF_CASE, {**_FIXED, "case": case_id})), None)


def mailings(reading: Reading) -> tuple[Mailing, ...]:
    """All lists that were taken, the newest first; those that this file has lost, and the hub gave back, too."""
    kinds = {"taken": TAKEN, "sent": SENT, "dropped": DROPPED}
    # what was lost of an epoch came behind what is left of it
    rows = [(epoch, False, row_id, json.loads(content)) for epoch, row_id, content in reading.rows(_MAILINGS, kinds)]
    rows += [(one.epoch, True, one.seq, one.content) for kind in kinds.values() for one in given_back_of(reading, kind)]
    return mailings_of(
        (said["entry_id"], said["kind"], said["staff_no"], _at(said), said["body"])
        for *_, said in sorted(rows, key=itemgetter(0, 1, 2))
    )


def has_withdrawn_since(reading: Reading, customer_id: int, since: datetime) -> bool:
    """Whether a customer took the consent back at that moment or later."""
    row = reading.one(_WITHDRAWN_SINCE, {"customer": customer_id, "withdrawn": WITHDRAWN, "since": stamp(since)})
    back = withdrawn_given_back(reading).get(customer_id)
    return row is not None or (back is not None and back >= since)


def withdrawn_given_back(reading: Reading) -> dict[int, datetime]:
    """The customers who took their consent back by entries that this file has lost, and when they last did."""
    return {one.content["customer_id"]: _at(one.content) for one in given_back_of(reading, WITHDRAWN)}


def _at(content: Mapping[str, Any]) -> datetime:
    return moment(stamp(datetime.fromisoformat(content["at"])))


def _addressees(reading: Reading, rows: Iterable[Row]) -> Iterator[Addressee]:
    withdrawn = withdrawn_given_back(reading)
    for customer_id, at in reading.rows(_WITHDRAWN, {"withdrawn": WITHDRAWN}):
        withdrawn[customer_id] = max(moment(at), withdrawn.get(customer_id, moment(at)))
    for row in rows:
        found = _addressee(row, withdrawn)
        if found is not None:
            yield found


def _addressee(row: Row, withdrawn: Mapping[int, datetime]) -> Addressee | None:
    case_id, case_no, customer_id, result, ended_on, is_valued, content, owner_no, is_unwanted = row
    form = fields_of_text(bytes(content).decode("utf-8"), _FIELDS)
    if not form["is_contact_agreed"] or form["agreed_at"] is None:
        return None
    # the line of somebody who stays still rings
    line = form["service_number"] if result == Result.KEPT.value else ""
    return Addressee(
        case_id=case_id,
        case_no=case_no,
        customer_id=customer_id,
        name=form["name"],
        result=Result(result),
        ended_on=date.fromisoformat(ended_on),
        is_valued=bool(is_valued),
        reasons=(form["reason"], *form["further"]),
        interests=form["interests"],
        contact=form["later_contact"].strip() or line,
        contact_times=form.get("contact_times", ()),
        agreed_at=form["agreed_at"],
        owner_no=owner_no,
        withdrawn_at=withdrawn.get(customer_id),
        is_unwanted=bool(is_unwanted),
    )
