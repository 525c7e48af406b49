"""Statements built by SQLAlchemy once and run on the driver's own cursor, where a teller waits for them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeAlias

if TYPE_CHECKING:
    from sqlalchemy import ClauseElement, Dialect

Row: TypeAlias = tuple[Any, ...]
Params: TypeAlias = Mapping[str, Any] | Sequence[Any]


class DriverCursor(Protocol):
    """The part of a DB-API cursor that is used here."""

    rowcount: int
    lastrowid: int | None

    def execute(self, sql: str, params: Any = ...) -> DriverCursor:
        """Run one statement; what was asked before is over."""

    def executemany(self, sql: str, params: Iterable[Any]) -> DriverCursor:
        """Run one statement for many rows."""

    def close(self) -> None:
        """Let go of the last statement."""

    def fetchall(self) -> list[Row]:
        """All rows that are left."""

    def fetchone(self) -> Row | None:
        """The next row."""

    def fetchmany(self, size: int) -> list[Row]:
        """The next rows."""


class DriverConnection(Protocol):
    """The part of a DB-API connection that is used here."""

    in_transaction: bool

    def execute(self, sql: str, params: Any = ...) -> DriverCursor:
        """Run one statement."""

    def executemany(self, sql: str, params: Iterable[Any]) -> DriverCursor:
        """Run one statement for many rows."""

    def cursor(self) -> DriverCursor:
        """A cursor that may run one statement after the other."""

    def commit(self) -> None:
        """End the transaction and keep it."""

    def rollback(self) -> None:
        """End the transaction as if it had never begun."""

    def close(self) -> None:
        """Let go of the file."""


class Sql(str):
    """The text of a statement, compiled once; its parameters are named, or given by place."""

    __slots__ = ()


def compiled(statement: ClauseElement, **fixed: Any) -> Sql:
    """The SQL text of a Core statement, for SQLite, with `:named` parameters.

    Values written into the statement itself must be given again in `fixed` only if the statement is not to be
    parametrised; an unexpected bound value is an error here, at import, instead of a wrong row later.

    Raises:
        ValueError: the statement carries a bound value that no caller could give.
    """
    form = statement.compile(dialect=_dialect(), compile_kwargs={"literal_binds": False})
    hidden = {name: value for name, value in form.params.items() if value is not None and name not in fixed}
    if hidden:
        message = f"write these as bindparam or literal_column: {hidden}"
        raise ValueError(message)
    return Sql(form.string)


def placed(statement: ClauseElement, names: Sequence[str]) -> Sql:
    """The SQL text of a Core statement whose parameters are given by place, in the order of `names`.

    The driver takes a tuple in two thirds of the time it takes to look names up, and a payment gives a hundred values.

    Raises:
        ValueError: the statement asks for other parameters, or in another order.
    """
    form = statement.compile(dialect=_dialect("qmark"))
    asked = tuple(getattr(form, "positiontup", None) or ())
    if asked != tuple(names):
        message = f"the statement asks for {asked}, not for {tuple(names)}"
        raise ValueError(message)
    return Sql(form.string)


@cache
def _dialect(paramstyle: Literal["named", "qmark"] = "named") -> Dialect:
    # a window that only opens a hall has no use for SQLAlchemy yet
    from sqlalchemy.dialects import sqlite

    return sqlite.dialect(paramstyle=paramstyle)


class Reading:
    """A read-only snapshot of the file: every question inside sees the same moment."""

    def __init__(self, driver: DriverConnection) -> None:
        self._driver = driver
        # the connection would make a new one for each of the eight questions behind a customer's page
        self._cursor = driver.cursor()

    def rows(self, sql: Sql, params: Params = ()) -> list[Row]:
        """All rows of a question."""
        return self._cursor.execute(sql, params).fetchall()

    def one(self, sql: Sql, params: Params = ()) -> Row | None:
        """The first row of a question, or None."""
        return self._driver.execute(sql, params).fetchone()

    def stream(self, sql: Sql, params: Params = (), *, size: int = 5000) -> Iterable[list[Row]]:
        """The rows of a long question, `size` at a time."""
        cursor = self._driver.execute(sql, params)
        while rows := cursor.fetchmany(size):
            yield rows

    @property
    def driver(self) -> DriverConnection:
        """The connection itself, for what SQLAlchemy cannot say (FTS5, PRAGMA)."""
        return self._driver


class Writing(Reading):
    """One unit of work: everything inside is committed together at its end, or nothing is.

    `head` is where the journal stands (epoch, number and hash of the last entry) when this work made it grow.
    """

    def __init__(self, driver: DriverConnection) -> None:
        super().__init__(driver)
        self.head: tuple[int, int, bytes] | None = None

    def one(self, sql: Sql, params: Params = ()) -> Row | None:
        """The first row of a question, or None."""
        return self._cursor.execute(sql, params).fetchone()

    def finish(self) -> None:
        """Let go of the last statement: a question that was not read to its end would hold its snapshot."""
        self._cursor.close()

    def run(self, sql: Sql, params: Params = ()) -> int:
        """Change rows; returns how many."""
        return self._cursor.execute(sql, params).rowcount

    def insert(self, sql: Sql, params: Params) -> int:
        """Write one row and return its rowid."""
        rowid = self._cursor.execute(sql, params).lastrowid
        return 0 if rowid is None else rowid

    def many(self, sql: Sql, params: Iterable[Params]) -> None:
        """Write many rows with one statement."""
        self._cursor.executemany(sql, params)
