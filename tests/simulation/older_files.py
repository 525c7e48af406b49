"""A counter whose program is updated over a file of the version before."""

from __future__ import annotations

from contextlib import closing
from functools import cache
from pathlib import Path

from counter_app.storage import verify_file
from counter_app.storage.beside import data_key
from counter_app.storage.driver import Driver, connect, find_driver
from counter_app.storage.migrate import migrate_folder
from counter_app.storage.revisions import objects_of_version, upgrade
from counter_app.storage.sql import DriverConnection
from counter_app.storage.store import FILE_NAME
from counter_app.storage.trouble import StoreTrouble
from counter_app.storage.version import SCHEMA_VERSION
from tests.simulation.disk import Fuse
from tests.simulation.swapping import swapped


def make_older(folder: Path) -> bool:
    """The file of a folder that nobody has open becomes one as the program of the version before wrote it; false where
    something lies in it that was new in this version.
    """
    path, key, driver = folder / FILE_NAME, data_key(folder), find_driver()
    older = path.with_name("older.db")
    with closing(connect(driver, older, key=key, is_writer=True)) as raw:
        upgrade(raw, driver, from_version=0, to_version=SCHEMA_VERSION - 1)
        raw.execute("ATTACH ? AS present" + (f" KEY \"x'{key.hex()}'\"" if key else ""), (str(path),))
        then, now = _tables(raw, "main"), _tables(raw, "present")
        is_older = not any(raw.execute(f"SELECT 1 FROM present.{name}").fetchone() for name in now.keys() - then.keys())
        if is_older:
            for name in then.keys() & now.keys():
                columns = ", ".join(column for column in then[name] if column in now[name])
                raw.execute(f"INSERT INTO main.{name} ({columns}) SELECT {columns} FROM present.{name}")
        raw.execute("DETACH present")
    if is_older:
        _remove(path)
        older.rename(path)
    _remove(older)
    return is_older


def bring_up(folder: Path, driver: Driver, fuse: Fuse) -> None:
    """Bring a file of before up, as the program's window does; on a full disk somebody makes room and asks again.

    Raises:
        PowerCut: and the next start finds one of the two files, whole.
    """
    with swapped(verify_file, "objects_of_version", lambda _driver, version: schema_of(version)):
        try:
            migrate_folder(folder, driver=driver)
        except StoreTrouble:
            fuse.mend()
            migrate_folder(folder, driver=driver)


@cache
def schema_of(version: int) -> dict[tuple[str, str], str]:
    """What `verify` compares with, made once: each machine has a driver of its own, and all make the same."""
    return objects_of_version(find_driver(), version)


def _tables(raw: DriverConnection, schema: str) -> dict[str, list[str]]:
    """The tables of facts and of what hangs on them; the search fills its own."""
    names = [
        row[0] for row in raw.execute(f"SELECT name FROM {schema}.sqlite_schema WHERE type = 'table'").fetchall()
    ]  # as above
    kept = [name for name in names if not name.startswith(("search_", "sqlite_"))]
    return {name: [row[1] for row in raw.execute(f"PRAGMA {schema}.table_info({name})").fetchall()] for name in kept}


def _remove(path: Path) -> None:
    for end in ("", "-wal", "-shm", "-journal"):
        path.with_name(path.name + end).unlink(missing_ok=True)
