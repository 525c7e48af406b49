"""The steps from one version of the hub's tables to the next.

A change of `tables.py` or `schema.py` is one more module in `versions/`: `revision` is the next number with four
digits, `down_revision` the one before, `upgrade()` brings PostgreSQL to exactly what `schema_ddl` makes. A step that
was released is never edited. `revisions.py` runs them, all in one transaction; Alembic's own table says where a data
base stands.

Before the first release the first step makes what `schema_ddl` says today; at the release it is frozen as SQL.
"""
