"""Reading one sheet of an XLSX workbook: values only, after the workbook was measured without unpacking it whole."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from counter_app.domain.imports import BadImportFile
from counter_app.domain.imports_values import LostDigits
from counter_app.domain.refusals import Refused

MOST_BYTES = 400 * 1024 * 1024
"""Unpacked size of all parts together; a larger table comes as CSV."""
MOST_PARTS = 5000
MOST_CELLS = 12_000_000
_CHUNK = 1 << 20
_EXACT_UP_TO = 10**15
"""From here on a spreadsheet's number has not kept its last digits."""
_REFERENCE = re.compile(rb"""\br\s*=\s*["']\$?([A-Za-z]{1,7})\$?([0-9]{1,9})""")
_NO_CELLS = ("xl/sharedStrings.xml", "xl/styles.xml")


def open_xlsx(path: Path, *, sheet: str | None, most_columns: int) -> tuple[list[str], Iterator[list[str]]]:
    """The titles of a sheet (the first one without a name) and its rows as text.

    A number keeps its shortest form, a date becomes ISO text, a number too long for a spreadsheet a `LostDigits`.

    Raises:
        Refused: `BadImportFile` when the workbook is too large, damaged, locked, or has no such sheet.
    """
    _measure(path, most_columns)
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    try:
        book = CalamineWorkbook.from_path(str(path))
        names = book.sheet_names
        if not names or (sheet is not None and sheet not in names):
            raise _bad(path, "no_sheet", detail=", ".join(names[:20]))
        rows = book.get_sheet_by_name(sheet or names[0]).to_python(skip_empty_area=False)
    except PasswordError as error:
        raise _bad(path, "encrypted") from error
    except (CalamineError, OSError, ValueError) as error:
        raise _bad(path, "damaged", detail=str(error)) from error
    if not rows:
        raise _bad(path, "empty")
    header = [_text(value) for value in rows[0]]
    while header and not header[-1].strip():
        header.pop()
    return header, _records(rows[1:], len(header))


def _records(rows: Iterable[list[Any]], width: int) -> Iterator[list[str]]:
    for row in rows:
        cells = [_text(value) for value in row]
        while len(cells) > width and not cells[-1]:
            cells.pop()
        yield cells


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value.replace("\0", "") if "\0" in value else value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        text = str(int(value)) if value == int(value) else format(value, ".15g")
        return LostDigits(text) if abs(value) >= _EXACT_UP_TO else text
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
    if isinstance(value, date | time | timedelta):
        return str(value)
    return "" if value is None else str(value)


def _measure(path: Path, most_columns: int) -> None:
    """Walk through the parts in small bites: sizes as they are, and the farthest cell, before anything is kept."""
    try:
        with zipfile.ZipFile(path) as book:
            parts = book.infolist()
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_BYTES:
                raise _bad(path, "zip_too_large", detail=f"{MOST_BYTES // 1024 // 1024} MB")
            for part in parts:
                _measure_part(path, book, part, most_columns)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, RuntimeError, ValueError, zlib.error) as error:
        raise _bad(path, "damaged", detail=str(error)) from error


def _measure_part(path: Path, book: zipfile.ZipFile, part: zipfile.ZipInfo, most_columns: int) -> None:
    farthest_column, farthest_row, tail = (0, b""), 0, b""
    has_cells = part.filename.endswith(".xml") and part.filename not in _NO_CELLS
    with book.open(part) as file:
        # read to its end: the check sum there proves that the size it states is true
        while chunk := file.read(_CHUNK):
            if not has_cells:
                continue
            for column, row in _REFERENCE.findall(tail + chunk):
                if (len(column), column) > farthest_column:
                    farthest_column = (len(column), column)
                if int(row) > farthest_row:
                    farthest_row = int(row)
            tail = chunk[-32:]
    columns = _column_number(farthest_column[1])
    if columns > most_columns:
        raise _bad(path, "too_many_columns", detail=str(most_columns))
    if columns * farthest_row > MOST_CELLS:
        raise _bad(path, "zip_too_large", detail=f"{MOST_CELLS} cells")


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def _bad(path: Path, fault: str, *, row: int = 0, detail: str = "") -> Refused:
    return Refused(BadImportFile(path.name, fault, row, detail))
