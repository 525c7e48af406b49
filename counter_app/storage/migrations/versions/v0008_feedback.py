"""Version 8: what was fed back to the hall manager about a case, and the answer to it."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Make the table, empty: no case of before has such a step."""
    bind = op.get_bind()
    for statement in Path(__file__).with_suffix(".sql").read_text("utf-8").split(";\n\n"):
        if statement.strip():
            bind.exec_driver_sql(statement.strip())
