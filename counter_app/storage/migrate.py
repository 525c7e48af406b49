"""Bringing a hall's file to this program's version: on a verified copy, which then takes the file's place."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select

from counter_app.storage import tables as t
from counter_app.storage.beside import data_key
from counter_app.storage.driver import Driver, connect, find_driver
from counter_app.storage.file_copy import copy_whole, discard, finish_swap, keep_aside, settle, take_place
from counter_app.storage.keys import KeyPlace
from counter_app.storage.lock import HallLock
from counter_app.storage.revisions import STEPS, upgrade
from counter_app.storage.schema import SCHEMA_VERSION
from counter_app.storage.search_index import has_lines, index_customers, is_filled, write_lines
from counter_app.storage.sql import Sql, Writing, compiled
from counter_app.storage.store import FILE_NAME, Store
from counter_app.storage.trouble import FileIsNewer, Finding, NoHall, StoreTrouble
from counter_app.storage.verify import FileIsDamaged, Progress, VerifyReport, verify

_FACTS = tuple(
    compiled(question)
    for question in (
        select(t.journal_head.c.epoch, t.journal_head.c.seq, t.journal_head.c.hash).order_by(t.journal_head.c.epoch),
        select(t.balances.c.account, func.count(), func.sum(t.balances.c.balance_fen))
        .group_by(t.balances.c.account)
        .order_by(t.balances.c.account),
        select(func.count(), func.sum(t.bills.c.principal_fen)).select_from(t.bills),
        select(func.count()).select_from(t.customers),
        select(func.count(), func.sum(t.settlements.c.principal_fen)).select_from(t.settlements),
    )
)


@dataclass(frozen=True, slots=True)
class Migrated:
    """A file that was brought up; the one before stays at `kept`."""

    from_version: int
    to_version: int
    kept: Path
    report: VerifyReport


def migrate(
    path: Path,
    *,
    key: bytes | None = None,
    driver: Driver | None = None,
    progress: Progress | None = None,
) -> Migrated | None:
    """Bring the file to this program's version; None when it has it already. The caller holds the folder's lock.

    Whatever happens at whatever moment, `path` is afterwards the old file or the new one, each whole.

    Raises:
        FileNotFoundError: there is none.
        FileIsNewer: the file is of a newer program.
        FileIsDamaged: the copy does not pass `verify`; the old file stays as it was and is opened read only.
        StoreTrouble: the file cannot be copied or changed (full, read only, open in another program).
    """
    say = progress or (lambda what, done, of: None)
    driver = driver or find_driver()
    fresh = path.with_name(path.name + ".migrating")
    discard(fresh)
    finish_swap(path)
    source = Store.open(path, key=key, driver=driver, for_writing=False)
    try:
        version = source.file_version()
        if version == SCHEMA_VERSION:
            return None
        if version > SCHEMA_VERSION:
            raise FileIsNewer(f"file version {version}, program version {SCHEMA_VERSION}")
        copy_whole(source, fresh, key, lambda done, of: say("copy", done, of))
        say("migrate", 0, 1)
        bring_up(fresh, key=key, driver=driver, from_version=version)
        fill_search(fresh, key, driver, say)
        report = _compared(source, fresh, key, driver, progress)
    except BaseException:
        discard(fresh)
        raise
    finally:
        source.close()
    try:
        settle(driver, fresh, key)
        say("swap", 0, 1)
        kept = _swap(path, fresh, driver, key)
    finally:
        discard(fresh)
    return Migrated(version, SCHEMA_VERSION, kept, report)


def migrate_folder(
    folder: Path, *, driver: Driver | None = None, keys: KeyPlace | None = None, progress: Progress | None = None
) -> Migrated | None:
    """`migrate` for the hall of a folder, which nobody else has open.

    Raises:
        NoHall: the folder holds no hall.
        HallInUse: a counter has it open.
        FileIsNewer, FileIsDamaged, StoreTrouble: as `migrate` says.
    """
    path = folder / FILE_NAME
    if not path.exists():
        raise NoHall(path)
    lock = HallLock(folder, "counter-app migrate")
    try:
        return migrate(path, key=data_key(folder, keys), driver=driver, progress=progress)
    finally:
        lock.release()


def bring_up(
    path: Path,
    *,
    key: bytes | None,
    driver: Driver,
    from_version: int,
    to_version: int = SCHEMA_VERSION,
    steps: Path = STEPS,
) -> None:
    """Run the steps on a copy, in one transaction.

    Raises:
        StoreTrouble: a step failed; the copy is as it was.
    """
    try:
        raw = connect(driver, path, key=key, is_writer=True)
        try:
            upgrade(raw, driver, from_version=from_version, to_version=to_version, steps=steps)
        finally:
            raw.close()
    except Exception as error:
        raise StoreTrouble(f"step from version {from_version} to {to_version}: {error}") from error


def fill_search(path: Path, key: bytes | None, driver: Driver, say: Progress) -> None:
    """Fill what the steps left empty: with empty tables of the search nobody would be found until the next import, and
    without the lines beside the cards every result would be masked at a keystroke.

    Raises:
        StoreTrouble: the file cannot be changed.
    """
    raw = connect(driver, path, key=key, is_writer=True)
    try:
        work = Writing(raw)
        raw.execute("BEGIN IMMEDIATE")
        if not is_filled(work):
            index_customers(work, progress=lambda done, of: say("search", done, of))
        elif not has_lines(work):
            say("search", 0, 1)
            write_lines(work)
        raw.execute("COMMIT")
    except driver.module.Error as error:
        raise StoreTrouble(str(error)) from error
    finally:
        raw.close()


def _compared(source: Store, fresh: Path, key: bytes | None, driver: Driver, progress: Progress | None) -> VerifyReport:
    """Verify the copy, and hold its sums to those of the file it was made from (invariant I18)."""
    copy = Store.open(fresh, key=key, driver=driver, for_writing=False)
    try:
        report = verify(copy, progress=progress)
        with source.reading() as before, copy.reading() as after:
            changed = tuple(
                Finding("changed by a step", _table(question), str(was), str(now))
                for question in _FACTS
                if (was := before.rows(question)) != (now := after.rows(question))
            )
    finally:
        copy.close()
    if changed or not report.is_clean:
        raise FileIsDamaged(fresh.name, VerifyReport((*changed, *report.findings), report.counts, report.more))
    return report


def _swap(path: Path, fresh: Path, driver: Driver, key: bytes | None) -> Path:
    settle(driver, path, key)
    kept = path.with_name(f"{path.name}.before-v{SCHEMA_VERSION}")
    if kept.exists():
        kept.rename(_free_name(kept))
    keep_aside(path, kept)
    take_place(fresh, path)
    return kept


def _free_name(path: Path) -> Path:
    number = 2
    while (found := path.with_name(f"{path.name}-{number}")).exists():
        number += 1
    return found


def _table(question: Sql) -> str:
    return question.split("FROM ", 1)[1].split()[0]
