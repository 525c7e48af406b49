"""The ground of every simulated world: a small hall, made once in a process and copied for each seed."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random

from counter_app.storage.hall import KEY_FOLDER
from counter_app.storage.keys import KeyFiles
from tests.faults.teller import make_ground
from tests.halls import Someone
from tests.simulation.chance import seeded_randomness

CUSTOMERS = 24


@dataclass(frozen=True)
class Ground:
    """A closed hall of files, and who its customers are."""

    folder: Path
    people: tuple[Someone, ...]


@contextmanager
def a_folder() -> Iterator[Path]:
    """An empty folder in memory where the machine has one, gone afterwards."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None, prefix="simulation-") as name:
        yield Path(name)


@cache
def _kept() -> tempfile.TemporaryDirectory[str]:
    memory = Path("/dev/shm")
    return tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None, prefix="ground-")


@cache
def hall_ground() -> Ground:
    """A hall with its people and their bills; every process makes the same one."""
    os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.null.Keyring"
    folder = Path(_kept().name) / "hall"
    # the key would come from the machine's own chance, and stand in every entry
    KeyFiles(folder / KEY_FOLDER).write("device", Random("device").randbytes(48))
    with seeded_randomness("ground"):
        made = make_ground(folder, customers=CUSTOMERS, has_shift=False)
    return Ground(folder, tuple(made.customers))
