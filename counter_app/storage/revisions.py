"""Running the migration steps: one transaction from the version a file has to the one it shall have."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import StaticPool

from counter_app.storage.driver import Driver
from counter_app.storage.schema import SCHEMA_VERSION, schema_ddl
from counter_app.storage.sql import DriverConnection

STEPS = Path(__file__).with_name("migrations")
"""Where Alembic finds `versions/`."""


def upgrade(raw: DriverConnection, driver: Driver, *, from_version: int, to_version: int, steps: Path = STEPS) -> None:
    """Bring the file behind `raw` from one version to another; all of it is committed together, or nothing.

    Raises:
        LookupError: there is no step for one of the versions.
    """
    # Alembic takes a while to import and is needed once in a file's life
    from alembic.operations import Operations
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory

    found = {int(step.revision): step for step in ScriptDirectory(str(steps)).walk_revisions()}
    wanted = range(from_version + 1, to_version + 1)
    if missing := [version for version in wanted if version not in found]:
        raise LookupError(missing)
    with _engine(raw, driver).connect() as connection, connection.begin():
        with Operations.context(MigrationContext.configure(connection)):
            for version in wanted:
                found[version].module.upgrade()
        connection.exec_driver_sql(f"PRAGMA user_version={to_version}")


def objects_of_version(driver: Driver, version: int, *, steps: Path = STEPS) -> dict[tuple[str, str], str]:
    """The statements of the schema that a file of this version holds, by kind and name."""
    raw: DriverConnection = driver.module.connect(":memory:", isolation_level=None)
    try:
        if version == SCHEMA_VERSION and steps == STEPS:
            for statement in schema_ddl(driver):
                raw.execute(statement)
        else:
            upgrade(raw, driver, from_version=0, to_version=version, steps=steps)
        rows = raw.execute("SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL").fetchall()
        return {(kind, name): sql for kind, name, sql in rows}
    finally:
        raw.close()


def _engine(raw: DriverConnection, driver: Driver) -> Engine:
    engine = create_engine(
        "sqlite://", module=driver.module, creator=lambda: raw, poolclass=StaticPool, _initialize=False
    )

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine
