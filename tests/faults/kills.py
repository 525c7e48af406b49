"""SIGKILL at random moments of paying, thousands of times; after each, the hall is opened and held to what was said."""

from __future__ import annotations

import shutil
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from tests.faults.nursery import Nursery
from tests.faults.teller import REPEATS, Task, make_ground, open_ground
from tests.faults.truth import Truth

PER_HALL = 100
"""Kills before a fresh hall is taken: it keeps open bills in reach, and each hall ends with a whole look."""

CUSTOMERS = 60


@dataclass
class Kills:
    """How a campaign went."""

    seed: int
    kills: int = 0
    acknowledged: int = 0
    acts: int = 0
    unheard: int = 0
    not_recorded: int = 0
    wrongs: Counter[str] = field(default_factory=Counter)
    examples: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def add(self, truth: Truth) -> None:
        """Take in what was found in one hall."""
        self.acknowledged += len(truth.heard)
        self.acts += len(truth.did)
        self.unheard += truth.extra
        self.not_recorded += truth.absent
        self.wrongs.update(truth.wrongs)
        self.examples = (self.examples + truth.examples)[:20]

    def __str__(self) -> str:
        return f"seed {self.seed}: {self.kills} kills, {dict(self.wrongs)}\n" + "\n".join(self.examples)


def campaign(
    folder: Path, *, kills: int, seed: int, defect: str = "", is_demo: bool = True, until_found: bool = False
) -> Kills:
    """Kill `kills` times; `until_found` ends it with the first wrong, for planted defects."""
    result = Kills(seed)
    chance = Random(seed)
    started = time.monotonic()
    template = make_ground(folder / "template", customers=CUSTOMERS, is_demo=is_demo).folder
    nursery = Nursery("tests.faults.nursery:pay")
    try:
        number = 0
        while result.kills < kills and not (until_found and result.wrongs):
            hall_folder = folder / f"hall-{number}"
            shutil.copytree(template, hall_folder)
            rounds = min(PER_HALL, kills - result.kills)
            truth, done = one_hall(nursery, hall_folder, rounds, chance, defect, until_found=until_found)
            result.kills += done
            result.add(truth)
            shutil.rmtree(hall_folder)
            number += 1
    finally:
        nursery.close()
    result.seconds = time.monotonic() - started
    return result


def one_hall(
    nursery: Nursery, folder: Path, rounds: int, chance: Random, defect: str, *, until_found: bool
) -> tuple[Truth, int]:
    """Kill the tellers of one hall; returns what was found, and how many were killed."""
    truth = Truth()
    # one for all of them: what is carried out again under its intent is the same decision, for the same customer
    seed = chance.randrange(1 << 30)
    decision, open_intent = 0, ""
    for number in range(rounds):
        nursery.start(Task(str(folder), seed, decision, 1_000_000, open_intent, defect).to_json())
        lines = let_live(nursery, chance)
        nursery.kill()
        lines += nursery.last_words()
        if lines[-1]["status"] != -9:
            truth.wrong("crashed", f"status {lines[-1]['status']}")
        for line in lines:
            truth.listen(line)
        hall = open_ground(folder)
        try:
            truth.check(hall, is_whole=False)
            if number % 25 == 24 or number == rounds - 1:
                truth.check(hall, is_whole=True)
        finally:
            hall.close()
        decision, open_intent = _next(truth, decision, open_intent, lines, defect)
        if until_found and truth.wrongs:
            return truth, number + 1
    return truth, rounds


def let_live(nursery: Nursery, chance: Random) -> list[dict[str, object]]:
    """Wait for the moment of death: while opening, in the first payments, or after some in the middle of another."""
    kind = chance.random()
    lines: list[dict[str, object]] = []
    if kind < 0.1:
        time.sleep(chance.uniform(0, 0.02))
        return lines
    lines.append(nursery.hear())
    if kind < 0.5:
        time.sleep(chance.uniform(0, 0.1 if kind < 0.15 else 0.03))
        return lines
    left = chance.randrange(1, 5)
    while left and lines[-1]["say"] in ("open", "try", "ack", "did"):
        lines.append(nursery.hear())
        left -= lines[-1]["say"] in ("ack", "did")
    time.sleep(chance.uniform(0, 0.006))
    return lines


def _next(
    truth: Truth, decision: int, open_intent: str, lines: list[dict[str, object]], defect: str
) -> tuple[int, str]:
    """Go on as the window does: what was not recorded is carried out under its own intent, nothing else again."""
    tried = [str(line["intent"]) for line in lines if line["say"] == "try"]
    if not tried:
        return decision, open_intent
    last = tried[-1]
    is_done = last in truth.heard or last in truth.did if defect in REPEATS else truth.is_recorded(last)
    return (truth.tried[last] + 1, "") if is_done else (truth.tried[last], last)
