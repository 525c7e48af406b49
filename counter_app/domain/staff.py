"""The people of the hall: who they are, what each role may do, and who is signed in."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from counter_app.domain.refusals import Refused
from counter_app.domain.rights import Right, Role, may, roles_with

__all__ = ["Right", "Role", "Session", "Staff", "StaffState", "may", "roles_with"]


class StaffState(StrEnum):
    """Whether somebody may sign in."""

    ACTIVE = "active"
    LOCKED = "locked"
    LEFT = "left"


class Staff(NamedTuple):
    """One member of the hall's staff; the verifier of the password is never part of this value."""

    staff_no: str
    name: str
    role: Role
    state: StaffState
    failed_tries: int = 0
    locked_until: datetime | None = None
    must_change_password: bool = False


class Session(NamedTuple):
    """Somebody signed in at one counter."""

    staff_no: str
    name: str
    role: Role
    signed_in_at: datetime
    must_change_password: bool = False

    def may(self, right: Right) -> bool:
        """Whether the role of this session holds the right."""
        return may(self.role, right)

    def need(self, right: Right) -> None:
        """Go on only with the right, and never with a password that somebody else gave out.

        Raises:
            Refused: `PasswordMustChange`, `NoRight`.
        """
        if not self.must_change_password and self.may(right):
            return
        from counter_app.domain.staff_refusals import NoRight, PasswordMustChange

        if self.must_change_password:
            raise Refused(PasswordMustChange(self.staff_no))
        raise Refused(NoRight(right=right, role=self.role, who=roles_with(right)))
