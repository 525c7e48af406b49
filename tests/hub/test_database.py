"""The hub's data base: bounded waits, COMMIT believed only when it is sure, one history with one name."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import closing

import psycopg
import pytest
from sqlalchemy import Connection, insert, select, text

from counter_app.hub.database import CommitUncertain, Database, DatabaseBusy
from counter_app.hub.revisions import generation, raise_generation
from counter_app.hub.schema import API_ROLE
from counter_app.hub.tables import halls
from tests.hub.postgres import START_S, PrivatePostgres, running

ONE_HALL = {"hall_code": "HZ01", "facts": "{}", "created_at": "2026-11-21T02:04:00+00:00"}


def add_hall(database: Database, hall_id: str = "a") -> None:
    with database.transaction() as connection:
        connection.execute(insert(halls).values(hall_id=hall_id, **{**ONE_HALL, "hall_code": hall_id}))


def hall_ids(database: Database) -> list[str]:
    with database.transaction() as connection:
        return sorted(connection.execute(select(halls.c.hall_id)).scalars())


def test_what_raises_is_undone_and_what_ends_is_kept(database: Database) -> None:
    add_hall(database)
    with pytest.raises(ZeroDivisionError), database.transaction() as connection:  # noqa: PT012  # the row comes before
        connection.execute(insert(halls).values(hall_id="b", **ONE_HALL | {"hall_code": "b"}))
        _ = 1 / 0
    assert hall_ids(database) == ["a"]


def test_a_savepoint_takes_back_only_its_own_part(database: Database) -> None:
    with database.transaction() as connection:
        connection.execute(insert(halls).values(hall_id="a", **ONE_HALL))
        with pytest.raises(ZeroDivisionError), connection.begin_nested():  # noqa: PT012  # the row comes before
            connection.execute(insert(halls).values(hall_id="b", **ONE_HALL | {"hall_code": "b"}))
            _ = 1 / 0
    assert hall_ids(database) == ["a"]


def test_transactions_of_one_sqlite_take_turns(database: Database) -> None:
    threads = [threading.Thread(target=add_hall, args=(database, f"h{number}")) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(hall_ids(database)) == 8


def test_a_lock_that_is_held_too_long_is_busy(postgres_url: str) -> None:
    patient, hasty = Database.open(postgres_url), Database.open(postgres_url, statement_ms=200)
    with patient.transaction() as holder:
        holder.execute(text("LOCK TABLE halls IN EXCLUSIVE MODE"))
        with pytest.raises(DatabaseBusy) as busy:
            add_hall(hasty)
    assert not isinstance(busy.value, CommitUncertain)
    patient.close()
    hasty.close()


def test_two_transactions_that_met_are_a_conflict(postgres_hub: Database) -> None:
    add_hall(postgres_hub)

    def rename(database: Database) -> None:
        with database.transaction("SERIALIZABLE") as connection:
            connection.execute(select(halls)).all()
            if database is postgres_hub and not met:
                met.append(True)
                rename(postgres_hub)
            connection.execute(halls.update().values(facts='{"a":1}'))

    met: list[bool] = []
    with pytest.raises(DatabaseBusy) as busy:
        rename(postgres_hub)
    assert busy.value.is_conflict


def test_every_connection_in_use_is_busy(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("counter_app.hub.database.POOL_WAIT_S", 0.05)
    narrow = Database.open(postgres_url, pool=1)
    with narrow.transaction(), pytest.raises(DatabaseBusy, match="in use"):
        add_hall(narrow)
    narrow.close()


def test_nobody_there_is_busy() -> None:
    nowhere = Database.open("postgresql://nobody@127.0.0.1:1/none")
    with pytest.raises(DatabaseBusy):
        hall_ids(nowhere)


@pytest.fixture(scope="module")
def own_cluster() -> Iterator[PrivatePostgres]:
    """A cluster whose settings and life a test may change."""
    with running({}) as cluster:
        yield cluster


def fresh(cluster: PrivatePostgres, statement_ms: int = 10_000) -> Database:
    database = Database.open(cluster.url(), statement_ms=statement_ms)
    with database.transaction() as connection:
        connection.execute(text("DROP TABLE IF EXISTS halls"))
        halls.create(connection)
    return database


def waits_for_a_copy(cluster: PrivatePostgres) -> bool | None:
    """Whether a COMMIT waits for a standby now; None where it was too slow to tell."""
    said: list[str | None] = []
    with psycopg.connect(cluster.dsn(), autocommit=True) as connection:
        connection.add_notice_handler(lambda told: said.append(told.message_primary))
        limit = threading.Timer(0.2, connection.cancel_safe)
        limit.start()
        try:
            connection.execute("SELECT pg_logical_emit_message(true, 'a test', '')")
        except psycopg.errors.QueryCanceled:
            return None
        finally:
            limit.cancel()
            limit.join()
    return bool(said)


def copied_to(cluster: PrivatePostgres, names: str) -> None:
    """Ask for copies (or none): a reload reaches PostgreSQL's processes one after the other, and is waited for."""
    cluster.reload(synchronous_standby_names=names)
    ends = time.monotonic() + START_S
    while waits_for_a_copy(cluster) != bool(names):
        assert time.monotonic() < ends, "the reload reached nobody"


def test_a_commit_without_its_copy_is_not_believed(own_cluster: PrivatePostgres) -> None:
    with closing(fresh(own_cluster, statement_ms=300)) as database:
        copied_to(own_cluster, "ANY 1 (s1)")
        try:
            with pytest.raises(CommitUncertain, match="synchronous replication"):
                add_hall(database)
            # it is on the first disk, and whoever asks again waits again: the head is written anew each time
            assert hall_ids(database) == ["a"]
            with pytest.raises(CommitUncertain), database.transaction() as connection:
                connection.execute(halls.update().values(facts="{}"))
        finally:
            copied_to(own_cluster, "")
        with database.transaction() as connection:
            connection.execute(halls.update().values(facts="{}"))


def test_a_data_base_that_dies_before_commit_is_busy_and_comes_back(own_cluster: PrivatePostgres) -> None:
    with closing(fresh(own_cluster)) as database:
        with pytest.raises(DatabaseBusy), database.transaction() as connection:  # noqa: PT012  # it dies between
            connection.execute(insert(halls).values(hall_id="a", **ONE_HALL))
            own_cluster.stop()
            connection.execute(select(halls)).all()
        own_cluster.start()
        with pytest.raises(DatabaseBusy) as busy, database.transaction() as connection:  # noqa: PT012  # as above
            connection.execute(insert(halls).values(hall_id="b", **ONE_HALL))
            own_cluster.stop()
        assert isinstance(busy.value, CommitUncertain)
        own_cluster.start()
        assert hall_ids(database) == []
        add_hall(database)


@pytest.mark.skipif(os.name == "nt", reason="a process is stopped by a signal that Windows does not have")
def test_a_data_base_that_stands_still_holds_no_connection_for_ever(own_cluster: PrivatePostgres) -> None:
    database = fresh(own_cluster, statement_ms=200)

    stood: list[int] = []

    def stop(connection: Connection) -> None:
        stood.append(int(connection.execute(text("SELECT pg_backend_pid()")).scalar_one()))
        os.kill(stood[-1], signal.SIGSTOP)

    def ask() -> None:
        with database.transaction() as connection:
            stop(connection)
            connection.execute(select(halls))

    def commit() -> None:
        with database.transaction() as connection:
            connection.execute(insert(halls).values(hall_id="a", **ONE_HALL))
            stop(connection)

    with pytest.raises(DatabaseBusy):
        ask()
    with pytest.raises(CommitUncertain):
        commit()
    assert hall_ids(database) == []
    for backend in stood:
        os.kill(backend, signal.SIGCONT)
    database.close()


def test_the_generation_names_system_timeline_and_restores(postgres_url: str, postgres: PrivatePostgres) -> None:
    owner, api = Database.open(postgres_url), Database.open(postgres_url, role=API_ROLE)
    with api.transaction() as connection:
        system, timeline, restores = generation(api, connection).split(".")
        real = connection.execute(text("SELECT system_identifier FROM pg_control_system()")).scalar_one()
    assert (int(system, 16), timeline, restores) == (real, "1", "0")
    assert raise_generation(owner, lambda size: b"\x07" * size) == 1
    with api.transaction() as connection:
        assert generation(api, connection) == f"{system}.1.1-07070707"
    owner.close()
    api.close()


def test_a_hub_on_sqlite_has_a_generation_too() -> None:
    from counter_app.hub.revisions import migrate

    database = Database.open("sqlite://")
    migrate(database)
    with database.transaction() as connection:
        before = generation(database, connection)
    assert raise_generation(database) == 1
    with database.transaction() as connection:
        assert generation(database, connection) != before
    database.close()


def test_the_same_copy_put_back_twice_is_two_histories() -> None:
    from counter_app.hub.revisions import migrate

    names = []
    for _ in range(2):
        database = Database.open("sqlite://")
        migrate(database)
        raise_generation(database)
        with database.transaction() as connection:
            names.append(generation(database, connection))
        database.close()
    assert names[0] != names[1]
