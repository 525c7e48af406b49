"""Entries as they were received, found again by their ids, wherever their text stands."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import bindparam, select

from counter_app.hub import recover
from counter_app.hub import tables as t
from counter_app.hub.batch import Batch
from counter_app.hub.entries import Arrived, place_name
from counter_app.hub.rows import CARRIED, LINES, PARKED, QUARANTINE, Line
from counter_app.hub.slate import Slate
from counter_app.hub.sql import ask

_i = t.inbox.c
_TEXT = select(_i.content).where(
    _i.hall_id == bindparam("hall"),
    _i.counter_id == bindparam("counter"),
    _i.epoch == bindparam("of_epoch"),
    _i.seq == bindparam("place"),
)
Place = tuple[str, int, int]


def place_of(slate: Slate, line: Line) -> Place:
    """The place in the inbox that holds an entry: its own, or that of the entry which brought it."""
    carried = slate.find(CARRIED, line.hall_id, line.entry_id)
    return line[3:6] if carried is None else carried[2:]


def is_applied(slate: Slate, line: Line) -> bool:
    """Whether an entry that came is applied, and neither kept apart nor parked."""
    parked = slate.find(PARKED, line.hall_id, line.entry_id)
    return not is_apart(slate, line) and (parked is None or parked.freed_by is not None)


def is_apart(slate: Slate, line: Line) -> bool:
    """Whether an entry that came is kept apart."""
    apart = slate.find(QUARANTINE, line.hall_id, place_name(*place_of(slate, line)))
    return apart is not None and apart.entry_id == line.entry_id and apart.freed_at is None


def entry_of(slate: Slate, batch: Batch, line: Line) -> Arrived | None:
    """The entry of a line; None when it has no form.

    Raises:
        Unfit: what is carried has no form.
    """
    return recover.entry_at(slate.ground.connection, batch, place_of(slate, line), line.entry_id)


def body_of_entry(slate: Slate, hall_id: str, entry_id: str) -> dict[str, Any]:
    """What an entry says that was applied; the one inside of it, where it brought another one."""
    counter_id, epoch, seq = place_of(slate, slate.need(LINES, hall_id, entry_id))
    given = {"hall": hall_id, "counter": counter_id, "of_epoch": epoch, "place": seq}
    [(content,)] = ask(slate.ground.connection, _TEXT, **given)
    document = json.loads(content)
    if document["entry_id"] != entry_id:
        document = json.loads(document["body"]["content"])
    body: dict[str, Any] = document["body"]
    return body
