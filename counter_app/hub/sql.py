"""Statements of the rules in the data base's own words, on PostgreSQL and on SQLite: the one place that knows which.

They go past SQLAlchemy's own execution, which costs thrice what the driver does with them: an upload of one payment is
thirty statements. Transactions and savepoints stay SQLAlchemy's, and so do its errors.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, Literal, TypeVar

from sqlalchemy import BigInteger, Connection, Dialect, Executable, LargeBinary, Table
from sqlalchemy.exc import DBAPIError

T = TypeVar("T")
Mode = Literal["new", "once", "replace", "add"]
"""What happens to a row whose key is there: an error, it stays, it is replaced, or so and its last column added to."""


def ask(connection: Connection, statement: Executable, **given: Any) -> list[tuple[Any, ...]]:
    """Run a statement that was made once, its `bindparam`s given by name; the rows that it returns, if it does."""
    made_by: Callable[[], Dialect] = type(connection.dialect)
    text, order, fixed = _driver_text(statement, made_by)
    named = {**fixed, **given}
    parameters: Any = named if order is None else [named[name] for name in order]

    def run(driver: Any) -> list[tuple[Any, ...]]:
        cursor = driver.execute(text, parameters)
        return cursor.fetchall() if cursor.description else []

    return _with_driver(connection, text, run)


def put(connection: Connection, table: Table, rows: Sequence[Sequence[Any]], mode: Mode = "new") -> None:
    """Write rows, each in the order of the table's columns."""
    if not rows:
        return
    if connection.dialect.name != "postgresql":
        text = _values(table, mode)
        _with_driver(connection, text, lambda driver: driver.executemany(text, [tuple(row) for row in rows]))
    elif mode == "new":
        _copy(connection, table, rows)
    else:
        text = _arrays(table, mode)
        columns = {f"c{place}": list(values) for place, values in enumerate(zip(*rows, strict=True))}
        _with_driver(connection, text, lambda driver: driver.execute(text, columns))


def find(
    connection: Connection,
    table: Table,
    column: str,
    keys: Sequence[str] | Sequence[int],
    **others: str,
) -> list[tuple[Any, ...]]:
    """The rows whose `column` is one of `keys`, each in the order of the table's columns; `others` hold as well."""
    if not keys:
        return []
    if connection.dialect.name == "postgresql":
        given: Any = {**others, "keys": list(keys)}
    else:
        given = (*others.values(), json.dumps(list(keys)))
    text = _question(table, column, tuple(others), connection.dialect.name)
    found: list[tuple[Any, ...]] = _with_driver(connection, text, lambda driver: driver.execute(text, given).fetchall())
    return found


def _with_driver(connection: Connection, text: str, act: Callable[[Any], T]) -> T:
    """Do something with the driver's own connection; its errors leave as SQLAlchemy's, without what was given.

    Raises:
        DBAPIError: or what it is the base of.
    """
    driver: Any = connection.connection.dbapi_connection
    dialect = connection.dialect
    try:
        return act(driver)
    except dialect.loaded_dbapi.Error as error:
        is_gone = dialect.is_disconnect(error, driver, None)
        if is_gone:
            connection.invalidate(error)
        raise DBAPIError.instance(text, None, error, dialect.loaded_dbapi.Error, True, is_gone, dialect) from error


def _copy(connection: Connection, table: Table, rows: Sequence[Sequence[Any]]) -> None:
    # half of what arrays cost, at both ends
    text, types = _copy_text(table)

    def run(driver: Any) -> None:
        with driver.cursor() as cursor, cursor.copy(text) as copy:
            copy.set_types(types)
            for row in rows:
                copy.write_row(row)

    _with_driver(connection, text, run)


@lru_cache(maxsize=256)
def _driver_text(
    statement: Executable, dialect: Callable[[], Dialect]
) -> tuple[str, tuple[str, ...] | None, dict[str, Any]]:
    made = statement.compile(dialect=dialect())  # type: ignore[attr-defined]  # every statement that is asked here has it
    fixed = {name: value for name, value in made.params.items() if value is not None}
    return str(made), tuple(made.positiontup) if made.positional else None, fixed


@lru_cache(maxsize=256)
def _question(table: Table, column: str, others: tuple[str, ...], dialect: str) -> str:
    is_postgres = dialect == "postgresql"
    held = [f"{name} = %({name})s" if is_postgres else f"{name} = ?" for name in others]
    one_of = (
        f"= ANY(CAST(%(keys)b AS {_type(table, column)}[]))" if is_postgres else "IN (SELECT value FROM json_each(?))"
    )
    # names of tables and columns are the program's own; what was sent stands in the parameters
    return f"SELECT {_names(table)} FROM {table.name} WHERE {' AND '.join([*held, f'{column} {one_of}'])}"  # noqa: S608  # as said above


@lru_cache(maxsize=256)
def _arrays(table: Table, mode: Mode) -> str:
    # one array a column: the statement is the same for one row and for thousands, and planned once
    arrays = ", ".join(f"CAST(%(c{place})b AS {_type(table, c.name)}[])" for place, c in enumerate(table.c))
    return f"INSERT INTO {table.name} ({_names(table)}) SELECT * FROM unnest({arrays}){_on_conflict(table, mode)}"  # noqa: S608  # no part of it was sent by anybody


@lru_cache(maxsize=64)
def _copy_text(table: Table) -> tuple[str, list[str]]:
    types = [_type(table, c.name) for c in table.c]
    return f"COPY {table.name} ({_names(table)}) FROM STDIN (FORMAT BINARY)", types


@lru_cache(maxsize=256)
def _values(table: Table, mode: Mode) -> str:
    marks = ", ".join("?" for _ in table.c)
    return f"INSERT INTO {table.name} ({_names(table)}) VALUES ({marks}){_on_conflict(table, mode)}"  # noqa: S608  # as above


def _names(table: Table) -> str:
    return ", ".join(c.name for c in table.c)


def _type(table: Table, column: str) -> str:
    kind = table.c[column].type
    return "bigint" if isinstance(kind, BigInteger) else "bytea" if isinstance(kind, LargeBinary) else "text"


def _on_conflict(table: Table, mode: Mode) -> str:
    key = ", ".join(c.name for c in table.primary_key)
    others = [c.name for c in table.c if not c.primary_key]
    if mode == "new":
        return ""
    if mode == "once":
        return f" ON CONFLICT ({key}) DO NOTHING"
    given = ", ".join(f"{name} = excluded.{name}" for name in others)
    if mode == "add":
        given = given.removesuffix(f"excluded.{others[-1]}") + f"{table.name}.{others[-1]} + excluded.{others[-1]}"
    return f" ON CONFLICT ({key}) DO UPDATE SET {given}"
