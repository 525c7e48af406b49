"""The hub's way to its data base: short transactions, bounded waits, and a COMMIT believed only when it is sure.

PostgreSQL is what a hub runs on; SQLite carries the same statements in the simulator and in fast tests.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from typing import Any, Literal

from sqlalchemy import Connection, Engine, RootTransaction, create_engine, event, make_url, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolIsEmpty
from sqlalchemy.pool import StaticPool

from counter_app.hub.frozen import Watch

Isolation = Literal["READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE"]

STATEMENT_MS = 10_000
COMMIT_MS = 7_000
"""A counter waits 10 s for its answer: it shall hear that the second copy is missing, and not that nobody answers."""
LOCK_MS = 5_000
SILENCE = 1.5
"""Times the limit of a statement: a data base that says nothing for so long stands still, and is let go of."""
IDLE_MS = 30_000
POOL = 8
POOL_WAIT_S = 5

_PASSING = ("08", "40", "53", "55", "57")
"""Classes of SQLSTATE that say "not now": line, conflict, resources, lock, operator."""

_WARNINGS = "commit_warnings"


class DatabaseBusy(Exception):
    """The data base did not do it, or cannot say whether it did; asking again later is right."""

    def __init__(self, reason: str, *, is_conflict: bool = False) -> None:
        super().__init__(reason)
        self.is_conflict = is_conflict
        """Two transactions met: the same work at once may well succeed."""


class CommitUncertain(DatabaseBusy):
    """COMMIT did not say clearly that it is on the disk, and on the second one; nobody may be told that it is."""


class Database:
    """The engine and the rules of its use."""

    def __init__(self, engine: Engine, *, statement_ms: int = STATEMENT_MS) -> None:
        self.engine = engine
        self._commit_s = min(statement_ms, COMMIT_MS) / 1000
        self.is_postgres = engine.dialect.name == "postgresql"
        self._watch = Watch(statement_ms * SILENCE / 1000) if self.is_postgres else None
        if self._watch is not None:
            self._watch.listen(engine)
        # one connection serves an SQLite in memory: its transactions take turns
        self._turn = nullcontext() if self.is_postgres else threading.RLock()

    @classmethod
    def open(cls, url: str, *, role: str | None = None, pool: int = POOL, statement_ms: int = STATEMENT_MS) -> Database:
        """The data base at an address such as `postgresql://user@host/name` or `sqlite://` (in memory).

        With a `role`, everything is done with that role's rights, whoever signs in.
        """
        parsed = make_url(url)
        if parsed.get_backend_name() == "sqlite":
            return cls(_sqlite(url))
        if parsed.drivername == "postgresql":
            parsed = parsed.set(drivername="postgresql+psycopg")
        bounds = f"-c statement_timeout={statement_ms} -c lock_timeout={LOCK_MS}"
        bounds += f" -c idle_in_transaction_session_timeout={IDLE_MS}"
        if role is not None:
            bounds += f" -c role={role}"
        arguments = {
            "options": bounds,
            "connect_timeout": 5,
            "application_name": "counter-app hub",
            # of several hosts the one that may be written to: money is decided by the primary only
            "target_session_attrs": "read-write",
            # a machine that vanished says nothing: without these a request would wait for it for hours
            "keepalives_idle": 5,
            "keepalives_interval": 2,
            "keepalives_count": 3,
            "tcp_user_timeout": 10_000,
        }
        engine = create_engine(
            parsed,
            pool_size=pool,
            max_overflow=0,
            pool_timeout=POOL_WAIT_S,
            # what a statement was given may be a customer's name: no error quotes it
            hide_parameters=True,
            connect_args={name: value for name, value in arguments.items() if name not in parsed.query},
        )
        event.listen(engine, "connect", _listen_to_warnings)
        return cls(engine, statement_ms=statement_ms)

    @contextmanager
    def transaction(self, isolation: Isolation = "READ COMMITTED") -> Iterator[Connection]:
        """One transaction: committed at the end of the block, undone when it raises.

        Raises:
            DatabaseBusy: not now (no line, a lock, a conflict, full, being stopped); nothing was committed.
            CommitUncertain: COMMIT was cut short or not copied to the standby; the connection is gone.
        """
        with self._turn, self._connection(isolation) as connection, self._watched(connection) as asked:
            work = connection.begin()
            try:
                yield connection
            except DBAPIError as error:
                asked()
                _give_up(connection)
                raise _passing(error) or error from error
            except BaseException:
                asked()
                _give_up(connection)
                raise
            asked()
            self._commit(connection, work)

    @contextmanager
    def _watched(self, connection: Connection) -> Iterator[Callable[[], None]]:
        """Gives what is called before a COMMIT or ROLLBACK, which are no statements to whoever listens to those."""
        watch, line = self._watch, connection.connection.dbapi_connection
        if watch is None:
            yield lambda: None
            return
        try:
            yield lambda: watch.begin(line)
        finally:
            watch.end(line)

    def _commit(self, connection: Connection, work: RootTransaction) -> None:
        warnings: list[str] = connection.info.setdefault(_WARNINGS, [])
        warnings.clear()
        limit = _CommitLimit(connection, self._commit_s)
        try:
            with limit:
                work.commit()
        except DBAPIError as error:
            connection.invalidate()
            # a conflict is found before anything is written; whatever else stops a COMMIT leaves it open
            passing = _passing(error)
            if passing is not None and passing.is_conflict:
                raise passing from error
            raise CommitUncertain(type(error.orig).__name__) from error
        if warnings:
            reason = warnings[0]
            connection.invalidate()
            raise CommitUncertain(reason)
        if limit.has_fired:
            # it was done in the last moment, and the cancel may still be on its way to this connection
            connection.invalidate()

    @contextmanager
    def _connection(self, isolation: Isolation) -> Iterator[Connection]:
        try:
            connection = self.engine.connect()
        except PoolIsEmpty as error:
            raise DatabaseBusy("every connection is in use") from error
        except DBAPIError as error:
            raise DatabaseBusy(_first_line(error)) from error
        with connection:
            if self.is_postgres and isolation != "READ COMMITTED":
                connection = connection.execution_options(isolation_level=isolation)
            yield connection

    def history(self, connection: Connection) -> str:
        """Which history of PostgreSQL this connection writes: the system's identifier and the timeline.

        Neither can change while a connection lives, so they are asked for once.
        """
        known = connection.info.get("history")
        if known is None:
            question = "SELECT system_identifier, substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8)"
            system, timeline = connection.execute(text(f"{question} FROM pg_control_system()")).one()
            known = connection.info["history"] = f"{int(system):x}.{int(timeline, 16)}"
        return str(known)

    def close(self) -> None:
        """Give every connection back."""
        self.engine.dispose()
        if self._watch is not None:
            self._watch.close()


class _CommitLimit:
    """Cancels a COMMIT that waits too long for the standby: PostgreSQL's own time limits end where COMMIT begins."""

    def __init__(self, connection: Connection, seconds: float) -> None:
        self.has_fired = False
        self._dbapi: Any = connection.connection.dbapi_connection
        driver: Any = connection.dialect.dbapi
        self._error: type[Exception] = driver.Error
        # SQLite waits for nobody
        self._timer = threading.Timer(seconds, self._cancel) if hasattr(self._dbapi, "cancel_safe") else None

    def __enter__(self) -> None:
        if self._timer is not None:
            self._timer.daemon = True
            self._timer.start()

    def __exit__(self, *_: object) -> None:
        if self._timer is not None:
            self._timer.cancel()
            # a cancel must be over before the connection is used again, or it would stop somebody else's statement
            self._timer.join()

    def _cancel(self) -> None:
        self.has_fired = True
        # where nobody takes the cancel, nobody answers the COMMIT either: `frozen` ends that wait
        with suppress(self._error):
            self._dbapi.cancel_safe(timeout=5)


def _sqlite(url: str) -> Engine:
    engine = create_engine(url, poolclass=StaticPool, connect_args={"check_same_thread": False}, hide_parameters=True)
    event.listen(engine, "connect", _let_us_begin)
    event.listen(engine, "begin", _begin_for_writing)
    return engine


def _let_us_begin(dbapi: Any, _record: object) -> None:
    # the driver would begin late and commit by itself before some statements: both break a savepoint
    dbapi.isolation_level = None
    dbapi.execute("PRAGMA foreign_keys=ON")


def _begin_for_writing(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _listen_to_warnings(dbapi: Any, record: Any) -> None:
    """Hear what PostgreSQL says beside its answers.

    A COMMIT whose wait for the standby was cancelled *succeeds*, with a warning that it may not have been copied.
    """
    warnings: list[str] = record.info.setdefault(_WARNINGS, [])

    def hear(diagnostic: Any) -> None:
        if diagnostic.severity_nonlocalized == "WARNING":
            warnings.append(str(diagnostic.message_primary))

    dbapi.add_notice_handler(hear)


def _give_up(connection: Connection) -> None:
    transaction = connection.get_transaction()
    if transaction is None:
        return
    try:
        transaction.rollback()
    except DBAPIError:
        connection.invalidate()


def _first_line(error: DBAPIError) -> str:
    return (str(error.orig).strip() or type(error.orig).__name__).splitlines()[0]


def _passing(error: DBAPIError) -> DatabaseBusy | None:
    state = getattr(error.orig, "sqlstate", None) or ""
    if state.startswith(_PASSING) or error.connection_invalidated:
        reason = state or type(error.orig).__name__
        return DatabaseBusy(reason, is_conflict=state in ("40001", "40P01"))
    return None
