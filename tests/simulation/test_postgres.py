"""The same seed on both data bases of the hub: the rules say the same to every counter."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tests.hub.conftest import copies, postgres, postgres_url, template
from tests.simulation.ground import make_ground
from tests.simulation.hub_disk import PostgresDisk
from tests.simulation.profiles import DENSE
from tests.simulation.runs import run

__all__ = ["copies", "postgres", "postgres_url", "template"]

SPARED = replace(DENSE, name="spared", is_hub_spared=True)
STEPS = 90


def test_the_same_seed_is_the_same_world_on_postgresql(postgres_url: str, tmp_path: Path) -> None:
    disk = PostgresDisk(postgres_url)
    there = run("both", STEPS, SPARED, on=(make_ground(tmp_path / "ground", SPARED.machines, disk), disk))
    disk.database.close()
    here = run("both", STEPS, SPARED)
    assert there.wrongs == {}, there.examples
    assert here.wrongs == {}, here.examples
    assert there.answers == here.answers
    assert there.digest == here.digest
