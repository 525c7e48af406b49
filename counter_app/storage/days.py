"""Business dates of the counter: which shifts stand on no day report yet, and what the hub told of other counters."""

from __future__ import annotations

from datetime import date

from sqlalchemy import bindparam, func, literal_column, select

from counter_app.domain.day_report import CLOSED, OpenDay, OtherCounter
from counter_app.domain.z_report import CLOSE, OPEN
from counter_app.storage import tables as t
from counter_app.storage import tables_sync as s
from counter_app.storage.safe import SINCE_VERSION, safe_entries
from counter_app.storage.sql import Reading, placed

_e, _s, _l = t.entries.c, t.shifts.c, s.ledger_lines.c
_SHIFTS = placed(
    select(_s.shift_id, _s.shift_no, _s.business_date, _s.closed_at)
    .select_from(t.shifts.join(t.entries, _e.id == func.coalesce(_s.closing_entry, _s.opening_entry)))
    .where(
        _s.counter_id == bindparam("counter"),
        _s.business_date >= bindparam("from_on"),
        func.json_extract(_e.content, literal_column("'$.schema_ver'")) >= bindparam("since"),
    )
    .order_by(_s.business_date, _s.opened_at, _e.id),
    ("counter", "from_on", "since"),
)
_OTHERS = placed(
    select(_l.counter_id, t.counters.c.name, _l.kind, func.count())
    .select_from(s.ledger_lines.outerjoin(t.counters, t.counters.c.counter_id == _l.counter_id))
    .where(
        _l.business_date == bindparam("day"),
        _l.kind.in_([bindparam("opened"), bindparam("closed"), bindparam("done")]),
        _l.counter_id != bindparam("own"),
    )
    .group_by(_l.counter_id, t.counters.c.name, _l.kind)
    .order_by(_l.counter_id),
    ("day", "opened", "closed", "done", "own"),
)


def open_days(reading: Reading, counter_id: str) -> tuple[OpenDay, ...]:
    """The dates with shifts that stand on no day report, the oldest first. Shifts that an older program closed are not
    asked for; days are closed in their order, so that none is left before the last one that was closed.
    """
    reported: set[str] = set()
    from_on = ""
    for entry in safe_entries(reading, CLOSED):
        from_on = max(from_on, entry.business_date)
        reported.update(shift[0] for shift in entry.body["shifts"])
    days: dict[str, list[tuple[str, str, bool]]] = {}
    for shift_id, shift_no, day, closed_at in reading.rows(_SHIFTS, (counter_id, from_on, SINCE_VERSION)):
        if shift_id not in reported:
            days.setdefault(day, []).append((shift_id, shift_no, closed_at is None))
    return tuple(
        OpenDay(
            date.fromisoformat(day),
            tuple(shift_id for shift_id, _, _ in shifts),
            tuple(shift_no for _, shift_no, _ in shifts),
            next((shift_no for _, shift_no, is_open in shifts if is_open), ""),
        )
        for day, shifts in days.items()
    )


def others_on(reading: Reading, counter_id: str, on: date) -> tuple[OtherCounter, ...]:
    """What the hub has told of the day of each other counter of the hall."""
    found: dict[str, tuple[str, dict[str, int]]] = {}
    for other_id, name, kind, count in reading.rows(_OTHERS, (on.isoformat(), OPEN, CLOSE, CLOSED, counter_id)):
        found.setdefault(other_id, (name or other_id, {}))[1][kind] = count
    return tuple(
        OtherCounter(other_id, name, of.get(OPEN, 0), of.get(CLOSE, 0), of.get(CLOSED, 0))
        for other_id, (name, of) in found.items()
    )


def parts_of(reading: Reading, on: date) -> int:
    """How many day reports a date has."""
    return sum(1 for entry in safe_entries(reading, CLOSED) if entry.business_date == on.isoformat())
