"""The records beside the entries, in the order in which they go up behind them."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import and_, bindparam, literal_column, or_, select

from counter_app.domain.sync_state import ChainMark, RecordsMark
from counter_app.storage import tables as t
from counter_app.storage import tables_retention as r
from counter_app.storage.sql import Reading, placed

_r, _e = r.side_records.c, t.entries.c
_ROW = placed(
    select(_e.id).where(_e.epoch == bindparam("of_epoch"), _e.seq == bindparam("at_seq")), ("of_epoch", "at_seq")
)
_NEXT = placed(
    select(_r.entry, _r.record_id, _r.content)
    .where(
        or_(_r.entry > bindparam("after"), and_(_r.entry == bindparam("same"), _r.record_id > bindparam("after_id"))),
        _r.entry <= bindparam("acked"),
        _r.content.isnot(None),
    )
    .order_by(_r.entry, _r.record_id)
    .limit(literal_column("1"))
    .offset(literal_column("0")),
    ("after", "same", "after_id", "acked"),
)


class RecordUp(NamedTuple):
    """One record that goes up, and the mark behind it."""

    mark: RecordsMark
    content: bytes


def next_record(reading: Reading, behind: RecordsMark | None, acked: ChainMark) -> RecordUp | None:
    """The first record behind a mark whose entry the hub has acknowledged; erased ones have nothing to send."""
    row = reading.one(_ROW, (acked.epoch, acked.seq))
    if row is None:
        return None
    after, after_id = (behind.entry, behind.record_id) if behind else (0, "")
    found = reading.one(_NEXT, (after, after, after_id, row[0]))
    return None if found is None else RecordUp(RecordsMark(found[0], found[1]), found[2])
