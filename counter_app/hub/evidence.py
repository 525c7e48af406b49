"""Evidence: a branch, an altered entry, a second copy of a device; kept verbatim though what was asked is refused."""

from __future__ import annotations

import json
from collections.abc import Iterable

from sqlalchemy import Connection

from counter_app.hub import feed
from counter_app.hub import tables as t
from counter_app.hub.calls import Caller, Evidence
from counter_app.hub.slate import Ground, Slate
from counter_app.hub.sql import put
from counter_app.hub.tasks import ALARM, Work, open_task

FORK, CLONED, NOT_SIGNED = "fork", "cloned", "not_signed"


def keep(connection: Connection, caller: Caller, found: Iterable[Evidence]) -> None:
    """Write evidence and open its task, in a commit of its own that nothing else can undo; the same one counts once."""
    rows = {one.id: one for one in found}
    put(
        connection,
        t.evidence,
        [(caller.hall_id, key, *one, caller.stamp) for key, one in sorted(rows.items())],
        "once",
    )
    slate = Slate(Ground(connection, feed.lock(connection, [caller.hall_id])))
    for one in rows.values():
        subject = f"{one.kind}:{one.device_id}:{one.epoch}"
        facts = {"what": one.kind, "device_id": one.device_id, "epoch": one.epoch, "seq": one.seq}
        open_task(slate, caller.hall_id, caller.stamp, Work(ALARM, subject, one.counter_id, 0, facts))
    slate.write()


def branch(caller: Caller, kind: str, seq: int, facts: object) -> Evidence:
    """Evidence about a chain from a place on; `facts` is what can be kept as JSON."""
    text = json.dumps(facts, ensure_ascii=False, sort_keys=True)
    return Evidence(kind, caller.counter_id, caller.device_id, caller.epoch, seq, text)
