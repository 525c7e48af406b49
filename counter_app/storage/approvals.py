"""What whoever signs wants to know of: what somebody undid, gave up, paid out or printed again earlier today."""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import date

from sqlalchemy import ColumnElement, bindparam, func, literal_column, select

from counter_app.domain.approvals import EARLIER, Earlier
from counter_app.storage import tables as t
from counter_app.storage.sql import Reading, compiled

_e, _p = t.entries.c, t.postings.c
_ZERO: ColumnElement[int] = literal_column("0")
_MOVED = (
    select(func.coalesce(func.sum(_p.amount_fen), _ZERO))
    .where(_p.entry == _e.id, _p.amount_fen > _ZERO)
    .scalar_subquery()
)
# the index is by day and kind; one kind at a time, so that a busy day's payments are never read
_OF_DAY = compiled(
    select(func.count(), func.coalesce(func.sum(_MOVED), _ZERO)).where(
        _e.business_date == bindparam("day"), _e.kind == bindparam("kind"), _e.staff_no == bindparam("staff_no")
    )
)
_said = _e.content
_ALONE = compiled(
    select(func.coalesce(func.sum(func.json_extract(_said, literal_column("'$.body.amount_fen'"))), _ZERO)).where(
        _e.business_date == bindparam("day"),
        _e.kind == bindparam("kind"),
        _e.staff_no == bindparam("staff_no"),
        func.json_extract(_said, literal_column("'$.approver_no'")).is_(None),
    )
)
_BY = compiled(select(_e.content).where(_e.entry_id == bindparam("entry_id")))


def earlier_today(reading: Reading, staff_nos: Collection[str], on: date) -> tuple[Earlier, ...]:
    """What each of them did on the business date, by person and kind; nothing where they did nothing."""
    found = []
    for staff_no in sorted(staff_nos):
        sums: dict[object, list[int]] = {}
        for kind, means in EARLIER.items():
            row = reading.one(_OF_DAY, {"day": on.isoformat(), "kind": kind, "staff_no": staff_no})
            if row and row[0]:
                of_kind = sums.setdefault(means, [0, 0])
                of_kind[0] += row[0]
                of_kind[1] += row[1]
        found += [Earlier(staff_no, kind, *sums[kind]) for kind in dict.fromkeys(EARLIER.values()) if kind in sums]
    return tuple(found)


def moved_alone_fen(reading: Reading, kind: str, staff_no: str, on: date) -> int:
    """What somebody moved on the business date by entries of a kind that nobody else has signed."""
    row = reading.one(_ALONE, {"day": on.isoformat(), "kind": kind, "staff_no": staff_no})
    return int(row[0]) if row else 0


def hands_of(reading: Reading, entry_ids: Collection[str]) -> frozenset[str]:
    """Whoever made the entries, as their own words say it; an entry that is not in this file has no hands here."""
    rows = (reading.one(_BY, {"entry_id": entry_id}) for entry_id in entry_ids)
    return frozenset(str(json.loads(row[0])["staff_no"]) for row in rows if row is not None)
