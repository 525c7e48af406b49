"""Personal content beside the journal: the entry has its id, size and hash; erasing the content leaves those."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from sqlalchemy import bindparam, insert, select

from counter_app.storage import tables_retention as t
from counter_app.storage.sql import Reading, Writing, compiled

_r = t.side_records.c
_ADD = compiled(insert(t.side_records).values({c.name: bindparam(c.name) for c in t.side_records.c}))
_ONE = compiled(
    select(_r.record_id, _r.subject, _r.kind, _r.content, _r.size, _r.sha256).where(_r.record_id == bindparam("record"))
)


@dataclass(frozen=True, slots=True)
class SideRecord:
    """One record: a form's revision, a drawn signature, a scan. `content` is None once it was erased."""

    record_id: str
    subject: str
    kind: str
    content: bytes | None
    size: int
    sha256: bytes

    @classmethod
    def of(cls, record_id: str, subject: str, kind: str, content: bytes) -> SideRecord:
        """A new record with the size and hash of its content."""
        return cls(record_id, subject, kind, content, len(content), hashlib.sha256(content).digest())

    @property
    def is_whole(self) -> bool:
        """Whether the content is the one that was written; erased content is whole by its hash alone."""
        return self.content is None or (
            len(self.content) == self.size and hashlib.sha256(self.content).digest() == self.sha256
        )


def add_record(work: Writing, record: SideRecord, entry: int) -> None:
    """Write a record in the commit of the entry that names it."""
    work.insert(
        _ADD,
        {
            "record_id": record.record_id,
            "subject": record.subject,
            "kind": record.kind,
            "content": record.content,
            "size": record.size,
            "sha256": record.sha256,
            "entry": entry,
            "erased_at": None,
        },
    )


def find_record(reading: Reading, record_id: str) -> SideRecord | None:
    """One record, or None."""
    row = reading.one(_ONE, {"record": record_id})
    return None if row is None else SideRecord(*row)
