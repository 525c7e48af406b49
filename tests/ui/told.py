"""Halls for pictures: a story is told once, and every look at it has a copy of the hall to itself."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QObject

from counter_app.clock import FixedClock
from counter_app.storage.hall import OpenHall, open_hall


@dataclass(frozen=True)
class Told:
    """The folder of a hall after its story, and the moment at which it ended; nobody has it open."""

    folder: Path
    ended_at: datetime

    def copy(self) -> tuple[OpenHall, Callable[[QObject], object]]:
        """A copy of the hall, open, and a way to let it go with a window."""
        place = tempfile.TemporaryDirectory()
        folder = Path(place.name) / "hall"
        shutil.copytree(self.folder, folder)
        hall = open_hall(folder, clock=FixedClock(self.ended_at))

        def end() -> None:
            hall.close()
            place.cleanup()

        return hall, lambda window: window.destroyed.connect(end)


def told(story: Callable[[Path], OpenHall]) -> Told:
    """The hall that the story makes in an empty folder."""
    place = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, place, ignore_errors=True)
    hall = story(place / "hall")
    ended_at = hall.clock.now()
    hall.close()
    return Told(place / "hall", ended_at)
