"""All that is left to chance in a simulated world comes from its seed: what happens, and every fresh identity."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from contextlib import contextmanager
from random import Random
from typing import Any

from counter_app.storage.device import Device
from counter_app.storage.keys import KeyPlace


@contextmanager
def seeded_randomness(seed: str) -> Iterator[None]:
    """Inside, the program's own fresh identities and nonces are the same for the same seed.

    They come from a stream of their own: a program that asks for one more of them changes nothing of what happens.
    """
    source = Random(f"identities/{seed}")

    def drawn(size: int) -> bytes:
        return source.randbytes(size)

    # `secrets` and `random.SystemRandom` hold the machine's function by a name of their own
    places: tuple[tuple[dict[str, Any], str], ...] = ((vars(os), "urandom"), (vars(random), "_urandom"))
    honest = [place[name] for place, name in places]
    honest_make = vars(Device)["make"]
    for place, name in places:
        place[name] = drawn
    # a device's key is drawn by OpenSSL, which asks nobody
    setattr(Device, "make", classmethod(_make))  # noqa: B010  # an assignment is no method to the type checker
    try:
        yield
    finally:
        setattr(Device, "make", honest_make)  # noqa: B010  # as above
        for (place, name), kept in zip(places, honest, strict=True):
            place[name] = kept


def _make(cls: type[Device], place: KeyPlace) -> Device:
    secret = os.urandom(48)
    place.write("device", secret)
    return cls.from_secret(secret)


def happens(chance: Random, share: float) -> bool:
    """Whether something that happens in `share` of all cases happens now."""
    return chance.random() < share
