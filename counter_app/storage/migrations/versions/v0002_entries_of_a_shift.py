"""Version 2: the entries of one shift are found without a walk through the journal."""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the index that a shift's list and its close read."""
    op.get_bind().exec_driver_sql(
        "CREATE INDEX entries_by_shift ON entries (shift_id, kind) WHERE shift_id IS NOT NULL"
    )
