"""The start-up self-test: what the writer's connection and the disk must say before money is taken."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from counter_app.storage.disk_room import LAST_BYTES, SHIFT_BYTES, free_bytes
from counter_app.storage.driver import EXPECTED, SAFE_SQLITE, Driver
from counter_app.storage.sql import DriverConnection
from counter_app.storage.trouble import Finding

_NETWORK_FILE_SYSTEMS = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "sshfs", "fuse.sshfs", "9p", "afs", "ceph"})


def run(connection: DriverConnection, driver: Driver, path: Path) -> tuple[Finding, ...]:
    """Read everything back; what is not as it must be is returned, an empty tuple means money may be taken."""
    is_shift_open = _has_open_shift(connection, driver)
    return (*_pragmas(connection), *_sqlite(connection, driver), *_disk(path, is_shift_open=is_shift_open))


def _pragmas(connection: DriverConnection) -> list[Finding]:
    findings = []
    for name, expected in EXPECTED.items():
        row = connection.execute(f"PRAGMA {name}").fetchone()
        found = row[0] if row else None
        if found != expected:
            findings.append(Finding("pragma", name, str(expected), str(found)))
    return findings


def _sqlite(connection: DriverConnection, driver: Driver) -> list[Finding]:
    row = connection.execute("SELECT sqlite_version()").fetchone()
    version = tuple(int(part) for part in str(row[0]).split(".")) if row else ()
    if version >= SAFE_SQLITE:
        return []
    mode = connection.execute("PRAGMA locking_mode").fetchone()
    if driver.name == "sqlite3" and mode and mode[0] == "exclusive":
        return []
    expected = f">= {'.'.join(map(str, SAFE_SQLITE))}, or alone with the file"
    return [Finding("sqlite", driver.name, expected, ".".join(map(str, version)))]


def _has_open_shift(connection: DriverConnection, driver: Driver) -> bool:
    """A file that is being made, or that cannot be read, has none; what is wrong with it is found elsewhere."""
    with suppress(driver.module.Error):
        return connection.execute("SELECT 1 FROM shifts WHERE closed_at IS NULL LIMIT 1").fetchone() is not None
    return False


def _disk(path: Path, *, is_shift_open: bool) -> list[Finding]:
    findings = []
    # what was begun is brought to its end; a new day needs room for all of it
    free, needed = free_bytes(path.parent), LAST_BYTES if is_shift_open else SHIFT_BYTES
    if free < needed:
        findings.append(Finding("free space", str(path.parent), f">= {needed}", str(free)))
    links = os.stat(path).st_nlink
    if links != 1:
        findings.append(Finding("links", str(path), "1", str(links)))
    kind = file_system(path)
    if kind in _NETWORK_FILE_SYSTEMS:
        findings.append(Finding("file system", str(path.parent), "a local disk", kind))
    if not os.access(path, os.W_OK):
        findings.append(Finding("access", str(path), "writable", "read only"))
    return findings


def file_system(path: Path, mounts: Path = Path("/proc/mounts")) -> str:
    """The kind of file system that holds `path`, or an empty text where the system does not say."""
    if not mounts.exists():
        return ""
    where = str(path.resolve())
    best, kind = "", ""
    for line in mounts.read_text("utf-8", "replace").splitlines():
        parts = line.split()
        point = parts[1].replace("\\040", " ")
        inside = where == point or where.startswith(point.rstrip("/") + "/")
        if inside and len(point) >= len(best):
            best, kind = point, parts[2]
    return kind
