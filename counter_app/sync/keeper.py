"""The line of an open hall: begun behind the page that stands, ended with the program; without a hub nothing loads."""

from __future__ import annotations

from concurrent.futures import Executor
from typing import TYPE_CHECKING

from counter_app.domain.refusals import Refused
from counter_app.storage import opening_sql

if TYPE_CHECKING:
    from counter_app.storage.hall import OpenHall
    from counter_app.sync.elsewhere import Asker
    from counter_app.sync.hub_line import Certificate, HttpLine
    from counter_app.sync.joining import Joining
    from counter_app.sync.status import SyncStatus
    from counter_app.sync.worker import Worker


class LineKeeper:
    """Begins and ends the line. Whoever draws a copy of a hall `speaks` with nobody: its hub would take it for another
    counter with the same key.
    """

    def __init__(self, *, speaks: bool) -> None:
        self._speaks, self._is_enrolled = speaks, False
        self._worker: Worker | None = None
        self._told: SyncStatus | None = None
        self._asker: Asker | None = None
        self._joining: Joining | None = None
        self._lanes: tuple[Executor, Executor] | None = None

    def look(self, hall: OpenHall) -> None:
        """Whether the hall has a hub; for the writer's thread."""
        with hall.store.asking() as reading:
            self._is_enrolled = reading.one(opening_sql.PART, {"part": "enrolment"}) is not None

    @property
    def is_enrolled(self) -> bool:
        """Whether the hall has a hub, as far as it was looked at."""
        return self._is_enrolled

    def begin(self, hall: OpenHall, long: Executor, writer: Executor) -> None:
        """Begin on the lane for long work, where what the line needs is loaded; a second time nothing happens."""
        if not self._speaks or not hall.store.is_writable:
            return
        self._lanes = (long, writer)
        if self._is_enrolled:
            long.submit(self._start, hall, writer)

    def joining(self) -> Joining:
        """What a hub is asked with to take this counter in; `end` ends it, too."""
        from counter_app.sync.joining import Joining

        self._joining = Joining()
        return self._joining

    def joined(self, hall: OpenHall) -> None:
        """The hall has its hub now, or has joined it again: speak with it from now on; for the writer's thread."""
        self.look(hall)
        if self._lanes is not None:
            long, writer = self._lanes
            long.submit(self._begin_again, hall, writer)

    def certificate(self) -> Certificate | None:
        """The certificate of the hub's server, as far as it was spoken with since the start."""
        line = self._line()
        return None if line is None else line.certificate

    def standing(self, hall: OpenHall) -> SyncStatus | None:
        """How the line stands at this moment, None where the hall has no hub; for whoever may read the file. What
        waits is read there, so that a hub which says nothing hides none of it.
        """
        if not self._is_enrolled:
            return None
        from counter_app.sync.status import LastRounds, read_status

        rounds, line = LastRounds() if self._told is None else self._told.rounds, self._line()
        with hall.reading() as reading:
            return read_status(reading, hall, rounds, ends_at=None if line is None else line.ends_at)

    def find(self, term: str, staff_no: str) -> tuple[int, ...]:
        """Customers of other halls by one exact word, in the file from then on; on a lane where nothing else waits.

        Raises:
            Refused: `ElsewhereSilent`, `ElsewhereRefused`.
        """
        # a start makes no refusal: to make their classes takes it longer than to open the file
        from counter_app.domain.sync_refusals import ElsewhereSilent

        if self._asker is None:
            raise Refused(ElsewhereSilent("offline"))
        return self._asker.find(term, staff_no)

    def end(self) -> None:
        """Cut what is under way and let go; on the lane on which it was begun."""
        if self._joining is not None:
            self._joining.end()
        asker, self._asker = self._asker, None
        if asker is not None:
            asker.end()
        worker, self._worker = self._worker, None
        if worker is not None:
            worker.stop()

    def _line(self) -> HttpLine | None:
        line = None if self._worker is None else self._worker.line
        if line is None:
            return None
        from counter_app.sync.hub_line import HttpLine

        return line if isinstance(line, HttpLine) else None

    def _begin_again(self, hall: OpenHall, writer: Executor) -> None:
        self.end()
        # what the line before told is of that one
        self._told = None
        self._start(hall, writer)

    def _start(self, hall: OpenHall, writer: Executor) -> None:
        from counter_app.sync.elsewhere import Asker
        from counter_app.sync.start import LightLog, start_worker

        log = LightLog()

        def tell(status: SyncStatus) -> None:
            self._told = status
            log(status)

        if self._worker is None:
            self._worker = start_worker(hall, writer, tell)
            self._asker = Asker(hall, writer)
