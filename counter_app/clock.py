"""Time and fresh identities, as the one thing that may be swapped in a test."""

from __future__ import annotations

import os
import time
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from counter_app.deferred import deferred

if TYPE_CHECKING:
    import uuid
else:
    # it looks at the platform first, and a start needs no identity
    uuid = deferred("uuid")


class Clock(Protocol):
    """What the program may ask of time; wall clocks order nothing, they are evidence."""

    def now(self) -> datetime:
        """This moment, aware, in the hall's own zone."""

    def monotonic_ms(self) -> int:
        """Milliseconds since the machine started, never backwards."""

    @property
    def boot_id(self) -> str:
        """Which start of the machine the monotonic time belongs to."""


class SystemClock:
    """The machine's own clock."""

    def __init__(self, boot_id: str = "") -> None:
        self.boot_id = boot_id

    @classmethod
    def of_this_machine(cls) -> SystemClock:
        """A clock that knows which start of the machine it belongs to."""
        source = Path("/proc/sys/kernel/random/boot_id")
        if source.exists():
            return cls(source.read_text("ascii").strip())
        return cls(f"since-{int(time.time() - time.monotonic())}")

    def now(self) -> datetime:
        """This moment in the zone of the machine."""
        return datetime.now(UTC).astimezone()

    def monotonic_ms(self) -> int:
        """Milliseconds since the machine started."""
        return time.monotonic_ns() // 1_000_000


class FixedClock:
    """A clock that stands where it is put; tests and pictures use it."""

    def __init__(self, moment: datetime, boot_id: str = "fixed") -> None:
        self.moment, self.boot_id = moment, boot_id

    def now(self) -> datetime:
        """The moment it was set to."""
        return self.moment

    def monotonic_ms(self) -> int:
        """Milliseconds of the set moment."""
        return int(self.moment.timestamp() * 1000)


def today(clock: Clock) -> date:
    """The calendar day in the hall."""
    return clock.now().date()


def new_entry_id(clock: Clock) -> str:
    """A UUID of version 7: sorts roughly by time, is only an identity."""
    return entry_id_at(clock.now())


def entry_id_at(at: datetime) -> str:
    """`new_entry_id` for whoever has asked the clock already."""
    millis = int(at.timestamp() * 1000) & ((1 << 48) - 1)
    tail = int.from_bytes(os.urandom(10), "big")
    value = (millis << 80) | (0x7 << 76) | ((tail >> 62) & 0xFFF) << 64 | (0b10 << 62) | (tail & ((1 << 62) - 1))
    digits = f"{value:032x}"
    # as a UUID is written
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def new_intent_id() -> str:
    """A random UUID of version 4 for one decision of one person."""
    return str(uuid.uuid4())
