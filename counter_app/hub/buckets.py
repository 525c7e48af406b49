"""How often somebody may ask: a bucket of tokens each, refilled at a steady rate.

The buckets are this process's own: with two workers behind one address a device gets up to twice the rate.
"""

from __future__ import annotations

import math
import threading
from collections import OrderedDict
from collections.abc import Callable

MOST_KEYS = 20_000


class Buckets:
    """A bucket for each key: `burst` requests at once, `rate` a second for ever."""

    def __init__(self, rate: float, burst: int, monotonic: Callable[[], float]) -> None:
        self._rate, self._burst, self._monotonic = rate, burst, monotonic
        self._levels: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, key: str, cost: int = 1) -> int:
        """Take tokens; 0 when they were there, else the whole seconds after which they will be."""
        now = self._monotonic()
        with self._lock:
            level, since = self._levels.pop(key, (float(self._burst), now))
            level = min(self._burst, level + max(0.0, now - since) * self._rate)
            is_enough = level >= cost
            self._levels[key] = (level - cost if is_enough else level, now)
            while len(self._levels) > MOST_KEYS:
                # the one not heard of for longest is full again, or nearly
                self._levels.popitem(last=False)
        return 0 if is_enough else max(1, math.ceil((cost - level) / self._rate))
