"""Rows that came from elsewhere against the seal in the entry that brought them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import bindparam, select

from counter_app.storage import tables_sync as y
from counter_app.storage.seals import CHECK_DIGITS, SEALED, Seal, Sealed
from counter_app.storage.sql import Reading, Row, compiled
from counter_app.storage.trouble import Finding

_LONGEST_GAP = 100_000
_ROWS_OF = {sealed.name: sealed.question() for sealed in SEALED}


def seal_findings(reading: Reading, of: Sealed, where: str, entry: int, body: Mapping[str, Any]) -> Iterator[Finding]:
    """Hold the rows of one entry against what it keeps of them; `where` names the entry."""
    if file_version(reading) < of.is_since:
        return
    said = body.get(of.name, {"first_id": 1, "count": 0, "block_rows": 1, "checks": ""})
    first, end = int(said["first_id"]), int(said["first_id"]) + int(said["count"])
    place = f"{where} {of.name}"
    seal, gone, next_id = Seal(of), set[int](), first
    for row in _each(reading, of, entry):
        if not next_id <= row[0] < end:
            yield Finding("row from elsewhere", f"{place} id {row[0]}", "no such row", _short(row))
            continue
        if row[0] - next_id > _LONGEST_GAP:
            break
        for lost in range(next_id, row[0]):
            yield Finding("row from elsewhere", f"{place} id {lost}", "the row that was brought", "nothing")
            gone.add(lost - first)
            seal.skip()
        seal.add(row[1:])
        next_id = row[0] + 1
    if next_id < end:
        ids = f"id {next_id}" if next_id == end - 1 else f"ids {next_id}…{end - 1}"
        yield Finding("row from elsewhere", f"{place} {ids}", "the rows that were brought", "nothing")
    elif said["count"]:
        yield from _blocks(place, said, seal.body(first)[of.name], gone)


def file_version(reading: Reading) -> int:
    """The version of the file that is read."""
    row = reading.driver.execute("PRAGMA user_version").fetchone()
    return int(row[0]) if row else 0


_FEED = compiled(select(y.sync_state.c.value).where(y.sync_state.c.key == bindparam("part")))


def has_feed(reading: Reading) -> bool:
    """Whether master data comes down from a hub: then it is the hub's, and no entry of this file seals it."""
    return file_version(reading) >= y.SINCE_VERSION and reading.one(_FEED, {"part": "feed"}) is not None


def _blocks(place: str, said: dict[str, Any], found: dict[str, Any], gone: set[int]) -> Iterator[Finding]:
    """The blocks that are other than the entry says; those with a row gone were named."""
    if said == found:
        return
    size, last = found["block_rows"], found["first_id"] + found["count"] - 1
    is_named, blocks_gone = bool(gone), {row // size for row in gone}
    if said.get("block_rows") == size:
        for block in range(len(found["checks"]) // CHECK_DIGITS):
            part = slice(block * CHECK_DIGITS, (block + 1) * CHECK_DIGITS)
            if said["checks"][part] != found["checks"][part] and block not in blocks_gone:
                is_named = True
                from_id = found["first_id"] + block * size
                to_id = min(from_id + size - 1, last)
                ids = f"id {from_id}" if from_id == to_id else f"ids {from_id}…{to_id}"
                yield Finding("row from elsewhere", f"{place} {ids}", said["checks"][part], found["checks"][part])
    if not is_named:
        yield Finding("row from elsewhere", place, str(said.get("sha256")), found["sha256"])


def _each(reading: Reading, of: Sealed, entry: int) -> Iterator[Row]:
    many: Iterable[list[Row]] = reading.stream(_ROWS_OF[of.name], {"entry": entry})
    return (row for rows in many for row in rows)


def _short(row: Row) -> str:
    text = " ".join(map(str, row[1:]))
    return text if len(text) <= 80 else text[:80] + "…"
