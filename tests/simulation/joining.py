"""How a machine's program is put together with its line, as the program itself does it, but without a thread."""

from __future__ import annotations

from random import Random

from counter_app.domain.sync_state import SyncState
from counter_app.storage.hall import OpenHall
from counter_app.storage.sync_state import read_state
from counter_app.sync.engine import Engine
from counter_app.sync.ground import Ground
from counter_app.sync.hub_line import Line
from counter_app.sync.snapshots import Snapshots


def engine_of(hall: OpenHall, line: Line, chance: Random) -> Engine:
    """The rounds of an open hall over a line."""
    return Engine(Ground(hall), lambda _enrolment: line, Snapshots(), chance)


def state_of(hall: OpenHall) -> SyncState:
    """How a counter stands with its hub."""
    with hall.reading() as reading:
        return read_state(reading)
