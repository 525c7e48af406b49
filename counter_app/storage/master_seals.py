"""The seal over the master rows of a plain file, where no page carries a check of its own as in an encrypted one.

Whatever brings master rows into a demo hall ends with an entry that keeps a hash over each table, and a short check of
each block of rows by which the place of a change is found.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from sqlalchemy import Column, Table, bindparam, func, select

from counter_app.storage import tables as t
from counter_app.storage.sql import Reading, Sql, compiled
from counter_app.storage.trouble import Finding

KIND = "master.sealed"
"""The kind of entry that keeps the seal; the last one counts."""

MOST_BLOCKS = 1024
LEAST_ROWS = 64
CHECK_DIGITS = 8

_MOVED_BY_THE_COUNTER = frozenset({"state", "state_since_on", "state_reason"})
"""Columns that the counter itself changes, such as a service that comes back."""


@dataclass(frozen=True, slots=True)
class _Kept:
    """A table under the seal, and the questions about it."""

    name: str
    keys: int
    rows: Sql
    count: Sql


def _kept(table: Table) -> _Kept:
    keys = list(table.primary_key.columns)
    others = [c for c in table.c if c not in keys and c.name not in _MOVED_BY_THE_COUNTER]
    columns: list[Column[Any]] = [*keys, *others]
    return _Kept(
        table.name,
        len(keys),
        compiled(select(*columns).order_by(*keys)),
        compiled(select(func.count()).select_from(table)),
    )


_TABLES = tuple(map(_kept, (t.customers, t.customer_flags, t.contacts, t.accounts, t.services, t.bills, t.bill_items)))
_LAST = compiled(
    select(t.entries.c.content)
    .where(t.entries.c.kind == bindparam("kind"))
    .order_by(t.entries.c.epoch.desc(), t.entries.c.seq.desc())
)


@dataclass(frozen=True, slots=True)
class _Block:
    """Some rows that follow one another: the keys of the first and the last, and their hash."""

    first: str
    last: str
    digest: bytes


@dataclass(frozen=True, slots=True)
class _Said:
    """What an entry says of one table."""

    count: int
    block_rows: int
    sha256: str
    checks: str

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> _Said:
        """Raises KeyError, TypeError or ValueError where the entry says something else."""
        return cls(int(said["count"]), max(1, int(said["block_rows"])), str(said["sha256"]), str(said["checks"]))


def master_seal(reading: Reading) -> dict[str, Any]:
    """What the entry keeps: per table its rows, the rows of a block, the hash over all blocks, a check of each."""
    return {kept.name: _made(reading, kept) for kept in _TABLES}


def master_findings(reading: Reading) -> Iterator[Finding]:
    """Hold the master rows against the last seal; a file without one has none to hold."""
    row = reading.one(_LAST, {"kind": KIND})
    if row is None:
        return
    try:
        tables = json.loads(row[0])["body"]["tables"]
        said = [(kept, _Said.of(tables[kept.name])) for kept in _TABLES]
    except (KeyError, TypeError, ValueError, AttributeError):
        # the entry itself is damaged, which the journal's own check names too
        yield Finding("master row", "the entry that seals the master rows", "a seal", "none that can be read")
        return
    for kept, seal in said:
        yield from _differences(reading, kept, seal)


def _made(reading: Reading, kept: _Kept) -> dict[str, Any]:
    found = reading.one(kept.count)
    count = int(found[0]) if found else 0
    block_rows = max(LEAST_ROWS, -(-count // MOST_BLOCKS))
    digests = [block.digest for block in _blocks(reading, kept, block_rows)]
    return {
        "count": count,
        "block_rows": block_rows,
        "sha256": sha256(b"".join(digests)).hexdigest(),
        "checks": "".join(digest.hex()[:CHECK_DIGITS] for digest in digests),
    }


def _differences(reading: Reading, kept: _Kept, said: _Said) -> Iterator[Finding]:
    whole, is_named, number = sha256(), False, 0
    for number, block in enumerate(_blocks(reading, kept, said.block_rows), 1):
        whole.update(block.digest)
        check = said.checks[(number - 1) * CHECK_DIGITS : number * CHECK_DIGITS]
        found = block.digest.hex()[:CHECK_DIGITS]
        # a row more or less moves all that follow: the first block that differs is the place
        if check != found and not is_named:
            is_named = True
            yield Finding("master row", f"{kept.name} {block.first} … {block.last}", check or "no such rows", found)
    if not is_named and (whole.hexdigest() != said.sha256 or number * CHECK_DIGITS != len(said.checks)):
        yield Finding("master row", kept.name, f"{said.count} rows, {said.sha256}", whole.hexdigest())


def _blocks(reading: Reading, kept: _Kept, block_rows: int) -> Iterator[_Block]:
    for rows in reading.stream(kept.rows, size=block_rows):
        first, last = (" ".join(map(str, rows[at][: kept.keys])) for at in (0, -1))
        yield _Block(first, last, sha256(repr(rows).encode("utf-8", "surrogatepass")).digest())
