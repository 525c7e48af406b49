"""The statements of the staff."""

from __future__ import annotations

from sqlalchemy import bindparam, func, insert, select, update

from counter_app.storage import tables as t
from counter_app.storage.sql import compiled

_s = t.staff.c
_COLUMNS = (_s.staff_no, _s.name, _s.role, _s.state, _s.failed_tries, _s.locked_until, _s.must_change_password)
ONE = compiled(select(*_COLUMNS).where(_s.staff_no == bindparam("no")))
ALL = compiled(select(*_COLUMNS).order_by(_s.staff_no))
VERIFIER = compiled(select(_s.verifier).where(_s.staff_no == bindparam("no")))
ANY_VERIFIER = compiled(select(func.max(_s.verifier)))
ADD = compiled(insert(t.staff))
TRIES = compiled(
    update(t.staff)
    .where(_s.staff_no == bindparam("no"))
    .values(failed_tries=bindparam("tries"), locked_until=bindparam("until"), state=bindparam("to_state"))
)
SET = compiled(
    update(t.staff)
    .where(_s.staff_no == bindparam("no"))
    .values(name=bindparam("to_name"), role=bindparam("to_role"), state=bindparam("to_state"))
)
PASSWORD = compiled(
    update(t.staff)
    .where(_s.staff_no == bindparam("no"))
    .values(
        verifier=bindparam("to_verifier"),
        must_change_password=bindparam("must_change"),
        hint=bindparam("to_hint"),
    )
)
