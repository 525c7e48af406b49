"""Measures how long the window's thread is held, and where it was when it was held longest."""

from __future__ import annotations

import gc
import sys
import threading
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType

from PySide6.QtCore import QObject, Qt, QTimer

_BEAT_MS = 2
_SAMPLE_SECONDS = 0.002


@dataclass(frozen=True, slots=True)
class Held:
    """The longest holds in milliseconds: by the wall clock, and by the thread's own processor time.

    On a machine that others share only the second tells of the program. `where` is the stack at the worst moment.
    """

    longest_ms: float
    longest_cpu_ms: float
    where: str


class Watchdog(QObject):
    """Beats on the window's thread while a second thread watches the beat; use it as a context around the event loop.

    Time outside the event loop counts as held; a test that works by itself between two steps does so in `pause`.
    """

    def __init__(self, *, sample_above_ms: float = 25.0) -> None:
        super().__init__()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(_BEAT_MS)
        self._timer.timeout.connect(self._beat)
        self._sample_above = sample_above_ms / 1000
        self._thread_id = threading.get_ident()
        self._beaten_at, self._beaten_cpu = 0.0, 0.0
        self._longest, self._longest_cpu, self._sampled, self._where = 0.0, 0.0, 0.0, ""
        self._is_watching = False
        self._sampler: threading.Thread | None = None

    def __enter__(self) -> Watchdog:
        self._sampler = threading.Thread(target=self._sample, name="watchdog", daemon=True)
        self._resume()
        self._sampler.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._beat()
        self._stop()
        if self._sampler is not None:
            self._sampler.join()
            self._sampler = None

    @contextmanager
    def pause(self) -> Iterator[None]:
        """What happens inside is not the program's doing and does not count."""
        self._beat()
        self._timer.stop()
        self._beaten_at = 0.0
        try:
            yield
        finally:
            self._resume()

    def held(self) -> Held:
        """The longest holds so far."""
        return Held(self._longest * 1000, self._longest_cpu * 1000, self._where)

    def _resume(self) -> None:
        self._beaten_at, self._beaten_cpu = time.perf_counter(), time.thread_time()
        self._is_watching = True
        self._timer.start()

    def _stop(self) -> None:
        self._is_watching = False
        self._timer.stop()

    def _beat(self) -> None:
        now, cpu = time.perf_counter(), time.thread_time()
        if self._beaten_at:
            self._longest = max(self._longest, now - self._beaten_at - _BEAT_MS / 1000)
            self._longest_cpu = max(self._longest_cpu, cpu - self._beaten_cpu)
        self._beaten_at, self._beaten_cpu = now, cpu

    def _frame(self) -> FrameType | None:
        # a collection that begins inside of this call can lock the interpreter up for good (CPython gh-106883)
        was_collecting = gc.isenabled()
        gc.disable()
        try:
            return sys._current_frames().get(self._thread_id)
        finally:
            if was_collecting:
                gc.enable()

    def _sample(self) -> None:
        stacks: list[str] = []
        hold_began_at = 0.0
        while self._is_watching:
            time.sleep(_SAMPLE_SECONDS)
            beaten_at = self._beaten_at
            held = time.perf_counter() - beaten_at if beaten_at else 0.0
            if beaten_at != hold_began_at:
                hold_began_at, stacks = beaten_at, []
            frame = self._frame() if held > self._sample_above else None
            if frame is not None:
                stacks.append("".join(traceback.format_stack(frame, limit=12)))
                if held > self._sampled:
                    # the middle of a hold tells what held; its end is only where the loop was reached again
                    self._sampled, self._where = held, stacks[len(stacks) // 2]
