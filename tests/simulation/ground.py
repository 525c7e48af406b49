"""The ground of every simulated world: a hall of several counters at one hub, made once in a process and copied."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random

from counter_app.storage.hall import OpenHall, open_hall
from tests.halls import Someone
from tests.simulation.chance import seeded_randomness
from tests.simulation.clocks import WallClock, WorldTime
from tests.simulation.enrolling import PlainLine, first_rows, give, join
from tests.simulation.hub_disk import PostgresDisk
from tests.simulation.hub_house import HubHouse
from tests.simulation.joining import engine_of, state_of

CUSTOMERS = 24


@dataclass(frozen=True)
class Ground:
    """Closed folders of files, one for each counter, the hub that all are enrolled at, and who the customers are."""

    folders: tuple[Path, ...]
    image: bytes
    people: tuple[Someone, ...]


@contextmanager
def a_folder() -> Iterator[Path]:
    """An empty folder in memory where the machine has one, gone afterwards."""
    with tempfile.TemporaryDirectory(dir=_memory(), prefix="simulation-") as name:
        yield Path(name)


@cache
def hall_ground(counters: int) -> Ground:
    """A hall with its people and their bills; every process makes the same one."""
    return make_ground(kept_folder() / str(counters), counters)


def make_ground(root: Path, counters: int, disk: PostgresDisk | None = None) -> Ground:
    """The same in a folder, on any data base of the hub."""
    os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.null.Keyring"
    time = WorldTime()
    house = HubHouse(time, "ground", disk=disk)
    folders = tuple(root / f"counter-{number}" for number in range(counters))
    with seeded_randomness("ground"):
        for number, folder in enumerate(folders):
            join(house, folder, f"0{number + 1}", WallClock(time, f"ground-{number}"))
            if not number:
                taken = give(house, list(first_rows(CUSTOMERS)))
                assert not taken.faults, taken
        found = [_caught_up(house, folder, time) for folder in folders]
    return Ground(folders, house.disk.image(), found[0])


def _caught_up(house: HubHouse, folder: Path, time: WorldTime) -> tuple[Someone, ...]:
    hall = open_hall(folder, clock=WallClock(time, "ground"))
    engine = engine_of(hall, PlainLine(house), Random(1))
    for _ in range(3):
        done = engine.round()
        assert not done.why, done
    assert state_of(hall).outstanding is None, "the ground is quiet"
    people = people_of(hall)
    hall.close()
    return people


def people_of(hall: OpenHall) -> tuple[Someone, ...]:
    """Everybody who has an account."""
    with hall.reading() as reading:
        rows = reading.driver.execute("SELECT customer_id, id FROM accounts ORDER BY id").fetchall()
    return tuple(Someone(*row) for row in rows)


def kept_folder() -> Path:
    """Where the grounds of this process lie."""
    return Path(_kept().name)


@cache
def _kept() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(dir=_memory(), prefix="ground-")


def _memory() -> Path | None:
    memory = Path("/dev/shm")
    return memory if memory.is_dir() else None
