"""How a printer stands before anything is sent to it: ready, or what a hand must do first."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Standing(Enum):
    """What a printer would do with a job now; the value is the stable name that the floors above know it by."""

    READY = "ready"
    PAUSED = "paused"
    NEEDS_HAND = "needs_hand"
    OFFLINE = "offline"
    MISSING = "missing"
    NO_RIGHT = "no_right"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class QueueState:
    """A printer's standing, how many jobs wait for it where that is known, and what the system said."""

    standing: Standing
    waiting: int = 0
    detail: str = ""
