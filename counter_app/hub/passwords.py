"""A password that somebody changed at a counter: their own row of the staff gets its verifier, and the hall is told."""

from __future__ import annotations

import json

from sqlalchemy import select, update

from counter_app.hub import tables as t
from counter_app.hub.batch import Batch
from counter_app.hub.calls import json_text
from counter_app.hub.entries import Arrived, Unfit
from counter_app.hub.slate import Slate

MOST_VERIFIER = 300
_FORM = "$argon2id$"


def change(slate: Slate, batch: Batch, entry: Arrived) -> None:
    """Take the verifier of whoever is signed in and nobody else's; without one the entry changes nothing here.

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
    text = json_text({**json.loads(kept), "verifier": verifier, "must_change_password": 0})
    # staff has no id, by which the slate holds rows; written at once, it is undone with the upload
    connection.execute(update(t.master_rows).where(is_own).values(body=text))
    slate.tell(batch.hall_id, "staff", text)
