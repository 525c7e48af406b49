"""Planted bugs around customers of another hall."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager

from counter_app.hub import guests
from counter_app.sync import engine
from tests.simulation.swapping import swapped

Put = Callable[[], AbstractContextManager[None]]


def _guests_are_not_told() -> AbstractContextManager[None]:
    return swapped(guests, "mirror", lambda _: None)


def _references_are_not_looked_up() -> AbstractContextManager[None]:
    return swapped(guests, "_look_up_references", lambda *_: None)


def _hub_is_not_told_again() -> AbstractContextManager[None]:
    return swapped(engine, "tell_guests", lambda *_: None)


BUGS: Mapping[str, Put] = {
    "what happens at home is not told where its customer is a guest": _guests_are_not_told,
    "a guest's row refers to nothing that no entry names": _references_are_not_looked_up,
    "a hub that went back is not told of guests again": _hub_is_not_told_again,
}
"""By what whoever wrote them would have said."""
