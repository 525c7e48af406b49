"""A hub's data base put back from a backup, with real clusters: another history has another name, a copy says so."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from counter_app.hub.database import Database
from counter_app.hub.handler import Hub
from counter_app.hub.revisions import generation, migrate, raise_generation
from counter_app.hub.schema import API_ROLE
from counter_app.sync.wire import NO_HASH, FeedPage, Refusal, Why
from tests.hub.line import Gadget, HandlerLine, a_hub, enrolled
from tests.hub.postgres import PrivatePostgres, running


@pytest.fixture
def primary() -> Iterator[PrivatePostgres]:
    """A hub's cluster."""
    with running({"full_page_writes": "on"}) as cluster:
        migrate_and_close(cluster)
        yield cluster


@pytest.fixture
def place() -> Iterator[Path]:
    """Where the backup goes; a socket's path must be short."""
    found = Path(tempfile.mkdtemp(prefix="hub-pg-copy-"))
    yield found
    shutil.rmtree(found)


def migrate_and_close(cluster: PrivatePostgres) -> None:
    owner = Database.open(cluster.url())
    migrate(owner)
    owner.close()


def backup_of(primary: PrivatePostgres, place: Path) -> PrivatePostgres:
    """A base backup, ready to start as a cluster of its own (the package's pg_verifybackup does not run)."""
    copy = PrivatePostgres(place)
    copy.own_folder()
    words = ("-h", primary.socket, "-p", str(primary.port), "-U", "postgres")
    copy.tool("pg_basebackup", *words, "-D", str(copy.data), "-X", "stream", "--checkpoint=fast")
    return copy


def generation_of(database: Database) -> str:
    with database.transaction() as connection:
        return generation(database, connection)


def as_hub(cluster: PrivatePostgres) -> Hub:
    return a_hub(Database.open(cluster.url(), role=API_ROLE))


def feed_of(gadget: Gadget, at: FeedPage | None, history: str) -> tuple[int, bytes]:
    after, digest = (at.upto.n, at.upto.hash) if at else (0, NO_HASH)
    return gadget.ask("GET", f"/v1/feed?generation={history}&after={after}&hash={digest}")


def test_a_backup_that_recovered_is_another_generation_and_the_counter_hears_of_it(
    primary: PrivatePostgres, place: Path
) -> None:
    hub = as_hub(primary)
    gadget = enrolled(hub)
    old = generation_of(hub.database)
    copy = backup_of(primary, place)
    held = FeedPage.model_validate_json(feed_of(gadget, None, old)[1])
    enrolled(hub, 2, counter_code="04")
    ahead = FeedPage.model_validate_json(feed_of(gadget, held, old)[1])
    hub.database.close()
    primary.stop()
    (copy.data / "recovery.signal").touch()
    copy.settings = {**copy.settings, "restore_command": "false"}
    copy.start()
    copy.wait("read-write")
    try:
        restored = as_hub(copy)
        new = generation_of(restored.database)
        assert new.split(".")[0] == old.split(".")[0]
        assert new.split(".")[1] != old.split(".")[1]
        gadget.line = HandlerLine(restored)
        status, body = feed_of(gadget, held, old)
        no = Refusal.model_validate_json(body)
        assert (status, no.why) == (409, Why.OTHER_GENERATION)
        assert no.hub is not None
        assert no.hub.generation == new
        # at the backup's own mark nothing is different; what came after it is gone, and the counter can tell
        assert feed_of(gadget, held, new)[0] == 200
        assert Refusal.model_validate_json(feed_of(gadget, ahead, new)[1]).why is Why.OTHER_FEED
        restored.database.close()
    finally:
        copy.stop()


def test_a_copy_of_the_disk_has_the_same_name_until_somebody_says_so(primary: PrivatePostgres, place: Path) -> None:
    before = Database.open(primary.url())
    old = generation_of(before)
    before.close()
    copy = backup_of(primary, place)
    primary.stop()
    copy.start()
    try:
        owner = Database.open(copy.url())
        assert generation_of(owner) == old
        raise_generation(owner)
        assert generation_of(owner) != old
        owner.close()
    finally:
        copy.stop()
