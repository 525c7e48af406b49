"""Reading a table from a CSV or XLSX file: text cells, row by row, with limits that a hostile file cannot pass."""

from __future__ import annotations

import csv
import hashlib
import os
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE, getincrementaldecoder
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import IO

from counter_app.domain.imports import BadImportFile
from counter_app.domain.refusals import Refused
from counter_app.storage.sheets_xlsx import open_xlsx

LONGEST_LINE = 1_000_000
"""Characters of one line; a longer one is no row of a table."""
MOST_COLUMNS = 1000
_CHUNK = 1 << 20
_ZIP, _OLD_OFFICE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_DELIMITERS = ",;\t"


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What is known of a file before its rows are read; `encoding` is empty for a workbook."""

    path: Path
    sha256: str
    size: int
    modified_ns: int
    encoding: str

    def is_as_before(self) -> bool:
        """Whether nobody changed the file since."""
        found = self.path.stat()
        return (found.st_size, found.st_mtime_ns) == (self.size, self.modified_ns)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table: its titles, and its rows with the numbers a spreadsheet shows (the header is row 1)."""

    header: tuple[str, ...]
    rows: Iterator[tuple[int, list[str]]]


def examine(path: Path, *, encoding: str | None = None) -> FileFacts:
    """Read the file once for its hash and its encoding.

    A byte-order mark decides; without one the file is UTF-8 if every byte of it is, else GB18030 if every byte is.

    Raises:
        Refused: `BadImportFile` for a missing, empty or binary file, or bytes that no encoding explains.
    """
    try:
        status = path.stat()
        with path.open("rb") as file:
            head = file.read(64)
            file.seek(0)
            if not head:
                raise _bad(path, "empty")
            if head.startswith(_OLD_OFFICE):
                raise _bad(path, "not_a_table", detail="an .xls workbook: save it as .xlsx or .csv")
            if head.startswith(_ZIP):
                encoding = ""
            elif head.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
                encoding = "utf-16"
            elif head.startswith(BOM_UTF8):
                encoding = "utf-8-sig"
            elif b"\0" in head:
                raise _bad(path, "not_a_table", detail="a binary file")
            digest = _hash(file)
            for name in ("utf-8", "gb18030") if encoding is None else (encoding,):
                row = _undecodable_row(file, name) if name else 0
                if not row:
                    return FileFacts(path, digest, status.st_size, status.st_mtime_ns, name)
    except OSError as error:
        raise _bad(path, "missing", detail=error.strerror or str(error)) from error
    raise _bad(path, "encoding", row=row, detail=encoding or "UTF-8, GB18030")


@contextmanager
def open_sheet(facts: FileFacts, *, sheet: str | None = None, delimiter: str | None = None) -> Iterator[Sheet]:
    """The table of a file that was examined; blank rows are left out of `rows`, cells are as they stand minus NUL.

    Raises:
        Refused: `BadImportFile` when it is opened, and while rows are read.
    """
    if not facts.encoding:
        header, cells = open_xlsx(facts.path, sheet=sheet, most_columns=MOST_COLUMNS)
        yield Sheet(_checked(facts.path, header), _numbered(cells, len(header)))
        return
    try:
        with facts.path.open(encoding=facts.encoding, newline="") as file:
            records = _records(facts.path, file, delimiter)
            header = next(records, [])
            yield Sheet(_checked(facts.path, header), _numbered(records, len(header)))
    except UnicodeDecodeError as error:
        raise _bad(facts.path, "encoding", detail=facts.encoding) from error
    except OSError as error:
        raise _bad(facts.path, "missing", detail=error.strerror or str(error)) from error


def _hash(file: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while chunk := file.read(_CHUNK):
        digest.update(chunk)
    return digest.hexdigest()


def _undecodable_row(file: IO[bytes], encoding: str) -> int:
    """The line of the first byte that the encoding does not explain, 0 when it explains all."""
    decoder = getincrementaldecoder(encoding)()
    file.seek(0)
    row = 1
    try:
        while chunk := file.read(_CHUNK):
            row += decoder.decode(chunk).count("\n")
        decoder.decode(b"", True)
    except UnicodeDecodeError as error:
        return row + error.object[: error.start].count(b"\n")
    return 0


def _records(path: Path, file: IO[str], delimiter: str | None) -> Iterator[list[str]]:
    lines = _lines(path, file)
    first = next(lines, "")
    if delimiter is None:
        delimiter = _delimiter_of(first)

    reader = csv.reader(chain((first,), lines), delimiter=delimiter, strict=True)
    row = 1
    try:
        for record in reader:
            yield record
            row += 1
    except csv.Error as error:
        raise _bad(path, "bad_quotes", row=row, detail=str(error)) from error


def _lines(path: Path, file: IO[str]) -> Iterator[str]:
    number = 0
    while line := file.readline(LONGEST_LINE + 1):
        number += 1
        if len(line) > LONGEST_LINE:
            raise _bad(path, "row_too_long", row=number, detail=f"{LONGEST_LINE}")
        yield line.replace("\0", "") if "\0" in line else line


def _delimiter_of(header: str) -> str:
    """The delimiter that the header has most of outside of quotes; of two with as many, the first of `, ; tab`."""
    outside = "".join(header.split('"')[::2])
    return max(_DELIMITERS, key=lambda sign: (outside.count(sign), -_DELIMITERS.index(sign)))


def _checked(path: Path, header: list[str]) -> tuple[str, ...]:
    if len(header) > MOST_COLUMNS:
        raise _bad(path, "too_many_columns", row=1, detail=str(MOST_COLUMNS))
    if not any(title.strip() for title in header):
        raise _bad(path, "empty", row=1)
    return tuple(header)


def _numbered(records: Iterator[list[str]], width: int) -> Iterator[tuple[int, list[str]]]:
    for number, record in enumerate(records, 2):
        # a row of a full table is never blank; only a short one needs a look
        if (len(record) == width and record[0]) or any(cell.strip() for cell in record):
            yield number, record


def _bad(path: Path, fault: str, *, row: int = 0, detail: str = "") -> Refused:
    return Refused(BadImportFile(os.fspath(path.name), fault, row, detail))
