"""The seal over the master rows of a plain file, where no page carries a check of its own as in an encrypted one.

Whatever brings master rows into a demo hall ends with an entry that keeps a hash over each table, and a short check of
each block of keys by which the place of a change is found.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from sqlalchemy import Table, bindparam, func, literal_column, select

from counter_app.storage import tables as t
from counter_app.storage.sql import Reading, Sql, compiled
from counter_app.storage.trouble import Finding
from counter_app.storage.verify_seals import has_feed

KIND = "master.sealed"
"""The kind of entry that keeps the seal; the last one counts."""

MOST_BLOCKS = 1024
LEAST_KEYS = 64
CHECK_DIGITS = 8

_MOVED_BY_THE_COUNTER = frozenset({"state", "state_since_on", "state_reason"})
"""Columns that the counter itself changes, such as a service that comes back."""


@dataclass(frozen=True, slots=True)
class _Kept:
    """A table under the seal: its rows and largest key, and the text of all rows of some keys, made by SQLite."""

    name: str
    size: Sql
    text: Sql


def _kept(table: Table) -> _Kept:
    key, *others = table.primary_key.columns
    columns = [c for c in table.c if c.name not in _MOVED_BY_THE_COUNTER]
    rows = (
        select(func.json_array(*columns).label("row"))
        .where(key >= bindparam("first"), key < bindparam("end"))
        .order_by(key, *others)
        .subquery()
    )
    return _Kept(
        table.name,
        compiled(select(func.count(), func.coalesce(func.max(key), literal_column("0"))).select_from(table)),
        compiled(select(func.group_concat(rows.c.row, literal_column("char(10)")))),
    )


_TABLES = tuple(map(_kept, (t.customers, t.customer_flags, t.contacts, t.accounts, t.services, t.bills, t.bill_items)))
BROUGHT = {
    "customers": frozenset({"customers", "customer_flags", "contacts", "accounts", "services"}),
    "bills": frozenset({"bills", "bill_items"}),
}
"""The tables under the seal that each kind of file brings rows into; other kinds bring none."""

_LAST = compiled(
    select(t.entries.c.content)
    .where(t.entries.c.kind == bindparam("kind"))
    .order_by(t.entries.c.epoch.desc(), t.entries.c.seq.desc())
)


@dataclass(frozen=True, slots=True)
class _Said:
    """What an entry says of one table."""

    count: int
    block_keys: int
    sha256: str
    checks: str

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> _Said:
        """Raises KeyError, TypeError or ValueError where the entry says something else."""
        return cls(int(said["count"]), max(1, int(said["block_keys"])), str(said["sha256"]), str(said["checks"]))


def master_seal(reading: Reading, brought: frozenset[str] | None = None) -> dict[str, Any]:
    """What the entry keeps: per table its rows, the keys of a block, the hash over all blocks, a check of each.

    `brought` names the tables that were written since the last seal; of the others it says again what that one said.
    """
    last = _last(reading) if brought is not None else {}
    return {
        kept.name: last[kept.name]
        if brought is not None and kept.name in last and kept.name not in brought
        else _made(reading, kept)
        for kept in _TABLES
    }


def master_findings(reading: Reading) -> Iterator[Finding]:
    """Hold the master rows against the last seal; a file without one has none to hold, and in a hall with a hub they
    are the hub's.
    """
    try:
        tables = {} if has_feed(reading) else _last(reading)
        said = [(kept, _Said.of(tables[kept.name])) for kept in _TABLES] if tables else []
    except (KeyError, TypeError, ValueError, AttributeError):
        # the entry itself is damaged, which the journal's own check names too
        yield Finding("master row", "the entry that seals the master rows", "a seal", "none that can be read")
        return
    for kept, seal in said:
        yield from _differences(reading, kept, seal)


def _last(reading: Reading) -> Mapping[str, Any]:
    row = reading.one(_LAST, {"kind": KIND})
    return {} if row is None else json.loads(row[0])["body"]["tables"]


def _made(reading: Reading, kept: _Kept) -> dict[str, Any]:
    count, largest = _size(reading, kept)
    block_keys = max(LEAST_KEYS, -(-largest // MOST_BLOCKS))
    digests = list(_digests(reading, kept, block_keys, largest))
    return {
        "count": count,
        "block_keys": block_keys,
        "sha256": sha256(b"".join(digests)).hexdigest(),
        "checks": "".join(digest.hex()[:CHECK_DIGITS] for digest in digests),
    }


def _differences(reading: Reading, kept: _Kept, said: _Said) -> Iterator[Finding]:
    count, largest = _size(reading, kept)
    whole, is_named, end = sha256(), False, said.block_keys * (len(said.checks) // CHECK_DIGITS)
    if largest >= end:
        is_named = True
        yield Finding("master row", f"{kept.name} {largest}", f"no key above {end - 1}", str(largest))
    for number, digest in enumerate(_digests(reading, kept, said.block_keys, end - 1)):
        whole.update(digest)
        check = said.checks[number * CHECK_DIGITS : (number + 1) * CHECK_DIGITS]
        found = digest.hex()[:CHECK_DIGITS]
        if check != found:
            is_named = True
            first = number * said.block_keys
            yield Finding("master row", f"{kept.name} {first} … {first + said.block_keys - 1}", check, found)
    if not is_named and (whole.hexdigest() != said.sha256 or count != said.count):
        expected, found = f"{said.count} rows, {said.sha256}", f"{count} rows, {whole.hexdigest()}"
        yield Finding("master row", kept.name, expected, found)


def _size(reading: Reading, kept: _Kept) -> tuple[int, int]:
    row = reading.one(kept.size)
    return (int(row[0]), int(row[1])) if row else (0, 0)


def _digests(reading: Reading, kept: _Kept, block_keys: int, largest: int) -> Iterator[bytes]:
    for first in range(0, largest + 1, block_keys):
        row = reading.one(kept.text, {"first": first, "end": first + block_keys})
        text = str(row[0]) if row and row[0] is not None else ""
        yield sha256(text.encode("utf-8", "surrogatepass")).digest()
