"""The papers a counter prints on, with their sizes in millimetres."""

from __future__ import annotations

from enum import Enum


class Paper(Enum):
    """What lies in the printer; the value is the name under which settings keep it."""

    A5 = "a5"
    A4 = "a4"
    ROLL_80 = "roll-80"

    @property
    def size_mm(self) -> tuple[float, float]:
        """Width and height as printed; a roll's height (0 here) follows its content."""
        return {Paper.A5: (210.0, 148.0), Paper.A4: (210.0, 297.0), Paper.ROLL_80: (80.0, 0.0)}[self]
