"""Bringing the hub's data base to this program's version, as its owner and in one transaction."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Connection, insert, literal_column, select, text, update

from counter_app.hub.database import Database
from counter_app.hub.schema import API_ROLE, role_ddl
from counter_app.hub.sql import ask
from counter_app.hub.tables import hub_state, metadata

STEPS = Path(__file__).with_name("migrations")
OLDEST_POSTGRES = 150_000
_RESTORES = select(hub_state.c.value).where(hub_state.c.key == literal_column("'restores'"))
_ONE_AT_A_TIME = 12_583_906
"""The number of the lock that two migrations of one data base wait for."""


class CannotMigrate(Exception):
    """The data base stays as it was; the reason is a sentence for who runs the hub."""


def migrate(database: Database) -> tuple[str | None, str]:
    """Bring the data base to the newest version; returns the versions before (None: empty) and after.

    Raises:
        CannotMigrate: PostgreSQL is too old, the data base is of a newer program, or a right is missing.
        DatabaseBusy: it does not answer.
    """
    if not database.is_postgres:
        return _make_sqlite(database)
    # Alembic takes a while to import and is needed once
    from alembic.operations import Operations
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory

    script = ScriptDirectory(str(STEPS))
    steps = list(script.walk_revisions())[::-1]
    with database.transaction() as connection:
        _require_new_enough(connection)
        connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _ONE_AT_A_TIME})
        context = MigrationContext.configure(connection)
        before = context.get_current_revision()
        known = [step.revision for step in steps]
        if before is not None and before not in known:
            raise CannotMigrate(f"the data base is of version {before}, this program knows {known[-1]}")
        _make_role(connection)
        wanted = steps if before is None else steps[known.index(before) + 1 :]
        if wanted:
            with Operations.context(context):
                for step in wanted:
                    # the table of versions comes first: a step says who may read it
                    context.stamp(script, step.revision)
                    step.module.upgrade()
    return before, known[-1]


def version_of(connection: Connection) -> str | None:
    """The version of the tables, or None where there are none."""
    found = connection.execute(text("SELECT to_regclass('alembic_version') IS NOT NULL")).scalar_one()
    return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one()) if found else None


def newest_version() -> str:
    """The version this program needs."""
    from alembic.script import ScriptDirectory

    return str(ScriptDirectory(str(STEPS)).get_current_head())


def raise_generation(database: Database, secret: Callable[[int], bytes] = secrets.token_bytes) -> int:
    """Say that the data base was put back from a copy: counters compare and send again what it lacks.

    The number alone stands in the copy, and the same copy put back twice would give two histories one name: each has a
    word of its own. Returns the number of restores said so far.
    """
    with database.transaction() as connection:
        row = hub_state.c.key == "restores"
        before: str = connection.execute(select(hub_state.c.value).where(row).with_for_update()).scalar_one()
        count = int(before.partition("-")[0]) + 1
        connection.execute(update(hub_state).where(row).values(value=f"{count}-{secret(4).hex()}"))
    return count


def generation(database: Database, connection: Connection) -> str:
    """The identity of the hub's history (reliability 2.5): system, timeline, restores."""
    [(restores,)] = ask(connection, _RESTORES)
    if database.is_postgres:
        return f"{database.history(connection)}.{restores}"
    return f"sqlite.1.{restores}"


def _make_sqlite(database: Database) -> tuple[str | None, str]:
    """SQLite carries the simulator and fast tests: its tables are made as they are today."""
    metadata.create_all(database.engine)
    with database.transaction() as connection:
        if connection.execute(select(hub_state.c.value)).first() is None:
            connection.execute(insert(hub_state).values(key="restores", value="0"))
    return None, newest_version()


def _require_new_enough(connection: Connection) -> None:
    number = int(connection.execute(text("SHOW server_version_num")).scalar_one())
    if number < OLDEST_POSTGRES:
        raise CannotMigrate(f"PostgreSQL 15 or newer is needed, this is {number // 10_000}")


def _make_role(connection: Connection) -> None:
    name, has_role, may_become, is_superuser, may_make = connection.execute(
        text(
            "SELECT current_user, EXISTS (SELECT 1 FROM pg_roles WHERE rolname = :role),"
            " EXISTS (SELECT 1 FROM pg_roles WHERE rolname = :role AND pg_has_role(current_user, oid, 'MEMBER')),"
            " rolsuper, rolcreaterole FROM pg_roles WHERE rolname = current_user"
        ),
        {"role": API_ROLE},
    ).one()
    if has_role and (may_become or is_superuser):
        return
    if not (is_superuser or may_make):
        line = f'CREATE ROLE {API_ROLE} NOLOGIN; GRANT {API_ROLE} TO "{name}"'
        raise CannotMigrate(f"this user may not make the role of the API; let an administrator run: {line}")
    for statement in role_ddl(has_role=has_role, is_superuser=is_superuser):
        connection.execute(text(statement))
