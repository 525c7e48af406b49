"""Rows of the feed that do not fit: kept raw with their reason, tried again, and forgotten when a newer one fits."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import bindparam, delete, func, insert, select

from counter_app.storage import tables_sync as y
from counter_app.storage.feed_taking import ASKED, keys_of
from counter_app.storage.sql import Reading, Writing, compiled, placed


class HeldRow(NamedTuple):
    """A row as the hub sent it; `key` is empty where it cannot be read."""

    id: int
    generation: str
    n: int
    kind: str
    body: str
    key: str
    why: str
    held_at: str


_h = y.feed_held.c
_COLUMNS = [getattr(_h, name) for name in ("id", "generation", "n", "kind", "body", "row_key", "why", "held_at")]
_names = [c.name for c in _COLUMNS if c.name != "id"]
_ADD = placed(
    insert(y.feed_held).prefix_with("OR IGNORE").values({name: bindparam(name) for name in _names}),
    sorted(_names, key=[c.name for c in _h].index),
)
_ALL = compiled(select(*_COLUMNS).order_by(_h.id))
_WAITING = compiled(select(*_COLUMNS).where(_h.why.in_(select(ASKED.c.value))).order_by(_h.id))
_COUNT = compiled(select(func.count()).select_from(y.feed_held))
_NEWER = placed(
    delete(y.feed_held).where(_h.kind == bindparam("of_kind"), _h.row_key == bindparam("of_key")), ("of_kind", "of_key")
)
_DROP = placed(delete(y.feed_held).where(_h.id == bindparam("of_id")), ("of_id",))
_SAY = placed(y.feed_held.update().values(why=bindparam("why")).where(_h.id == bindparam("of_id")), ("why", "of_id"))


def hold(work: Writing, rows: Iterable[tuple[int, str, str, str, str]], *, generation: str, at: str) -> None:
    """Keep rows raw: (number in the feed, kind, body, key, why); those of a snapshot and of guests have its number."""
    work.many(_ADD, [(generation, n, kind, body, key, why, at) for n, kind, body, key, why in rows])


def held_count(reading: Reading) -> int:
    """How many rows wait."""
    row = reading.one(_COUNT)
    return int(row[0]) if row else 0


def held_rows(reading: Reading) -> tuple[HeldRow, ...]:
    """All rows that wait, in the order in which they came."""
    return tuple(HeldRow(*row) for row in reading.rows(_ALL))


def rows_waiting(reading: Reading, whys: Sequence[str]) -> tuple[HeldRow, ...]:
    """The rows that wait for exactly these reasons, in the order in which they came."""
    return tuple(HeldRow(*row) for row in reading.rows(_WAITING, keys_of(whys)))


def superseded(work: Writing, keys: Sequence[tuple[str, str]]) -> None:
    """Forget what waits under the kinds and keys of rows that were taken now."""
    work.many(_NEWER, keys)


def settle_held(work: Writing, taken: Iterable[int], waiting: Iterable[tuple[int, str]]) -> None:
    """After another try: forget those that were taken, and say of the others why they still wait."""
    work.many(_DROP, [(row_id,) for row_id in taken])
    work.many(_SAY, [(why, row_id) for row_id, why in waiting])
