"""One program at a time writes to a hall's folder."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import IO

from counter_app.storage.trouble import HallInUse

LOCK_NAME = "hall.lock"


class HallLock:
    """The lock on a folder; the operating system lets go of it when the program ends, however it ends."""

    def __init__(self, folder: Path, owner: str) -> None:
        """Take the lock.

        Raises:
            HallInUse: somebody has it; `owner` of the error names the program.
        """
        # a new folder is its owner's alone; one that is there already has the rights that somebody gave it
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = folder / LOCK_NAME
        self._file: IO[str] | None = path.open("a+", encoding="utf-8")
        try:
            _lock(self._file.fileno())
        except OSError as error:
            self._file.seek(0)
            who = self._file.read().strip() or "?"
            self._file.close()
            self._file = None
            raise HallInUse(who) from error
        self._file.seek(0)
        self._file.truncate()
        self._file.write(f"{owner} (pid {os.getpid()})")
        self._file.flush()

    def release(self) -> None:
        """Let another program in."""
        if self._file is not None:
            self._file.close()
            self._file = None


if sys.platform == "win32":
    import msvcrt

    def _lock(handle: int) -> None:
        # a byte far behind the text, so that a second program can still read who holds the lock
        os.lseek(handle, 1 << 30, os.SEEK_SET)
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _lock(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
