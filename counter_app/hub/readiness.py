"""Whether a data base may carry a hub: looked at before the first request, and by `hub serve --check`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection, text

from counter_app.hub.database import Database
from counter_app.hub.revisions import OLDEST_POSTGRES, newest_version, version_of
from counter_app.hub.schema import API_ROLE, rights_of
from counter_app.hub.tables import metadata

What = Literal[
    "version",
    "tables",
    "role",
    "connections",
    "synchronous_commit",
    "fsync",
    "full_page_writes",
    "standby",
    "checksums",
]
_RIGHTS = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE")


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that was looked at: how it is, how it has to be, and whether a hub refuses to start without it."""

    what: What
    found: str
    expected: str
    is_good: bool
    is_needed: bool = True


def look(database: Database, *, connections: int = 1) -> tuple[Found, ...]:
    """Look at everything that an acknowledged payment rests on; the data base is opened with the API's role.

    `connections` are those that all workers together may open, and those of one more: while they are replaced one
    after the other, the old and the new one are both there.

    Raises:
        DatabaseBusy: it does not answer.
    """
    with database.transaction() as connection:
        version = int(_show(connection, "server_version_num"))
        tables, newest = version_of(connection), newest_version()
        standby = _show(connection, "synchronous_standby_names")
        return (
            Found("version", str(version // 10_000), f">= {OLDEST_POSTGRES // 10_000}", version >= OLDEST_POSTGRES),
            Found("tables", tables or "-", newest, tables == newest),
            _role(connection, has_tables=tables is not None),
            _connections(connection, connections),
            _setting(connection, "synchronous_commit", ("on", "remote_apply")),
            _setting(connection, "fsync", ("on",)),
            _setting(connection, "full_page_writes", ("on",)),
            Found("standby", standby or "-", "ANY 1 (…)", bool(standby), is_needed=False),
            Found(
                "checksums",
                _show(connection, "data_checksums"),
                "on",
                _show(connection, "data_checksums") == "on",
                is_needed=False,
            ),
        )


def _setting(
    connection: Connection, name: Literal["synchronous_commit", "fsync", "full_page_writes"], good: tuple[str, ...]
) -> Found:
    found = _show(connection, name)
    return Found(name, found, " / ".join(good), found in good)


def _role(connection: Connection, *, has_tables: bool) -> Found:
    """Who every request runs as, and each right that this role has too much (+) or lacks (-)."""
    user = str(connection.execute(text("SELECT current_user")).scalar_one())
    wrong = []
    if has_tables:
        question = text(
            "SELECT name, of, has_table_privilege(to_regclass(name), of)"
            " FROM unnest(CAST(:names AS text[])) AS name, unnest(CAST(:rights AS text[])) AS of ORDER BY 1, 2"
        )
        given = {"names": sorted(metadata.tables), "rights": list(_RIGHTS)}
        for name, right, is_held in connection.execute(question, given):
            # a table that is not there is the version's matter
            if is_held is not None and is_held != (right in rights_of(metadata.tables[name])):
                wrong.append(f"{'+' if is_held else '-'}{right} {name}")
    return Found("role", ", ".join([user, *wrong]), API_ROLE, user == API_ROLE and not wrong)


def _connections(connection: Connection, needed: int) -> Found:
    """How many connections there are for those who are no superuser."""
    kept = ("superuser_reserved_connections", "reserved_connections")
    question = text("SELECT coalesce(sum(setting::int), 0) FROM pg_settings WHERE name = ANY(:names)")
    reserved = connection.execute(question, {"names": list(kept)}).scalar_one()
    found = int(_show(connection, "max_connections")) - int(reserved)
    return Found("connections", str(found), f">= {needed}", found >= needed)


def _show(connection: Connection, name: str) -> str:
    return str(connection.execute(text("SELECT current_setting(:name)"), {"name": name}).scalar_one())
