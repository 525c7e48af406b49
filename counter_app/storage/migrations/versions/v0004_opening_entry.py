"""Version 4: a prepaid book that came from elsewhere names the entry that brought it, which seals its opening."""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"

_STATEMENTS = (
    "ALTER TABLE books ADD COLUMN opening_entry INTEGER",
    "CREATE INDEX books_by_opening_entry ON books (opening_entry) WHERE opening_entry IS NOT NULL",
)


def upgrade() -> None:
    """Add the column; books of before keep none, for no entry of that time speaks of them."""
    for statement in _STATEMENTS:
        op.get_bind().exec_driver_sql(statement)
