"""Puts the counter's side of the line together: the hall, the writer's lane, HTTPS, chance, and the thread."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from random import SystemRandom

from counter_app.domain.sync_state import Enrolment
from counter_app.logs import LOGGER
from counter_app.storage.hall import OpenHall
from counter_app.sync.engine import Engine
from counter_app.sync.ground import Ground
from counter_app.sync.hub_line import HttpLine, Line
from counter_app.sync.snapshots import Snapshots
from counter_app.sync.status import SyncStatus
from counter_app.sync.worker import Gate, Worker


def start_worker(hall: OpenHall, writer: Executor, tell: Callable[[SyncStatus], object]) -> Worker:
    """Begin to speak with the hub of an enrolled hall; `tell` gets each status on the line's own thread."""
    gate = Gate(writer)

    def open_line(enrolment: Enrolment) -> Line:
        line = HttpLine(enrolment.url, enrolment.authority)
        worker.lend(line)
        return line

    worker = Worker(Engine(Ground(hall, gate), open_line, Snapshots(), SystemRandom()), gate, tell)
    hall.on_grown = worker.wake
    worker.start()
    return worker


class LightLog:
    """Writes each change of the light into the log, so that an outage can be told afterwards."""

    def __init__(self) -> None:
        self._last: tuple[str, str] | None = None

    def __call__(self, status: SyncStatus) -> None:
        """Take a status."""
        said = (status.light, status.why)
        if said != self._last:
            self._last = said
            LOGGER.info("line to the hub: %s %s, %d entries wait", *said, status.waiting)
