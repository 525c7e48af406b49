"""How the file keeps moments."""

from __future__ import annotations

from datetime import UTC, datetime


def stamp(at: datetime) -> str:
    """A moment as the file keeps it: UTC, milliseconds, with zone; sorts as text."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds")


def moment(kept: str) -> datetime:
    """A kept moment, aware, in UTC."""
    return datetime.fromisoformat(kept)
