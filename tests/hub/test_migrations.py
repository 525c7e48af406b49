"""Migrations of the hub: what they make, what the API's role may do with it, and when they refuse."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from sqlalchemy import Connection, insert, select, text, update
from sqlalchemy.exc import DBAPIError

from counter_app.hub.database import Database
from counter_app.hub.revisions import CannotMigrate, migrate, newest_version, version_of
from counter_app.hub.schema import API_ROLE, FACTS, PARTITIONED, PARTITIONS
from counter_app.hub.tables import chain_heads, hall_feed, metadata
from tests.hub.postgres import PrivatePostgres

DENIED = "42501"


@pytest.fixture
def owner(postgres_url: str) -> Iterator[Database]:
    """The migrated data base, as its owner."""
    database = Database.open(postgres_url)
    yield database
    database.close()


@pytest.fixture
def api(postgres_hub: Database) -> Iterator[Connection]:
    """A transaction of the API, undone afterwards."""
    with postgres_hub.engine.connect() as connection:
        yield connection
        connection.rollback()


def refused(connection: Connection, statement: str) -> str | None:
    """The SQLSTATE of PostgreSQL's no, or None when it does it."""
    point = connection.begin_nested()
    try:
        connection.execute(text(statement))
    except DBAPIError as error:
        point.rollback()
        return str(getattr(error.orig, "sqlstate", "")) or None
    point.rollback()
    return None


def test_every_table_is_there_and_the_large_ones_lie_in_parts_by_hall(owner: Database) -> None:
    with owner.transaction() as connection:
        kinds: dict[str, str] = dict(
            connection.execute(
                text("SELECT relname, relkind::text FROM pg_class WHERE relnamespace = 'public'::regnamespace")
            ).all()
        )
        keys: dict[str, str] = dict(
            connection.execute(
                text("SELECT partrelid::regclass::text, pg_get_partkeydef(partrelid) FROM pg_partitioned_table")
            ).all()
        )
    assert {name for name, kind in kinds.items() if kind == "p"} == PARTITIONED
    assert keys == dict.fromkeys(PARTITIONED, "HASH (hall_id)")
    assert set(metadata.tables) <= set(kinds)
    assert sum(name.startswith("inbox_") and kind == "r" for name, kind in kinds.items()) == PARTITIONS


def test_a_second_migration_changes_nothing(owner: Database) -> None:
    assert migrate(owner) == (newest_version(), newest_version())
    with owner.transaction() as connection:
        assert version_of(connection) == newest_version()


@pytest.mark.parametrize("name", sorted(FACTS))
def test_the_api_cannot_change_or_remove_what_happened(api: Connection, name: str) -> None:
    assert refused(api, f"SELECT * FROM {name}") is None
    assert refused(api, f"UPDATE {name} SET hall_id = 'x'") == DENIED
    assert refused(api, f"DELETE FROM {name}") == DENIED
    assert refused(api, f"TRUNCATE {name}") == DENIED
    if name in PARTITIONED:
        for part in (f"{name}_00", f"{name}_{PARTITIONS - 1:02}"):
            assert refused(api, f"UPDATE {part} SET hall_id = 'x'") == DENIED
            assert refused(api, f"DELETE FROM {part}") == DENIED


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE hub_state SET value = '9'",
        "UPDATE alembic_version SET version_num = '0'",
        "ALTER TABLE inbox DISABLE TRIGGER ALL",
        "DROP TABLE inbox",
        "CREATE TABLE mine (a int)",
        "UPDATE chain_heads SET epoch = 2",
        "UPDATE hall_feed SET hall_id = 'x'",
        "DELETE FROM chain_heads",
        "DELETE FROM tasks",
        "COPY inbox TO PROGRAM 'true'",
        "SELECT pg_read_file('/etc/passwd')",
    ],
)
def test_the_api_cannot_reach_beyond_its_rights(api: Connection, statement: str) -> None:
    assert refused(api, statement) == DENIED


def test_the_api_cannot_give_itself_a_right(api: Connection) -> None:
    # PostgreSQL answers with a warning and gives nothing
    api.execute(text(f"GRANT ALL ON inbox TO {API_ROLE}"))
    assert refused(api, "DELETE FROM inbox") == DENIED


def test_a_right_too_many_would_be_seen(owner: Database) -> None:
    with owner.engine.connect() as connection:
        connection.execute(text(f"GRANT UPDATE ON inbox TO {API_ROLE}"))
        connection.execute(text(f"SET LOCAL ROLE {API_ROLE}"))
        assert refused(connection, "UPDATE inbox SET hall_id = 'x'") is None
        connection.rollback()


def test_the_end_of_a_chain_goes_only_forward(api: Connection) -> None:
    place = {"hall_id": "h", "counter_id": "c", "epoch": 1}
    api.execute(insert(chain_heads).values(**place, n=7, hash="aa", contacts=1))
    api.execute(select(chain_heads).with_for_update()).one()
    api.execute(update(chain_heads).values(n=7, contacts=2))
    api.execute(update(chain_heads).values(n=9, hash="bb"))
    assert refused(api, "UPDATE chain_heads SET n = 8") == "23000"
    assert refused(api, "UPDATE chain_heads SET hash = 'cc'") == "23000"
    api.execute(insert(hall_feed).values(hall_id="h", n=4, hash="aa", last_id=0))
    assert refused(api, "UPDATE hall_feed SET n = 3, hash = 'bb'") == "23000"


def test_a_data_base_of_a_newer_program_is_left_alone(owner: Database) -> None:
    with owner.transaction() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(CannotMigrate, match="9999"):
        migrate(owner)


def test_an_owner_who_is_no_superuser_can_migrate_and_serve(postgres: PrivatePostgres, template: str) -> None:
    with psycopg.connect(postgres.dsn(), autocommit=True) as connection:
        connection.execute("CREATE ROLE plain_owner LOGIN")
        connection.execute("CREATE DATABASE plain OWNER plain_owner")
    owner = Database.open(postgres.url("plain", user="plain_owner"))
    try:
        with pytest.raises(CannotMigrate, match='GRANT counter_api TO "plain_owner"'):
            migrate(owner)
        with psycopg.connect(postgres.dsn(), autocommit=True) as connection:
            connection.execute("GRANT counter_api TO plain_owner")
        assert migrate(owner) == (None, newest_version())
        api = Database.open(postgres.url("plain", user="plain_owner"), role=API_ROLE)
        with api.transaction() as work:
            assert work.execute(text("SELECT current_user")).scalar_one() == API_ROLE
            assert refused(work, "DELETE FROM inbox") == DENIED
        api.close()
    finally:
        owner.close()
        postgres.drop("plain")
