"""The hub's time as evidence: how far its clock is from this machine's monotonic one, and the wall clock from both."""

from __future__ import annotations

from datetime import datetime, timedelta

from counter_app.domain.sync_state import HubTime

CERTIFICATE_SOON = timedelta(days=14)
"""A certificate that ends within this time is said to whoever looks at the line (reliability 4.4)."""

_DRIFT = 0.0002
"""How much of the time since a measurement a cheap clock may have lost or won."""


def measured(hub_time: datetime, *, before_ms: int, after_ms: int, boot_id: str) -> HubTime:
    """The hub's time by one question: it was told between the two moments of the monotonic clock."""
    hub_ms = round(hub_time.timestamp() * 1000)
    middle = (before_ms + after_ms) // 2
    return HubTime(boot_id, hub_ms - middle, (after_ms - before_ms + 1) // 2 + 1, after_ms)


def better(kept: HubTime | None, fresh: HubTime) -> HubTime:
    """The one that says more of this moment: an old measurement grows unsure as clocks drift apart."""
    if kept is None or kept.boot_id != fresh.boot_id:
        return fresh
    drift_ms = (fresh.measured_ms - kept.measured_ms) * _DRIFT
    return fresh if fresh.error_ms <= kept.error_ms + drift_ms else kept


def clock_off(known: HubTime | None, *, now: datetime, monotonic_ms: int, boot_id: str) -> timedelta | None:
    """How far the wall clock stands before the hub's time; None where nothing is known since this machine's start.

    What lies within the error of the measurement is no difference.
    """
    if known is None or known.boot_id != boot_id:
        return None
    off_ms = round(now.timestamp() * 1000) - (monotonic_ms + known.offset_ms)
    sure_ms = max(0, abs(off_ms) - known.error_ms)
    return timedelta(milliseconds=sure_ms if off_ms >= 0 else -sure_ms)
