"""The steps from one version of a hall's file to the next.

A change of `tables.py` or `schema.py` is one more file in `versions/`: `revision` is the new `SCHEMA_VERSION` with four
digits, `down_revision` the one before, `upgrade()` brings a file of the version before to exactly the schema that
`schema_ddl` makes for an empty one (a new column goes last in its table). A step that was released is never edited.
The steps are run by `revisions.py`, on a copy and in one transaction; `PRAGMA user_version` says where a file stands.
"""
