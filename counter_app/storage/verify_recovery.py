"""Journals that went on under a new epoch: what was carried over is what stood here, what was given back is whole."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy import bindparam, or_, select, union_all

from counter_app.domain.journal import GENESIS, entry_hash
from counter_app.storage import tables as t
from counter_app.storage import tables_sync as s
from counter_app.storage.chain import hash_at
from counter_app.storage.device import is_signed
from counter_app.storage.given_lines import all_lines, epoch_of, line_with
from counter_app.storage.recovery import CHAIN, RECHAIN, GivenBack, device_keys, shift_row
from counter_app.storage.sql import Reading, compiled
from counter_app.storage.sync_state import read_state
from counter_app.storage.trouble import Finding
from counter_app.storage.verify_rows import differences, tell
from counter_app.storage.verify_seals import file_version

_e, _f = t.entries.c, s.foreign_entries.c
_OF_KIND = compiled(
    select(_e.epoch, _e.seq, _e.content).where(_e.kind == bindparam("of_kind")).order_by(_e.epoch, _e.seq)
)
_VOUCHING = compiled(select(_e.epoch, _e.seq, _e.content, _e.id).where(_e.kind == bindparam("of_kind")).order_by(_e.id))
_SHIFTS = compiled(
    select(t.shifts).where(
        or_(t.shifts.c.opening_entry == bindparam("of_entry"), t.shifts.c.closing_entry == bindparam("of_entry"))
    )
)
_KEPT = compiled(
    union_all(
        select(_e.hash).where(_e.entry_id == bindparam("carried")),
        select(_f.hash).where(_f.entry_id == bindparam("carried")),
    )
)
_CARRIERS_GIVEN = compiled(select(_f.content).where(_f.kind == bindparam("of_kind")))
_GIVEN = compiled(
    select(_f.seq, _f.entry_id, _f.kind, _f.content, _f.prev_hash, _f.hash, _f.signature)
    .where(_f.epoch == bindparam("of_epoch"))
    .order_by(_f.seq)
)
_OPENING = ("shift_no", "counter_id", "staff_no", "business_date", "opened_at", "float_fen")


def recovered(reading: Reading) -> Iterator[Finding]:
    """Each carried entry is one that this file holds, byte for byte; those given back lead to the hash vouched for."""
    if file_version(reading) < s.SINCE_VERSION:
        return
    carried_back = _carried_back(reading)
    for rows in reading.stream(_OF_KIND, {"of_kind": RECHAIN}, size=200):
        for epoch, seq, content in rows:
            yield from _carried(reading, f"entry {epoch}/{seq}", json.loads(content)["body"], carried_back)
    upto: dict[int, int] = {}
    for epoch, seq, content, entry in reading.rows(_VOUCHING, {"of_kind": CHAIN}):
        body = json.loads(content)["body"]
        of_epoch = body["epoch"]
        given = GivenBack.read(reading, of_epoch, upto.get(of_epoch, 0), body["to_seq"])
        yield from differences(f"entry {epoch}/{seq}", body, given.body)
        yield from _shifts(reading, f"entry {epoch}/{seq} shifts", given, entry)
        upto[of_epoch] = body["to_seq"]
    is_under_way = read_state(reading).new_epoch is not None
    for line in all_lines(reading):
        if not is_under_way and GivenBack.read(reading, line, upto.get(line, 0)).count:
            yield Finding("row without its entry", f"foreign_entries epoch {line}", "an entry of a recovery", "none")
        yield from _chain(reading, line)


def _carried_back(reading: Reading) -> dict[str, bytes]:
    """The hashes of entries that came back inside of carriers which another copy of this file wrote, by their ids."""
    bodies = (json.loads(content)["body"] for (content,) in reading.rows(_CARRIERS_GIVEN, {"of_kind": RECHAIN}))
    return {json.loads(body["content"])["entry_id"]: _hash_of(body) for body in bodies}


def _hash_of(body: dict[str, Any]) -> bytes:
    return entry_hash(bytes.fromhex(body["prev_hash"]), body["content"])


def _carried(reading: Reading, where: str, body: dict[str, Any], carried_back: dict[str, bytes]) -> Iterator[Finding]:
    digest, entry_id = _hash_of(body), json.loads(body["content"])["entry_id"]
    kept = [found for (found,) in reading.rows(_KEPT, {"carried": entry_id})]
    kept += [carried_back[entry_id]] if entry_id in carried_back else []
    if digest not in kept:
        yield Finding("entry carried over", where, digest.hex(), tell(kept[0] if kept else None))


def _shifts(reading: Reading, where: str, given: GivenBack, entry: int) -> Iterator[Finding]:
    """Shifts that stand under this entry are as the entries say that it vouches for."""
    for values in reading.rows(_SHIFTS, {"of_entry": entry}):
        row = dict(zip((column.name for column in t.shifts.c), values, strict=True))
        opened, closed = given.opened.get(row["shift_id"]), given.closed.get(row["shift_id"])
        said: dict[str, Any] = {}
        if row["opening_entry"] == entry and opened is not None:
            # where the file had its own shift of that number, the other one's has its place behind it
            shift_no = opened["body"]["shift_no"]
            shift_no += f"/{given.epoch}-{opened['seq']}" if "/" in row["shift_no"] else ""
            told = shift_row(opened, closed, entry=entry, ends_at=row["closed_at"], shift_no=shift_no)
            said = {name: told[name] for name in _OPENING}
        if row["closing_entry"] == entry:
            said["counted_fen"] = closed["body"]["counted_fen"] if closed else None
        if row["opening_entry"] == entry and opened is None:
            yield Finding("row without its entry", f"{where} {row['shift_id']}", "its opening", "nothing")
        yield from differences(where, said, row)


def _chain(reading: Reading, line: int) -> Iterator[Finding]:
    keys = device_keys(reading)
    before: tuple[int, bytes] | None = None
    for rows in reading.stream(_GIVEN, {"of_epoch": line}, size=200):
        for seq, entry_id, kind, content, prev_hash, digest, signature in rows:
            where = f"foreign_entries epoch {line} seq {seq}"
            wanted = before or (seq - 1, _behind(reading, epoch_of(line), seq - 1, prev_hash))
            if (seq - 1, prev_hash) != wanted or entry_hash(prev_hash, content) != digest:
                yield Finding("entry given back", where, tell(wanted[1]), tell(prev_hash))
            said = json.loads(content)
            columns = {"entry_id": entry_id, "kind": kind}
            yield from differences(where, {name: said[name] for name in columns}, columns)
            key = keys.get(said["device_id"])
            if key is not None and not is_signed(key, digest, signature):
                yield Finding("signature", where, f"signed by {said['device_id']}", tell(signature))
            before = (seq, digest)


def _behind(reading: Reading, epoch: int, seq: int, prev_hash: bytes) -> bytes:
    """What stands before the first entry of a line: one of another line, one of this file, or nothing at all."""
    if line_with(reading, epoch, seq, prev_hash) is not None:
        return prev_hash
    found = hash_at(reading, epoch, seq)
    return GENESIS if found is None else bytes.fromhex(found)
