"""Virtual time, and the wall clocks that show it more or less wrongly."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

BEGIN = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)
"""When every simulated world begins: a Monday, 8 o'clock in the hall."""

ZONE = ZoneInfo("Asia/Shanghai")
SECOND_MS = 1_000
MINUTE_MS = 60 * SECOND_MS
HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS


class WorldTime:
    """Milliseconds since the world began; only the simulator moves them, and only forward."""

    def __init__(self) -> None:
        self.ms = 0

    def pass_to(self, ms: int) -> None:
        """Go on to a moment; one that is over already changes nothing."""
        self.ms = max(self.ms, ms)

    def now(self) -> datetime:
        """The true moment."""
        return BEGIN + timedelta(milliseconds=self.ms)


class WallClock:
    """The clock of one machine: its wall time is off by what somebody or its battery made of it."""

    def __init__(self, time: WorldTime, name: str) -> None:
        self._time, self._name = time, name
        self.off_ms = 0
        self._boots = 1
        self._booted_at = time.ms

    @property
    def boot_id(self) -> str:
        """Which start of the machine the monotonic time belongs to."""
        return f"{self._name}-boot-{self._boots}"

    def now(self) -> datetime:
        """What the wall clock shows."""
        return (BEGIN + timedelta(milliseconds=self._time.ms + self.off_ms)).astimezone(ZONE)

    def monotonic_ms(self) -> int:
        """Milliseconds since this machine started."""
        return self._time.ms - self._booted_at

    def boot(self) -> None:
        """The machine starts again."""
        self._boots += 1
        self._booted_at = self._time.ms
