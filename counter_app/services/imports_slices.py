"""The rows of a file as columns of values, a slice at a time, with the faults of each row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import islice

from counter_app.domain.imports import Faults, RowFault
from counter_app.domain.imports_fields import FIELDS, Field
from counter_app.domain.imports_map import ImportMap, title_key
from counter_app.domain.imports_values import Cells, Convert, Value, Wrong, cells_of
from counter_app.storage.sheets import Sheet

SLICE_ROWS = 500
"""Rows staged at a time: well under 20 ms of the writer, so that a payment passes between two slices."""


@dataclass(slots=True)
class Slice:
    """Some rows of the file: their numbers, and the values of each mapped field; `bad` are places with an error."""

    rows: list[int]
    values: dict[str, list[Value]]
    free: dict[str, list[Value]]
    bad: set[int] = field(default_factory=set)

    def __len__(self) -> int:
        return len(self.rows)


class Slicer:
    """Cuts a sheet into slices and converts them by the map."""

    def __init__(self, of: ImportMap, places: Mapping[str, int], *, today: date, faults: Faults) -> None:
        self._map = of
        self._places = places
        self._today = today
        self._faults = faults
        known = {known.name: known for known in FIELDS[of.what]}
        # a day that follows the bill's month needs the months first
        names = sorted(of.recipes, key=lambda name: name != "month")
        self._converts = {name: Convert(known[name], of.recipes[name]) for name in names}
        kind = "fen" if of.what == "bills" else "text"
        self._free = {
            name: Convert(
                Field(name, "fen" if kind == "fen" else "text", (), blank="0" if kind == "fen" else ""), recipe
            )
            for name, recipe in of.free.items()
        }

    def slices(self, sheet: Sheet) -> Iterator[Slice]:
        """The sheet's rows in order; rows of the wrong width are faults and left out."""
        width = len(sheet.header)
        again = [title_key(title) for title in sheet.header]
        while taken := list(islice(sheet.rows, SLICE_ROWS)):
            rows: list[int] = [number for number, _ in taken]
            records = [record for _, record in taken]
            # nearly every slice is plain, which is seen of all its rows at once
            if {*map(len, records)} != {width} or sheet.header[0] in [record[0] for record in records]:
                rows, records = self._plain(sheet, taken, again)
            if rows:
                columns = list(zip(*records, strict=True))
                yield self._converted(rows, {title: columns[at] for title, at in self._places.items()})

    def _plain(
        self, sheet: Sheet, taken: list[tuple[int, list[str]]], again: list[str]
    ) -> tuple[list[int], list[list[str]]]:
        """The rows without those of the wrong width and the header come again, which are faults."""
        rows, records, width = list[int](), list[list[str]](), len(sheet.header)
        for number, record in taken:
            if len(record) != width:
                self._width(number, record, width)
            elif record[0] == sheet.header[0] and [title_key(cell) for cell in record] == again:
                self._faults.add(RowFault(number, sheet.header[0], record[0], "header_again"))
            else:
                rows.append(number)
                records.append(record)
        return rows, records

    def fault(self, part: Slice, place: int, name: str, fault: str, expected: str = "", value: Value = None) -> None:
        """An error of one field of one row; the row is left out."""
        shown = part.values[name][place] if value is None and name in part.values else value
        text = "" if shown is None else str(shown)
        self._faults.add(RowFault(part.rows[place], self._map.column_of(name), text, fault, expected))
        part.bad.add(place)

    def warn(self, part: Slice, place: int, name: str, fault: str, expected: str = "") -> None:
        """Something to look at in one field of one row."""
        value = part.values[name][place]
        text = "" if value is None else str(value)
        self._faults.warn(RowFault(part.rows[place], self._map.column_of(name), text, fault, expected))

    def warn_of_absent(self, title: str) -> None:
        """Something to look at in the header: a column that is not there."""
        self._faults.warn(RowFault(1, title, "", "column_absent"))

    def _width(self, number: int, record: list[str], width: int) -> None:
        fault = "too_many_cells" if len(record) > width else "too_few_cells"
        first = record[0][:60] if record else ""
        self._faults.add(RowFault(number, "", first, fault, f"{width}, found {len(record)}"))

    def _converted(self, rows: list[int], columns: Mapping[str, Cells]) -> Slice:
        part = Slice(rows, {}, {})
        for converts, into in ((self._converts, part.values), (self._free, part.free)):
            for name, convert in converts.items():
                wrongs: list[Wrong] = []
                cells = cells_of(
                    convert.recipe,
                    columns,
                    len(rows),
                    today=self._today,
                    months=part.values.get("month", ()),
                    wrongs=wrongs,
                )
                into[name] = convert.values(cells, wrongs)
                if wrongs:
                    self._note(part, name, wrongs)
        return part

    def _note(self, part: Slice, name: str, wrongs: list[Wrong]) -> None:
        seen: set[int] = set()
        for wrong in wrongs:
            # a cell that no value table knows must not be called blank as well
            if wrong.place not in seen:
                seen.add(wrong.place)
                part.bad.add(wrong.place)
                column = self._map.column_of(name)
                self._faults.add(
                    RowFault(part.rows[wrong.place], column, wrong.text[:200], wrong.fault, wrong.expected)
                )
