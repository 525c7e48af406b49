"""A private PostgreSQL for the whole run, and an empty data base for each test that asks for one."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import pytest

from counter_app.hub.database import Database
from counter_app.hub.revisions import migrate
from counter_app.hub.schema import API_ROLE
from tests.hub.copies import Copies
from tests.hub.postgres import PrivatePostgres, running

TEMPLATE = "hub_template"


@pytest.fixture(scope="session")
def postgres() -> Iterator[PrivatePostgres]:
    """One cluster for all tests of this process; a machine that cannot run one fails them."""
    with running() as cluster:
        yield cluster


@pytest.fixture(scope="session")
def template(postgres: PrivatePostgres) -> str:
    """A data base that `hub migrate` has made; tests get copies of it."""
    postgres.create(TEMPLATE)
    owner = Database.open(postgres.url(TEMPLATE))
    migrate(owner)
    owner.close()
    return TEMPLATE


@pytest.fixture(scope="session")
def copies(postgres: PrivatePostgres, template: str) -> Copies:
    """The copies of it, each for one test after the other."""
    return Copies(postgres, template)


@pytest.fixture
def postgres_url(copies: Copies) -> Iterator[str]:
    """The address of an empty hub's data base, for its owner."""
    name = copies.take()
    yield copies.cluster.url(name)
    copies.give_back(name)


@pytest.fixture
def postgres_hub(postgres_url: str) -> Iterator[Database]:
    """An empty hub on PostgreSQL, with the rights of the API and no others."""
    database = Database.open(postgres_url, role=API_ROLE)
    yield database
    database.close()


@pytest.fixture(scope="session")
def migrated_sqlite() -> Iterator[sqlite3.Connection]:
    """A data base in memory that `hub migrate` has made; tests get copies of it."""
    found = Database.open("sqlite://")
    migrate(found)
    yield _raw(found)
    found.close()


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest) -> Iterator[Database]:
    """An empty hub, once on each kind of data base."""
    if request.param == "postgres":
        yield request.getfixturevalue("postgres_hub")
        return
    found = Database.open("sqlite://")
    request.getfixturevalue("migrated_sqlite").backup(_raw(found))
    yield found
    found.close()


def _raw(database: Database) -> sqlite3.Connection:
    with database.engine.connect() as connection:
        raw = connection.connection.dbapi_connection
    assert isinstance(raw, sqlite3.Connection)
    return raw
