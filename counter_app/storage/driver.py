"""The SQLite that the hall's file is opened with, and the settings every connection must read back."""

from __future__ import annotations

import importlib
import os
from pathlib import Path
from types import ModuleType
from typing import NamedTuple
from urllib.parse import quote

from counter_app.storage.sql import DriverConnection

SAFE_SQLITE = (3, 51, 3)
"""First SQLite without the WAL-reset race (reliability 0.3)."""

BUSY_MS = 5000

_WRITER_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=EXTRA",
    "fullfsync=1",
    "checkpoint_fullfsync=1",
    "secure_delete=1",
    "wal_autocheckpoint=1000",
)
_READER_PRAGMAS = ("query_only=1", "wal_autocheckpoint=0")
_ALL_PRAGMAS = (
    f"busy_timeout={BUSY_MS}",
    "foreign_keys=1",
    "mmap_size=0",
    "trusted_schema=0",
    "cell_size_check=1",
    "temp_store=MEMORY",
    "cache_size=-32768",
)

EXPECTED = {
    "journal_mode": "wal",
    "synchronous": 3,
    "fullfsync": 1,
    "checkpoint_fullfsync": 1,
    "foreign_keys": 1,
    "mmap_size": 0,
    "trusted_schema": 0,
    "cell_size_check": 1,
    "secure_delete": 1,
}
"""What the writer's connection has to read back before money is taken (reliability 2.2)."""


class Driver(NamedTuple):
    """One DB-API module for SQLite and what it is able to do."""

    module: ModuleType
    name: str
    version: tuple[int, ...]
    can_encrypt: bool

    @property
    def is_race_free(self) -> bool:
        """Whether this SQLite has the WAL-reset fix."""
        return self.version >= SAFE_SQLITE


def find_driver(name: str | None = None) -> Driver:
    """The driver asked for, else sqlcipher3, else the standard library's.

    Raises:
        ModuleNotFoundError: the driver asked for is not installed.
    """
    for candidate, can_encrypt in (("sqlcipher3", True), ("sqlite3", False)):
        if name not in (None, candidate):
            continue
        try:
            module = importlib.import_module(f"{candidate}.dbapi2")
        except ModuleNotFoundError:
            if name == candidate:
                raise
            continue
        return Driver(module, candidate, tuple(module.sqlite_version_info), can_encrypt)
    message = f"no SQLite driver named {name}"
    raise ModuleNotFoundError(message)


def connect(driver: Driver, path: Path, *, key: bytes | None, is_writer: bool) -> DriverConnection:
    """Open the file for the one writer, or read only for anybody else.

    Raises:
        OSError, driver.module.Error: the file cannot be opened, is no database, or the key does not fit.
    """
    # a reader of a WAL file needs write access to the -shm beside it; query_only keeps it from the data
    mode = "rwc" if is_writer else "ro&immutable=1" if _is_at_rest(path) else "ro"
    connection: DriverConnection = driver.module.connect(
        f"file:{quote(str(path))}?mode={mode}",
        uri=True,
        isolation_level=None,
        check_same_thread=False,
        cached_statements=256,
    )
    try:
        if driver.can_encrypt:
            # SQLCipher reports a damaged page on stderr, line after line, beside the error that is raised anyway
            connection.execute("PRAGMA cipher_log_level=NONE")
        if key is not None:
            if not driver.can_encrypt:
                message = f"{driver.name} cannot open an encrypted hall"
                raise OSError(message)
            connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
        if is_writer and not driver.is_race_free:
            # the race needs two connections that write or checkpoint; alone with the file there is none.
            # It comes before every setting that reads the file: what is read before is locked only at the first write
            connection.execute("PRAGMA locking_mode=EXCLUSIVE")
        for pragma in _ALL_PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")
        for pragma in _WRITER_PRAGMAS if is_writer else _READER_PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")
        connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    except UnicodeDecodeError as error:
        # the message itself quotes the damaged schema
        connection.close()
        raise driver.module.DatabaseError("database disk image is malformed") from error
    except BaseException:
        connection.close()
        raise
    return connection


def _is_at_rest(path: Path) -> bool:
    """Whether nobody has the file open and nothing may be put beside it: on a disc, in a folder of somebody else."""
    if path.with_name(f"{path.name}-wal").exists():
        return False
    return not os.access(path.parent, os.W_OK, effective_ids=os.access in os.supports_effective_ids)


def roll_back(driver: Driver, path: Path, *, key: bytes | None) -> None:
    """Carry out the rollback journal beside a file, and change nothing else.

    Raises:
        driver.module.Error: the file cannot be written, or the key does not fit.
    """
    connection: DriverConnection = driver.module.connect(str(path), isolation_level=None)
    try:
        if key is not None:
            connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
        connection.execute("PRAGMA fullfsync=1")
        connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    finally:
        connection.close()
