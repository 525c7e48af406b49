"""Short worlds for each commit: the invariants hold, one seed is one world, and planted bugs are found."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace

import pytest

from tests.faults.nursery import ROOT
from tests.simulation.planted import PLANTS, Plant
from tests.simulation.profiles import ABROAD, DENSE, LEAVING, LIGHT, SHAKEN, Profile
from tests.simulation.runs import run, shortest
from tests.simulation.search import STEPS, find

FEW = 60
OTHERS = (("0", 70, LEAVING), ("3", 100, ABROAD))
ANSWERS = {"leaving": "case: step", "abroad": "guest: paid"}
"""What must have happened in them."""
SEEDS = tuple(f"short-{number}" for number in range(3))
FORGETFUL = replace(ABROAD, returns=4)
MENDED = (("0", 150, SHAKEN), ("5", 250, LIGHT), ("100", 250, LIGHT), ("d30", 140, FORGETFUL))
"""Worlds that once failed, each with as many steps as it took: the receipt of a machine that the hub had forgotten was
nobody's; what was given back for a credit of a lost history was in no book of the hub; a file that was put back before
anybody stood in it could be confirmed by nobody; money of another hall's customers waits for a person after the disk
with their ids was lost. A world is another one as soon as there is more to do in it: what
failed in earlier ones has tests of its own (`tests/hub/test_enrolment.py`, `tests/hub/test_ledger.py`).
"""


@pytest.mark.parametrize("seed", SEEDS)
def test_every_invariant_holds(seed: str) -> None:
    done = run(seed, STEPS)
    assert done.wrongs == {}, f"{done.examples}; python -m tests.simulation --replay {seed} --steps {done.steps}"
    assert done.payments > 8
    assert sum(done.faults.values()) > 5


@pytest.mark.parametrize(("seed", "steps", "profile"), MENDED, ids=[row[0] for row in MENDED])
def test_what_was_mended_stays_mended(seed: str, steps: int, profile: Profile) -> None:
    done = run(seed, steps, profile)
    assert done.wrongs == {}, done.examples
    assert done.steps == steps


@pytest.mark.parametrize(("seed", "steps", "profile"), OTHERS, ids=[row[2].name for row in OTHERS])
def test_every_invariant_holds_where_other_things_happen(seed: str, steps: int, profile: Profile) -> None:
    done = run(seed, steps, profile)
    assert done.wrongs == {}, done.examples
    assert done.answers[ANSWERS[profile.name]] > 2, done.answers


def test_the_same_seed_is_the_same_world() -> None:
    here = run("digest", FEW).digest
    ask = f"from tests.simulation.runs import run; print(run('digest', {FEW}).digest)"
    environment = {**os.environ, "PYTHONHASHSEED": "4711"}
    done = subprocess.run(
        [sys.executable, "-c", ask], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == here
    assert run("another", FEW).digest != here


@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: plant.name)
def test_a_planted_bug_is_found(plant: Plant) -> None:
    search = find(plant.name)
    assert search.found is not None, str(search)
    print(search)


def test_a_failed_seed_is_cut_to_its_shortest_beginning() -> None:
    plant = next(plant for plant in PLANTS if plant.name == "a repeated request is taken for a second copy")
    found = find(plant.name).found
    assert found is not None
    with plant.put():
        least = shortest(found, DENSE)
    assert not least.is_good
    assert least.steps <= found.steps
