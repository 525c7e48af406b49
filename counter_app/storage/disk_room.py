"""Room on the disk of a hall: when a screen says so, when no shift begins, and the ballast by which an open one ends.

The figures are those of reliability 2.9, in bytes.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

TOLD_BYTES = 1024**3
"""Below this the status bar says so."""

SHIFT_BYTES = 200 * 1024**2
"""Below this no new shift: it would not come to its end."""

BALLAST_BYTES = 64 * 1024**2
BALLAST_NAME = "ballast"

LAST_BYTES = 16 * 1024**2
"""Below this the ballast goes, and without one nothing is taken: a payment needs room for journal, log and paper."""


def free_bytes(folder: Path) -> int:
    """What the disk of a folder still holds."""
    return shutil.disk_usage(folder).free


def lay_ballast(folder: Path) -> None:
    """Hold room back while there is plenty; where the disk has none to spare, or will not, there is no ballast."""
    path = folder / BALLAST_NAME
    if path.exists() or free_bytes(folder) < TOLD_BYTES:
        return
    try:
        with path.open("xb") as file:
            if sys.platform == "win32":
                file.truncate(BALLAST_BYTES)
            else:
                os.posix_fallocate(file.fileno(), 0, BALLAST_BYTES)
    except OSError:
        path.unlink(missing_ok=True)


def make_room(folder: Path) -> None:
    """Before money is written: a disk that is all but full gets the ballast's room."""
    if free_bytes(folder) < LAST_BYTES:
        (folder / BALLAST_NAME).unlink(missing_ok=True)
