"""The line of an open hall: begun behind the page that stands, ended with the program; without a hub nothing loads."""

from __future__ import annotations

from concurrent.futures import Executor
from typing import TYPE_CHECKING

from counter_app.storage import opening_sql

if TYPE_CHECKING:
    from counter_app.storage.hall import OpenHall
    from counter_app.sync.worker import Worker


class LineKeeper:
    """Begins and ends the line. Whoever draws a copy of a hall `speaks` with nobody: its hub would take it for another
    counter with the same key.
    """

    def __init__(self, *, speaks: bool) -> None:
        self._speaks, self._is_enrolled = speaks, False
        self._worker: Worker | None = None

    def look(self, hall: OpenHall) -> None:
        """Whether the hall has a hub; for the writer's thread."""
        with hall.store.asking() as reading:
            self._is_enrolled = reading.one(opening_sql.PART, {"part": "enrolment"}) is not None

    def begin(self, hall: OpenHall, long: Executor, writer: Executor) -> None:
        """Begin on the lane for long work, where what the line needs is loaded; a second time nothing happens."""
        if self._speaks and self._is_enrolled and hall.store.is_writable:
            long.submit(self._start, hall, writer)

    def end(self) -> None:
        """Cut what is under way and let go; on the lane on which it was begun."""
        worker, self._worker = self._worker, None
        if worker is not None:
            worker.stop()

    def _start(self, hall: OpenHall, writer: Executor) -> None:
        from counter_app.sync.start import LightLog, start_worker

        if self._worker is None:
            self._worker = start_worker(hall, writer, LightLog())
