"""What a run costs: processor of each part, connections, locks, disk; read from the system and from PostgreSQL."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from counter_app.hub.tables import metadata
from tests.hub.postgres import PrivatePostgres

EACH_S = 0.5
LOCKS_MS = 100
SETTINGS = {
    "log_lock_waits": "on",
    "deadlock_timeout": f"{LOCKS_MS}ms",
    "shared_buffers": "512MB",
    "max_wal_size": "4GB",
}
"""Those of a real data base: nothing is off that keeps an acknowledged entry. Each longer wait for a lock is told."""

_TICK = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100


@dataclass
class Looked:
    """Samples while the counters work."""

    connections: int = 0
    waiting: int = 0
    samples: int = 0
    lock_samples: int = 0


def cpu_of(pid: int) -> float:
    """Seconds of processor that a process has taken so far."""
    with suppress(OSError):
        words = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
        return (int(words[11]) + int(words[12])) / _TICK
    return 0.0


def cpu_of_family(pid: int) -> float:
    """The same with its children, those that have ended as well: PostgreSQL's servers come and go."""
    with suppress(OSError):
        words = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
        own = sum(map(int, words[11:15])) / _TICK
        return own + sum(cpu_of(child) for child in _children(pid))
    return 0.0


def _children(pid: int) -> Iterator[int]:
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with suppress(OSError):
                if int((folder / "stat").read_text("ascii").rpartition(")")[2].split()[1]) == pid:
                    yield int(folder.name)


def postmaster(cluster: PrivatePostgres) -> int:
    """The process of a cluster that all others come from."""
    return int((cluster.data / "postmaster.pid").read_text("ascii").splitlines()[0])


class Watch:
    """Looks at PostgreSQL now and then until it is told to stop."""

    def __init__(self, dsn: str) -> None:
        self._dsn, self._ends = dsn, threading.Event()
        self.looked = Looked()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ends.set()
        self._thread.join()

    def _run(self) -> None:
        question = (
            "SELECT count(*), count(*) FILTER (WHERE wait_event_type = 'Lock') FROM pg_stat_activity"
            " WHERE application_name = 'counter-app hub'"
        )
        with psycopg.connect(self._dsn, autocommit=True) as connection:
            while True:
                row = connection.execute(question).fetchone()
                assert row is not None
                looked = self.looked
                looked.connections = max(looked.connections, row[0])
                looked.waiting = max(looked.waiting, row[1])
                looked.samples += 1
                looked.lock_samples += row[1] > 0
                if self._ends.wait(EACH_S):
                    return


@dataclass
class Disk:
    """Bytes of each table with its indexes and parts, and of everything that was written to the log before a change."""

    tables: dict[str, int] = field(default_factory=dict)
    log: int = 0
    deadlocks: int = 0


def disk_of(dsn: str) -> Disk:
    """How much the data base holds now."""
    size = (
        "SELECT coalesce(sum(pg_total_relation_size(relid)), 0)::bigint FROM pg_partition_tree(%s)"
        " UNION ALL SELECT pg_total_relation_size(%s)"
    )
    with psycopg.connect(dsn, autocommit=True) as connection:
        found = {}
        for name in sorted(metadata.tables):
            found[name] = max(row[0] for row in connection.execute(size, (name, name)))
        words = "SELECT pg_current_wal_lsn() - '0/0', (SELECT sum(deadlocks) FROM pg_stat_database)"
        row = connection.execute(words).fetchone()
    assert row is not None
    return Disk(found, int(row[0]), int(row[1]))


def lock_waits(cluster: PrivatePostgres) -> int:
    """How often somebody waited longer than `LOCKS_MS` for a lock, as PostgreSQL's log tells."""
    return (cluster.folder / "log").read_text("utf-8", errors="replace").count(" still waiting for ")
