"""A data base that stands still says nothing, not even no: whoever waits for it is let go after a while."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import suppress
from typing import Any

from sqlalchemy import Connection, Engine, event


class Watch:
    """Cuts the connection of a statement that has no answer long after PostgreSQL's own limit should have ended it.

    A process that is stopped, or waits for a disk that does not answer, keeps its connection open and its machine
    alive: no time limit of the server and no keepalive ends that wait. Without this, each request would lose one
    connection of the pool for ever, while another machine has long been promoted.
    """

    def __init__(self, limit_s: float) -> None:
        self._limit_s = limit_s
        self._waits: dict[int, tuple[Any, float]] = {}
        self._lock = threading.Lock()
        self._is_over = threading.Event()
        self._thread: threading.Thread | None = None

    def listen(self, engine: Engine) -> None:
        """Watch every statement of an engine; what is asked beside them says so itself."""

        def asked(connection: Connection, *_: object) -> None:
            self.begin(connection.connection.dbapi_connection)

        def answered(connection: Connection, *_: object) -> None:
            self.end(connection.connection.dbapi_connection)

        event.listen(engine, "before_cursor_execute", asked)
        event.listen(engine, "after_cursor_execute", answered)

    def begin(self, line: Any) -> None:
        """Something is asked on a connection of the driver; what was asked on it before has its answer."""
        with self._lock:
            self._waits[id(line)] = (line, time.monotonic() + self._limit_s)
            if self._thread is None:
                self._thread = threading.Thread(target=self._look, name="frozen", daemon=True)
                self._thread.start()

    def end(self, line: Any) -> None:
        """There is an answer, or there will be none: nothing is asked on it."""
        with self._lock:
            self._waits.pop(id(line), None)

    def close(self) -> None:
        """End the looking."""
        self._is_over.set()

    def _look(self) -> None:
        while not self._is_over.wait(min(1.0, self._limit_s / 4)):
            now = time.monotonic()
            # under the lock: as long as it is in the list its connection is open, and its number is nobody else's
            with self._lock:
                for key, (line, ends_at) in list(self._waits.items()):
                    if now > ends_at:
                        del self._waits[key]
                        _cut(line)


def _cut(line: Any) -> None:
    """Shut down and not closed: only that wakes a thread which is waiting in it."""
    with suppress(OSError, ValueError):
        held = socket.socket(fileno=line.fileno())
        try:
            held.shutdown(socket.SHUT_RDWR)
        finally:
            held.detach()
