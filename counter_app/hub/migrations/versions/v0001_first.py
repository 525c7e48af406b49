"""Version 1: halls and devices, what came up, what became of it, what goes down; and who may do what with it."""

from __future__ import annotations

from alembic import op

from counter_app.hub.schema import schema_ddl

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make every table, empty, with its partitions and the rights of the API's role."""
    bind = op.get_bind()
    for statement in schema_ddl():
        bind.exec_driver_sql(statement)
