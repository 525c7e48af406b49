"""What most tests of the room need: a telecom hall, and the whole counter in its window over it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from counter_app.services.hall import OpenHall
from tests.ui.counter.whole import Whole, whole
from tests.ui.retention.desks import a_hall


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[OpenHall]:
    """A hall without customers."""
    opened = a_hall(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def window(hall: OpenHall) -> Iterator[Whole]:
    """The counter on its sign-in page."""
    made = whole(hall)
    yield made
    made.close()
