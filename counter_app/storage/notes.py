"""Notes about customers; the text is a side record of its entry."""

from __future__ import annotations

from sqlalchemy import bindparam, insert

from counter_app.storage import tables as t
from counter_app.storage.sql import Writing, compiled

_ADD = compiled(insert(t.notes).values({c.name: bindparam(c.name) for c in t.notes.c if c.name != "id"}))


def add_note(work: Writing, customer_id: int, body: str, staff_no: str, written_at: str, entry: int) -> None:
    """Write a note."""
    work.insert(
        _ADD,
        {"customer_id": customer_id, "body": body, "staff_no": staff_no, "written_at": written_at, "entry": entry},
    )
