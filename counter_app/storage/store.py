"""The hall's file: one writer on one thread, read-only snapshots for everybody else."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from counter_app.storage import selftest
from counter_app.storage.driver import Driver, connect, find_driver, roll_back
from counter_app.storage.sql import DriverConnection, Reading, Writing
from counter_app.storage.trouble import (
    CommitUncertain,
    FileIsNewer,
    FileIsOlder,
    Finding,
    MoneyIsOff,
    NotThisKey,
    StoreTrouble,
)
from counter_app.storage.version import SCHEMA_VERSION

FILE_NAME = "hall.db"


class Store:
    """A hall's file, open.

    `writing()` belongs to the one thread that opened the store or adopted it; `reading()` may be used on any thread,
    each has its own connection. A file of a newer program, or one whose self-test failed, is open for reading only.
    """

    def __init__(self, path: Path, *, key: bytes | None = None, driver: Driver | None = None) -> None:
        self.path = path
        self.driver = driver or find_driver()
        self._key = key
        self._readers = threading.local()
        self._all_readers: list[DriverConnection] = []
        self._readers_lock = threading.Lock()
        self._writer: DriverConnection | None = None
        self._is_money_uncertain = False
        self._writer_thread: int | None = None
        self._money_off: tuple[Finding, ...] = ()
        self._refused: tuple[Finding, ...] = ()

    @classmethod
    def create(cls, path: Path, *, key: bytes | None = None, driver: Driver | None = None) -> Store:
        """A new, empty hall's file, open for writing.

        Raises:
            FileExistsError: there is a file already; nothing is overwritten.
        """
        from counter_app.storage.schema import schema_ddl

        if path.exists():
            raise FileExistsError(path)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        # personal data lies in it: nobody but its owner reads it, and the log beside it takes over these rights
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        store = cls(path, key=key, driver=driver)
        store._open_writer()
        with store.writing() as work:
            for statement in schema_ddl(store.driver):
                work.driver.execute(statement)
            work.driver.execute(f"PRAGMA user_version={SCHEMA_VERSION}")
        store.check()
        return store

    @classmethod
    def open(
        cls, path: Path, *, key: bytes | None = None, driver: Driver | None = None, for_writing: bool = True
    ) -> Store:
        """Open an existing hall's file.

        Raises:
            FileNotFoundError: there is none.
            NotThisKey: the key does not fit, or the file is no SQLite file.
            StoreTrouble: it cannot be read, or its first pages are damaged.
            FileIsNewer, FileIsOlder: `for_writing`, and the file's version is not this program's.
        """
        if not path.exists():
            raise FileNotFoundError(path)
        store = cls(path, key=key, driver=driver)
        try:
            store._roll_back_journal()
            version = store.file_version()
        except store.driver.module.DatabaseError as error:
            store.close()
            if isinstance(error, store.driver.module.OperationalError) or "malformed" in str(error):
                raise StoreTrouble(str(error)) from error
            raise NotThisKey(str(error)) from error
        if for_writing:
            if version != SCHEMA_VERSION:
                store.close()
                why = f"file version {version}, program version {SCHEMA_VERSION}"
                raise (FileIsNewer if version > SCHEMA_VERSION else FileIsOlder)(why)
            if not store.driver.is_race_free:
                # its writer has the file to itself; else the reader that told the version goes on reading
                store._close_readers()
            try:
                store._open_writer()
                store.check()
            except (OSError, store.driver.module.Error) as error:
                store.close()
                raise StoreTrouble(str(error)) from error
        return store

    @property
    def is_writable(self) -> bool:
        """Whether this store was opened for writing."""
        return self._writer is not None

    @property
    def is_encrypted(self) -> bool:
        """Whether the file was opened with a key."""
        return self._key is not None

    @property
    def is_for_one_thread(self) -> bool:
        """Whether reading, too, belongs to the writer's thread: the fallback driver holds the file alone."""
        return self._writer is not None and not self.driver.is_race_free

    @property
    def money_off(self) -> tuple[Finding, ...]:
        """What the self-test found, and what was found elsewhere; money is refused while there is anything."""
        return (*self._money_off, *self._refused)

    def adopt(self) -> None:
        """Make the calling thread the writer's thread; it is called once, by the writer executor."""
        self._writer_thread = threading.get_ident()

    def check(self) -> tuple[Finding, ...]:
        """Run the start-up self-test again and remember what it says."""
        driver = self._writer_driver()
        self._money_off = selftest.run(driver, self.driver, self.path)
        return self.money_off

    def refuse_money(self, finding: Finding) -> None:
        """Add something that was found elsewhere; no money until `allow_money`, however often the file is opened."""
        if finding not in self._refused:
            self._refused = (*self._refused, finding)

    def allow_money(self) -> None:
        """What `refuse_money` was told is settled; the self-test still has its say."""
        self._refused = ()

    @contextmanager
    def writing(self, *, money: bool = False) -> Iterator[Writing]:
        """One unit of work: BEGIN IMMEDIATE, then COMMIT at its end, or nothing at all.

        Raises:
            CommitUncertain: COMMIT gave an error; `reopen()` and look the intent up, never try again under a new id.
            MoneyIsOff: `money` work while the self-test has findings.
            StoreTrouble: the file cannot be written (busy, full, read only); nothing was written.
        """
        if money and (self._money_off or self._refused):
            raise MoneyIsOff(self.money_off)
        if self._writer_thread is not None and self._writer_thread != threading.get_ident():
            message = "writing() on a thread that is not the writer's"
            raise AssertionError(message)
        if self._writer is None and self._writer_thread is not None and not self._is_money_uncertain:
            # given up after a failed COMMIT of something that is no money: work that comes later opens the file again
            self.reopen()
        driver = self._writer_driver()
        try:
            # on the driver itself: a layer over BEGIN and COMMIT costs as much as five statements of a payment
            driver.execute("BEGIN IMMEDIATE")
        except Exception as error:
            raise StoreTrouble(str(error)) from error
        work = Writing(driver)
        try:
            yield work
        except BaseException as error:
            with suppress(Exception):
                work.finish()
            self._roll_back(driver)
            if isinstance(error, self.driver.module.Error):
                raise StoreTrouble(str(error)) from error
            raise
        try:
            work.finish()
            driver.commit()
        except Exception as error:
            self._forget_writer()
            self._is_money_uncertain = money
            raise CommitUncertain(str(error)) from error

    @contextmanager
    def reading(self) -> Iterator[Reading]:
        """A snapshot: all questions inside see the same moment; never waits for the writer.

        Raises:
            StoreTrouble: the file cannot be read.
        """
        driver = self._reader()
        try:
            driver.execute("BEGIN")
            try:
                yield Reading(driver)
            finally:
                if driver.in_transaction:
                    driver.execute("COMMIT")
        except (self.driver.module.Error, UnicodeDecodeError) as error:
            raise StoreTrouble(str(error)) from error

    @contextmanager
    def asking(self) -> Iterator[Reading]:
        """For one question alone, which is its own snapshot: without the two statements that open and end another.

        Raises:
            StoreTrouble: the file cannot be read.
        """
        try:
            yield Reading(self._reader())
        except (self.driver.module.Error, UnicodeDecodeError) as error:
            raise StoreTrouble(str(error)) from error

    def reopen(self) -> None:
        """Close everything and open again; after `CommitUncertain` this is the only way on.

        Raises:
            StoreTrouble: the file does not open; try again later, the store stays closed for writing.
        """
        self._forget_writer()
        self._close_readers()
        try:
            self._open_writer()
        except Exception as error:
            raise StoreTrouble(str(error)) from error
        self._is_money_uncertain = False
        self.check()

    def let_go_of_uncertain(self) -> None:
        """What a failed COMMIT left open is asked for by its intent later: other work may open the file before."""
        self._is_money_uncertain = False

    def file_version(self) -> int:
        """`PRAGMA user_version` of the file."""
        row = self._reader().execute("PRAGMA user_version").fetchone()
        return int(row[0]) if row else 0

    def close(self) -> None:
        """Let go of the file; open work is rolled back."""
        self._writer_thread = None
        # the writer last: the last one to close empties the WAL into the file, and a reader may not
        self._close_readers()
        self._forget_writer()

    def _open_writer(self) -> None:
        self._writer = connect(self.driver, self.path, key=self._key, is_writer=True)
        self._writer_thread = threading.get_ident()

    def _roll_back_journal(self) -> None:
        """A power cut in the step from or to WAL leaves a rollback journal; a reader may not carry it out, so one that
        may write does it first. Where nobody may write, the reader says so.
        """
        if not self.path.with_name(f"{self.path.name}-journal").exists():
            return
        with suppress(self.driver.module.Error, OSError):
            roll_back(self.driver, self.path, key=self._key)

    def _writer_driver(self) -> DriverConnection:
        if self._writer is None:
            raise StoreTrouble("the file is open for reading only")
        return self._writer

    def _reader(self) -> DriverConnection:
        if self.is_for_one_thread:
            return self._writer_driver()
        found: DriverConnection | None = getattr(self._readers, "connection", None)
        if found is None:
            found = connect(self.driver, self.path, key=self._key, is_writer=False)
            self._readers.connection = found
            with self._readers_lock:
                self._all_readers.append(found)
        return found

    def _roll_back(self, driver: DriverConnection) -> None:
        try:
            driver.rollback()
        except Exception:  # whatever the disk says, this connection may not be used again
            self._forget_writer()
            with suppress(Exception):
                self._open_writer()

    def _forget_writer(self) -> None:
        writer, self._writer = self._writer, None
        if writer is not None:
            with suppress(Exception):
                writer.close()

    def _close_readers(self) -> None:
        with self._readers_lock:
            for connection in self._all_readers:
                with suppress(Exception):
                    connection.close()
            self._all_readers.clear()
        self._readers = threading.local()
