"""How long the window's thread may be held on this machine: 50 ms of the hall PC for which the limit is meant.

The same work takes twice the processor time on a machine whose processor is lent out or slowed down, so the limit goes
with a plain loop that is measured in the same run, as every figure of the benchmarks does. It is never below 50 ms.
"""

from __future__ import annotations

from time import thread_time

HELD_MS = 50.0
HALL_PC_LOOP_MS = 12.0
"""What the loop takes on an office processor of about 3 GHz (Python 3.11)."""

_STEPS = 200_000
_ROUNDS = 7


def longest_cpu_ms() -> float:
    """The limit on this machine as fast as it is now, in ms of the thread's own processor time."""
    return HELD_MS * max(1.0, min(_loop_ms() for _ in range(_ROUNDS)) / HALL_PC_LOOP_MS)


def _loop_ms() -> float:
    begun, total = thread_time(), 0
    for number in range(_STEPS):
        total += number * number % 7
    return (thread_time() - begun) * 1000
