"""What the counter says of its line to the hub: one light, one number, and why."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from counter_app.domain.hub_time import CERTIFICATE_SOON, clock_off
from counter_app.domain.sync_state import ChainMark, SyncState
from counter_app.storage import chain
from counter_app.storage.chain import Queue
from counter_app.storage.hall import OpenHall
from counter_app.storage.side_records import count_lost
from counter_app.storage.sql import Reading
from counter_app.storage.sync_state import read_state

Light = Literal["off", "good", "warn", "bad"]

LATE = timedelta(hours=1)
"""Entries that wait longer than this make the light yellow even while the hub answers (reliability 2.9)."""
TOO_LATE = timedelta(days=7)
"""Days offline that the policy allows (reliability 2.6); nothing is blocked, but somebody must look."""
OFF_BY = timedelta(seconds=120)
"""How far the wall clock may be off the hub's."""


@dataclass(frozen=True, slots=True)
class LastRounds:
    """What the rounds since the start of the program told: when the hub last answered, and what keeps failing."""

    answered_at: datetime | None = None
    failing_since: datetime | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class SyncStatus:
    """The light, the word behind it, since when, and what waits to go up. `why` is empty when all is well.

    `clock_off` is how far the wall clock is before the hub's time, None while it is not known. `refused` counts records
    beside the entries that the hub will not have, `lost` those whose content a disk has lost and that it has not given
    back. `certificate_ends_at` is when the first of the line's certificates ends, as far as it is known.
    """

    light: Light
    why: str
    since: datetime | None
    waiting: int
    oldest_at: datetime | None
    rounds: LastRounds
    clock_off: timedelta | None = None
    refused: int = 0
    lost: int = 0
    certificate_ends_at: datetime | None = None

    @property
    def answered_at(self) -> datetime | None:
        """When the hub last answered, as far as this start of the program knows."""
        return self.rounds.answered_at


def read_status(reading: Reading, hall: OpenHall, rounds: LastRounds, *, ends_at: datetime | None = None) -> SyncStatus:
    """The status of this moment: what the file says, and what the rounds told last. `ends_at` is when the first of the
    line's certificates ends.
    """
    epoch, clock, now = hall.epoch, hall.clock, hall.clock.now()
    state = read_state(reading)
    queue = chain.queue(reading, epoch, _acked(state.acked, epoch))
    off = clock_off(state.hub_time, now=now, monotonic_ms=clock.monotonic_ms(), boot_id=clock.boot_id)
    status = status_of(state, queue, rounds, now=now, clock_off=off, ends_at=ends_at)
    return replace(status, lost=count_lost(reading)) if state.is_enrolled else status


def status_of(
    state: SyncState,
    queue: Queue,
    rounds: LastRounds,
    *,
    now: datetime,
    clock_off: timedelta | None,
    ends_at: datetime | None = None,
) -> SyncStatus:
    """The status of a moment."""
    light, why, since = _light(state, queue, rounds, now, clock_off)
    if light == "good" and ends_at is not None and ends_at - now <= CERTIFICATE_SOON:
        light, why = "warn", "certificate_soon"
    refused = len(state.refused_records or ())
    return SyncStatus(
        light, why, since, queue.length, queue.oldest_at, rounds, clock_off, refused, certificate_ends_at=ends_at
    )


def _light(
    state: SyncState, queue: Queue, rounds: LastRounds, now: datetime, clock_off: timedelta | None
) -> tuple[Light, str, datetime | None]:
    age = now - queue.oldest_at if queue.oldest_at else timedelta()
    if not state.is_enrolled:
        return "off", "", None
    if state.stop is not None:
        return "bad", state.stop.reason, datetime.fromisoformat(state.stop.since_at)
    if age > TOO_LATE:
        return "bad", "too_late", queue.oldest_at
    if rounds.why:
        return "warn", rounds.why, rounds.failing_since
    if age > LATE:
        return "warn", "late", queue.oldest_at
    if clock_off is not None and abs(clock_off) > OFF_BY:
        return "warn", "clock_off", None
    return "good", "", None


def _acked(mark: ChainMark | None, epoch: int) -> int:
    return mark.seq if mark is not None and mark.epoch == epoch else 0
