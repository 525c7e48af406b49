"""A hall that the small hub has taken in: what the tests of its rounds begin with."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from counter_app.domain.journal import Draft
from counter_app.storage.hall import OpenHall
from tests import halls
from tests.sync.small_hub import SmallHub, enrolled_at


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[OpenHall]:
    """An open hall."""
    opened = halls.a_hall(tmp_path / "hall")
    yield opened
    opened.close()


@pytest.fixture
def hub(hall: OpenHall) -> SmallHub:
    """Its hub."""
    made = SmallHub(hall.device.public_key)
    enrolled_at(made, hall)
    return made


def write(hall: OpenHall, count: int = 1, kind: str = "note") -> None:
    """Add entries that nobody has to understand."""
    for _ in range(count):
        with hall.writing() as work:
            hall.journal.append(work, Draft(kind, {"x": 1}, "1001", halls.NOW.date()))
