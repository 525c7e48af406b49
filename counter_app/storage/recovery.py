"""A journal that goes on under a new epoch: own entries that the hub gave back, and what the rows here must know of
them so that shifts, drawers and the numbers of papers go on where they were.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, func, insert, literal_column, select, update

from counter_app.domain.journal import GENESIS, Posting
from counter_app.storage import papers, receipts
from counter_app.storage import tables as t
from counter_app.storage import tables_sync as s
from counter_app.storage.chain import Link
from counter_app.storage.given_back import CARRIED
from counter_app.storage.given_lines import all_lines
from counter_app.storage.lost_receipts import IMPORT
from counter_app.storage.shifts import DRAWER
from counter_app.storage.sql import Reading, Writing, compiled, placed
from counter_app.storage.stamps import stamp

RECHAIN = "recover.rechain"
"""The kind of an entry that carries one of an old epoch which the hub lacks."""

CHAIN = "recover.chain"
"""The kind of the entry that vouches for the entries which the hub gave back of one old epoch."""

RECOVERED = "recovered"
"""The posting account against which a drawer is brought to where those entries left it."""

_f = s.foreign_entries.c
_ADD = placed(
    insert(s.foreign_entries).values({c.name: bindparam(c.name) for c in _f if c.name != "id"}),
    tuple(c.name for c in _f if c.name != "id"),
)
_RANGE = compiled(select(func.min(_f.seq), func.max(_f.seq)).where(_f.epoch == bindparam("of_epoch")))
_BETWEEN = compiled(
    select(_f.id, _f.seq, _f.kind, _f.content, _f.hash)
    .where(_f.epoch == bindparam("of_epoch"), _f.seq > bindparam("after"), _f.seq <= bindparam("upto"))
    .order_by(_f.seq)
)
_AFTER = placed(
    select(_f.seq, _f.content, _f.prev_hash, _f.hash, _f.signature)
    .where(_f.epoch == bindparam("of_epoch"), _f.seq > bindparam("after"))
    .order_by(_f.seq)
    .limit(bindparam("most"))
    .offset(literal_column("0")),
    ("of_epoch", "after", "most"),
)
_OF_KIND = compiled(
    select(t.entries.c.epoch, t.entries.c.content).where(t.entries.c.kind == bindparam("kind")).order_by(t.entries.c.id)
)
_HELD = compiled(select(t.entries.c.id).where(t.entries.c.entry_id == bindparam("held")))
_GIVEN = compiled(select(_f.id).where(_f.entry_id == bindparam("held")))
_CARRIERS = compiled(
    select(func.json_extract(CARRIED, literal_column("'$.entry_id'")), func.min(_f.id))
    .where(_f.kind == bindparam("kind"))
    .group_by(literal_column("1"))
)
_said = t.entries.c.content
_REENTERED = compiled(
    select(
        func.json_extract(_said, literal_column("'$.counter_id'")),
        func.json_extract(_said, literal_column("'$.body.year'")),
        func.json_extract(_said, literal_column("'$.body.serial'")),
    ).where(t.entries.c.kind == bindparam("kind"))
)
_KEYS = compiled(select(t.devices.c.device_id, t.devices.c.public_key))
_MOVE_DEVICE = compiled(
    update(t.devices).where(t.devices.c.device_id == bindparam("device")).values(epoch=bindparam("to_epoch"))
)
_SHIFTS = compiled(select(t.shifts.c.shift_id, t.shifts.c.closed_at, t.shifts.c.shift_no))
_NO_END = 2**62
_ADD_SHIFT = compiled(insert(t.shifts))
_CLOSE_SHIFT = compiled(
    update(t.shifts)
    .where(t.shifts.c.shift_id == bindparam("shift"))
    .values(closed_at=bindparam("at"), closing_entry=bindparam("by_entry"), counted_fen=bindparam("counted"))
)


class Foreign(NamedTuple):
    """An own entry that the hub has and the file lacks, as a row; `epoch` is its line (`storage/given_lines.py`)."""

    epoch: int
    seq: int
    entry_id: str
    kind: str
    content: str
    prev_hash: bytes
    hash: bytes
    signature: bytes
    fetched_at: str


def add_foreign(work: Writing, rows: Sequence[Foreign]) -> None:
    """Keep entries that the hub gave back."""
    work.many(_ADD, rows)


def foreign_range(reading: Reading, line: int) -> tuple[int, int] | None:
    """The first and last number of a line that the hub gave back."""
    row = reading.one(_RANGE, {"of_epoch": line})
    return None if row is None or row[0] is None else (row[0], row[1])


def foreign_after(reading: Reading, line: int, after: int, *, most: int) -> tuple[Link, ...]:
    """Entries of a line that the hub gave back, as they would go up again."""
    return tuple(Link(*row) for row in reading.rows(_AFTER, (line, after, most)))


def device_keys(reading: Reading) -> dict[str, bytes]:
    """The public keys of the devices that this file knows."""
    return dict(reading.rows(_KEYS))


def move_device(work: Writing, device_id: str, epoch: int) -> None:
    """The device writes under another epoch from now on."""
    work.run(_MOVE_DEVICE, {"device": device_id, "to_epoch": epoch})


def carried_ids(reading: Reading, before_epoch: int) -> set[str]:
    """The entries that epochs before this one carry over: they go up inside of those, and nowhere else."""
    rows = reading.rows(_OF_KIND, {"kind": RECHAIN})
    bodies = (json.loads(content)["body"] for epoch, content in rows if epoch < before_epoch)
    return {json.loads(body["content"])["entry_id"] for body in bodies}


def given_back(reading: Reading) -> list[GivenBack]:
    """What the hub gave back and no entry vouches for yet, line by line."""
    vouched: dict[int, int] = {}
    for _, content in reading.rows(_OF_KIND, {"kind": CHAIN}):
        body = json.loads(content)["body"]
        vouched[body["epoch"]] = max(vouched.get(body["epoch"], 0), body["to_seq"])
    found = (GivenBack.read(reading, line, vouched.get(line, 0)) for line in all_lines(reading))
    return [given for given in found if given.count]


Serials = dict[tuple[Any, ...], set[int]]
"""The serials of each series, by the keys of its table."""


@dataclass
class GivenBack:
    """What the entries that the hub gave back of one epoch say together; `epoch` is the line that they stand in."""

    epoch: int
    first_seq: int = 0
    last_seq: int = 0
    hash: bytes = GENESIS
    count: int = 0
    drawers: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    opened: dict[str, dict[str, Any]] = field(default_factory=dict)
    closed: dict[str, dict[str, Any]] = field(default_factory=dict)
    receipts: list[tuple[str, int, int]] = field(default_factory=list)
    papers: list[tuple[str, int, str, int]] = field(default_factory=list)
    _carriers: dict[str, int] = field(default_factory=dict)

    @classmethod
    def read(cls, reading: Reading, epoch: int, after: int = 0, upto: int = _NO_END) -> GivenBack:
        """Read those of a line behind `after`, in their order."""
        found = cls(epoch, _carriers=dict(reading.rows(_CARRIERS, {"kind": RECHAIN})))
        for rows in reading.stream(_BETWEEN, {"of_epoch": epoch, "after": after, "upto": upto}, size=200):
            for row, seq, kind, content, digest in rows:
                found.first_seq = found.first_seq or seq
                found.last_seq, found.hash = seq, digest
                found.count += 1
                found._take(reading, row, kind, json.loads(content))
        return found

    @property
    def body(self) -> dict[str, Any]:
        """What the entry that vouches for them says."""
        return {
            "epoch": self.epoch,
            "from_seq": self.first_seq,
            "to_seq": self.last_seq,
            "hash": self.hash.hex(),
            "count": self.count,
            "shifts": {shift: fen for shift, fen in sorted(self.drawers.items()) if fen},
        }

    @property
    def postings(self) -> tuple[Posting, ...]:
        """Each drawer to where they left it: what its shift must hand in counts their cash."""
        moved = [(shift, fen) for shift, fen in sorted(self.drawers.items()) if fen]
        return tuple(
            posting
            for shift, fen in moved
            for posting in (Posting(DRAWER, shift, fen), Posting(RECOVERED, shift, -fen))
        )

    def _take(self, reading: Reading, row: int, kind: str, content: dict[str, Any]) -> None:
        body = content["body"]
        if kind == RECHAIN:
            inner = json.loads(body["content"])
            if reading.one(_HELD, {"held": inner["entry_id"]}) is None:
                self._take(reading, row, inner["kind"], inner)
            return
        if self._came_before(reading, row, content["entry_id"]):
            return
        if kind == CHAIN:
            # it repeats what the entries say that it vouches for, and those are given back themselves
            return
        for account, subject, fen in content["postings"]:
            if account == DRAWER:
                self.drawers[subject] += fen
        if kind == "shift.open":
            self.opened[content["shift_id"]] = content
        elif kind == "shift.close":
            self.closed[content["shift_id"]] = content
        elif kind == "payment.take":
            receipt = body["receipt"]
            self.receipts.append((content["counter_id"], receipt["year"], receipt["serial"]))
        elif kind == IMPORT:
            self.receipts.append((content["counter_id"], body["year"], body["serial"]))
        elif kind == "paper.issued":
            self.papers.append((content["counter_id"], body["year"], body["kind"], body["serial"]))

    def _came_before(self, reading: Reading, row: int, entry_id: str) -> bool:
        """Whether an entry stands further up already, by itself or inside of one that carries it: it counts once."""
        given = reading.rows(_GIVEN, {"held": entry_id})
        return self._carriers.get(entry_id, row) < row or any(at < row for (at,) in given)


def serials_given_back(reading: Reading) -> tuple[Serials, Serials]:
    """The serials of receipts and papers on entries which the hub gave back, or that were entered again by hand."""
    of_receipts: Serials = defaultdict(set)
    of_papers: Serials = defaultdict(set)
    for line in all_lines(reading):
        given = GivenBack.read(reading, line)
        for *key, serial in given.receipts:
            of_receipts[tuple(key)].add(serial)
        for *key, serial in given.papers:
            of_papers[tuple(key)].add(serial)
    for counter_id, year, serial in reading.rows(_REENTERED, {"kind": IMPORT}):
        # between those that were entered again lie receipts that nobody has brought yet
        of_receipts[counter_id, year].update(range(1, serial + 1))
    return of_receipts, of_papers


def settle(work: Writing, given: GivenBack, *, entry: int, at: str) -> None:
    """Bring shifts and series to where the entries left them; in the commit of the entry that vouches for them."""
    for counter_id, year, serial in given.receipts:
        receipts.keep_serial(work, counter_id, year, serial)
    for counter_id, year, kind, serial in given.papers:
        papers.keep_serial(work, counter_id, year, kind, serial)
    rows = work.rows(_SHIFTS)
    held: dict[str, str | None] = {shift_id: closed_at for shift_id, closed_at, _ in rows}
    numbers = {shift_no for _, _, shift_no in rows}
    for shift_id, content in given.closed.items():
        if shift_id in held and held[shift_id] is None:
            counted_fen = content["body"]["counted_fen"]
            work.run(_CLOSE_SHIFT, {"shift": shift_id, "at": _at(content), "by_entry": entry, "counted": counted_fen})
            held[shift_id] = _at(content)
    has_open = any(closed_at is None for closed_at in held.values())
    for shift_id, content in given.opened.items():
        if shift_id in held:
            continue
        closing = given.closed.get(shift_id)
        # a desk has one open shift at most: where the file has one of its own, the other one ends here, uncounted
        ends_at = _at(closing) if closing else at if has_open else None
        has_open = has_open or ends_at is None
        shift_no = content["body"]["shift_no"]
        # two copies of a file open the same day's first shift under one number
        shift_no = shift_no if shift_no not in numbers else f"{shift_no}/{given.epoch}-{content['seq']}"
        numbers.add(shift_no)
        work.insert(_ADD_SHIFT, shift_row(content, closing, entry=entry, ends_at=ends_at, shift_no=shift_no))


def _at(content: dict[str, Any]) -> str:
    return stamp(datetime.fromisoformat(content["at"]))


def shift_row(
    content: dict[str, Any], closing: dict[str, Any] | None, *, entry: int, ends_at: str | None, shift_no: str
) -> dict[str, Any]:
    """A shift as its own entries tell it, under the entry that vouches for them."""
    return {
        "shift_id": content["shift_id"],
        "shift_no": shift_no,
        "counter_id": content["counter_id"],
        "staff_no": content["staff_no"],
        "business_date": content["business_date"],
        "opened_at": _at(content),
        "float_fen": content["body"]["float_fen"],
        "opening_entry": entry,
        "closed_at": ends_at,
        "closing_entry": entry if ends_at else None,
        "counted_fen": closing["body"]["counted_fen"] if closing else None,
    }
