"""How the benchmarks measure: ours and the baseline in turn, medians, and a line of the table for each question."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Scene:
    """Where a benchmark works: its folder for halls and files, how many customers, and whether it only proves to run.

    `is_tiny` cuts every count down to a handful: the numbers mean nothing then.
    """

    data: Path
    customers: int
    is_tiny: bool = False

    def count(self, full: int, tiny: int) -> int:
        """How many times or rows."""
        return tiny if self.is_tiny else full


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table: medians in `unit`, a target in words, and whether it is reached (None: there is none)."""

    name: str
    unit: str
    ours: float
    target: str = ""
    is_reached: bool | None = None
    p99: float | None = None
    baseline: float | None = None

    @property
    def ratio(self) -> float | None:
        """Ours over the baseline."""
        return self.ours / self.baseline if self.baseline else None


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds of one side, sample by sample: by the wall, and of CPU."""

    wall: list[float]
    cpu: list[float]

    @property
    def wall_ms(self) -> float:
        """Median by the wall."""
        return statistics.median(self.wall) * 1e3

    @property
    def cpu_ms(self) -> float:
        """Median of CPU."""
        return statistics.median(self.cpu) * 1e3

    def p99_ms(self, *, of_cpu: bool = False) -> float:
        """What one sample in a hundred goes beyond."""
        return percentile(self.cpu if of_cpu else self.wall, 0.99) * 1e3


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` of all values do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def alternate(
    ours: Callable[[T], object], bare: Callable[[T], object], samples: Sequence[tuple[T, T]], *, block: int = 1
) -> tuple[Times, Times]:
    """Both sides in turn, `block` samples at a time, each going first every other time.

    What a side does with its half of the sample is all that counts.
    """
    sides = (ours, Times([], [])), (bare, Times([], []))
    with without_collector():
        for turn, begin in enumerate(range(0, len(samples), block)):
            for side in (0, 1) if turn % 2 == 0 else (1, 0):
                act, kept = sides[side]
                for pair in samples[begin : begin + block]:
                    begun, burnt = time.perf_counter_ns(), time.thread_time_ns()
                    act(pair[side])
                    kept.cpu.append((time.thread_time_ns() - burnt) / 1e9)
                    kept.wall.append((time.perf_counter_ns() - begun) / 1e9)
    return sides[0][1], sides[1][1]


def measure(act: Callable[[T], object], samples: Sequence[T]) -> Times:
    """One side alone, for what has no baseline."""
    return alternate(act, lambda _sample: None, [(sample, sample) for sample in samples])[0]


def once(act: Callable[[], object]) -> tuple[float, float]:
    """Wall and CPU seconds (of all threads) of one long run."""
    gc.collect()
    begun, burnt = time.perf_counter(), time.process_time()
    act()
    return time.perf_counter() - begun, time.process_time() - burnt


@contextmanager
def without_collector() -> Iterator[None]:
    """The collector stands still, so that its rounds fall on neither side."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
