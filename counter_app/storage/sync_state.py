"""How the counter stands with its hub, as rows: one part a row, written in the commit of what it is about."""

from __future__ import annotations

import json
from dataclasses import fields
from functools import cache, lru_cache
from typing import Any, cast, get_type_hints

from sqlalchemy import bindparam, delete, func, literal_column, select
from sqlalchemy.dialects.sqlite import insert as upsert

from counter_app.domain.journal import Evidence, evidence_of
from counter_app.domain.sync_state import Stop, StopReason, SyncState
from counter_app.domain.typed_json import plain, typed
from counter_app.storage import tables_sync as t
from counter_app.storage.sql import Reading, Writing, compiled
from counter_app.storage.trouble import Finding, FoundAtStart

_new = upsert(t.sync_state)
_SET = compiled(_new.on_conflict_do_update(index_elements=[t.sync_state.c.key], set_={"value": _new.excluded.value}))
_DROP = compiled(delete(t.sync_state).where(t.sync_state.c.key == bindparam("part")))
_ALL = compiled(
    select(t.sync_state.c.key, t.sync_state.c.value).where(
        func.instr(t.sync_state.c.key, literal_column("'.'")) == literal_column("0")
    )
)
"""Long texts have a dot in their key; nobody reads them in passing."""
_TEXT = compiled(select(t.sync_state.c.value).where(t.sync_state.c.key == bindparam("part")))
_FINDINGS: dict[StopReason, FoundAtStart] = {
    "restored": "journal behind the hub",
    "cloned": "second copy",
    "fork": "journal differs from the hub",
    "revoked": "device withdrawn",
}
_PARTS = tuple(field.name for field in fields(SyncState))


def read_state(reading: Reading) -> SyncState:
    """How the counter stands with its hub.

    Raises:
        ValueError: a part is not what this program writes.
    """
    kept: dict[str, str] = dict(reading.rows(_ALL))
    if not kept:
        return SyncState()
    return SyncState(**{name: _part(name, kept[name]) for name in _PARTS if name in kept})


@lru_cache(maxsize=64)
def _part(name: str, text: str) -> Any:
    # a part is frozen, and from one look to the next most of them are what they were
    return typed(json.loads(text), _hints()[name], name)


@cache
def _hints() -> dict[str, Any]:
    # looked up once: a round with the hub reads the state ten times
    return get_type_hints(SyncState)


def keep(work: Writing, **parts: Any) -> None:
    """Keep parts of the state by their names; None forgets one.

    Raises:
        KeyError: the state has no such part.
    """
    for name, value in parts.items():
        if name not in _PARTS:
            raise KeyError(name)
        if value is None:
            work.run(_DROP, {"part": name})
        else:
            work.run(_SET, {"key": name, "value": json.dumps(plain(value), ensure_ascii=False)})


def keep_text(work: Writing, key: str, text: str | None) -> None:
    """Keep a long text beside the state, under a key with a dot; None forgets it."""
    if text is None:
        work.run(_DROP, {"part": key})
    else:
        work.run(_SET, {"key": key, "value": text})


def kept_text(reading: Reading, key: str) -> str | None:
    """The long text of a key."""
    row = reading.one(_TEXT, {"part": key})
    return None if row is None else str(row[0])


def evidence_in(reading: Reading, boot_id: str) -> Evidence:
    """What an entry of now says of the hub; its time only where the monotonic clock has not begun anew since."""
    state = read_state(reading)
    feed, at = state.feed, state.hub_time
    is_known = at is not None and at.boot_id == boot_id
    return evidence_of(
        generation=feed.generation if feed else None,
        feed_n=feed.n if feed else None,
        offset_ms=at.offset_ms if at and is_known else None,
        error_ms=at.error_ms if at and is_known else None,
    )


def stop_of(text: str) -> Stop:
    """The stop that a row holds.

    Raises:
        ValueError: it is none.
    """
    return cast(Stop, typed(json.loads(text), Stop, "stop"))


def finding_of(stop: Stop) -> Finding:
    """A stop as the finding with which money is refused."""
    return Finding(_FINDINGS[stop.reason], stop.since_at, stop.expected, stop.found)
