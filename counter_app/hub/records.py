"""Side records: personal content beside the journal, accepted only when an entry has named its size and hash."""

from __future__ import annotations

import hashlib

from sqlalchemy import Connection, select, update

from counter_app.hub import tables as t
from counter_app.hub.calls import Caller, No, state_of
from counter_app.sync.wire import Done, Why


def record_of(connection: Connection, caller: Caller, record_id: str) -> bytes | No:
    """The content of a record that an entry of the caller's own counter has named: a disk was lost with it.

    Refused: `not_found`, alike for what never came, is another counter's or another hall's; with `what` `erased` where
    it was the caller's and its content was taken away since.
    """
    row, line = t.side_records.c, t.ledger_lines.c
    named = (line.hall_id == row.hall_id) & (line.entry_id == row.entry_id)
    question = (
        select(row.content, row.erased_at)
        .select_from(t.side_records.join(t.ledger_lines, named))
        .where(row.hall_id == caller.hall_id, row.record_id == record_id, line.counter_id == caller.counter_id)
    )
    found = connection.execute(question).one_or_none()
    if found is not None and found.erased_at is not None:
        return No(Why.NOT_FOUND, {"what": "erased"})
    return No(Why.NOT_FOUND) if found is None or found.content is None else bytes(found.content)


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
