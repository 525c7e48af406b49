"""Bringing in master data from a hall's own files: what an import reports, and what it says no to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from counter_app.domain.refusals import Refusal

What = Literal["customers", "bills", "settlements", "retention"]
WHATS: tuple[What, ...] = ("customers", "bills", "settlements", "retention")

SHOWN_FAULTS = 1000
"""How many faults a report lists; all are counted."""


@dataclass(frozen=True, slots=True)
class RowFault:
    """One thing wrong in the file: `row` as a spreadsheet counts (the header is row 1), the file's own column, the
    value as it stands there.

    `fault` is a stable word that the wording table knows; `expected` says what would be right, or names the other row.
    """

    row: int
    column: str
    value: str
    fault: str
    expected: str = ""


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did, or (`is_check`) would do: rows of the file, then what became of the records in it.

    With any error nothing is written; at a hub, which takes a file chunk by chunk, no more is. Warnings stop nothing.
    `is_known` says that exactly this file was imported before with this map and would change nothing; `is_stopped` that
    somebody stopped the run. `unused_columns` are given when there was no map: with one, somebody chose.
    """

    what: What
    file_name: str
    file_sha256: str
    map_sha256: str
    is_check: bool
    row_count: int
    new_count: int
    changed_count: int
    unchanged_count: int
    error_count: int
    errors: tuple[RowFault, ...]
    warning_count: int = 0
    warnings: tuple[RowFault, ...] = ()
    unused_columns: tuple[str, ...] = ()
    is_known: bool = False
    is_stopped: bool = False
    entry_id: str | None = None

    @property
    def is_written(self) -> bool:
        """Whether the run changed the hall."""
        return self.entry_id is not None


def report_of(fields: Mapping[str, Any]) -> ImportReport:
    """The report whose fields came from another program as plain values."""
    faults = {name: tuple(RowFault(**fault) for fault in fields[name]) for name in ("errors", "warnings")}
    return ImportReport(**{**fields, **faults, "unused_columns": tuple(fields["unused_columns"])})


class Faults:
    """Gathers faults of one run: all are counted, the first ones are kept."""

    def __init__(self) -> None:
        self.error_count = 0
        self.warning_count = 0
        self.errors: list[RowFault] = []
        self.warnings: list[RowFault] = []

    def add(self, fault: RowFault) -> None:
        """An error: the file will not be written."""
        self.error_count += 1
        if len(self.errors) < SHOWN_FAULTS:
            self.errors.append(fault)

    def warn(self, fault: RowFault) -> None:
        """Something to look at that stops nothing."""
        self.warning_count += 1
        if len(self.warnings) < SHOWN_FAULTS:
            self.warnings.append(fault)


@dataclass(frozen=True, slots=True)
class BadImportMap(Refusal):
    """A map that cannot be used: the file, the key in it, and what was expected there.

    `expected` is a stable word that the wording table knows; `detail` the words of the map itself, or the parser's.
    """

    file: str
    key: str
    expected: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class BadImportFile(Refusal):
    """A file that cannot be read as a table; `row` is 0 where the fault belongs to no row.

    `fault` is one of: missing, empty, header_only, encoding, not_a_table, row_too_long, too_many_columns, bad_quotes,
    zip_too_large, damaged, encrypted, no_sheet, changed_while_read.
    """

    file: str
    fault: str
    row: int = 0
    detail: str = ""


@dataclass(frozen=True, slots=True)
class ColumnMissing(Refusal):
    """The file has no column for a field that must be known; `columns` are the names looked for, `found` those there
    are.
    """

    file: str
    field: str
    columns: tuple[str, ...]
    found: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ColumnsUnclear(Refusal):
    """Without a map, two columns may be one field."""

    file: str
    field: str
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ColumnTwice(Refusal):
    """A column that the map needs stands twice in the header."""

    file: str
    column: str
