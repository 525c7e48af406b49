"""Planted bugs: one wrong line each in the real code, put there for a while, to see that the simulator finds it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any

from counter_app.services import payments
from counter_app.storage.trouble import CommitUncertain, NotRecorded


@dataclass(frozen=True)
class Plant:
    """A bug, in the words of whoever would have made it, and how it gets into the code."""

    name: str
    put: Callable[[], AbstractContextManager[None]]


@contextmanager
def swapped(place: Any, name: str, other: Any) -> Iterator[None]:
    """The name stands for something else inside."""
    honest = getattr(place, name)
    setattr(place, name, other)
    try:
        yield
    finally:
        setattr(place, name, honest)


def _failed_commit_is_not_done() -> AbstractContextManager[None]:
    def hasty(_hall: object, _intent: str, error: CommitUncertain) -> None:
        raise NotRecorded(error.why)

    return swapped(payments, "resolve", hasty)


PLANTS = (Plant("a COMMIT with an error is taken for one that was not done", _failed_commit_is_not_done),)
