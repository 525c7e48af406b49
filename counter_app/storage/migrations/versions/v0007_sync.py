"""Version 7: the line to the hub: what it has acknowledged, what came down from it, and what does not fit yet."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Make the tables of the line, empty, with the triggers that keep what came back from the hub."""
    bind = op.get_bind()
    for statement in Path(__file__).with_suffix(".sql").read_text("utf-8").split(";\n\n"):
        if statement.strip():
            bind.exec_driver_sql(statement.strip())
