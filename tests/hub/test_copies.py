"""A data base that served a test serves the next one only as it was made: no row, number, shape or setting is left."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from tests.hub.copies import Copies
from tests.hub.postgres import PrivatePostgres


@pytest.fixture(scope="module")
def few(postgres: PrivatePostgres) -> Iterator[Copies]:
    """Copies of a small data base with everything that could be left behind."""
    postgres.create("few_template")
    with psycopg.connect(postgres.dsn("few_template")) as connection:
        connection.execute("CREATE TABLE state (key text, value text)")
        connection.execute("INSERT INTO state VALUES ('restores', '0')")
        connection.execute("CREATE TABLE fact (id serial PRIMARY KEY, words text)")
        connection.execute("CREATE TABLE line (fact_id int REFERENCES fact)")
        connection.execute("CREATE FUNCTION never() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NULL; END$$")
        connection.execute("CREATE TRIGGER kept BEFORE DELETE ON fact FOR EACH ROW EXECUTE FUNCTION never()")
    yield Copies(postgres, "few_template")
    postgres.drop("few_template")


def done(copies: Copies, name: str, *statements: str) -> None:
    with psycopg.connect(copies.cluster.dsn(name)) as connection:
        for statement in statements:
            connection.execute(statement)


def test_what_was_written_is_gone_and_whoever_stayed_is_sent_away(few: Copies) -> None:
    name = few.take()
    done(
        few,
        name,
        "INSERT INTO fact (words) SELECT repeat('x', 100) FROM generate_series(1, 1000)",
        "INSERT INTO line VALUES (1)",
        "UPDATE state SET value = '1'",
    )
    with psycopg.connect(few.cluster.dsn(name)) as left_open:
        left_open.execute("SELECT * FROM line")
        few.give_back(name)
        with pytest.raises(psycopg.OperationalError):
            left_open.execute("SELECT 1")
    assert few.take() == name
    with psycopg.connect(few.cluster.dsn(name)) as connection:
        assert connection.execute("SELECT key, value FROM state").fetchall() == [("restores", "0")]
        assert connection.execute("SELECT count(*) FROM line").fetchall() == [(0,)]
        assert connection.execute("INSERT INTO fact (words) VALUES ('a') RETURNING id").fetchall() == [(1,)]
        assert connection.execute("DELETE FROM fact").rowcount == 0
    few.give_back(name)


OTHERWISE = (
    "CREATE TABLE mine (a int)",
    "CREATE VIEW seen AS SELECT * FROM fact",
    "CREATE INDEX more ON fact (words)",
    "DROP TABLE line",
    "ALTER TABLE fact ADD COLUMN more text",
    "ALTER TABLE fact ADD CONSTRAINT short CHECK (length(words) < 9)",
    "ALTER TABLE fact ALTER COLUMN words SET DEFAULT 'a'",
    "ALTER TABLE fact ALTER COLUMN words SET NOT NULL",
    "ALTER TABLE fact DISABLE TRIGGER kept",
    "ALTER TABLE fact ENABLE ROW LEVEL SECURITY",
    "DROP TRIGGER kept ON fact",
    "CREATE OR REPLACE FUNCTION never() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN OLD; END$$",
    "ALTER SEQUENCE fact_id_seq INCREMENT 2",
    "GRANT SELECT ON fact TO PUBLIC",
    "GRANT UPDATE (words) ON fact TO PUBLIC",
    "GRANT CREATE ON SCHEMA public TO PUBLIC",
    "CREATE SCHEMA mine",
    "DO $$BEGIN EXECUTE format('ALTER DATABASE %I SET lock_timeout = 7', current_database()); END$$",
    "DO $$BEGIN EXECUTE format('GRANT CREATE ON DATABASE %I TO PUBLIC', current_database()); END$$",
    "SELECT lo_create(0)",
)


def test_whatever_else_is_changed_is_seen(few: Copies) -> None:
    name = few.take()
    unseen = []
    with psycopg.connect(few.cluster.dsn(name)) as connection:
        for statement in OTHERWISE:
            connection.execute(statement)
            if few.has_shape(connection):
                unseen.append(statement)
            connection.rollback()
        assert unseen == []
        assert few.has_shape(connection)
    few.give_back(name)
    assert few.take() == name
    done(few, name, OTHERWISE[0])
    few.give_back(name)
    assert few.take() != name
