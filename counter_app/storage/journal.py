"""Appending to the journal: place, hash, signature, postings and balances in the same commit."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from counter_app.clock import Clock, new_entry_id
from counter_app.domain.journal import GENESIS, Draft, Entry, Place, Posting, content_of, entry_hash
from counter_app.storage import tables as t
from counter_app.storage.device import Device
from counter_app.storage.sql import Reading, Row, Writing, compiled

_HEAD = compiled(
    select(t.journal_head.c.seq, t.journal_head.c.hash).where(t.journal_head.c.epoch == bindparam("epoch"))
)
_NEW_HEAD = compiled(insert(t.journal_head))
_MOVE_HEAD = compiled(
    update(t.journal_head)
    .where(t.journal_head.c.epoch == bindparam("in_epoch"))
    .values(seq=bindparam("seq"), hash=bindparam("hash"))
)
_ENTRY = compiled(insert(t.entries).values({c.name: bindparam(c.name) for c in t.entries.c if c.name != "id"}))
_POSTING = compiled(insert(t.postings).values({c.name: bindparam(c.name) for c in t.postings.c if c.name != "id"}))
_new_balance = upsert(t.balances)
_BALANCE = compiled(
    _new_balance.on_conflict_do_update(
        index_elements=[t.balances.c.account, t.balances.c.subject],
        set_={"balance_fen": t.balances.c.balance_fen + _new_balance.excluded.balance_fen},
    )
)
_BALANCE_OF = compiled(
    select(t.balances.c.balance_fen).where(
        t.balances.c.account == bindparam("account"), t.balances.c.subject == bindparam("subject")
    )
)
_BY_INTENT = compiled(
    select(t.entries.c.id, t.entries.c.entry_id, t.entries.c.kind, t.entries.c.content).where(
        t.entries.c.intent_id == bindparam("intent_id")
    )
)
_OF_DAY = compiled(
    select(func.count())
    .select_from(t.entries)
    .where(
        t.entries.c.business_date == bindparam("day"),
        t.entries.c.kind == bindparam("kind"),
        t.entries.c.staff_no == bindparam("staff_no"),
    )
)
_LAST = compiled(select(func.max(t.entries.c.at)))


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

    def append(self, work: Writing, draft: Draft) -> Entry:
        """Write one entry with its postings and move the balances; the commit is the caller's.

        The same intent id a second time breaks a unique index: one decision is one entry.
        """
        head = work.one(_HEAD, {"epoch": self.epoch})
        seq, prev_hash = (head[0] + 1, head[1]) if head else (1, GENESIS)
        place = self._place(seq)
        content = content_of(draft, place)
        digest = entry_hash(prev_hash, content)
        signature = self.device.sign(digest)
        row_id = work.insert(
            _ENTRY,
            {
                "epoch": self.epoch,
                "seq": seq,
                "entry_id": place.entry_id,
                "intent_id": draft.intent_id,
                "kind": draft.kind,
                "staff_no": draft.staff_no,
                "shift_id": draft.shift_id,
                "customer_id": draft.customer_id,
                "business_date": draft.business_date.isoformat(),
                "at": stamp(place.at),
                "device_id": self.device.device_id,
                "content": content,
                "prev_hash": prev_hash,
                "hash": digest,
                "signature": signature,
            },
        )
        if head:
            work.run(_MOVE_HEAD, {"in_epoch": self.epoch, "seq": seq, "hash": digest})
        else:
            work.run(_NEW_HEAD, {"epoch": self.epoch, "seq": seq, "hash": digest})
        if draft.postings:
            self._post(work, row_id, draft.postings)
        return Entry(row_id, place, draft, content, prev_hash, digest, signature)

    def _place(self, seq: int) -> Place:
        return Place(
            hall_id=self.hall_id,
            counter_id=self.counter_id,
            device_id=self.device.device_id,
            epoch=self.epoch,
            seq=seq,
            entry_id=new_entry_id(self.clock),
            at=self.clock.now(),
            boot_id=self.clock.boot_id,
            monotonic_ms=self.clock.monotonic_ms(),
            app_version=self.app_version,
            schema_version=self.schema_version,
            rules_version=self.rules_version,
        )

    @staticmethod
    def _post(work: Writing, row_id: int, postings: tuple[Posting, ...]) -> None:
        work.many(
            _POSTING,
            [
                {"entry": row_id, "line": line, "account": p.account, "subject": p.subject, "amount_fen": p.amount_fen}
                for line, p in enumerate(postings, 1)
            ],
        )
        work.many(
            _BALANCE,
            [{"account": p.account, "subject": p.subject, "balance_fen": p.amount_fen} for p in postings],
        )


@dataclass(frozen=True, slots=True)
class Found:
    """An entry that an intent led to."""

    id: int
    entry_id: str
    kind: str
    content: Mapping[str, Any]


def find_by_intent(reading: Reading, intent_id: str) -> Found | None:
    """The entry that carries out an intent, or None: then it was not recorded."""
    row: Row | None = reading.one(_BY_INTENT, {"intent_id": intent_id})
    return None if row is None else Found(row[0], row[1], row[2], json.loads(row[3]))


def balance(reading: Reading, account: str, subject: str) -> int:
    """The sum of the postings of one account and subject, in fen."""
    row = reading.one(_BALANCE_OF, {"account": account, "subject": subject})
    return row[0] if row else 0


def entries_of_day(reading: Reading, kind: str, staff_no: str, on: date) -> int:
    """How many entries of a kind somebody made on a business date."""
    row = reading.one(_OF_DAY, {"day": on.isoformat(), "kind": kind, "staff_no": staff_no})
    return int(row[0]) if row else 0


def last_moment(reading: Reading) -> datetime | None:
    """When the journal last grew, by the wall clock of that time."""
    row = reading.one(_LAST)
    return moment(row[0]) if row and row[0] else None


def stamp(at: datetime) -> str:
    """A moment as the file keeps it: UTC, milliseconds, with zone; sorts as text."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds")


def moment(kept: str) -> datetime:
    """A kept moment, aware, in UTC."""
    return datetime.fromisoformat(kept)


def day(kept: str | None) -> date | None:
    """A kept ISO date."""
    return None if kept is None else date.fromisoformat(kept)
