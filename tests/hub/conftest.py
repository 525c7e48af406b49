"""A private PostgreSQL for the whole run, and a data base of its own for each test that asks for one."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest

from counter_app.hub.database import Database
from counter_app.hub.revisions import migrate
from counter_app.hub.schema import API_ROLE
from tests.hub.postgres import PrivatePostgres, running

TEMPLATE = "hub_template"
_numbers = itertools.count(1)


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


@pytest.fixture
def postgres_url(postgres: PrivatePostgres, template: str) -> Iterator[str]:
    """The address of an empty hub's data base, for its owner."""
    name = f"hub_{next(_numbers)}"
    postgres.create(name, template)
    yield postgres.url(name)
    postgres.drop(name)


@pytest.fixture
def postgres_hub(postgres_url: str) -> Iterator[Database]:
    """An empty hub on PostgreSQL, with the rights of the API and no others."""
    database = Database.open(postgres_url, role=API_ROLE)
    yield database
    database.close()


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest) -> Iterator[Database]:
    """An empty hub, once on each kind of data base."""
    if request.param == "postgres":
        yield request.getfixturevalue("postgres_hub")
        return
    found = Database.open("sqlite://")
    migrate(found)
    yield found
    found.close()
