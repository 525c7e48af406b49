"""Tables that leave the hall as a file: where to, and that nothing which lies there is lost."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from counter_app.documents.table_file import Cell, csv_bytes, xlsx_bytes
from counter_app.domain.refusals import Refusal, Refused

__all__ = ["KINDS", "Cell", "FileExists", "FolderMissing", "KindUnknown", "check_place", "write_file", "write_table"]

KINDS = (".xlsx", ".csv")
"""How the name of such a file ends."""
_FOR_ITS_OWNER = 0o600


@dataclass(frozen=True, slots=True)
class FileExists(Refusal):
    """There is a file of that name, and it stays as it is."""

    name: str


@dataclass(frozen=True, slots=True)
class FolderMissing(Refusal):
    """There is no such folder."""

    folder: str


@dataclass(frozen=True, slots=True)
class KindUnknown(Refusal):
    """The name does not end as that of a workbook, a comma-separated file, or whatever else may be written there."""

    name: str
    kinds: tuple[str, ...] = KINDS


def check_place(path: Path, kinds: Sequence[str] = KINDS) -> None:
    """Ask, before any row is made, whether a table may be written there: where making the rows writes an entry, that
    entry is not written for a file that cannot be.

    Raises:
        Refused: `KindUnknown`, `FolderMissing`, `FileExists`.
    """
    if path.suffix.lower() not in kinds:
        raise Refused(KindUnknown(path.name, tuple(kinds)))
    if not path.parent.is_dir():
        raise Refused(FolderMissing(str(path.parent)))
    if path.exists():
        raise Refused(FileExists(path.name))


def write_table(path: Path, rows: Sequence[Sequence[Cell]], *, sheet: str, note: str) -> None:
    """Write a table to a new file that only its owner reads; for the long lane. `note` stands below the printed pages
    of a workbook.

    Raises:
        Refused: `KindUnknown`, `FolderMissing`, `FileExists`.
        OSError: the disk failed; nothing is left of the file.
    """
    check_place(path)
    is_book = path.suffix.lower() == ".xlsx"
    write_file(path, xlsx_bytes(rows, sheet=sheet, note=note) if is_book else csv_bytes(rows))


def write_file(path: Path, content: bytes) -> None:
    """Write a file that is not there yet; only its owner reads it.

    Raises:
        Refused: `FileExists`.
        OSError: the disk failed; nothing is left of the file.
    """
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), _FOR_ITS_OWNER)
    except FileExistsError:
        # somebody wrote it between the question and the answer
        raise Refused(FileExists(path.name)) from None
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
    except OSError:
        path.unlink(missing_ok=True)
        raise
