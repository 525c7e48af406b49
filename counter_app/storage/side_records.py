"""Personal content beside the journal: the entry has its id, size and hash; erasing the content leaves those.

Content that was lost with a disk is neither there nor erased: the hub has it, and gives it back.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from sqlalchemy import bindparam, func, insert, literal_column, select, update

from counter_app.storage import tables_retention as t
from counter_app.storage.sql import Reading, Writing, compiled

_r = t.side_records.c
_ADD = compiled(insert(t.side_records).values({c.name: bindparam(c.name) for c in t.side_records.c}))
_ONE = compiled(
    select(_r.record_id, _r.subject, _r.kind, _r.content, _r.size, _r.sha256).where(_r.record_id == bindparam("record"))
)
_OF_SUBJECT = compiled(
    select(_r.record_id, _r.subject, _r.kind, _r.content, _r.size, _r.sha256).where(
        _r.subject == bindparam("about"), _r.kind == bindparam("of_kind")
    )
)
_IS_LOST = _r.content.is_(None) & _r.erased_at.is_(None)
_LOST = compiled(
    select(_r.record_id, _r.subject, _r.kind, _r.content, _r.size, _r.sha256)
    .where(_IS_LOST, _r.record_id > bindparam("behind"))
    .order_by(_r.record_id)
    .limit(literal_column("1"))
    .offset(literal_column("0"))
)
_COUNT_LOST = compiled(select(func.count()).select_from(t.side_records).where(_IS_LOST))
_OF_LOST = _IS_LOST & (_r.record_id == bindparam("record"))
_COME_BACK = compiled(update(t.side_records).where(_OF_LOST).values(content=bindparam("came")))
_ERASED = compiled(update(t.side_records).where(_OF_LOST).values(erased_at=bindparam("at")))


@dataclass(frozen=True, slots=True)
class SideRecord:
    """One record: a form's revision, a drawn signature, a scan. `content` is None once it was erased, and while it is
    lost.
    """

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


def record_of_subject(reading: Reading, subject: str, kind: str) -> SideRecord | None:
    """The record of one kind that is about something, where there is at most one of them, or None."""
    row = reading.one(_OF_SUBJECT, {"about": subject, "of_kind": kind})
    return None if row is None else SideRecord(*row)


def next_lost(reading: Reading, behind: str) -> SideRecord | None:
    """The first record, by its id, behind another one whose content was lost with a disk."""
    row = reading.one(_LOST, {"behind": behind})
    return None if row is None else SideRecord(*row)


def count_lost(reading: Reading) -> int:
    """How many records have lost their content."""
    row = reading.one(_COUNT_LOST)
    assert row is not None
    return int(row[0])


def come_back(work: Writing, lost: SideRecord, content: bytes) -> bool:
    """Put lost content in its place; False, and nothing is done, where it is not what the entry has sealed."""
    if (len(content), hashlib.sha256(content).digest()) != (lost.size, lost.sha256):
        return False
    work.run(_COME_BACK, {"record": lost.record_id, "came": content})
    return True


def note_erased(work: Writing, record_id: str, at: str) -> None:
    """The content that was lost here was erased elsewhere: it does not come back."""
    work.run(_ERASED, {"record": record_id, "at": at})
