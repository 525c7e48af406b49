"""The file below the rows: pages, indices, and that every table, index and trigger is there as it was made."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from counter_app.storage.driver import Driver
from counter_app.storage.revisions import objects_of_version
from counter_app.storage.schema import SCHEMA_VERSION
from counter_app.storage.sql import DriverConnection, Row, Sql
from counter_app.storage.store import Store
from counter_app.storage.trouble import Finding
from counter_app.storage.verify_rows import tell

MOST_PAGES = 1000
_INTEGRITY = Sql(f"PRAGMA integrity_check({MOST_PAGES})")
_PAGES = Sql("PRAGMA cipher_integrity_check")
_OBJECTS = Sql("SELECT type, name, sql FROM sqlite_schema")
_SPACES = re.compile(r"\s*([(),])\s*|\s+")


def pages(store: Store) -> Iterator[Finding]:
    """SQLite's own check of pages, indices, types and uniqueness; for an encrypted file the seal of every page."""
    where = store.path.name
    broken = False
    with store.reading() as reading:
        try:
            rows = reading.rows(_INTEGRITY)
        except (store.driver.module.Error, UnicodeDecodeError) as error:
            broken = True
            yield Finding("unreadable", where, "pages that can be read", str(error))
            rows = []
        for (text,) in rows:
            if text != "ok":
                broken = True
                yield Finding("integrity", where, "ok", tell(text))
        if store.is_encrypted and (broken or not _has_wal(store)):
            for (text,) in _twice(reading.driver):
                yield Finding("sealed page", where, "a page as it was written", tell(text))


def seals(driver: Driver, path: Path, key: bytes) -> Iterator[Finding]:
    """The pages whose seal is broken, of an encrypted file that does not open."""
    connection = driver.module.connect(str(path), isolation_level=None)
    try:
        connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
        for (text,) in _twice(connection):
            yield Finding("sealed page", path.name, "a page as it was written", tell(text))
    finally:
        connection.close()


def objects(store: Store) -> Iterator[Finding]:
    """Tables, indices and triggers are those that the program makes: a dropped trigger is seen."""
    version = store.file_version()
    with store.reading() as reading:
        found = {(kind, name): normal(sql) for kind, name, sql in reading.rows(_OBJECTS) if sql}
    expected = objects_of_version(store.driver, min(version, SCHEMA_VERSION))
    if version > SCHEMA_VERSION:
        return
    for key, sql in expected.items():
        if key not in found:
            yield Finding("schema", f"{key[0]} {key[1]}", tell(sql), "nothing")
        elif found[key] != normal(sql):
            yield Finding("schema", f"{key[0]} {key[1]}", tell(normal(sql)), tell(found[key]))
    for kind, name in sorted(found.keys() - expected.keys()):
        # a table or index more changes nothing of what is written; a trigger or view does
        if kind in ("trigger", "view"):
            yield Finding("schema", f"{kind} {name}", "nothing", tell(found[kind, name]))


def normal(sql: str) -> str:
    """A statement of the schema without its spacing, and without what only some SQLite versions write."""
    spaced = _SPACES.sub(lambda match: match.group(1) or " ", sql.strip())
    return spaced.replace("contentless_delete=1,", "")


def _has_wal(store: Store) -> bool:
    wal = store.path.with_name(store.path.name + "-wal")
    return wal.exists() and wal.stat().st_size > 0


def _twice(driver: DriverConnection) -> list[Row]:
    """Pages whose seal is broken at two looks: a page that is being written at the first is whole at the second."""
    once = set(driver.execute(_PAGES).fetchall())
    return [row for row in driver.execute(_PAGES).fetchall() if row in once] if once else []
