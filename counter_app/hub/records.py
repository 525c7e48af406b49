"""Side records: personal content beside the journal, accepted only when an entry has named its size and hash."""

from __future__ import annotations

import hashlib

from sqlalchemy import Connection, select, update

from counter_app.hub import tables as t
from counter_app.hub.calls import Caller, No, state_of
from counter_app.sync.wire import Done, Why


def put_record(connection: Connection, caller: Caller, record_id: str, content: bytes) -> Done | No:
    """Keep a record's content; the same one again is done, and so is one that was erased since.

    Refused: `not_found` (no entry has named it yet), `conflict` (it is not what the entry names).
    """
    row = t.side_records
    mine = (row.c.hall_id == caller.hall_id, row.c.record_id == record_id)
    question = select(row.c.size, row.c.sha256, row.c.received_at, row.c.erased_at)
    promised = connection.execute(question.where(*mine).with_for_update()).one_or_none()
    if promised is None:
        return No(Why.NOT_FOUND)
    if (len(content), hashlib.sha256(content).hexdigest()) != (promised.size, promised.sha256):
        return No(Why.CONFLICT, {"size": str(promised.size)})
    if promised.received_at is None and promised.erased_at is None:
        connection.execute(update(row).where(*mine).values(content=content, received_at=caller.stamp))
    return Done(hub=state_of(connection, caller))
