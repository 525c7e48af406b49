"""One seed from its first step to the quiet at its end, and what came of it."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from counter_app.services import passwords
from tests.halls import PASSWORD
from tests.simulation.chance import seeded_randomness
from tests.simulation.clocks import DAY_MS
from tests.simulation.first_counter import first_ground
from tests.simulation.ground import Ground, a_folder, hall_ground
from tests.simulation.hub_disk import PostgresDisk
from tests.simulation.profiles import LIGHT, Profile
from tests.simulation.swapping import swapped
from tests.simulation.truth import PAYMENT
from tests.simulation.world import World


@dataclass(frozen=True)
class Outcome:
    """What one seed came to."""

    seed: str
    profile: str
    steps: int
    digest: str
    days: float
    payments: int
    entries: int
    faults: Counter[str]
    answers: Counter[str]
    wrongs: Counter[str]
    examples: tuple[str, ...]
    seconds: float

    @property
    def is_good(self) -> bool:
        """Whether every invariant held."""
        return not self.wrongs


def run(seed: str, steps: int, profile: Profile = LIGHT, on: tuple[Ground, PostgresDisk] | None = None) -> Outcome:
    """Let one world live for so many steps, heal everything, and look at all of it.

    `on` is a ground of its own, whose hub is on PostgreSQL.
    """
    ground, disk = on or (first_ground() if profile.is_first else hall_ground(profile.machines, profile.away), None)
    began = time.process_time()
    with a_folder() as folder, seeded_randomness(seed), quick_passwords():
        world = World(seed, profile, ground, folder, disk)
        try:
            while world.done < steps and not world.truth.wrongs:
                world.step()
            days = world.time.ms / DAY_MS * profile.machines
            if not world.truth.wrongs:
                world.come_to_rest()
        finally:
            world.close()
    truth = world.truth
    return Outcome(
        seed,
        profile.name,
        world.done,
        world.digest,
        days,
        sum(told.kind == PAYMENT for told in truth.told.values()),
        len(truth.told),
        world.faults,
        world.answers,
        truth.wrongs,
        tuple(truth.examples),
        time.process_time() - began,
    )


@contextmanager
def quick_passwords() -> Iterator[None]:
    """Inside, a password is compared and not worked out: a fifth of a second each, which no fault is about."""

    def is_right(_verifier: str, password: str, **_: object) -> bool:
        return password == PASSWORD

    with swapped(passwords, "is_right", is_right), swapped(passwords, "is_outdated", lambda *_, **__: False):
        yield


def shortest(failed: Outcome, profile: Profile = LIGHT) -> Outcome:
    """The shortest beginning of a failed seed that fails as well when it is healed and looked at."""
    good, bad, least = 0, failed.steps, failed
    while bad - good > 1:
        middle = (good + bad) // 2
        done = run(failed.seed, middle, profile)
        if done.is_good:
            good = middle
        else:
            bad, least = done.steps, done
    return least
