"""What the hall says no to about its people; who signs in without a slip meets none of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from counter_app.domain.refusals import Refusal
from counter_app.domain.rights import Right, Role


@dataclass(frozen=True, slots=True)
class NoRight(Refusal):
    """The role of the signed-in person does not hold the right; `who` does."""

    right: Right
    role: Role
    who: tuple[Role, ...]


@dataclass(frozen=True, slots=True)
class SignedOut(Refusal):
    """The session holds no longer: since its sign-in the person was locked, has left, or holds another role.

    `why` is locked, left, role or unknown.
    """

    staff_no: str
    why: str


@dataclass(frozen=True, slots=True)
class PasswordMustChange(Refusal):
    """The password was given out by an admin, who knows it: until it is replaced its owner may do nothing else."""

    staff_no: str


@dataclass(frozen=True, slots=True)
class WrongSignIn(Refusal):
    """Staff number and password do not belong together; which of the two is wrong is never said."""

    tries_left: int


@dataclass(frozen=True, slots=True)
class SignInLocked(Refusal):
    """Too many failed tries: locked until a moment, or until a supervisor or admin releases (`until` None)."""

    until: datetime | None


@dataclass(frozen=True, slots=True)
class WeakPassword(Refusal):
    """A new password that is too short, too common or the staff number itself; `why` is length, common or staff_no."""

    why: str
    minimum: int


@dataclass(frozen=True, slots=True)
class SecondPersonNeeded(Refusal):
    """A change of role or rights needs the signature of a second admin, and it may not be the same person."""

    staff_no: str


@dataclass(frozen=True, slots=True)
class StaffNoTaken(Refusal):
    """The staff number is in use."""

    staff_no: str


@dataclass(frozen=True, slots=True)
class StaffUnknown(Refusal):
    """Nobody has this staff number."""

    staff_no: str


@dataclass(frozen=True, slots=True)
class LastAdmin(Refusal):
    """The hall would be left without an admin who can sign in."""

    staff_no: str
