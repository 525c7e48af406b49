"""The hub as it is run: commands, HTTPS with a pinned authority, two workers, and a data base that dies meanwhile."""

from __future__ import annotations

import os
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
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

PATIENCE_S = 60


@dataclass
class Service:
    """A running hub, with the words that its commands take."""

    cluster: PrivatePostgres
    folder: Path
    port: int
    lines: list[HttpLine] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Where it is."""
        return f"https://127.0.0.1:{self.port}"

    def command(self, *words: str, database: str = "service") -> subprocess.CompletedProcess[str]:
        """Run `counter-app hub …` to its end."""
        return subprocess.run(self.words(*words), env=self.environment(database), capture_output=True, encoding="utf-8")

    def words(self, *words: str) -> list[str]:
        """The command's words."""
        return [sys.executable, "-m", "counter_app", "hub", *words]

    def environment(self, database: str = "service") -> dict[str, str]:
        """Where the data base and the keys are; not among the words, which everybody on the machine can read."""
        return {
            **os.environ,
            "COUNTER_HUB_DATABASE": self.cluster.url(database),
            "COUNTER_HUB_FOLDER": str(self.folder),
            "PYTHONUTF8": "1",
        }

    def line(self) -> HttpLine:
        """The counter's own line to it, open to the end of the tests."""
        self.lines.append(HttpLine(self.url, fetch_authority(self.url)))
        return self.lines[-1]


def until_it_answers(service: Service, status: int = 200) -> None:
    ends = time.monotonic() + PATIENCE_S
    found: object = None
    while time.monotonic() < ends:
        try:
            found = service.line().call("GET", "/v1/health", {}, b"")[0]
        except LineDown as down:
            found = down.why
        if found == status:
            return
        time.sleep(0.1)
    raise AssertionError(f"no {status} from the hub, but {found}")


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A hub started by one command on a fresh data base."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port = int(trial.getsockname()[1])
    with running({}) as cluster:
        cluster.create("service")
        found = Service(cluster, tmp_path_factory.mktemp("hub") / "keys", port)
        words = found.words("serve", "--migrate", "--listen", f"127.0.0.1:{port}", "--name", "127.0.0.1")
        process = subprocess.Popen(words, env=found.environment(), start_new_session=True)
        try:
            until_it_answers(found)
            yield found
            process.send_signal(signal.SIGTERM)
            assert process.wait(PATIENCE_S) == 0
        finally:
            for line in found.lines:
                line.close()
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


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


def workers_of(port: int) -> set[int]:
    """The processes that hold the listening socket, apart from the one that watches over them."""
    holders = set()
    inode = next(
        line.split()[9]
        for line in Path("/proc/net/tcp").read_text("ascii").splitlines()[1:]
        if line.split()[1].endswith(f":{port:04X}") and line.split()[3] == "0A"
    )
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                links = {os.readlink(link) for link in (folder / "fd").iterdir()}
            except OSError:
                continue
            if f"socket:[{inode}]" in links and b"spawn_main" in (folder / "cmdline").read_bytes():
                holders.add(int(folder.name))
    return holders


def test_a_device_enrols_by_the_printed_code_and_reads_its_feed(service: Service) -> None:
    gadget = enrolled(service, "01")
    status, body = gadget.ask("GET", feed_of(gadget))
    assert status == 200
    assert [row.kind for row in FeedPage.model_validate_json(body).rows] == ["hall", "counter", "device"]
    revoked = service.command("revoke", gadget.device_id)
    assert revoked.returncode == 0, revoked.stderr
    assert gadget.ask("GET", feed_of(gadget))[0] == 403
    assert service.command("revoke", gadget.device_id).returncode == 1


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
    before = workers_of(service.port)
    assert len(before) == 2
    os.kill(min(before), signal.SIGKILL)
    until_it_answers(service)
    ends = time.monotonic() + PATIENCE_S
    while len(after := workers_of(service.port) - {min(before)}) < 2 and time.monotonic() < ends:
        time.sleep(0.1)
    assert len(after) == 2
    assert max(before) in after


def test_a_data_base_that_dies_is_a_503_and_what_was_acknowledged_is_there_afterwards(service: Service) -> None:
    gadget = enrolled(service, "02")
    before = gadget.ask("GET", feed_of(gadget))[1]
    service.cluster.stop()
    try:
        until_it_answers(service, 503)
        assert gadget.ask("GET", feed_of(gadget))[0] == 503
    finally:
        service.cluster.start()
    until_it_answers(service)
    after = FeedPage.model_validate_json(gadget.ask("GET", feed_of(gadget))[1])
    assert after.rows == FeedPage.model_validate_json(before).rows


@pytest.mark.parametrize(
    ("name", "bad"),
    [("synchronous_commit", "off"), ("synchronous_commit", "local"), ("fsync", "off"), ("full_page_writes", "off")],
)
def test_a_data_base_that_cannot_carry_a_hub_is_found_out(service: Service, name: str, bad: str) -> None:
    service.cluster.reload(**{name: bad})
    try:
        database = Database.open(service.cluster.url("service"), role=API_ROLE)
        found = look(database)
        database.close()
    finally:
        service.cluster.reload(**{name: "on"})
    assert [(one.what, one.found) for one in found if one.is_needed and not one.is_good] == [(name, bad)]


def test_who_serves_is_told_why_not(service: Service) -> None:
    service.cluster.reload(synchronous_commit="off")
    try:
        refused = service.command("serve", "--check")
    finally:
        service.cluster.reload(synchronous_commit="on")
    assert refused.returncode == 1
    assert "✗ 提交即落盘 · synchronous_commit: off，应为 · should be on / remote_apply" in refused.stderr
    assert service.command("serve", "--check").returncode == 0


def test_a_role_that_may_change_facts_is_found_out(service: Service) -> None:
    database = Database.open(service.cluster.url("service"))
    role = next(one for one in look(database) if one.what == "role")
    database.close()
    assert not role.is_good
    assert "inbox" in role.found


def test_a_data_base_without_tables_says_what_to_do(service: Service) -> None:
    service.cluster.create("empty")
    refused = service.command("serve", "--check", database="empty")
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
