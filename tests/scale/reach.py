"""Which worker of a hub is at the other end of a connection: both share one listening socket."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path


def worker_of(port: int, local_port: int, workers: Iterable[int]) -> int | None:
    """The process that accepted the connection from `local_port` to `port`; None while nobody has."""
    held = set()
    for line in Path("/proc/net/tcp").read_text("ascii").splitlines()[1:]:
        words = line.split()
        if words[1].endswith(f":{port:04X}") and words[2].endswith(f":{local_port:04X}"):
            held.add(f"socket:[{words[9]}]")
    return next((pid for pid in workers if held & _sockets_of(pid)), None)


def _sockets_of(pid: int) -> set[str]:
    found = set()
    with suppress(OSError):
        for link in Path(f"/proc/{pid}/fd").iterdir():
            with suppress(OSError):
                found.add(os.readlink(link))
    return found
