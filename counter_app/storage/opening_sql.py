"""The few statements that open a hall, as Core would write them: no SQLAlchemy before the sign-in page stands."""

from __future__ import annotations

from counter_app.storage.sql import Sql

HALL = Sql('SELECT hall."key", hall.value \nFROM hall')
DEVICE = Sql("SELECT devices.epoch, devices.public_key \nFROM devices \nWHERE devices.device_id = :id")
HEAD = Sql(
    "SELECT journal_head.epoch, journal_head.seq, journal_head.hash \n"
    "FROM journal_head ORDER BY journal_head.epoch DESC"
)
AT = Sql("SELECT entries.hash \nFROM entries \nWHERE entries.epoch = :epoch AND entries.seq = :seq")
PART = Sql('SELECT sync_state.value \nFROM sync_state \nWHERE sync_state."key" = :part')
HINTS = Sql(
    "SELECT staff.staff_no, staff.name, staff.role, staff.hint \n"
    "FROM staff \nWHERE staff.hint IS NOT NULL ORDER BY staff.staff_no"
)
