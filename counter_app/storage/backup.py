"""A backup beside an open counter, and putting one back; both are verified before they count."""

from __future__ import annotations

import errno
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import bindparam, func, select

from counter_app.storage import tables as t
from counter_app.storage.beside import data_key, key_place, open_beside
from counter_app.storage.driver import Driver, find_driver
from counter_app.storage.file_copy import (
    beside,
    copy_whole,
    discard,
    finish_swap,
    keep_aside,
    settle,
    sync_folder,
    take_free_place,
    take_place,
)
from counter_app.storage.keys import KeyPlace
from counter_app.storage.lock import HallLock
from counter_app.storage.mark import Mark, read_mark
from counter_app.storage.migrate import bring_up
from counter_app.storage.schema import SCHEMA_VERSION
from counter_app.storage.sql import compiled
from counter_app.storage.store import FILE_NAME, Store
from counter_app.storage.trouble import FileIsNewer, StoreTrouble
from counter_app.storage.verify import FileIsDamaged, Progress, VerifyReport, verify

_HEADS = compiled(select(t.journal_head.c.epoch, t.journal_head.c.seq, t.journal_head.c.hash))
_HALL_ID = compiled(select(t.hall.c.value).where(t.hall.c.key == bindparam("key")))
_LAST_AT = compiled(select(func.max(t.entries.c.at)))
_AT = compiled(
    select(t.entries.c.hash).where(t.entries.c.epoch == bindparam("epoch"), t.entries.c.seq == bindparam("seq"))
)


class AnotherHall(StoreTrouble):
    """The backup is of another hall than the folder."""

    def __init__(self, *, expected: str, found: str) -> None:
        super().__init__(f"backup of hall {found}, folder of hall {expected}")
        self.expected = expected
        self.found = found


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup that was made and verified.

    An encrypted one is of no use without the data key, which is not in it: `keys_in` says where that is now.
    """

    path: Path
    size_bytes: int
    is_encrypted: bool
    keys_in: str
    heads: tuple[Mark, ...]
    report: VerifyReport


@dataclass(frozen=True, slots=True)
class Restored:
    """A backup that was put back; `kept` are the names under which the file before stays.

    `is_behind_mark`: the folder's mark knows later entries, so the program refuses money until somebody has confirmed.
    """

    path: Path
    kept: tuple[Path, ...]
    from_version: int
    heads: tuple[Mark, ...]
    last_at: str
    mark: Mark | None
    is_behind_mark: bool
    report: VerifyReport


def backup(
    folder: Path,
    target: Path,
    *,
    driver: Driver | None = None,
    keys: KeyPlace | None = None,
    progress: Progress | None = None,
) -> Backup:
    """Copy the hall's file while the counter works, verify the copy, and only then give it its name.

    Raises:
        FileNotFoundError: the folder holds no hall, or the target's folder is missing.
        FileExistsError: there is a file at `target`; nothing is overwritten.
        FileIsDamaged: the copy does not pass `verify`; it is removed.
        StoreTrouble: the file cannot be read, or the copy not be written.
    """
    if target.exists():
        raise FileExistsError(target)
    place = keys or key_place(folder)
    key = data_key(folder, place)
    partial = target.with_name(target.name + ".partial")
    discard(partial)
    say = progress or _silent
    source = open_beside(folder, driver=driver, keys=place)
    try:
        copy_whole(source, partial, key, lambda done, of: say("copy", done, of))
        report, heads, _ = _look(partial, key, source.driver, progress)
        settle(source.driver, partial, key)
        take_free_place(partial, target)
    finally:
        source.close()
        discard(partial)
    return Backup(target, target.stat().st_size, key is not None, place.words, heads, report)


def restore(
    folder: Path,
    file: Path,
    *,
    now: datetime,
    driver: Driver | None = None,
    keys: KeyPlace | None = None,
    progress: Progress | None = None,
) -> Restored:
    """Put a backup in the place of the hall's file, which stays under a dated name.

    Raises:
        FileNotFoundError: there is no such file.
        HallInUse: a counter has the hall open; its name is in the error.
        FileIsDamaged: the backup does not pass `verify`; nothing was changed.
        AnotherHall, FileIsNewer, NotThisKey: as they say; nothing was changed.
        StoreTrouble: the folder cannot be written, or another program reads the file.
    """
    if not file.exists():
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(file))
    lock = HallLock(folder, "counter-app restore")
    fresh = folder / f"{FILE_NAME}.restoring"
    try:
        discard(fresh)
        finish_swap(folder / FILE_NAME)
        driver = driver or find_driver()
        key = data_key(folder, keys)
        from_version = _copy_of_backup(folder, file, fresh, key, driver, progress)
        report, heads, last_at = _look(fresh, key, driver, progress)
        settle(driver, fresh, key)
        kept = _make_room(folder / FILE_NAME, driver, key, now)
        take_place(fresh, folder / FILE_NAME)
        mark = read_mark(folder)
        is_behind = mark is not None and not _knows(folder / FILE_NAME, key, driver, mark)
    finally:
        discard(fresh)
        lock.release()
    return Restored(folder / FILE_NAME, kept, from_version, heads, last_at, mark, is_behind, report)


def _copy_of_backup(
    folder: Path, file: Path, fresh: Path, key: bytes | None, driver: Driver, progress: Progress | None
) -> int:
    say = progress or _silent
    source = Store.open(file, key=key, driver=driver, for_writing=False)
    try:
        version = source.file_version()
        if version > SCHEMA_VERSION:
            raise FileIsNewer(f"file version {version}, program version {SCHEMA_VERSION}")
        with source.reading() as reading:
            row = reading.one(_HALL_ID, {"key": "hall_id"})
        found = row[0] if row else ""
        kept_id = folder / "hall.id"
        expected = kept_id.read_text("utf-8").strip() if kept_id.exists() else found
        if found != expected:
            raise AnotherHall(expected=expected, found=found)
        copy_whole(source, fresh, key, lambda done, of: say("copy", done, of))
    finally:
        source.close()
    if version < SCHEMA_VERSION:
        bring_up(fresh, key=key, driver=driver, from_version=version)
    return version


def _look(
    path: Path, key: bytes | None, driver: Driver, progress: Progress | None
) -> tuple[VerifyReport, tuple[Mark, ...], str]:
    """Verify a copy; its heads and the moment of its last entry."""
    store = Store.open(path, key=key, driver=driver, for_writing=False)
    try:
        report = verify(store, progress=progress)
        if not report.is_clean:
            raise FileIsDamaged(path.name, report)
        with store.reading() as reading:
            heads = tuple(Mark(epoch, seq, digest.hex()) for epoch, seq, digest in reading.rows(_HEADS))
            last = reading.one(_LAST_AT)
        return report, heads, last[0] if last and last[0] else ""
    finally:
        store.close()


def _make_room(path: Path, driver: Driver, key: bytes | None, now: datetime) -> tuple[Path, ...]:
    """Keep the present file, whatever state it is in, under a dated name; until the last step it stays in place too."""
    if not path.exists():
        return ()
    aside = path.with_name(f"{path.name}.before-restore-{now:%Y%m%d-%H%M%S}")
    if _opens(path, driver, key):
        settle(driver, path, key)
        keep_aside(path, aside)
        return (aside,)
    # damaged, or its key is lost: what lies beside it belongs to it and must not meet the restored file
    kept = [aside]
    keep_aside(path, aside)
    for found in beside(path):
        if found.name.endswith("-shm"):
            found.unlink()
            continue
        kept.append(found.rename(aside.with_name(aside.name + found.name.removeprefix(path.name))))
    sync_folder(path.parent)
    return tuple(kept)


def _opens(path: Path, driver: Driver, key: bytes | None) -> bool:
    """Whether the file can be read at all; a writer is kept away from it before that is known: it would tidy up."""
    try:
        Store.open(path, key=key, driver=driver, for_writing=False).close()
    except StoreTrouble:
        return False
    return True


def _knows(path: Path, key: bytes | None, driver: Driver, mark: Mark) -> bool:
    store = Store.open(path, key=key, driver=driver, for_writing=False)
    try:
        with store.reading() as reading:
            row = reading.one(_AT, {"epoch": mark.epoch, "seq": mark.seq})
    finally:
        store.close()
    return row is not None and row[0].hex() == mark.hash


def _silent(what: str, done: int, of: int) -> None:
    """Nobody wants to know."""
