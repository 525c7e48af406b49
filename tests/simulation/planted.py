"""Planted bugs: one wrong line each in the real code, put there for a while, to see that the simulator finds it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass

from tests.simulation import plants_of_cases, plants_of_counter, plants_of_guests, plants_of_hub, plants_of_undo

Put = Callable[[], AbstractContextManager[None]]


@dataclass(frozen=True)
class Plant:
    """A bug, in the words of whoever would have made it, and how it gets into the code."""

    name: str
    put: Put


BUGS: Mapping[str, Put] = {
    **plants_of_hub.BUGS,
    **plants_of_counter.BUGS,
    **plants_of_cases.BUGS,
    **plants_of_guests.BUGS,
    **plants_of_undo.BUGS,
}
PLANTS = tuple(Plant(name, put) for name, put in BUGS.items())
