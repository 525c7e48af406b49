"""Version 5: customers who want to leave, with their cases, papers and what stays of them."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make the tables of retention, empty, with the triggers that keep its facts."""
    bind = op.get_bind()
    for statement in Path(__file__).with_suffix(".sql").read_text("utf-8").split(";\n\n"):
        if statement.strip():
            bind.exec_driver_sql(statement.strip())
