"""The high-water mark outside of the file: how far the journal was, so that an older copy is recognised."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

MARK_NAME = "hall.mark"


@dataclass(frozen=True, slots=True)
class Mark:
    """The last entry that the program knows it wrote."""

    epoch: int
    seq: int
    hash: str


def write_mark(folder: Path, mark: Mark) -> None:
    """Keep the mark beside the file; it is replaced whole, and losing the newest one in a power cut does no harm."""
    path = folder / MARK_NAME
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps({"epoch": mark.epoch, "seq": mark.seq, "hash": mark.hash}), "utf-8")
    os.replace(fresh, path)


def read_mark(folder: Path) -> Mark | None:
    """The mark, or None when there is none or it cannot be read."""
    path = folder / MARK_NAME
    try:
        found = json.loads(path.read_text("utf-8"))
        return Mark(int(found["epoch"]), int(found["seq"]), str(found["hash"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
