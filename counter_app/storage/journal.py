"""Appending to the journal: place, hash, signature, postings and balances in the same commit."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from counter_app.clock import Clock, entry_id_at
from counter_app.deferred import deferred
from counter_app.domain.journal import (
    GENESIS,
    NO_EVIDENCE,
    Draft,
    Entry,
    Evidence,
    Place,
    Posting,
    content_of,
    entry_hash,
)
from counter_app.storage.device import Device
from counter_app.storage.sql import Reading, Row, Writing
from counter_app.storage.stamps import moment as moment
from counter_app.storage.stamps import stamp as stamp

if TYPE_CHECKING:
    from counter_app.storage import journal_sql as sql
else:
    # SQLAlchemy costs more than a window: it is there when the first statement is asked for
    sql = deferred("counter_app.storage.journal_sql", is_kept=True)


@dataclass(frozen=True, slots=True)
class Journal:
    """The journal of one counter, able to grow."""

    hall_id: str
    counter_id: str
    epoch: int
    device: Device
    clock: Clock
    app_version: str
    schema_version: int
    rules_version: str
    evidence: Evidence = NO_EVIDENCE

    def append(self, work: Writing, draft: Draft) -> Entry:
        """Write one entry with its postings and move the balances; the commit is the caller's.

        The same intent id a second time breaks a unique index: one decision is one entry.
        """
        head = work.one(sql.HEAD, (self.epoch,))
        seq, prev_hash = (head[0] + 1, head[1]) if head else (1, GENESIS)
        place = self._place(seq)
        content = content_of(draft, place)
        digest = entry_hash(prev_hash, content)
        signature = self.device.sign(digest)
        row_id = work.insert(
            sql.ENTRY,
            sql.EntryRow(
                epoch=self.epoch,
                seq=seq,
                entry_id=place.entry_id,
                intent_id=draft.intent_id,
                kind=draft.kind,
                staff_no=draft.staff_no,
                shift_id=draft.shift_id,
                customer_id=draft.customer_id,
                business_date=draft.business_date.isoformat(),
                at=stamp(place.at),
                device_id=self.device.device_id,
                content=content,
                prev_hash=prev_hash,
                hash=digest,
                signature=signature,
            ),
        )
        if head:
            work.run(sql.MOVE_HEAD, (seq, digest, self.epoch))
        else:
            work.run(sql.NEW_HEAD, (self.epoch, seq, digest))
        work.head = (self.epoch, seq, digest)
        if draft.postings:
            self._post(work, row_id, draft.postings)
        return Entry(row_id, place, draft, content, prev_hash, digest, signature)

    def _place(self, seq: int) -> Place:
        at = self.clock.now()
        return Place(
            hall_id=self.hall_id,
            counter_id=self.counter_id,
            device_id=self.device.device_id,
            epoch=self.epoch,
            seq=seq,
            entry_id=entry_id_at(at),
            at=at,
            boot_id=self.clock.boot_id,
            monotonic_ms=self.clock.monotonic_ms(),
            app_version=self.app_version,
            schema_version=self.schema_version,
            rules_version=self.rules_version,
            evidence=self.evidence,
        )

    @staticmethod
    def _post(work: Writing, row_id: int, postings: tuple[Posting, ...]) -> None:
        work.many(sql.POSTING, [(row_id, line, *posting) for line, posting in enumerate(postings, 1)])
        work.many(sql.BALANCE, postings)


@dataclass(frozen=True, slots=True)
class Found:
    """An entry that an intent led to."""

    id: int
    entry_id: str
    kind: str
    content: Mapping[str, Any]


def find_by_intent(reading: Reading, intent_id: str) -> Found | None:
    """The entry that carries out an intent, or None: then it was not recorded."""
    row: Row | None = reading.one(sql.BY_INTENT, (intent_id,))
    return None if row is None else Found(row[0], row[1], row[2], json.loads(row[3]))


def balance(reading: Reading, account: str, subject: str) -> int:
    """The sum of the postings of one account and subject, in fen."""
    row = reading.one(sql.BALANCE_OF, {"account": account, "subject": subject})
    return row[0] if row else 0


def entries_of_day(reading: Reading, kind: str, staff_no: str, on: date) -> int:
    """How many entries of a kind somebody made on a business date."""
    row = reading.one(sql.OF_DAY, {"day": on.isoformat(), "kind": kind, "staff_no": staff_no})
    return int(row[0]) if row else 0


def last_moment(reading: Reading) -> datetime | None:
    """When the journal last grew, by the wall clock of that time."""
    row = reading.one(sql.LAST)
    return moment(row[0]) if row and row[0] else None


def day(kept: str | None) -> date | None:
    """A kept ISO date."""
    return None if kept is None else date.fromisoformat(kept)
