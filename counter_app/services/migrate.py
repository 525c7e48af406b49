"""Bringing a hall's file to this program's version from the counter's window."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from counter_app.storage.migrate import migrate_folder
from counter_app.storage.verify import FileIsDamaged

__all__ = ["FileIsDamaged", "upgrade"]


def upgrade(folder: Path, progress: Callable[[str, int, int], None]) -> Path | None:
    """Bring the hall of a folder up on a verified copy; returns where the file before is kept, None if it was current.

    `progress` hears what is done (`copy`, `migrate`, `search`, the checks, `swap`), how far, and of how much; whatever
    it raises ends the work and leaves the file as it was.

    Raises:
        FileNotFoundError, HallInUse, FileIsNewer, FileIsDamaged, StoreTrouble: as `storage.migrate` says.
    """
    done = migrate_folder(folder, progress=progress)
    return None if done is None else done.kept
