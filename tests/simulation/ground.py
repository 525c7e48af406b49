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
from tests.simulation.enrolling import AWAY_CODE, PlainLine, first_rows, give, join, people_of_the_hall
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

    def account_no(self, someone: Someone) -> str:
        """The number of a customer's account, by which another hall asks for it."""
        return f"1000{self.people.index(someone):04}"


@contextmanager
def a_folder() -> Iterator[Path]:
    """An empty folder in memory where the machine has one, gone afterwards."""
    with tempfile.TemporaryDirectory(dir=_memory(), prefix="simulation-") as name:
        yield Path(name)


def hall_ground(counters: int, away: int = 0) -> Ground:
    """A hall with its people and their bills; every process makes the same one."""
    return _ground(counters, away)


@cache
def _ground(counters: int, away: int) -> Ground:
    return make_ground(kept_folder() / f"{counters}-{away}", counters, away=away)


def make_ground(root: Path, counters: int, disk: PostgresDisk | None = None, *, away: int = 0) -> Ground:
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
        further = tuple(_of_another_hall(house, root, time, number) for number in range(away))
        found = [_caught_up(house, folder, time) for folder in folders]
        for folder in further:
            _caught_up(house, folder, time)
    return Ground(folders + further, house.disk.image(), found[0])


def _of_another_hall(house: HubHouse, root: Path, time: WorldTime, number: int) -> Path:
    """A counter of a hall that has no customers of its own."""
    folder = root / f"away-{number}"
    join(house, folder, f"0{number + 1}", WallClock(time, f"ground-away-{number}"), hall_code=AWAY_CODE)
    if not number:
        assert not give(house, list(people_of_the_hall()), AWAY_CODE).faults
    return folder


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
