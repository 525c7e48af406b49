"""One program at a time writes to a hall's folder."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path

from counter_app.storage.trouble import HallInUse, StoreTrouble

LOCK_NAME = "hall.lock"
DOOR_NAME = "hall.door"
"""Stands beside the hall's file while a window has it open: where its socket is, and the word that opens it.

The name is here, so that a start that only looks whether it is there loads no sockets.
"""


class HallLock:
    """The lock on a folder; the operating system lets go of it when the program ends, however it ends."""

    def __init__(self, folder: Path, owner: str) -> None:
        """Take the lock.

        Raises:
            HallInUse: somebody has it; `owner` of the error names the program.
            StoreTrouble: nothing can be written in the folder.
        """
        path = folder / LOCK_NAME
        try:
            # a new folder is its owner's alone; one that is there already has the rights that somebody gave it
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._handle: int | None = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o666)
        except OSError as error:
            raise StoreTrouble(str(error)) from error
        try:
            _lock(self._handle)
        except OSError as error:
            who = path.read_text("utf-8", "replace").strip() or "?"
            self.release()
            raise HallInUse(who) from error
        # who holds it is a courtesy: a full disk must not keep the hall from being opened
        with suppress(OSError):
            os.ftruncate(self._handle, 0)
            os.lseek(self._handle, 0, os.SEEK_SET)
            os.write(self._handle, f"{owner} (pid {os.getpid()})".encode())

    def release(self) -> None:
        """Let another program in."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None


def is_held(folder: Path) -> bool:
    """Whether some program has the hall open for writing; the answer may be old when it is read."""
    try:
        handle = os.open(folder / LOCK_NAME, os.O_RDWR | getattr(os, "O_BINARY", 0))
    except OSError:
        return False
    try:
        _lock(handle)
    except OSError:
        return True
    finally:
        # lets go of it, too
        os.close(handle)
    return False


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
