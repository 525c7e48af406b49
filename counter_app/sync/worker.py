"""The thread that speaks with the hub: it waits, makes a round, tells how it stands; a teller never waits for it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Executor
from typing import Protocol, TypeVar

from counter_app.logs import note_fault
from counter_app.sync.engine import Engine
from counter_app.sync.rhythm import MOST_S, SETTLE_S
from counter_app.sync.status import SyncStatus

T = TypeVar("T")

_END_S = 2.0
"""How long a close waits for a round that was cut; its thread dies with the program anyway."""


class Over(Exception):
    """The program ends: what the round wanted to write is left, and comes again with the next start."""


class Gate:
    """The way of a round to the writer's lane; once it is shut nothing passes, and nothing is on its way any more."""

    def __init__(self, writer: Executor) -> None:
        self._writer = writer
        self._lock = threading.Lock()
        self._is_shut = False

    def __call__(self, job: Callable[[], T], /) -> T:
        """Run a job on the writer's thread.

        Raises:
            Over: the gate is shut.
        """
        with self._lock:
            if self._is_shut:
                raise Over
            return self._writer.submit(job).result()

    def shut(self) -> None:
        """Wait for what is on its way, and let nothing more pass."""
        with self._lock:
            self._is_shut = True


class Cut(Protocol):
    """The line as the one who ends the program sees it."""

    def cut(self) -> None:
        """End what is under way."""

    def close(self) -> None:
        """Let go of the connection."""


class Worker:
    """Makes rounds on a thread of its own until it is stopped.

    `wake` may be called from any thread, and costs whoever wrote an entry no more than an event. `tell` gets each
    status, on this thread.
    """

    def __init__(self, engine: Engine, gate: Gate, tell: Callable[[SyncStatus], object]) -> None:
        self._engine, self._gate, self._tell = engine, gate, tell
        self._woken = threading.Event()
        self._is_over = threading.Event()
        self._line: Cut | None = None
        self._thread = threading.Thread(target=self._run, name="sync", daemon=True)

    def start(self) -> None:
        """Begin; the first round is made at once."""
        self._thread.start()

    def wake(self) -> None:
        """There is something to send, or a person asks for a round now."""
        self._woken.set()

    def lend(self, line: Cut) -> None:
        """The line that the rounds now use, so that it can be cut."""
        self._line = line

    @property
    def line(self) -> Cut | None:
        """The line that the rounds use, as far as one was opened."""
        return self._line

    def stop(self) -> None:
        """End: what waits for the hub is cut, and the next start sends it again. Not for the writer's thread."""
        self._is_over.set()
        self._woken.set()
        if self._line is not None:
            self._line.cut()
        self._gate.shut()
        if self._thread.is_alive():
            self._thread.join(_END_S)
        if self._line is not None:
            self._line.close()

    def _run(self) -> None:
        while not self._is_over.is_set():
            wait_s, least_s = self._round()
            if least_s:
                # what the hub asked for holds for whoever has something new to send, too
                self._is_over.wait(least_s)
                wait_s = max(0.0, wait_s - least_s)
            if wait_s and self._woken.wait(wait_s):
                # a payment is followed by its receipt: whoever wrote it has the machine to itself for a moment
                self._is_over.wait(SETTLE_S)
            self._woken.clear()

    def _round(self) -> tuple[float, float]:
        """A round; seconds until the next one, and how many of them nobody may cut short."""
        try:
            done = self._engine.round()
            self._tell(self._engine.status())
        except Over:
            return MOST_S, 0.0
        except Exception as fault:  # the line is no reason to end, and the next round may do
            if not self._is_over.is_set():
                note_fault(fault)
            return MOST_S, 0.0
        # whoever stands before the hub may say a day: after the longest back-off it is tried again all the same
        return done.next_s, min(float(done.retry_after_s or 0), MOST_S)
