"""A whole way up on one machine: PostgreSQL, the hub by its command, a line that breaks, a hall with its counters."""

from __future__ import annotations

import json
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from ssl import PEM_cert_to_DER_cert
from typing import IO, Any

from counter_app.clock import SystemClock
from counter_app.domain.hall import Hall
from counter_app.hub.database import Database
from counter_app.hub.enrolment import Wish, issue
from counter_app.hub.revisions import migrate
from counter_app.hub.tls import Certificates
from counter_app.storage.hall import OpenHall, open_hall
from counter_app.sync.engine import Engine
from counter_app.sync.enrolment import join, join_new
from counter_app.sync.ground import Ground as SyncGround
from counter_app.sync.hub_line import HttpLine
from counter_app.sync.snapshots import Snapshots
from counter_app.sync.wire import authority_fingerprint
from tests import halls
from tests.faults.nursery import ROOT
from tests.faults.teller import Ground, make_ground
from tests.hub.postgres import PrivatePostgres, is_root
from tests.hub.service import Service, a_service

CLEAR: Mapping[str, float] = {"clear": 1}
DATABASE = "upstream"


class FaultyLine:
    """The program `tests.faults.proxy`, running, as whoever orders its weather sees it."""

    def __init__(self, hub_port: int, seed: int, *certificate: Path) -> None:
        words = [sys.executable, "-m", "tests.faults.proxy", str(hub_port), str(seed), *map(str, certificate)]
        self._process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT)
        self.port = int(self._hear()["port"])

    @property
    def url(self) -> str:
        """Where counters meet it."""
        return f"https://127.0.0.1:{self.port}"

    def order(self, **order: object) -> dict[str, int]:
        """Give an order of the program; returns what it did so far."""
        self._pipe(self._process.stdin).write(json.dumps(order).encode() + b"\n")
        self._pipe(self._process.stdin).flush()
        counts: dict[str, int] = self._hear()["counts"]
        return counts

    def close(self) -> None:
        """End it."""
        self._pipe(self._process.stdin).close()
        self._process.wait(30)
        self._pipe(self._process.stdout).close()

    def _hear(self) -> dict[str, Any]:
        heard: dict[str, Any] = json.loads(self._pipe(self._process.stdout).readline())
        return heard

    @staticmethod
    def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
        assert pipe is not None
        return pipe


@dataclass
class Upstream:
    """The way up with everything on it; `counters` are the folders of the hall's counters, `postgres` the primary."""

    folder: Path
    postgres: PrivatePostgres
    service: Service
    line: FaultyLine
    counters: list[Path] = field(default_factory=list)
    has_small_disk: bool = False

    def code(self, own: Hall) -> str:
        """A one-time code for a counter, as the command prints it."""
        facts = {"name": own.name, "company": own.company, "trade": own.trade, "hotline": own.hotline}
        database = Database.open(self.service.database_url)
        with database.transaction() as connection:
            wish = Wish(own.hall_code, own.counter_code, own.counter_name, facts)
            code = issue(connection, wish, datetime.now(UTC), secrets.token_bytes)
        database.close()
        authority = (self.service.folder / "authority.pem").read_text("ascii")
        return f"{code}-{authority_fingerprint(PEM_cert_to_DER_cert(authority))}"

    def make_hall(self, *, customers: int, counters: int = 2) -> None:
        """A hall that worked alone comes under the hub, and further counters of it are made out of what the hub has."""
        first = self.folder / "counter-1"
        ground = make_ground(first, customers=customers, at=datetime.now(UTC))
        clock = SystemClock.of_this_machine()
        hall = open_hall(first, clock=clock)
        own = hall.hall
        join(hall, self.line.url, self.code(own))
        until_level(hall)
        hall.close()
        self.counters.append(first)
        for number in range(2, counters + 1):
            code = f"{10 + number}"
            place = self.folder / f"counter-{number}"
            another = Hall(**{**_words(own), "counter_code": code, "counter_name": f"{code} 号台"})
            join_new(place, self.line.url, self.code(another), code, clock=clock)
            hall = open_hall(place, clock=clock)
            until_level(hall)
            halls.an_open_shift(hall)
            until_level(hall)
            hall.close()
            Ground(place, ground.customers).save()
            self.counters.append(place)


def _words(own: Hall) -> dict[str, Any]:
    return {name: getattr(own, name) for name in own.__dataclass_fields__}


def until_level(hall: OpenHall) -> None:
    """Rounds without a thread until nothing goes up and nothing comes down."""
    lines: list[HttpLine] = []

    def open_line(enrolment: Any) -> HttpLine:
        lines.append(HttpLine(enrolment.url, enrolment.authority))
        return lines[-1]

    engine = Engine(SyncGround(hall), open_line, Snapshots(), Random(1))
    for _ in range(60):
        done = engine.round()
        assert not done.why, done
        if not (done.is_more or done.sent or done.taken):
            break
    else:
        raise AssertionError("the rounds do not end")
    for line in lines:
        line.close()


@contextmanager
def in_memory(prefix: str) -> Iterator[Path]:
    """A folder with a short name, in memory where the system has one; PostgreSQL may pass through it."""
    memory = Path("/dev/shm")
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir=memory if memory.is_dir() else None))
    if is_root():
        folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def small_disk(place: Path, megabytes: int) -> Iterator[bool]:
    """A file system of its own on a folder, which can be full; whether this machine lets one be mounted."""
    place.mkdir(parents=True)
    mount, unmount = shutil.which("mount"), shutil.which("umount")
    if mount is None or unmount is None or not is_root():
        yield False
        return
    words = [mount, "-t", "tmpfs", "-o", f"size={megabytes}m,mode=755", "none", str(place)]
    if subprocess.run(words, capture_output=True, check=False).returncode:
        yield False
        return
    try:
        yield True
    finally:
        subprocess.run([unmount, "--lazy", str(place)], check=True)


@contextmanager
def no_room(place: Path) -> Iterator[None]:
    """The file system of a folder is full for the block, to the last byte."""
    ballast = place / "ballast"
    with ballast.open("wb", buffering=0) as file, suppress(OSError):
        for size in (1 << 20, 1 << 12):
            with suppress(OSError):
                while file.write(b"\0" * size) == size:
                    pass
    try:
        yield
    finally:
        ballast.unlink()


@contextmanager
def an_upstream(
    seed: int,
    *,
    disk_mb: int = 0,
    settings: Mapping[str, str] | None = None,
    beside: Callable[[PrivatePostgres, ExitStack], str] | None = None,
    has_tls: bool = True,
) -> Iterator[Upstream]:
    """The way up with a clear line and no hall yet; `beside` may make standbys and gives the address of them all. With
    `disk_mb` the data base has a small disk of its own where one can be made; without `has_tls` it is the line that
    speaks TLS with the counters, as a proxy before a hub may.
    """
    with ExitStack() as stack:
        folder = stack.enter_context(in_memory("up-"))
        is_small = bool(disk_mb) and stack.enter_context(small_disk(folder / "a", disk_mb))
        postgres = PrivatePostgres(folder / "a", dict(settings or {}))
        postgres.make()
        postgres.start()
        stack.callback(postgres.stop)
        postgres.create(DATABASE)
        owner = Database.open(postgres.url(DATABASE))
        migrate(owner)
        owner.close()
        url = beside(postgres, stack) if beside else postgres.url(DATABASE)
        certificates = Certificates(folder / "keys")
        certificates.renew(("127.0.0.1",), datetime.now(UTC))
        hub = stack.enter_context(a_service(url, certificates.folder, has_tls=has_tls))
        line = FaultyLine(hub.port, seed, *(() if has_tls else (certificates.server, certificates.server_key)))
        stack.callback(line.close)
        yield Upstream(folder, postgres, hub, line, has_small_disk=is_small)
