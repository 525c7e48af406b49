"""The statements that open a hall are written by hand, and say what SQLAlchemy would say."""

from __future__ import annotations

from sqlalchemy import bindparam, select

from counter_app.storage import opening_sql
from counter_app.storage import tables as t
from counter_app.storage import tables_sync as s
from counter_app.storage.sql import Sql, compiled

_STATEMENTS = {
    "HALL": select(t.hall.c.key, t.hall.c.value),
    "DEVICE": select(t.devices.c.epoch, t.devices.c.public_key).where(t.devices.c.device_id == bindparam("id")),
    "HEAD": select(t.journal_head.c.epoch, t.journal_head.c.seq, t.journal_head.c.hash).order_by(
        t.journal_head.c.epoch.desc()
    ),
    "AT": select(t.entries.c.hash).where(t.entries.c.epoch == bindparam("epoch"), t.entries.c.seq == bindparam("seq")),
    "PART": select(s.sync_state.c.value).where(s.sync_state.c.key == bindparam("part")),
    "HINTS": select(t.staff.c.staff_no, t.staff.c.name, t.staff.c.role, t.staff.c.hint)
    .where(t.staff.c.hint.isnot(None))
    .order_by(t.staff.c.staff_no),
}


def test_each_statement_is_the_one_of_the_tables() -> None:
    written = {name: value for name, value in vars(opening_sql).items() if isinstance(value, Sql)}
    assert written == {name: compiled(statement) for name, statement in _STATEMENTS.items()}
