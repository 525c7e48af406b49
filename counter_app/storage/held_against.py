"""What is found against a file when it is opened: the mark beside it, and what its hub has said before."""

from __future__ import annotations

from pathlib import Path

from counter_app.storage import opening_sql
from counter_app.storage.mark import read_mark
from counter_app.storage.store import Store
from counter_app.storage.trouble import Finding


def behind_mark(folder: Path, store: Store) -> Finding | None:
    """The file is an older copy than the mark beside it (reliability 2.8, net 3)."""
    mark = read_mark(folder)
    if mark is None:
        return None
    with store.asking() as reading:
        row = reading.one(opening_sql.AT, {"epoch": mark.epoch, "seq": mark.seq})
    found = row[0].hex() if row else "no such entry"
    if found == mark.hash:
        return None
    return Finding("journal behind its mark", f"epoch {mark.epoch} entry {mark.seq}", mark.hash, found)


def stopped(store: Store) -> Finding | None:
    """What the hub said against this file holds until it is settled, however often the file is opened."""
    with store.asking() as reading:
        row = reading.one(opening_sql.PART, {"part": "stop"})
    if row is None:
        return None
    from counter_app.storage.sync_state import finding_of, stop_of

    return finding_of(stop_of(row[0]))
