"""Power cuts while whole files change places: a migration, a restore, a backup, and the making of a hall."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from counter_app.clock import FixedClock
from counter_app.storage.beside import data_key
from counter_app.storage.driver import connect, find_driver
from counter_app.storage.hall import open_hall
from counter_app.storage.migrate import migrate_folder
from counter_app.storage.revisions import upgrade
from counter_app.storage.store import FILE_NAME
from counter_app.storage.trouble import FileIsOlder, StoreTrouble
from counter_app.storage.verify import verify_folder
from tests import halls
from tests.faults.cuts import Cuts, Recording
from tests.faults.power import Image
from tests.faults.schema import schema_made_once

Look = Callable[[Cuts, Image, Path, bool], None]


def move_to_version_1(folder: Path) -> None:
    """The hall of a closed folder, with the same rows, in a file as the first version made it."""
    driver, path, key = find_driver(), folder / FILE_NAME, data_key(folder)
    old = folder / "old.db"
    with closing(connect(driver, old, key=key, is_writer=True)) as raw:
        upgrade(raw, driver, from_version=0, to_version=1)
        attach = f" KEY \"x'{key.hex()}'\"" if key else ""
        raw.execute(f"ATTACH ? AS present{attach}", (str(path),))
        names = "SELECT name FROM {}.sqlite_schema WHERE type = 'table'"
        present = {row[0] for row in raw.execute(names.format("present")).fetchall()}
        for (table,) in raw.execute(names.format("main")).fetchall():
            if table in present and not table.startswith(("search_", "sqlite_")):
                wanted, given = ({row[1] for row in raw.execute(f"PRAGMA {schema}.table_info({table})").fetchall()}
                                 for schema in ("main", "present"))  # fmt: skip
                shared = ", ".join(sorted(wanted & given))
                raw.execute(f"INSERT INTO main.{table} ({shared}) SELECT {shared} FROM present.{table}")
        raw.execute("DETACH present")
    old.replace(path)


def contents(folder: Path, name: str = FILE_NAME) -> tuple[object, ...]:
    """What a file holds, to tell one from another: version, whole pages, schema and every table's rows."""
    with closing(connect(find_driver(), folder / name, key=data_key(folder), is_writer=True)) as raw:
        version = raw.execute("PRAGMA user_version").fetchone()
        whole = raw.execute("PRAGMA quick_check(1)").fetchone()
        schema = raw.execute("SELECT type, name, sql FROM sqlite_schema ORDER BY name").fetchall()
    return version, whole, hash(repr((schema, tables(folder, name))))


def tables(folder: Path, name: str = FILE_NAME) -> dict[str, str]:
    """Every row of every table of a file, as text."""
    question = "SELECT name FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE '%VIRTUAL%' ORDER BY name"
    with closing(connect(find_driver(), folder / name, key=data_key(folder), is_writer=True)) as raw:
        names = [row[0] for row in raw.execute(question).fetchall()]
        return {table: repr(raw.execute(f"SELECT * FROM {table} ORDER BY 1, 2").fetchall()) for table in names}


def look_at_swap(recording: Recording, done: str) -> Look:
    """The file is the old or the new one, whole, and the new one once `done` was said; both are gone on from."""
    old = contents(_copy(recording.before))
    new = contents(_copy(recording.after))
    assert old != new
    said = [line["say"] for line in recording.lines]

    def look(result: Cuts, image: Image, folder: Path, is_whole: bool) -> None:
        try:
            found = contents(folder)
        except Exception as error:  # whatever it is, the file does not open
            result.wrong("does not open", image, repr(error))
            return
        if found not in (old, new):
            result.wrong("half", image, str(found[:2]))
        elif done in said[: image.heard] and found != new:
            result.wrong("went back", image, "the old file after success was told")
        elif is_whole:
            shutil.rmtree(folder)  # what the look above has tidied up is for the program to find
            image.lay_out(folder)
            _go_on(result, image, folder)

    return look


def look_at_making(recording: Recording, done: str) -> Look:
    """Once the hall was said to be open, it opens, with its keys; before, it opens or can be made again."""
    lines = recording.lines

    def look(result: Cuts, image: Image, folder: Path, is_whole: bool) -> None:
        is_made = done in [line["say"] for line in lines[: image.heard]]
        try:
            opened = open_hall(folder / "hall", clock=FixedClock(halls.NOW))
        except FileNotFoundError:
            if is_made:
                result.wrong("lost", image, "the hall is gone")
            return
        except StoreTrouble as error:
            result.wrong("does not open" if is_made else "stuck", image, repr(error))
            return
        try:
            with opened.reading() as reading:
                rows = reading.driver.execute("SELECT intent_id FROM entries").fetchall()
        finally:
            opened.close()
        for line in lines[: image.heard]:
            if line["say"] == "ack" and (line["intent"],) not in rows:
                result.wrong("lost", image, line["intent"])

    return look


def _go_on(result: Cuts, image: Image, folder: Path) -> None:
    """What the program does next: bring the file up if it is old, open it, take money."""
    try:
        try:
            opened = open_hall(folder, clock=FixedClock(halls.NOW))
        except FileIsOlder:
            migrate_folder(folder)
            opened = open_hall(folder, clock=FixedClock(halls.NOW))
        money_off = [found for found in opened.store.money_off if "mark" not in found.what]
        opened.close()
    except (StoreTrouble, OSError) as error:
        result.wrong("the counter does not open", image, repr(error))
        return
    with schema_made_once():
        report = verify_folder(folder)
    findings = [found for found in report.findings if "mark" not in found.what]
    if money_off or findings:
        result.wrong("verify", image, str([*money_off, *findings][:3]))


def _copy(folder: Path) -> Path:
    copy = folder.with_name(folder.name + "-copy")
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(folder, copy)
    return copy
