"""Ids of master rows that a counter makes while it cannot ask its hub: from a range that is its own."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING

from counter_app.domain.id_ranges import EPOCH_RANGE, RANGE
from counter_app.storage.sql import Reading, Sql, Writing, compiled

if TYPE_CHECKING:
    from sqlalchemy import Column

_ENROLMENT = Sql("SELECT value FROM sync_state WHERE key = 'enrolment'")
_EPOCH = Sql("SELECT max(epoch) FROM journal_head")


def has_hub(reading: Reading) -> bool:
    """Whether this hall has a hub: then master data is the hub's."""
    return reading.one(_ENROLMENT) is not None


def own_range(ordinal: int) -> range:
    """The ids that are this counter's to give."""
    return range(ordinal * RANGE, (ordinal + 1) * RANGE)


def own_id(work: Writing, column: Column[int], of: int) -> int | None:
    """The id for a row that this counter makes for another one, `of`; None in a hall without a hub, whose file numbers
    its own rows.

    It follows from that row's id: two copies of a file that both make it, before either of them knows of the other,
    give the same id to the same thing and never one id to two things.
    """
    row = work.one(_ENROLMENT)
    if row is None:
        return None
    epoch = work.one(_EPOCH)
    first: int = json.loads(row[0])["ordinal"] * RANGE + ((epoch[0] if epoch else 1) - 1) * EPOCH_RANGE
    wanted = first + 1 + of % (EPOCH_RANGE - 1)
    if work.one(_held(column), {"wanted": wanted}) is None:
        return wanted
    last = work.one(_last(column), {"first": first, "last": first + EPOCH_RANGE - 1})
    return int(last[0]) + 1 if last is not None and last[0] is not None else wanted


@cache
def _held(column: Column[int]) -> Sql:
    from sqlalchemy import bindparam, select

    return compiled(select(column).where(column == bindparam("wanted")))


@cache
def _last(column: Column[int]) -> Sql:
    from sqlalchemy import bindparam, func, select

    return compiled(select(func.max(column)).where(column.between(bindparam("first"), bindparam("last"))))
