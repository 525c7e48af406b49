"""The journal against itself: places, links, hashes, signatures, columns and postings, one entry after the other."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import bindparam, select

from counter_app.domain.journal import GENESIS, entry_hash
from counter_app.storage import tables as t
from counter_app.storage.journal import stamp
from counter_app.storage.sql import Reading, Row, compiled
from counter_app.storage.trouble import Finding
from counter_app.storage.verify_rows import ENTRY_CHECKS, Held, begun_epochs, differences, tell

_ENTRY_COLUMNS = tuple(c.name for c in t.entries.c)
_ENTRIES = compiled(select(t.entries).order_by(t.entries.c.id))
_POSTINGS = compiled(
    select(
        t.postings.c.entry, t.postings.c.line, t.postings.c.account, t.postings.c.subject, t.postings.c.amount_fen
    ).order_by(t.postings.c.entry, t.postings.c.line)
)
_DEVICES = compiled(select(t.devices.c.device_id, t.devices.c.epoch, t.devices.c.public_key, t.devices.c.counter_id))
_HALL_ID = compiled(select(t.hall.c.value).where(t.hall.c.key == bindparam("key")))
_HEADS = compiled(select(t.journal_head.c.epoch, t.journal_head.c.seq, t.journal_head.c.hash))
_SAME_IN_CONTENT = (
    "epoch",
    "seq",
    "entry_id",
    "intent_id",
    "kind",
    "staff_no",
    "shift_id",
    "customer_id",
    "business_date",
    "device_id",
)


def journal(reading: Reading) -> Iterator[Finding]:
    """Every entry in the order of the file, with its postings and the rows that it wrote; then the heads."""
    chain = _Chain(reading)
    postings = _Follower(row for rows in reading.stream(_POSTINGS) for row in rows)
    for rows in reading.stream(_ENTRIES, size=500):
        for row in rows:
            yield from _carefully(chain.link(row), f"entries row {row[0]}", "an entry")
            yield from postings.orphans_before(row[0])
            yield from _carefully(_beside(reading, chain, row, postings.take(row[0])), f"entries row {row[0]}", "rows")
    yield from postings.orphans_before(None)
    yield from chain.heads(reading)


def _beside(reading: Reading, chain: _Chain, row: Row, lines: list[Row]) -> Iterator[Finding]:
    """What stands beside an entry: its own columns, its postings, and the rows that it wrote."""
    held = _take_apart(row)
    if isinstance(held, Finding):
        yield held
        return
    yield from _columns(held)
    yield from differences(held.where, {"hall_id": chain.hall_id}, held.content)
    yield from _lines(held, lines)
    for check in ENTRY_CHECKS.get(held.kind, ()):
        yield from _carefully(check(reading, held), held.where, f"a body of kind {held.kind}")


class _Chain:
    """Where each epoch's chain has come to."""

    def __init__(self, reading: Reading) -> None:
        self._ends: dict[int, tuple[int, bytes]] = {}
        self._last_id = 0
        self._begun = begun_epochs(reading)
        row = reading.one(_HALL_ID, {"key": "hall_id"})
        self.hall_id = row[0] if row else None
        self._devices: dict[str, tuple[int, Ed25519PublicKey | None]] = {
            device_id: (epoch, _public_key(key)) for device_id, epoch, key, _ in reading.rows(_DEVICES)
        }

    def link(self, row: Row) -> Iterator[Finding]:
        entry = dict(zip(_ENTRY_COLUMNS, row, strict=True))
        epoch, seq = entry["epoch"], entry["seq"]
        where = f"entries epoch {epoch} seq {seq} ({entry['entry_id']})"
        if entry["id"] != self._last_id + 1:
            yield Finding("entry missing", where, f"row id {self._last_id + 1}", f"row id {entry['id']}")
        self._last_id = entry["id"]
        last_seq, last_hash = self._ends.get(epoch, (0, GENESIS))
        if seq != last_seq + 1:
            yield Finding("journal has a gap", where, f"seq {last_seq + 1}", f"seq {seq}")
        if entry["prev_hash"] != last_hash:
            yield Finding("link to the entry before", where, last_hash.hex(), tell(entry["prev_hash"]))
        digest = entry_hash(entry["prev_hash"], entry["content"])
        if entry["hash"] != digest:
            yield Finding("entry hash", where, digest.hex(), tell(entry["hash"]))
        yield from self._signature(entry, where)
        self._ends[epoch] = (seq, entry["hash"])

    def _signature(self, entry: Mapping[str, Any], where: str) -> Iterator[Finding]:
        enrolled_epoch, key = self._devices.get(entry["device_id"], (None, None))
        # a device that went on under a new epoch is enrolled for the last; it wrote those that it began before
        is_own = {(entry["device_id"], entry["epoch"]), (entry["device_id"], enrolled_epoch)} <= self._begun
        if enrolled_epoch != entry["epoch"] and not (is_own and entry["epoch"] < (enrolled_epoch or 0)):
            expected = f"a device enrolled for epoch {entry['epoch']}"
            yield Finding("device", where, expected, f"{entry['device_id']} of epoch {enrolled_epoch}")
        if key is None:
            return
        try:
            key.verify(entry["signature"], entry["hash"])
        except InvalidSignature:
            yield Finding("signature", where, f"signed by {entry['device_id']}", tell(entry["signature"]))

    def heads(self, reading: Reading) -> Iterator[Finding]:
        kept = {epoch: (seq, digest) for epoch, seq, digest in reading.rows(_HEADS)}
        for epoch in sorted(kept.keys() | self._ends.keys()):
            expected, found = kept.get(epoch), self._ends.get(epoch)
            if expected != found:
                yield Finding("end of the journal", f"journal_head epoch {epoch}", _end(expected), _end(found))


class _Follower:
    """Rows ordered by entry, handed out to a walk over the entries in the same order."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._rows = iter(rows)
        self._next: Row | None = next(self._rows, None)

    def take(self, entry: int) -> list[Row]:
        taken = []
        while self._next is not None and self._next[0] == entry:
            taken.append(self._next[1:])
            self._next = next(self._rows, None)
        return taken

    def orphans_before(self, entry: int | None) -> Iterator[Finding]:
        while self._next is not None and (entry is None or self._next[0] < entry):
            place = f"postings entry row {self._next[0]} line {self._next[1]}"
            yield Finding("row without its entry", place, "an entry", tell(self._next[2:]))
            self._next = next(self._rows, None)


def _take_apart(row: Row) -> Held | Finding:
    entry = dict(zip(_ENTRY_COLUMNS, row, strict=True))
    where = f"entries epoch {entry['epoch']} seq {entry['seq']} ({entry['entry_id']})"
    try:
        content = json.loads(entry["content"])
        held = Held(entry["id"], where, entry["kind"], entry, content, content["body"])
        if isinstance(content["postings"], list) and isinstance(held.body, dict):
            return held
    except (ValueError, KeyError, TypeError, RecursionError):
        pass
    return Finding("content", where, "an entry as JSON", tell(entry["content"]))


def _columns(held: Held) -> Iterator[Finding]:
    content = {name: held.content.get(name) for name in _SAME_IN_CONTENT}
    yield from differences(held.where, content, held.row)
    try:
        at = stamp(datetime.fromisoformat(held.content["at"]))
    except (KeyError, ValueError, TypeError):
        at = "a moment"
    yield from differences(held.where, {"at": at}, held.row)


def _lines(held: Held, rows: list[Row]) -> Iterator[Finding]:
    expected = [(line, *posting) for line, posting in enumerate(held.content["postings"], 1)]
    if rows != expected:
        for line in range(max(len(rows), len(expected))):
            wanted = expected[line] if line < len(expected) else None
            found = rows[line] if line < len(rows) else None
            if wanted != found:
                yield Finding("posting", f"{held.where} postings line {line + 1}", tell(wanted), tell(found))
    amounts = [row[3] for row in rows]
    if sum(amounts):
        yield Finding("postings sum", f"{held.where} postings", "0", str(sum(amounts)))


def _carefully(findings: Iterator[Finding], where: str, expected: str) -> Iterator[Finding]:
    """What is not of the agreed shape is a finding, not the end of the check: a damaged page can hold anything."""
    try:
        yield from findings
    except (KeyError, ValueError, TypeError, AttributeError, IndexError) as error:
        yield Finding("content", where, expected, f"{type(error).__name__} {error}")


def _public_key(raw: bytes) -> Ed25519PublicKey | None:
    try:
        return Ed25519PublicKey.from_public_bytes(raw)
    except ValueError:
        return None


def _end(end: tuple[int, bytes] | None) -> str:
    return "nothing" if end is None else f"seq {end[0]} hash {tell(end[1])}"
