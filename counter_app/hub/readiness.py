"""Whether a data base may carry a hub: looked at before the first request, and by `hub serve --check`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection, text

from counter_app.hub.database import Database
from counter_app.hub.revisions import OLDEST_POSTGRES, newest_version, version_of
from counter_app.hub.schema import API_ROLE, FACTS

What = Literal["version", "tables", "role", "synchronous_commit", "fsync", "full_page_writes", "standby", "checksums"]


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that was looked at: how it is, how it has to be, and whether a hub refuses to start without it."""

    what: What
    found: str
    expected: str
    is_good: bool
    is_needed: bool = True


def look(database: Database) -> tuple[Found, ...]:
    """Look at everything that an acknowledged payment rests on; the data base is opened with the API's role.

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
    user = str(connection.execute(text("SELECT current_user")).scalar_one())
    too_much = []
    if has_tables:
        question = text(
            "SELECT name FROM unnest(CAST(:names AS text[])) AS name"
            " WHERE has_table_privilege(name, 'UPDATE') OR has_table_privilege(name, 'DELETE') ORDER BY name"
        )
        too_much = list(connection.execute(question, {"names": sorted(FACTS)}).scalars())
    found = ", ".join([user, *too_much])
    return Found("role", found, API_ROLE, user == API_ROLE and not too_much)


def _show(connection: Connection, name: str) -> str:
    return str(connection.execute(text("SELECT current_setting(:name)"), {"name": name}).scalar_one())
