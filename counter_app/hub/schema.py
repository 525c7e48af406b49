"""What PostgreSQL adds to the tables: partitions by hall, and a role that can add facts but never change one."""

from __future__ import annotations

from sqlalchemy import Index, Table
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex, CreateTable

from counter_app.hub.tables import metadata

API_ROLE = "counter_api"
"""The role that every request runs as, whoever the hub signs in as."""

PARTITIONS = 16
PARTITIONED = frozenset(
    ("book_moves", "contacts", "feed", "find_keys", "inbox", "ledger_lines", "master_rows", "settlements")
)
"""The tables that grow with every payment or every customer: by hash of the hall, so that a hall lies in one part."""

FACTS = frozenset(
    (
        *("book_moves", "carried", "epochs", "evidence", "feed", "inbox", "ledger_lines", "relief_steps"),
        *("settlements", "staff_history"),
    ),
)
"""What happened: the API may add to these and read them, never change or remove a row."""

AGEING = frozenset(("contacts",))
"""What happened, and is of no use when it is old: the API may remove what is old enough, and change nothing."""

KEPT_CONTACTS = 1_000
"""Contacts of a device that stay: more than a day of one each minute."""

STEPS_FORWARD: dict[str, tuple[str, ...]] = {
    "chain_heads": ("n", "hash", "contacts"),
    "hall_feed": ("n", "hash", "last_id"),
}
"""Ends of chains and feeds: only these columns change, and `n` never goes back."""

PASSING = frozenset(("enrol_codes", "find_keys", "guests", "master_parts", "snapshot_parts", "snapshots"))
"""Rows that may go once they have served."""

READ_ONLY = frozenset(("hub_state",))
"""Only the owner writes these: a restore raises the generation."""

_NEVER_BACK = """
CREATE FUNCTION never_back() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.n < OLD.n OR (NEW.n = OLD.n AND NEW.hash <> OLD.hash) THEN
    RAISE integrity_constraint_violation
      USING MESSAGE = TG_TABLE_NAME || ' goes only forward: ' || NEW.n || ' does not follow ' || OLD.n;
  END IF;
  RETURN NEW;
END $$
"""


_NEVER_RECENT = f"""
CREATE FUNCTION never_recent() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.serial > (SELECT max(serial) FROM contacts WHERE hall_id = OLD.hall_id AND device_id = OLD.device_id)
      - {KEPT_CONTACTS} THEN
    RAISE integrity_constraint_violation USING MESSAGE = 'the last contacts of a device stay';
  END IF;
  RETURN OLD;
END $$
"""  # noqa: S608  # the number is the program's own


def schema_ddl() -> list[str]:
    """The statements that make the hub's tables in an empty data base of PostgreSQL, as its owner."""
    return [
        *(statement for table in metadata.sorted_tables for statement in _table_ddl(table)),
        _NEVER_BACK.strip(),
        *(
            f"CREATE TRIGGER {name}_never_back BEFORE UPDATE ON {name} FOR EACH ROW EXECUTE FUNCTION never_back()"
            for name in STEPS_FORWARD
        ),
        _NEVER_RECENT.strip(),
        "CREATE TRIGGER contacts_never_recent BEFORE DELETE ON contacts FOR EACH ROW EXECUTE FUNCTION never_recent()",
        *rights_ddl(),
        "INSERT INTO hub_state (key, value) VALUES ('restores', '0')",
    ]


def rights_ddl() -> list[str]:
    """What the API's role may do with each table; nothing is given to everybody."""
    found = ["REVOKE ALL ON SCHEMA public FROM PUBLIC", f"GRANT USAGE ON SCHEMA public TO {API_ROLE}"]
    for table in metadata.sorted_tables:
        found.append(f"GRANT {', '.join(rights_of(table))} ON {table.name} TO {API_ROLE}")
    # a right on a partitioned table reaches its rows through the table alone: its parts are nobody's
    found.append(f"GRANT SELECT ON alembic_version TO {API_ROLE}")
    return found


def role_ddl(*, has_role: bool, is_superuser: bool) -> list[str]:
    """The statements that make the API's role, which cannot sign in itself, and let the owner become it."""
    made = [] if has_role else [f"CREATE ROLE {API_ROLE} NOLOGIN"]
    return made if is_superuser else [*made, f"GRANT {API_ROLE} TO CURRENT_USER"]


def rights_of(table: Table) -> list[str]:
    """What the API may do with a table; of some it may change a few columns only, as `UPDATE (…)` says."""
    if table.name in READ_ONLY:
        return ["SELECT"]
    rights = ["SELECT", "INSERT"]
    if table.name in STEPS_FORWARD:
        rights.append(f"UPDATE ({', '.join(STEPS_FORWARD[table.name])})")
    elif table.name not in FACTS | AGEING:
        rights.append("UPDATE")
    return [*rights, "DELETE"] if table.name in PASSING | AGEING else rights


def _table_ddl(table: Table) -> list[str]:
    made = str(CreateTable(table).compile(dialect=postgresql.dialect())).strip()  # type: ignore[no-untyped-call]  # SQLAlchemy leaves its dialects untyped
    indexes = [_index_ddl(index) for index in sorted(table.indexes, key=lambda index: str(index.name))]
    if table.name not in PARTITIONED:
        return [made, *indexes]
    parts = [
        f"CREATE TABLE {table.name}_{part:02} PARTITION OF {table.name} "
        f"FOR VALUES WITH (MODULUS {PARTITIONS}, REMAINDER {part})"
        for part in range(PARTITIONS)
    ]
    return [f"{made} PARTITION BY HASH (hall_id)", *indexes, *parts]


def _index_ddl(index: Index) -> str:
    return str(CreateIndex(index).compile(dialect=postgresql.dialect())).strip()  # type: ignore[no-untyped-call]  # as above
