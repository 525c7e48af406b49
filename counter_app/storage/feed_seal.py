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

_LAST = compiled(
    select(t.entries.c.content).where(t.entries.c.kind == bindparam("kind")).order_by(t.entries.c.id.desc())
)
_COUNT = compiled(select(func.sum(y.feed_checks.c.row_count)))


def last_seal(reading: Reading) -> dict[str, Any] | None:
    """What the last such entry says."""
    row = reading.one(_LAST, {"kind": KIND})
    return None if row is None else json.loads(row[0])["body"]


def is_seal_due(reading: Reading) -> bool:
    """Whether facts came down that the last seal does not speak of."""
    row, last = reading.one(_COUNT), last_seal(reading)
    sealed = sum(said["rows"] for said in last["tables"].values()) if last else 0
    return int(row[0] or 0 if row else 0) != sealed


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
