"""The search for planted bugs: seed after seed until the invariants show each of them."""

from __future__ import annotations

import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context

from tests.simulation import plants_of_cases, plants_of_guests
from tests.simulation.planted import PLANTS
from tests.simulation.profiles import ABROAD, ALONE, DENSE, FED, LEAVING, LIGHT, MIXED, SHAKEN
from tests.simulation.runs import Outcome, run

STEPS = 120
MOST_SEEDS = 40
"""So many seeds at most a planted bug may need."""


FIRST = {
    "what is paid too much stays with the bill": 5,
    "the hub answers before its commit is on the disk": 3,
    "a repeated request is taken for a second copy": 1,
    "a reply that nobody signed is a reply": 2,
    "a carried entry counts under the id of its carrier": 1,
    "a COMMIT with an error is taken for one that was not done": 11,
    "the feed's mark moves before its rows": 7,
    "a new epoch carries nothing over": 1,
    "what the hub says against the file stops nothing": 1,
    "the hash at the reader's place is not compared": 8,
    "what the hub lost is not offered again": 3,
    "a second undo of a payment counts as well": 2,
    "what was too much of an undone payment stays owed": 7,
}
"""Which seed shows a bug first, where it is not the first one; where it no longer does, the others are tried."""


SHOWN_BY = {
    "entries of a forgotten device stay apart for ever": ("0", SHAKEN, 150),
    "a receipt that is entered again counts beside its payment": ("0", SHAKEN, 150),
    "a book keeps what two counters gave back for one credit": ("planted-5", LIGHT, 250),
    "a hub that has forgotten epochs heeds none that is named": ("8", SHAKEN, 120),
    "half of an offer is taken for the whole hall": ("1", ALONE, 80),
    "a part of an offer that had no answer counts as taken": ("0", ALONE, 60),
    "what a newer hub understands stays apart": ("0", MIXED, 60),
    "a counter that is newer than its hub is told to update itself": ("3", MIXED, 80),
    **dict.fromkeys(plants_of_guests.BUGS, ("g", ABROAD, 100)),
    "a guest's row refers to nothing that no entry names": ("planted-1", ABROAD, 100),
    "a hub that went back is not told of guests again": ("0", ABROAD, 100),
    **dict.fromkeys(plants_of_cases.BUGS, ("0", LEAVING, 70)),
    "whoever worked on a case signs it": ("304", LEAVING, 60),
    "a bill made smaller than what was paid of it gives nothing back": ("6", FED, 45),
}
"""By which world, and how long it lives, where dense ones rarely show a bug."""


@dataclass(frozen=True)
class Search:
    """What came of one planted bug."""

    plant: str
    found: Outcome | None
    seconds: float

    def __str__(self) -> str:
        if self.found is None:
            return f"MISSED {self.plant}"
        example = self.found.examples[0].split(":")[0]
        return f"{self.plant}: seed {self.found.seed}, step {self.found.steps}, {example}, {self.seconds:.1f} s"


def find(name: str) -> Search:
    """Look for one planted bug."""
    plant = next(plant for plant in PLANTS if plant.name == name)
    first, began = FIRST.get(name, 0), time.process_time()
    seed, profile, steps = SHOWN_BY.get(name, (f"planted-{first}", DENSE, STEPS))
    others = (f"planted-{number}" for number in range(MOST_SEEDS) if number != first)
    with plant.put():
        for one in (seed, *others):
            done = run(one, steps, profile)
            if not done.is_good:
                return Search(name, done, time.process_time() - began)
    return Search(name, None, time.process_time() - began)


def search_for(processes: int) -> list[Search]:
    """Look for all of them."""
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        return list(pool.map(find, [plant.name for plant in PLANTS]))
