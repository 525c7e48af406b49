"""A password that somebody changed at a counter: their own row of the staff gets its verifier, and the hall is told."""

from __future__ import annotations

import json

from sqlalchemy import Connection, select, update

from counter_app.hub import tables as t
from counter_app.hub.batch import Batch
from counter_app.hub.calls import json_text
from counter_app.hub.entries import Arrived, Unfit
from counter_app.hub.slate import Slate
from counter_app.hub.sql import find, put

MOST_VERIFIER = 300
_FORM = "$argon2id$"


def change(slate: Slate, batch: Batch, entry: Arrived) -> None:
    """Take the verifier of whoever is signed in and nobody else's; without one the entry changes nothing here.

    One that was made at a counter that had not seen a newer change (a reset at the hub, or what another counter sent
    first) changes nothing: the row as it is goes to the hall once more, so that this counter has the newer one as well.
    The order is that of the feed, or of the counter's own chain; no clock is asked. A hub that has lost its tail counts
    its rows anew: a place in the lost history is before every change in this one.

    Raises:
        Unfit: `unreadable`, `no_right` (somebody else's), `unknown_staff`.
    """
    verifier = entry.body.get("verifier")
    if verifier is None:
        return
    if entry.body.get("staff_no") != entry.staff_no:
        raise Unfit("no_right")
    if not isinstance(verifier, str) or not verifier.startswith(_FORM) or len(verifier) > MOST_VERIFIER:
        raise Unfit("unreadable", "verifier")
    row, connection = t.master_rows.c, slate.ground.connection
    is_own = (row.hall_id == batch.hall_id) & (row.kind == "staff") & (row.key == entry.staff_no)
    kept = connection.execute(select(row.body).where(is_own)).scalar_one_or_none()
    if kept is None:
        raise Unfit("unknown_staff")
    if _is_overtaken(connection, batch, entry):
        slate.tell(batch.hall_id, "staff", kept)
        return
    text = json_text({**json.loads(kept), "verifier": verifier, "must_change_password": 0})
    # staff has no id, by which the slate holds rows; written at once, it is undone with the upload
    connection.execute(update(t.master_rows).where(is_own).values(body=text))
    changed = (batch.hall_id, entry.staff_no, slate.next_n(batch.hall_id), entry.counter_id, batch.generation)
    put(connection, t.password_changes, [changed], "replace")
    slate.tell(batch.hall_id, "staff", text)


def _is_overtaken(connection: Connection, batch: Batch, entry: Arrived) -> bool:
    found = find(connection, t.password_changes, "staff_no", [entry.staff_no], hall_id=batch.hall_id)
    if not found or found[0][3] == entry.counter_id:
        return False
    _, _, n, _, history = found[0]
    # how far a counter had read another history says nothing of what was changed in this one
    is_of_this_one = bool(history) and history == batch.generation != entry.seen_gen
    return bool(n > (entry.seen_n or 0) or is_of_this_one)
