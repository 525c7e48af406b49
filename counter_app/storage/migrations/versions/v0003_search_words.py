"""Version 3: the search cuts its own words, and keeps what it shows of a customer on one card."""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"

_STATEMENTS = (
    "DROP TABLE search_text",
    "DELETE FROM search_terms",
    "CREATE VIRTUAL TABLE IF NOT EXISTS search_text USING fts5("
    "body, content='', columnsize=0, detail=none, tokenize='ascii')",
    "CREATE TABLE search_cards (\n\tcustomer_id INTEGER NOT NULL, \n\tcard TEXT NOT NULL, \n\tPRIMARY KEY (customer_id)"
    "\n)\n STRICT",
)


def upgrade() -> None:
    """Make the search's tables anew; they stay empty until the program fills them (`is_filled`)."""
    for statement in _STATEMENTS:
        op.get_bind().exec_driver_sql(statement)
