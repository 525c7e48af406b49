"""What the master data of new customers lacks in a file (002-1): named by row and column, and nothing stops for it."""

from __future__ import annotations

from counter_app.domain import imports_titles as titles
from counter_app.domain.completeness import FIELDS, Gap
from counter_app.domain.imports_map import ImportMap
from counter_app.domain.imports_values import Value
from counter_app.services.imports_slices import Slice, Slicer

_BLANK = (None, "")
_TITLES = {
    Gap.CONTACT: titles.PHONE[0],
    Gap.ID_NUMBER: titles.ID_NUMBER[0],
    Gap.ADDRESS: titles.ADDRESS[0],
    Gap.SINCE: titles.SINCE_ON[0],
}
"""What a column that the file does not have would be called."""


class Completeness:
    """Looks at each new customer once; a column that the whole file lacks is named once, with the header."""

    def __init__(self, of: ImportMap, slicer: Slicer) -> None:
        self._slicer = slicer
        there = {gap: tuple(name for name in names if name in of.recipes) for gap, names in FIELDS.items()}
        self._columns = [names for names in there.values() if names]
        self._absent = [_TITLES[gap] for gap, names in there.items() if not names]
        self._gaps: list[tuple[str, ...]] = []

    def look(self, part: Slice) -> None:
        """Which columns of a slice have gaps at all; most have none, which is seen of all its rows at once."""
        self._gaps = [names for names in self._columns if all(_has_blank(part.values[name]) for name in names)]

    def created(self, part: Slice, place: int) -> None:
        """A row makes a new customer: tell what it does not say."""
        while self._absent:
            self._slicer.warn_of_absent(self._absent.pop(0))
        for names in self._gaps:
            if all(part.values[name][place] in _BLANK for name in names):
                self._slicer.warn(part, place, names[0], "not_filled")


def _has_blank(column: list[Value]) -> bool:
    return None in column or "" in column
