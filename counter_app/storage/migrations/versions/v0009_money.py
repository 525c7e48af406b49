"""Version 9: what was put right about payments; the counting and closing of money."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Make the tables, empty, with the triggers that keep their facts: nothing of before was undone."""
    bind = op.get_bind()
    for statement in Path(__file__).with_suffix(".sql").read_text("utf-8").split(";\n\n"):
        if statement.strip():
            bind.exec_driver_sql(statement.strip())
