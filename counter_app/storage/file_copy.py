"""Whole files: a copy of a hall's file that is one moment of it, made durable, and put in a place at one stroke."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from counter_app.storage.driver import Driver, connect
from counter_app.storage.store import Store
from counter_app.storage.trouble import StoreTrouble

PAGES_AT_ONCE = 2000
BESIDES = ("-wal", "-shm", "-journal")
"""What SQLite keeps beside a file that is open or was not closed."""


def copy_whole(source: Store, target: Path, key: bytes | None, progress: Callable[[int, int], None]) -> None:
    """Copy the file by SQLite's backup interface, as it stands at one moment, while others may write to it.

    The copy has the source's key, is a single file that waits for nothing beside it, readable by its owner only, and on
    the disk when this returns. `progress` is told the pages done and their number.

    Raises:
        FileExistsError: there is a file at `target` already.
        StoreTrouble: the source cannot be read, or the target not be written (full, read only).
    """
    os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    driver = source.driver
    try:
        copy = _blank(driver, target, key)
        try:
            with source.reading() as reading:
                live: Any = reading.driver
                # a first read holds the snapshot: however much is written meanwhile, the copy does not start again
                live.execute("SELECT count(*) FROM sqlite_schema").fetchone()
                live.backup(
                    copy, pages=PAGES_AT_ONCE, progress=lambda _, left, total: progress(total - left, total), sleep=0.0
                )
        finally:
            copy.close()
        settle(driver, target, key)
    except driver.module.Error as error:
        raise StoreTrouble(str(error)) from error


def settle(driver: Driver, path: Path, key: bytes | None) -> None:
    """Make the file stand alone: everything in it, nothing beside it, all on the disk.

    Raises:
        StoreTrouble: another program has the file open, or it cannot be written.
    """
    try:
        connection = connect(driver, path, key=key, is_writer=True)
        try:
            row = connection.execute("PRAGMA journal_mode=DELETE").fetchone()
        finally:
            connection.close()
    except (driver.module.Error, OSError) as error:
        raise StoreTrouble(str(error)) from error
    if row is None or row[0] != "delete":
        raise StoreTrouble(f"{path.name} is open in another program")
    # nobody else has it: the -shm that is still there is left over from a reader before an exclusive writer
    path.with_name(f"{path.name}-shm").unlink(missing_ok=True)
    if left := beside(path):
        raise StoreTrouble(f"{left[0].name} is still there")
    sync_file(path)


def beside(path: Path) -> list[Path]:
    """The files that SQLite left beside this one."""
    return [found for end in BESIDES if (found := path.with_name(path.name + end)).exists()]


def keep_aside(path: Path, aside: Path) -> None:
    """Give the file a second name, so that it stays when another takes its place.

    Raises:
        FileExistsError: the name is taken.
    """
    try:
        os.link(path, aside)
    except FileExistsError:
        raise
    except OSError:  # a file system without links, FAT for one
        if aside.exists():
            raise FileExistsError(aside) from None
        shutil.copy2(path, aside)
        sync_file(aside)
    sync_folder(path.parent)


def take_place(fresh: Path, path: Path) -> None:
    """Put a settled file in the place of another at one stroke: after a power cut it is the one or the other.

    Who could open the file before can open it afterwards.
    """
    if path.exists():
        _same_rights(path, fresh)
    os.replace(fresh, path)
    sync_folder(path.parent)


def finish_swap(path: Path) -> None:
    """After a power cut between `keep_aside` and `take_place` the file has two names; it keeps its own.

    The self-test would refuse money for the second name: a file with two names has two `-wal` beside it.
    """
    if not path.exists() or path.stat().st_nlink == 1:
        return
    for aside in path.parent.glob(f"{path.name}.before-*"):
        if aside.samefile(path):
            aside.unlink()
    sync_folder(path.parent)


def take_free_place(fresh: Path, path: Path) -> None:
    """Put a settled file where none is.

    Raises:
        FileExistsError: somebody was quicker.
    """
    try:
        os.link(fresh, path)
    except FileExistsError:
        raise
    except OSError:
        if path.exists():
            raise FileExistsError(path) from None
        os.replace(fresh, path)
    else:
        fresh.unlink()
    sync_folder(path.parent)


def discard(path: Path) -> None:
    """Remove a copy that was not needed, with what lies beside it."""
    for found in (path, *beside(path)):
        with suppress(OSError):
            found.unlink()


def _blank(driver: Driver, target: Path, key: bytes | None) -> Any:
    """A connection that writes straight into the new file; what makes it durable is `settle`."""
    copy = driver.module.connect(str(target), isolation_level=None)
    if key is not None:
        copy.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
    copy.execute("PRAGMA journal_mode=OFF")
    copy.execute("PRAGMA synchronous=OFF")
    return copy


def _same_rights(path: Path, fresh: Path) -> None:
    shutil.copymode(path, fresh)
    if sys.platform != "win32":
        owner = path.stat()
        with suppress(PermissionError):  # only root gives files away; anybody may keep the group he is in
            os.chown(fresh, -1, owner.st_gid)
            os.chown(fresh, owner.st_uid, -1)


def sync_file(path: Path) -> None:
    """Return when the file is on the disk."""
    with path.open("r+b") as file:
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Return when the names of a folder are on the disk; Windows has no such call and needs none."""
    if sys.platform == "win32":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
