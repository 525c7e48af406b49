"""Version 10: late fees let off or put off, lines in dispute, the safe and the day, and prepaid books."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Make the tables, empty, with the triggers that keep their facts: none of it happened before."""
    bind = op.get_bind()
    for statement in Path(__file__).with_suffix(".sql").read_text("utf-8").split(";\n\n"):
        if statement.strip():
            bind.exec_driver_sql(statement.strip())
