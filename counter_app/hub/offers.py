"""The first counter of a hall that worked alone offers its master data: part by part, each taken as it comes."""

from __future__ import annotations

import hashlib
import json
from typing import Literal

from sqlalchemy import Connection, func, select

from counter_app.hub import lines
from counter_app.hub import tables as t
from counter_app.hub.calls import Caller, No, state_of
from counter_app.hub.masters import CHUNK, take
from counter_app.hub.sql import put
from counter_app.sync.wire import Done, MasterOffer, Why

_WHOLE = -1
"""The number under which it is kept that an offer is whole."""


def put_part(connection: Connection, caller: Caller, upload_id: str, part: int, content: bytes) -> Done | No:
    """Take the next part of an offer; a part that was taken before is done.

    Refused: `conflict` (the hall has master data from elsewhere, and not from an offer whose device was withdrawn; or
    the part came with other bytes before), `gap` (an earlier part is missing), `bad_message` (no rows, or one that
    cannot be taken: nothing of the part is).
    """
    digest = hashlib.sha256(content).hexdigest()
    hall_id = caller.hall_id
    # two copies of the same part wait for each other here
    connection.execute(select(t.halls.c.hall_id).where(t.halls.c.hall_id == hall_id).with_for_update())
    known = _parts(connection, hall_id, upload_id)
    if part in known:
        return Done(hub=state_of(connection, caller)) if known[part] == digest else No(Why.CONFLICT, {"what": "part"})
    if not known and _has_master(connection, hall_id) and not is_abandoned(connection, hall_id):
        return No(Why.CONFLICT, {"what": "master"})
    if _WHOLE in known:
        return No(Why.CONFLICT, {"what": "whole"})
    if part != len(known):
        return No(Why.GAP, {"part": str(len(known))})
    try:
        rows = [(kind, json.loads(body)) for kind, body in lines.unpack(content)]
        if not all(isinstance(body, dict) for _, body in rows):
            raise lines.BadPart("not_rows")
    except ValueError as error:
        return No(Why.BAD_MESSAGE, {"why": str(error)[:80]})
    for first in range(0, len(rows), CHUNK):
        taken = take(connection, hall_id, caller.stamp, rows[first : first + CHUNK], is_offer=True)
        if taken.faults:
            place, why, key = taken.faults[0]
            return No(Why.BAD_MESSAGE, {"row": str(first + place), "why": why, "key": key[:80]})
    put(connection, t.master_parts, [(hall_id, upload_id, part, digest, b"", caller.stamp)])
    return Done(hub=state_of(connection, caller))


def close(connection: Connection, caller: Caller, upload_id: str, offer: MasterOffer) -> Done | No:
    """All parts are there: other counters may take snapshots now.

    Refused: `not_found` (a part is missing), `conflict` (a part has other bytes, or there are more of them).
    """
    known = _parts(connection, caller.hall_id, upload_id)
    is_whole = known.pop(_WHOLE, None) is not None
    for said in offer.parts:
        if said.part not in known:
            return No(Why.NOT_FOUND, {"part": str(said.part)})
        if known.pop(said.part) != said.sha256:
            return No(Why.CONFLICT, {"part": str(said.part)})
    if known:
        return No(Why.CONFLICT, {"part": str(min(known))})
    if not is_whole:
        put(connection, t.master_parts, [(caller.hall_id, upload_id, _WHOLE, "", b"", caller.stamp)])
    return Done(hub=state_of(connection, caller))


def is_under_way(connection: Connection, hall_id: str) -> bool:
    """Whether an offer was begun and may still become whole: nobody takes half a hall for the whole one."""
    return _state(connection, hall_id) == "under way"


def is_abandoned(connection: Connection, hall_id: str) -> bool:
    """Whether what the hall has of an offer is all that will come: the device that made it was withdrawn meanwhile.

    A file of the hall that joins now may offer once more, from the first part on.
    """
    return _state(connection, hall_id) == "abandoned"


def _state(connection: Connection, hall_id: str) -> Literal["none", "under way", "abandoned", "whole"]:
    row, device = t.master_parts.c, t.devices.c
    question = (
        select(row.upload_id, func.min(row.part).label("first")).where(row.hall_id == hall_id).group_by(row.upload_id)
    )
    begun: dict[str, int] = {row.upload_id: row.first for row in connection.execute(question)}
    if not begun:
        return "none"
    if _WHOLE in begun.values():
        return "whole"
    # an upload bears the name of its device
    gone = select(device.device_id).where(device.hall_id == hall_id, device.revoked_at.is_not(None))
    return "abandoned" if begun.keys() <= set(connection.execute(gone).scalars()) else "under way"


def _parts(connection: Connection, hall_id: str, upload_id: str) -> dict[int, str]:
    row = t.master_parts.c
    question = select(row.part, row.sha256).where(row.hall_id == hall_id, row.upload_id == upload_id)
    return {found.part: found.sha256 for found in connection.execute(question)}


def _has_master(connection: Connection, hall_id: str) -> bool:
    row = t.master_rows.c
    return connection.execute(select(row.key).where(row.hall_id == hall_id).limit(1)).first() is not None
