"""One seed from its first step to the quiet at its end, and what came of it."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass

from tests.simulation.chance import seeded_randomness
from tests.simulation.clocks import DAY_MS
from tests.simulation.ground import a_folder, hall_ground
from tests.simulation.profiles import LIGHT, Profile
from tests.simulation.truth import PAYMENT
from tests.simulation.world import World


@dataclass(frozen=True)
class Outcome:
    """What one seed came to."""

    seed: str
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


def run(seed: str, steps: int, profile: Profile = LIGHT) -> Outcome:
    """Let one world live for so many steps, heal everything, and look at all of it."""
    ground = hall_ground(profile.machines)
    began = time.process_time()
    with a_folder() as folder, seeded_randomness(seed):
        world = World(seed, profile, ground, folder)
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
