"""Version 1: the hall's file as it was first made, kept as text so that later changes of the tables leave it alone."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None

FIRST_CONTENTLESS_DELETE = (3, 43)


def upgrade() -> None:
    """Make an empty file of version 1."""
    bind = op.get_bind()
    version = bind.exec_driver_sql("SELECT sqlite_version()").scalar_one()
    is_old = tuple(int(part) for part in version.split(".")[:2]) < FIRST_CONTENTLESS_DELETE
    for statement in Path(__file__).with_suffix(".sql").read_text("utf-8").split(";\n\n"):
        text = statement.strip()
        if text:
            bind.exec_driver_sql(text.replace(" contentless_delete=1,", "") if is_old else text)
