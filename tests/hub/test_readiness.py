"""What is looked at before a hub serves: each right of the API's role, and connections for all workers."""

from __future__ import annotations

import psycopg

from counter_app.hub.database import Database
from counter_app.hub.readiness import Found, look
from counter_app.hub.schema import API_ROLE


def bad(url: str, *, connections: int = 1) -> list[Found]:
    """What is not as it has to be, but for the settings of the tests' own PostgreSQL."""
    database = Database.open(url, role=API_ROLE)
    found = look(database, connections=connections)
    database.close()
    return [one for one in found if one.what in ("role", "connections") and not one.is_good]


def test_each_right_that_the_role_has_too_much_or_lacks_is_named(postgres_url: str) -> None:
    assert bad(postgres_url) == []
    with psycopg.connect(postgres_url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(f"GRANT UPDATE ON contacts, hub_state TO {API_ROLE}")
        connection.execute(f"GRANT DELETE ON devices TO {API_ROLE}")
        connection.execute(f"REVOKE INSERT ON parked FROM {API_ROLE}")
    (role,) = bad(postgres_url)
    assert role.found == f"{API_ROLE}, +UPDATE contacts, +DELETE devices, +UPDATE hub_state, -INSERT parked"


def test_there_are_connections_for_every_worker_and_one_more(postgres_url: str) -> None:
    (found,) = bad(postgres_url, connections=98)
    assert (found.what, found.found, found.expected) == ("connections", "97", ">= 98")
