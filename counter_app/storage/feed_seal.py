"""What came down, put into the journal now and then: the entry `feed.sealed` keeps how far and with which checks."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import bindparam, func, select

from counter_app.domain.journal import Draft
from counter_app.storage import tables as t
from counter_app.storage import tables_sync as y
from counter_app.storage.feed_checks import CHECKED, kept_blocks, next_id, said_of
from counter_app.storage.hall import SYSTEM, OpenHall
from counter_app.storage.sql import Reading, Writing, compiled
from counter_app.storage.sync_state import read_state

KIND = "feed.sealed"

ROWS_BETWEEN = 20_000
"""So many facts may come down before they are sealed again, however short the time."""

_LAST = compiled(
    select(t.entries.c.content, t.entries.c.business_date)
    .where(t.entries.c.kind == bindparam("kind"))
    .order_by(t.entries.c.id.desc())
)
_COUNT = compiled(select(func.sum(y.feed_checks.c.row_count)))


def last_seal(reading: Reading) -> tuple[dict[str, Any], str] | None:
    """What the last such entry says, and its business date."""
    row = reading.one(_LAST, {"kind": KIND})
    return None if row is None else (json.loads(row[0])["body"], row[1])


def is_seal_due(hall: OpenHall) -> bool:
    """Whether facts came down since the last seal and it is of another day, or there are many of them."""
    with hall.reading() as reading:
        row = reading.one(_COUNT)
        count, last = int(row[0] or 0) if row else 0, last_seal(reading)
    if last is None:
        return count > 0
    body, on = last
    new = count - sum(said["rows"] for said in body["tables"].values())
    return new >= ROWS_BETWEEN or (new > 0 and on != hall.clock.now().date().isoformat())


def seal(hall: OpenHall) -> None:
    """Write the entry; on the writer's thread. It moves no money, and the hub makes nothing of it."""
    with hall.writing() as work:
        write_seal(hall, work)


def write_seal(hall: OpenHall, work: Writing) -> None:
    """The entry within another commit: one that takes out what an older seal spoke of."""
    feed = read_state(work).feed
    body = {
        "generation": feed.generation if feed else "",
        "n": feed.n if feed else 0,
        "hash": feed.hash if feed else "",
        "tables": {of.name: said_of(kept_blocks(work, of), next_id(work, of) - 1) for of in CHECKED},
    }
    hall.journal.append(work, Draft(kind=KIND, body=body, staff_no=SYSTEM, business_date=hall.clock.now().date()))
