"""The staff of the hall and the state of their sign-in."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from counter_app.deferred import deferred
from counter_app.domain.staff import Role, Staff, StaffState
from counter_app.storage import opening_sql
from counter_app.storage.sql import Reading, Row, Writing
from counter_app.storage.stamps import moment, stamp

if TYPE_CHECKING:
    from counter_app.storage import staff_sql as sql
else:
    # SQLAlchemy costs more than a window: it is there when the first statement is asked for
    sql = deferred("counter_app.storage.staff_sql", is_kept=True)

_ROLES: dict[object, Role] = {role.value: role for role in Role}
_STATES: dict[object, StaffState] = {state.value: state for state in StaffState}
"""By value: an enumeration looks its own up in four times that time, and everything a teller does asks for them."""


def find_staff(reading: Reading, staff_no: str) -> Staff | None:
    """One member of the staff, or None."""
    row = reading.one(sql.ONE, {"no": staff_no})
    return None if row is None else _staff(row)


def all_staff(reading: Reading) -> tuple[Staff, ...]:
    """Everybody, by staff number."""
    return tuple(map(_staff, reading.rows(sql.ALL)))


def verifier_of(reading: Reading, staff_no: str) -> str:
    """The argon2id verifier of a password; empty, and so nobody's, when there is none."""
    row = reading.one(sql.VERIFIER, {"no": staff_no})
    return "" if row is None else str(row[0])


def any_verifier(reading: Reading) -> str:
    """A verifier of somebody in the hall, one with a pepper first; empty in a hall that has nobody."""
    row = reading.one(sql.ANY_VERIFIER)
    return row[0] or "" if row else ""


def hints(reading: Reading) -> tuple[tuple[str, str, Role, str], ...]:
    """Staff number, name, role and password of those whose sign-in the demo hall shows; empty in a real hall."""
    return tuple((row[0], row[1], Role(row[2]), row[3]) for row in reading.rows(opening_sql.HINTS))


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
        sql.ADD,
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
        sql.TRIES,
        {"no": staff_no, "tries": tries, "until": stamp(until) if until else None, "to_state": state.value},
    )


def set_staff(work: Writing, staff_no: str, name: str, role: Role, state: StaffState) -> None:
    """Change name, role or state."""
    work.run(sql.SET, {"no": staff_no, "to_name": name, "to_role": role.value, "to_state": state.value})


def set_verifier(work: Writing, staff_no: str, verifier: str, *, must_change: bool) -> None:
    """Change a password; a demo's hint goes with the old one."""
    work.run(
        sql.PASSWORD,
        {"no": staff_no, "to_verifier": verifier, "must_change": int(must_change), "to_hint": None},
    )


def _staff(row: Row) -> Staff:
    return Staff(
        row[0],
        row[1],
        _ROLES.get(row[2]) or Role(row[2]),
        _STATES.get(row[3]) or StaffState(row[3]),
        row[4],
        moment(row[5]) if row[5] else None,
        bool(row[6]),
    )
