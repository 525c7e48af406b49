"""The kinds of columns in the hub's tables, and the form that every table of a hall has."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Column, MetaData, PrimaryKeyConstraint, Table, Text

metadata = MetaData()


def int_(name: str, *, nullable: bool = False, **more: Any) -> Column[int]:
    """A whole number: fen, a count, an id, 0 or 1."""
    return Column(name, BigInteger, nullable=nullable, **more)


def text_(name: str, *, nullable: bool = False, **more: Any) -> Column[str]:
    """Text: names, ids, hashes in hex, ISO dates (`_on`), moments in UTC with zone (`_at`), JSON."""
    return Column(name, Text, nullable=nullable, **more)


def table(name: str, key: tuple[str, ...], *parts: Any) -> Table:
    """A table whose key begins with the hall."""
    return Table(name, metadata, text_("hall_id"), *parts, PrimaryKeyConstraint("hall_id", *key))
