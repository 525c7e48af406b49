"""Many rows in one statement, on PostgreSQL and on SQLite: the one place of the rules that knows which one it is."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Literal

from sqlalchemy import BigInteger, Connection, LargeBinary, Table

Mode = Literal["new", "once", "replace", "add"]
"""What happens to a row whose key is there: an error, it stays, it is replaced, or so and its last column added to."""


def put(connection: Connection, table: Table, rows: Sequence[Sequence[Any]], mode: Mode = "new") -> None:
    """Write rows, each in the order of the table's columns."""
    if not rows:
        return
    if connection.dialect.name == "postgresql":
        columns = {f"c{place}": list(values) for place, values in enumerate(zip(*rows, strict=True))}
        connection.exec_driver_sql(_arrays(table, mode), columns)
    else:
        connection.exec_driver_sql(_values(table, mode), [tuple(row) for row in rows])


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
    question = _question(table, column, tuple(others), connection.dialect.name)
    return [tuple(row) for row in connection.exec_driver_sql(question, given)]


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
