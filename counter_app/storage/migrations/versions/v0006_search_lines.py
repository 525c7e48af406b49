"""Version 6: the search keeps the masked line of each customer beside the card."""

from __future__ import annotations

from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add the column; lines stay empty until the program writes them (`has_lines`)."""
    op.get_bind().exec_driver_sql("ALTER TABLE search_cards ADD COLUMN line TEXT DEFAULT '' NOT NULL")
