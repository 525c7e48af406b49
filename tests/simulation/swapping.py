"""How a planted bug stands in for the honest code."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def swapped(place: Any, name: str, other: Any) -> Iterator[None]:
    """The name stands for something else inside."""
    honest = getattr(place, name)
    setattr(place, name, other)
    try:
        yield
    finally:
        setattr(place, name, honest)
