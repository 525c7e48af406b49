"""Whether a session may still do what its sign-in allowed: asked again in the unit of work that does it."""

from __future__ import annotations

from counter_app.domain.refusals import Refused
from counter_app.domain.staff import Right, Role, Session, StaffState, may, roles_with
from counter_app.domain.staff_refusals import NoRight, PasswordMustChange, SignedOut
from counter_app.storage.sql import Reading
from counter_app.storage.staff import find_staff


def still(work: Reading, session: Session, right: Right | None = None) -> None:
    """Go on only when the session's person is active, in the same role, and that role holds the right (if any).

    One read by primary key, in the snapshot of the act itself: a lock, a leaving or another role counts from its commit
    on (reliability 2.10, I14), and so does a password that was reset: an admin knows it. A pause after wrong passwords
    does not: others could stop a colleague with it.

    Raises:
        Refused: `NoRight`, `SignedOut`, `PasswordMustChange`.
    """
    if right is not None:
        session.need(right)
    _acting(work, session.staff_no, session.role)
    if session.must_change_password:
        raise Refused(PasswordMustChange(session.staff_no))


def approver(work: Reading, staff_no: str, right: Right) -> Role:
    """The role of a second person who signed a minute ago, if they may still sign now.

    Raises:
        Refused: `NoRight`, `SignedOut`, `PasswordMustChange`.
    """
    role = _acting(work, staff_no)
    if not may(role, right):
        raise Refused(NoRight(right=right, role=role, who=roles_with(right)))
    return role


def _acting(work: Reading, staff_no: str, role: Role | None = None) -> Role:
    """The role of somebody who may act at this moment; in this role, where one is named."""
    who = find_staff(work, staff_no)
    if who is None:
        raise Refused(SignedOut(staff_no, "unknown"))
    if who.state is not StaffState.ACTIVE:
        raise Refused(SignedOut(staff_no, who.state.value))
    if role is not None and who.role is not role:
        raise Refused(SignedOut(staff_no, "role"))
    if who.must_change_password:
        raise Refused(PasswordMustChange(staff_no))
    return who.role
