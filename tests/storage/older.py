"""A file of today as a program of before made it."""

from __future__ import annotations

import re
from pathlib import Path

from counter_app.storage import migrations
from counter_app.storage.sql import DriverConnection

_VERSIONS = Path(migrations.__path__[0]) / "versions"
_MADE = re.compile(r"^CREATE TABLE (\w+)", re.MULTILINE)


def back_to_version_5(raw: DriverConnection) -> None:
    """Take away what the steps after version 5 brought."""
    for step in sorted(_VERSIONS.glob("v*.sql")):
        if step.name > "v0006":
            for name in _MADE.findall(step.read_text("utf-8")):
                raw.execute(f"DROP TABLE {name}")
    raw.execute("ALTER TABLE search_cards DROP COLUMN line")
    raw.execute("PRAGMA user_version=5")
