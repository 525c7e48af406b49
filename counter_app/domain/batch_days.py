"""The days of each month on which the pack deducts what is overdue from prepaid books (批量日)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class BatchDays:
    """On which days of each month the pack deducts (000-3: the next batch day)."""

    days: tuple[int, ...]

    def last_on(self, on: date) -> date:
        """The batch day that is due on a day: that day itself, or the newest before it."""
        return max(day for day in self._around(on) if day <= on)

    def next_after(self, on: date) -> date:
        """The first batch day after a day."""
        return min(day for day in self._around(on) if day > on)

    def _around(self, on: date) -> list[date]:
        months = [on.year * 12 + on.month - 1 + step for step in (-1, 0, 1)]
        return [date(month // 12, month % 12 + 1, day) for month in months for day in self.days]
