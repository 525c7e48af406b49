"""The staff of the hall and the state of their sign-in."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, insert, select, update

from counter_app.domain.staff import Role, Staff, StaffState
from counter_app.storage import tables as t
from counter_app.storage.journal import moment, stamp
from counter_app.storage.sql import Reading, Row, Writing, compiled

_s = t.staff.c
_COLUMNS = (_s.staff_no, _s.name, _s.role, _s.state, _s.failed_tries, _s.locked_until, _s.must_change_password)
_ONE = compiled(select(*_COLUMNS).where(_s.staff_no == bindparam("no")))
_ALL = compiled(select(*_COLUMNS).order_by(_s.staff_no))
_VERIFIER = compiled(select(_s.verifier).where(_s.staff_no == bindparam("no")))
_HINTS = compiled(select(_s.staff_no, _s.name, _s.role, _s.hint).where(_s.hint.isnot(None)).order_by(_s.staff_no))
_ADD = compiled(insert(t.staff))
_TRIES = compiled(
    update(t.staff)
    .where(_s.staff_no == bindparam("no"))
    .values(failed_tries=bindparam("tries"), locked_until=bindparam("until"), state=bindparam("to_state"))
)
_SET = compiled(
    update(t.staff)
    .where(_s.staff_no == bindparam("no"))
    .values(name=bindparam("to_name"), role=bindparam("to_role"), state=bindparam("to_state"))
)
_PASSWORD = compiled(
    update(t.staff)
    .where(_s.staff_no == bindparam("no"))
    .values(
        verifier=bindparam("to_verifier"),
        must_change_password=bindparam("must_change"),
        hint=bindparam("to_hint"),
    )
)


def find_staff(reading: Reading, staff_no: str) -> Staff | None:
    """One member of the staff, or None."""
    row = reading.one(_ONE, {"no": staff_no})
    return None if row is None else _staff(row)


def all_staff(reading: Reading) -> tuple[Staff, ...]:
    """Everybody, by staff number."""
    return tuple(map(_staff, reading.rows(_ALL)))


def verifier_of(reading: Reading, staff_no: str) -> str | None:
    """The argon2id verifier of a password."""
    row = reading.one(_VERIFIER, {"no": staff_no})
    return None if row is None else str(row[0])


def hints(reading: Reading) -> tuple[tuple[str, str, Role, str], ...]:
    """Staff number, name, role and password of those whose sign-in the demo hall shows; empty in a real hall."""
    return tuple((row[0], row[1], Role(row[2]), row[3]) for row in reading.rows(_HINTS))


def add_staff(
    work: Writing,
    staff_no: str,
    name: str,
    role: Role,
    verifier: str,
    *,
    must_change: bool = False,
    hint: str | None = None,
) -> None:
    """Write a new member of the staff."""
    work.insert(
        _ADD,
        {
            "staff_no": staff_no,
            "name": name,
            "role": role.value,
            "state": StaffState.ACTIVE.value,
            "verifier": verifier,
            "failed_tries": 0,
            "locked_until": None,
            "must_change_password": int(must_change),
            "hint": hint,
        },
    )


def set_tries(work: Writing, staff_no: str, tries: int, until: datetime | None, state: StaffState) -> None:
    """Keep how often a sign-in failed and until when it is locked."""
    work.run(
        _TRIES,
        {"no": staff_no, "tries": tries, "until": stamp(until) if until else None, "to_state": state.value},
    )


def set_staff(work: Writing, staff_no: str, name: str, role: Role, state: StaffState) -> None:
    """Change name, role or state."""
    work.run(_SET, {"no": staff_no, "to_name": name, "to_role": role.value, "to_state": state.value})


def set_verifier(work: Writing, staff_no: str, verifier: str, *, must_change: bool) -> None:
    """Change a password; a demo's hint goes with the old one."""
    work.run(
        _PASSWORD,
        {"no": staff_no, "to_verifier": verifier, "must_change": int(must_change), "to_hint": None},
    )


def _staff(row: Row) -> Staff:
    return Staff(
        row[0],
        row[1],
        Role(row[2]),
        StaffState(row[3]),
        row[4],
        moment(row[5]) if row[5] else None,
        bool(row[6]),
    )
