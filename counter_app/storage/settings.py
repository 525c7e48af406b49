"""Settings beside the hall's own words, under dotted keys: a printer per paper, the second screen."""

from __future__ import annotations

from sqlalchemy import bindparam, select
from sqlalchemy.dialects.sqlite import insert as upsert

from counter_app.storage import tables as t
from counter_app.storage.sql import Reading, Writing, compiled

_new = upsert(t.hall)
_SET = compiled(_new.on_conflict_do_update(index_elements=[t.hall.c.key], set_={"value": _new.excluded.value}))
_GET = compiled(select(t.hall.c.value).where(t.hall.c.key == bindparam("key")))


def get(reading: Reading, key: str, default: str = "") -> str:
    """The value of a dotted key."""
    row = reading.one(_GET, {"key": key})
    return default if row is None else str(row[0])


def put(work: Writing, key: str, value: str) -> None:
    """Keep the value of a dotted key (the entry is the caller's).

    Raises:
        ValueError: the key has no dot; such keys are the hall's own words.
    """
    if "." not in key:
        raise ValueError(key)
    work.run(_SET, {"key": key, "value": value})
