"""The hub as it is run: commands, HTTPS with a pinned authority, two workers, and a data base that dies meanwhile."""

from __future__ import annotations

import os
import signal
import ssl
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from counter_app.cli import main
from counter_app.hub.database import Database
from counter_app.hub.readiness import look
from counter_app.hub.schema import API_ROLE
from counter_app.hub.tls import Certificates
from counter_app.sync.hub_line import HttpLine, LineDown, fetch_authority
from counter_app.sync.wire import NO_HASH, FeedPage, authority_fingerprint
from tests.hub.line import Gadget
from tests.hub.postgres import PrivatePostgres, running
from tests.hub.service import PATIENCE_S, Service, a_service
from tests.scale.runs import Hub, a_day
from tests.scale.world import Size


@pytest.fixture(scope="module")
def cluster() -> Iterator[PrivatePostgres]:
    """A PostgreSQL with the settings of a real one."""
    with running({}) as found:
        found.create("service")
        yield found


@pytest.fixture(scope="module")
def service(cluster: PrivatePostgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A hub started by one command on a fresh data base."""
    with a_service(cluster.url("service"), tmp_path_factory.mktemp("hub") / "keys", "--migrate") as found:
        yield found
        assert found.end() == 0


def enrolled(service: Service, counter: str) -> Gadget:
    """A device that typed a code which the command printed."""
    printed = service.command("enrol", "--hall", "HZ01", "--counter", counter, "--trade", "telecom")
    assert printed.returncode == 0, printed.stderr
    typed = printed.stdout.strip().replace("-", "").lower()
    code, fingerprint = typed[:-32], typed[-32:]
    pem = fetch_authority(service.url)
    assert authority_fingerprint(ssl.PEM_cert_to_DER_cert(pem)) == fingerprint
    gadget = Gadget(service.line(), device_id=f"device-{counter}", counter_id=f"counter-{counter}")
    status, answer = gadget.enrol(code, counter)
    assert status == 200, answer
    return gadget


def feed_of(gadget: Gadget) -> str:
    return f"/v1/feed?generation={gadget.generation}&after=0&hash={NO_HASH}"


def test_a_device_enrols_by_the_printed_code_and_reads_its_feed(service: Service) -> None:
    gadget = enrolled(service, "01")
    status, body = gadget.ask("GET", feed_of(gadget))
    assert status == 200
    assert [row.kind for row in FeedPage.model_validate_json(body).rows] == ["hall", "counter", "device"]
    revoked = service.command("revoke", gadget.device_id)
    assert revoked.returncode == 0, revoked.stderr
    assert gadget.ask("GET", feed_of(gadget))[0] == 403
    assert service.command("revoke", gadget.device_id).returncode == 1


def test_no_code_is_made_in_a_folder_without_the_authority_of_a_hub(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "elsewhere"
    words = ["hub", "enrol", "--hall", "HZ01", "--counter", "01", "--folder", str(folder)]
    assert main([*words, "--database", "postgresql://nobody@127.0.0.1:1/none"]) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert (str(folder) in printed.err, "hub serve" in printed.err) == (True, True), "not that the data base is gone"
    assert not folder.exists(), "an authority made here would stand behind codes that no counter can use"


def test_nobody_else_is_taken_for_the_hub(service: Service, tmp_path: Path) -> None:
    other = Certificates(tmp_path)
    other.make_authority(datetime.now(UTC))
    for url, authority in (
        (service.url, other.authority.read_text("ascii")),
        (f"https://localhost:{service.port}", fetch_authority(service.url)),
    ):
        with pytest.raises(LineDown) as down:
            HttpLine(url, authority).call("GET", "/v1/health", {}, b"")
        assert down.value.why == "certificate"
    with pytest.raises(LineDown):
        HttpLine(f"http://127.0.0.1:{service.port}", "").call("GET", "/v1/health", {}, b"")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks for the workers where Linux shows them")
def test_a_worker_that_is_killed_is_replaced_and_the_other_goes_on(service: Service) -> None:
    before = service.workers()
    assert len(before) == 2
    os.kill(min(before), signal.SIGKILL)
    service.until_it_answers()
    ends = time.monotonic() + PATIENCE_S
    while len(after := service.workers() - {min(before)}) < 2 and time.monotonic() < ends:
        time.sleep(0.1)
    assert len(after) == 2
    assert max(before) in after


def test_a_data_base_that_dies_is_a_503_and_what_was_acknowledged_is_there_afterwards(
    service: Service, cluster: PrivatePostgres
) -> None:
    gadget = enrolled(service, "02")
    before = gadget.ask("GET", feed_of(gadget))[1]
    cluster.stop()
    try:
        service.until_it_answers(503)
        assert gadget.ask("GET", feed_of(gadget))[0] == 503
    finally:
        cluster.start()
    service.until_it_answers()
    after = FeedPage.model_validate_json(gadget.ask("GET", feed_of(gadget))[1])
    assert after.rows == FeedPage.model_validate_json(before).rows


@pytest.mark.parametrize(
    ("name", "bad"),
    [("synchronous_commit", "off"), ("synchronous_commit", "local"), ("fsync", "off"), ("full_page_writes", "off")],
)
def test_a_data_base_that_cannot_carry_a_hub_is_found_out(cluster: PrivatePostgres, name: str, bad: str) -> None:
    cluster.reload(**{name: bad})
    try:
        database = Database.open(cluster.url("service"), role=API_ROLE)
        found = look(database)
        database.close()
    finally:
        cluster.reload(**{name: "on"})
    assert [(one.what, one.found) for one in found if one.is_needed and not one.is_good] == [(name, bad)]


def test_who_serves_is_told_why_not(service: Service, cluster: PrivatePostgres) -> None:
    cluster.reload(synchronous_commit="off")
    try:
        refused = service.command("serve", "--check")
    finally:
        cluster.reload(synchronous_commit="on")
    assert refused.returncode == 1
    assert "✗ 提交即落盘 · synchronous_commit: off，应为 · should be on / remote_apply" in refused.stderr
    assert service.command("serve", "--check").returncode == 0


def test_a_role_that_may_change_facts_is_found_out(service: Service, cluster: PrivatePostgres) -> None:
    database = Database.open(cluster.url("service"))
    role = next(one for one in look(database) if one.what == "role")
    database.close()
    assert not role.is_good
    assert "inbox" in role.found


def test_a_data_base_without_tables_says_what_to_do(service: Service, cluster: PrivatePostgres) -> None:
    cluster.create("empty")
    refused = service.command("serve", "--check", database_url=cluster.url("empty"))
    assert refused.returncode == 1
    assert "hub migrate" in refused.stderr


def test_a_data_base_put_back_from_a_copy_has_another_generation(service: Service) -> None:
    gadget = enrolled(service, "03")
    old = gadget.generation
    assert service.command("migrate", "--restored").returncode == 0
    status, body = gadget.ask("GET", feed_of(gadget))
    assert (status, b"other_generation" in body, old.encode() in body) == (409, True, False)


def test_where_nothing_was_made_yet_the_first_command_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    with running() as cluster:
        assert main(["hub", "serve", "--check", "--database", cluster.url()]) == 1
    assert "hub migrate" in capsys.readouterr().err


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks for the workers where Linux shows them")
def test_a_day_of_many_counters_over_both_workers_leaves_every_entry_once(
    service: Service, cluster: PrivatePostgres
) -> None:
    size = Size(halls=2, counters=3, payments=16, each=3)
    day = a_day(Hub(service, cluster, "service"), size, threads=4, seconds=PATIENCE_S)
    assert day.errors == ()
    assert (day.counted["entries"], day.counted["doubles"]) == (96, 2)
    assert len(day.seen.by_worker) == 2, "each counter spoke with both"
    assert sum(len(day.seen.took[kind]) for kind in ("upload", "upload again")) > 6 * 4, "some of them twice"
    assert {"beat", "feed", "find", "snapshot"} < set(day.seen.took)
