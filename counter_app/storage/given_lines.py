"""Where entries stand that the hub gave back: an epoch may come back more than once, as another history has it.

A hub that has lost its tail gives the number of an epoch again, to whoever asks for one then, and a file that was
copied goes on in the epoch that it left. A counter keeps both: each is a *line* of the epoch, an unbroken run of
entries that only grows at its end, and begins where it is another than everything that is here already. Nothing is put
in the place of anything, and no entry stands in two lines.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import bindparam, func, literal_column, select

from counter_app.domain.sync_state import EpochEnd
from counter_app.storage import tables_sync as s
from counter_app.storage.sql import Reading, compiled

_A_LINE = 8_192
"""What the number of a line is more than that of the line before it: a counter never has as many epochs."""

_f = s.foreign_entries.c
IN_EPOCH = _f.epoch % literal_column(str(_A_LINE))
"""The epoch of a line, for questions that put its entries among those of others."""

_LINES = compiled(select(_f.epoch).distinct().order_by(_f.epoch))
_HASHES = compiled(
    select(_f.seq, _f.hash).where(
        _f.epoch == bindparam("of_line"), _f.seq.between(bindparam("first"), bindparam("last"))
    )
)
# beside min() SQLite gives the other columns of the row that has it
_FIRST = compiled(select(func.min(_f.seq), _f.prev_hash).where(_f.epoch == bindparam("of_line")))
_LAST = compiled(select(func.max(_f.seq)).where(_f.epoch == bindparam("of_line")))


def epoch_of(line: int) -> int:
    """The epoch that a line is one of; of the first one it is the number itself."""
    return line % _A_LINE


def all_lines(reading: Reading) -> list[int]:
    """Every line of every epoch."""
    return [line for (line,) in reading.rows(_LINES)]


def lines_of(reading: Reading, epoch: int) -> list[int]:
    """The lines of an epoch, in the order in which they began."""
    return [line for line in all_lines(reading) if epoch_of(line) == epoch]


def hash_in(reading: Reading, line: int, seq: int) -> bytes | None:
    """The hash of an entry of a line, or None."""
    rows = reading.rows(_HASHES, {"of_line": line, "first": seq, "last": seq})
    return next((bytes(digest) for _, digest in rows), None)


def line_with(reading: Reading, epoch: int, seq: int, digest: bytes) -> int | None:
    """The line of an epoch that has this entry, or None."""
    return next((line for line in lines_of(reading, epoch) if hash_in(reading, line, seq) == digest), None)


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines of an epoch as they are held against one page of what the hub has: where each ends, and what is here of
    the page already.
    """

    epoch: int
    ends: dict[int, tuple[int, bytes]]
    held: dict[tuple[int, bytes], int]

    @classmethod
    def read(cls, reading: Reading, epoch: int, first: int, last: int) -> Lines:
        """Those of an epoch, for a page with the entries from `first` to `last`."""
        ends: dict[int, tuple[int, bytes]] = {}
        held: dict[tuple[int, bytes], int] = {}
        for line in lines_of(reading, epoch):
            row = reading.one(_LAST, {"of_line": line})
            assert row is not None, "a line has entries"
            ends[line] = (row[0], hash_in(reading, line, row[0]) or b"")
            for seq, digest in reading.rows(_HASHES, {"of_line": line, "first": first, "last": last}):
                held[seq, bytes(digest)] = line
        return cls(epoch, ends, held)

    def place(self, seq: int, prev_hash: bytes, digest: bytes) -> tuple[int, bool]:
        """The line of the page's next entry, and whether it is new there."""
        line = self.held.get((seq, digest))
        if line is not None:
            return line, False
        behind = (line for line, end in self.ends.items() if end == (seq - 1, prev_hash))
        line = next(behind, self.epoch + _A_LINE * len(self.ends))
        self.ends[line] = (seq, digest)
        return line, True


def had_by_hub(reading: Reading, end: EpochEnd) -> dict[int, int]:
    """Up to where the hub has each line of an epoch whose end there is known: the line of that end, and every one that
    this one begins in the middle of. Of any other line it has nothing.
    """
    found: dict[int, int] = {}
    line: int | None = end.epoch
    seq = end.hub_seq
    while line is not None and seq > end.common_seq:
        found[line] = seq
        row = reading.one(_FIRST, {"of_line": line})
        if row is None or row[0] is None:
            break
        seq = row[0] - 1
        line = line_with(reading, epoch_of(line), seq, bytes(row[1]))
    return found
