"""How a table of the hall's file is written down: STRICT, whole numbers and text, nothing nullable unless said."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, Integer, MetaData, Table, Text

metadata = MetaData()


def table(name: str, *parts: Any, without_rowid: bool = False) -> Table:
    """A STRICT table of the hall's file."""
    return Table(name, metadata, *parts, sqlite_strict=True, sqlite_with_rowid=not without_rowid)


def int_(name: str, *, nullable: bool = False, **more: Any) -> Column[int]:
    """A whole number: fen, a count, a row id, 0 or 1."""
    return Column(name, Integer, nullable=nullable, **more)


def text_(name: str, *, nullable: bool = False, **more: Any) -> Column[str]:
    """Text: names, ISO dates (`_on`), moments in UTC with zone (`_at`), JSON."""
    return Column(name, Text, nullable=nullable, **more)
