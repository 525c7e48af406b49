"""The high-water mark outside of the file: how far the journal was, so that an older copy is recognised."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import NamedTuple

MARK_NAME = "hall.mark"
_LENGTH = 192
_WRITTEN = re.compile(r'\{"epoch": (\d+), "seq": (\d+), "hash": "([^"]*)"\}\s*', re.ASCII)


class Mark(NamedTuple):
    """The last entry that the program knows it wrote."""

    epoch: int
    seq: int
    hash: str


def write_mark(folder: Path, mark: Mark) -> None:
    """Keep the mark beside the file; losing the newest one in a power cut does no harm.

    It is written over in place: replacing the file would make the next commit wait for the folder's own journal.
    """
    path = f"{folder}{os.sep}{MARK_NAME}"
    text = f'{{"epoch": {mark.epoch}, "seq": {mark.seq}, "hash": "{mark.hash}"}}'.ljust(_LENGTH - 1) + "\n"
    try:
        # one write of always the same length, within one sector: the mark before or this one, never half of each
        handle = os.open(path, os.O_WRONLY | getattr(os, "O_BINARY", 0))
    except FileNotFoundError:
        fresh = folder / f"{MARK_NAME}.new"
        fresh.write_text(text, "utf-8", newline="\n")
        os.replace(fresh, path)
        return
    try:
        os.write(handle, text.encode("utf-8"))
        if os.fstat(handle).st_size > _LENGTH:
            os.ftruncate(handle, _LENGTH)
    finally:
        os.close(handle)


def read_mark(folder: Path) -> Mark | None:
    """The mark, or None when there is none or it cannot be read."""
    path = folder / MARK_NAME
    try:
        found = _WRITTEN.fullmatch(path.read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return None if found is None else Mark(int(found[1]), int(found[2]), found[3])
