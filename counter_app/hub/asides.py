"""Work that a request begins or joins and does not wait for to its end: one piece at a time in each process."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass

from counter_app.hub.calls import No
from counter_app.hub.database import Database, DatabaseBusy
from counter_app.logs import places

JOIN_S = 2.0
"""How long a request waits for the work: what is small is answered at once, for what is large one comes again."""

logger = logging.getLogger(__name__)
Work = Callable[[Database], object]


@dataclass(frozen=True, slots=True)
class Later(No):
    """Not yet: `work` has to be done first, outside of any request; `key` is the name of what it makes."""

    key: str = ""
    work: Work = lambda _database: None
    wait_s: int = 0


class Asides:
    """The work of one process. What two processes must not do both, the work itself finds out from the data base."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: tuple[str, threading.Thread] | None = None

    def join(self, database: Database, later: Later) -> bool:
        """Begin the work unless it is being done; whether it is over when this returns."""
        if not database.is_postgres:
            # an SQLite in memory has one connection, which is ours now
            later.work(database)
            return True
        with self._lock:
            if self._running is None or not self._running[1].is_alive():
                thread = threading.Thread(target=_do, args=(database, later), name=later.key, daemon=True)
                self._running = (later.key, thread)
                thread.start()
            key, thread = self._running
        if key != later.key:
            return False
        thread.join(JOIN_S)
        return not thread.is_alive()


def _do(database: Database, later: Later) -> None:
    try:
        later.work(database)
    except DatabaseBusy as busy:
        logger.warning("%s is not made: %s", later.key, busy)
    except Exception as bug:
        # nobody waits for this thread: what went wrong in it is said here or nowhere
        logger.error("%s failed: %s (%s)", later.key, type(bug).__name__, places(bug.__traceback__))
