"""The hub as it is run: a process of its own with its workers, started by its command on a real PostgreSQL."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from counter_app.sync.hub_line import HttpLine, LineDown, fetch_authority
from tests.hub.postgres import goes_with_parent

PATIENCE_S = 120
"""How long a test waits for another process before it calls that a failure."""


@dataclass
class Service:
    """A hub by its command: where its data base is, its folder of keys, its port, and what stands behind its name."""

    database_url: str
    folder: Path
    port: int
    lines: list[HttpLine] = field(default_factory=list)
    process: subprocess.Popen[bytes] | None = None
    has_tls: bool = True

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http{'s' if self.has_tls else ''}://127.0.0.1:{self.port}"

    def command(self, *words: str, database_url: str = "") -> subprocess.CompletedProcess[str]:
        """Run `counter-app hub …` to its end."""
        told = self.environment(database_url)
        return subprocess.run(self.words(*words), env=told, capture_output=True, encoding="utf-8")

    def words(self, *words: str) -> list[str]:
        """The command's words."""
        return [sys.executable, "-m", "counter_app", "hub", *words]

    def environment(self, database_url: str = "") -> dict[str, str]:
        """Where the data base and the keys are; not among the words, which everybody on the machine can read."""
        return {
            **os.environ,
            "COUNTER_HUB_DATABASE": database_url or self.database_url,
            "COUNTER_HUB_FOLDER": str(self.folder),
            "PYTHONUTF8": "1",
        }

    def start(self, *more: str) -> None:
        """Start it; it is there when `until_it_answers` says so."""
        more += () if self.has_tls else ("--no-tls",)
        words = self.words("serve", "--listen", f"127.0.0.1:{self.port}", "--name", "127.0.0.1", *more)
        self.process = subprocess.Popen(
            words,
            env=self.environment(),
            start_new_session=True,
            preexec_fn=goes_with_parent(signal.SIGTERM),  # noqa: PLW1509  # one system call, which takes no lock
        )

    def end(self) -> int:
        """Ask it to end, and wait until it has; its code."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE_S)

    def kill(self) -> None:
        """SIGKILL for all of its processes at once."""
        if self.process is not None and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(PATIENCE_S)

    def line(self) -> HttpLine:
        """The counter's own line to it, open to the end of the tests."""
        self.lines.append(HttpLine(self.url, fetch_authority(self.url)))
        return self.lines[-1]

    def until_it_answers(self, status: int = 200) -> None:
        """Wait for an answer of this status about its health."""
        ends = time.monotonic() + PATIENCE_S
        found: object = None
        while time.monotonic() < ends:
            try:
                found = self.line().call("GET", "/v1/health", {}, b"")[0]
            except LineDown as down:
                found = down.why
            if found == status:
                return
            time.sleep(0.1)
        raise AssertionError(f"no {status} from the hub, but {found}")

    def workers(self) -> set[int]:
        """The processes that hold the listening socket, apart from the one that watches over them; none while nobody
        listens.
        """
        holders = set[int]()
        listening = (
            line.split()[9]
            for line in Path("/proc/net/tcp").read_text("ascii").splitlines()[1:]
            if line.split()[1].endswith(f":{self.port:04X}") and line.split()[3] == "0A"
        )
        inode = next(listening, None)
        if inode is None:
            return holders
        for folder in Path("/proc").iterdir():
            if folder.name.isdigit():
                try:
                    links = {os.readlink(link) for link in (folder / "fd").iterdir()}
                except OSError:
                    continue
                if f"socket:[{inode}]" in links and b"spawn_main" in (folder / "cmdline").read_bytes():
                    holders.add(int(folder.name))
        return holders


@contextmanager
def a_service(database_url: str, folder: Path, *more: str, has_tls: bool = True) -> Iterator[Service]:
    """A hub on a data base, on a free port of this machine; with the block all of its processes are gone."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        found = Service(database_url, folder, int(trial.getsockname()[1]), has_tls=has_tls)
    found.start(*more)
    try:
        found.until_it_answers()
        yield found
    finally:
        for line in found.lines:
            line.close()
        found.kill()
