"""Data bases for tests that are all equal: copies of one, each used again once it is as it was.

To copy a data base and to remove it makes PostgreSQL write everything down twice: most of what a test of the hub costs.
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg import sql

from tests.hub.postgres import PrivatePostgres

_FIRST_OWN = 16_384
"""PostgreSQL numbers what is not its own from here."""

# whatever changes the shape of a data base writes a row of these anew, with the number of its transaction
_WRITTEN = {
    "pg_attribute": "attrelid",
    "pg_constraint": "oid",
    "pg_index": "indexrelid",
    "pg_namespace": "oid",
    "pg_policy": "oid",
    "pg_proc": "oid",
    "pg_sequence": "seqrelid",
    "pg_trigger": "oid",
    "pg_type": "oid",
}
_SHAPE = " UNION ALL ".join(
    [
        *(
            f"SELECT '{table} ' || count(*) || ' ' || coalesce(max(xmin::text::bigint), 0) FROM {table}"
            f" WHERE {number} >= {_FIRST_OWN}"
            for table, number in _WRITTEN.items()
        ),
        # a table that is emptied is written anew here too, so it is its rights and its kind that count
        "SELECT string_agg(concat_ws(' ', oid, relname, relkind, relowner, relpersistence, relrowsecurity,"
        " relforcerowsecurity, reloptions, relacl), '|' ORDER BY oid)"
        f" FROM pg_class WHERE oid >= {_FIRST_OWN}",
        "SELECT string_agg(concat_ws(' ', nspname, nspowner, nspacl), '|' ORDER BY oid) FROM pg_namespace",
        "SELECT string_agg(concat_ws(' ', extname, extversion), '|' ORDER BY oid) FROM pg_extension",
        "SELECT concat_ws(' ', datdba, datallowconn, datconnlimit, datacl) FROM pg_database"
        " WHERE datname = current_database()",
        "SELECT string_agg(concat_ws(' ', setrole, setconfig), '|' ORDER BY setrole) FROM pg_db_role_setting s"
        " JOIN pg_database d ON d.oid = s.setdatabase WHERE datname = current_database()",
        "SELECT string_agg(concat_ws(' ', deptype, objid), '|' ORDER BY objid) FROM pg_depend"
        f" WHERE deptype = 'e' AND objid >= {_FIRST_OWN}",
        "SELECT count(*)::text FROM pg_largeobject_metadata",
    ]
)
_OTHERS_GO = (
    "SELECT bool_and(pg_terminate_backend(pid, 10000)) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)
_WRITTEN_TABLES = (
    "SELECT oid::regclass::text, pg_relation_size(oid) FROM pg_class"
    f" WHERE relkind = 'r' AND oid >= {_FIRST_OWN} AND pg_relation_size(oid) > 0"
)
_LARGE = 65_536
"""From so many bytes on new files are cheaper than rows that are gone but still lie in the old ones."""

_FROM_THE_FIRST = (
    "SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false) FROM pg_sequences"
    " WHERE last_value IS NOT NULL"
)


@dataclass
class Copies:
    """Copies of a data base that nobody writes to; what is given back is a copy again, or it goes."""

    cluster: PrivatePostgres
    template: str
    _free: list[str] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    _shape: str = ""
    _rows: Mapping[str, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        with self._connected(self.template) as connection:
            self._shape = _shape_of(connection)
            self._rows = {name: _rows_of(connection, name) for name in _written_tables(connection)}
            assert not connection.execute(_FROM_THE_FIRST).fetchall(), "a template has used none of its numbers"

    def take(self) -> str:
        """The name of a data base that is as the template is."""
        if self._free:
            return self._free.pop()
        name = f"{self.template}_{next(self._numbers)}"
        self.cluster.create(name, self.template)
        return name

    def give_back(self, name: str) -> None:
        """Its rows go, and it serves again; where more was changed than rows, it goes itself."""
        with self._connected(name) as connection:
            connection.execute(_OTHERS_GO)
            is_as_made = self.has_shape(connection)
            if is_as_made:
                self._empty(connection)
        if is_as_made:
            self._free.append(name)
        else:
            self.cluster.drop(name)

    def has_shape(self, connection: psycopg.Connection[Any]) -> bool:
        """Whether tables, rights, triggers and settings are those of the template, whatever rows there are."""
        return _shape_of(connection) == self._shape

    def _empty(self, connection: psycopg.Connection[Any]) -> None:
        written = _written_tables(connection)
        # no trigger, no foreign key: they would keep what happened
        connection.execute("SET LOCAL session_replication_role = replica")
        for name in written.keys() - self._rows:
            words = "TRUNCATE {} CASCADE" if written[name] > _LARGE else "DELETE FROM {}"
            connection.execute(sql.SQL(words).format(sql.SQL(name)))
        changed = [name for name, rows in self._rows.items() if _rows_of(connection, name) != rows]
        for name in changed:
            connection.execute(sql.SQL("DELETE FROM {}").format(sql.SQL(name)))
            with connection.cursor().copy(sql.SQL("COPY {} FROM STDIN").format(sql.SQL(name))) as copy:
                copy.write(self._rows[name])
        connection.execute(_FROM_THE_FIRST)

    @contextmanager
    def _connected(self, name: str) -> Iterator[psycopg.Connection[Any]]:
        with psycopg.connect(self.cluster.dsn(name)) as connection:
            yield connection


def _shape_of(connection: psycopg.Connection[Any]) -> str:
    found = connection.execute(_SHAPE).fetchall()
    return hashlib.sha256(repr(found).encode()).hexdigest()


def _written_tables(connection: psycopg.Connection[Any]) -> dict[str, int]:
    """The tables that have ever held a row, with their size in bytes."""
    return dict(connection.execute(_WRITTEN_TABLES).fetchall())


def _rows_of(connection: psycopg.Connection[Any], name: str) -> bytes:
    with connection.cursor().copy(sql.SQL("COPY {} TO STDOUT").format(sql.SQL(name))) as copy:
        return b"".join(map(bytes, copy))
