"""The people of the hall: who they are, what each role may do, and who is signed in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from counter_app.domain.refusals import Refusal, Refused


class Role(StrEnum):
    """The four roles at a counter (reliability 4.3)."""

    TELLER = "teller"
    SUPERVISOR = "supervisor"
    ADMIN = "admin"
    AUDITOR = "auditor"


class Right(StrEnum):
    """One thing that a role may do."""

    TAKE_PAYMENT = "take_payment"
    RUN_SHIFT = "run_shift"
    REDIRECT_PAYMENT = "redirect_payment"
    SEE_CUSTOMERS = "see_customers"
    REVEAL = "reveal"
    REPRINT = "reprint"
    REPRINT_MANY = "reprint_many"
    SETTINGS = "settings"
    IMPORT = "import"
    SEE_JOURNAL = "see_journal"
    RETAIN = "retain"
    SEE_RETENTION = "see_retention"
    SIGN_RECEPTION = "sign_reception"
    SIGN_OFF = "sign_off"
    SIGN_OFFER = "sign_offer"
    AUDIT_CASES = "audit_cases"


_RIGHTS: dict[Role, frozenset[Right]] = {
    Role.TELLER: frozenset(
        {
            Right.TAKE_PAYMENT,
            Right.RUN_SHIFT,
            Right.SEE_CUSTOMERS,
            Right.REVEAL,
            Right.REPRINT,
            Right.RETAIN,
            Right.SEE_RETENTION,
            Right.SIGN_RECEPTION,
        },
    ),
    Role.SUPERVISOR: frozenset(
        {
            Right.TAKE_PAYMENT,
            Right.RUN_SHIFT,
            Right.REDIRECT_PAYMENT,
            Right.SEE_CUSTOMERS,
            Right.REVEAL,
            Right.REPRINT,
            Right.REPRINT_MANY,
            Right.SEE_JOURNAL,
            Right.RETAIN,
            Right.SEE_RETENTION,
            Right.SIGN_RECEPTION,
            Right.SIGN_OFF,
            Right.SIGN_OFFER,
            Right.AUDIT_CASES,
        },
    ),
    # some offers are the hall admin's to give (domain_rules 5.5), and nothing else of a case is
    Role.ADMIN: frozenset({Right.SETTINGS, Right.IMPORT, Right.SEE_JOURNAL, Right.SIGN_OFFER}),
    Role.AUDITOR: frozenset({Right.SEE_CUSTOMERS, Right.SEE_JOURNAL, Right.SEE_RETENTION, Right.AUDIT_CASES}),
}


class StaffState(StrEnum):
    """Whether somebody may sign in."""

    ACTIVE = "active"
    LOCKED = "locked"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class Staff:
    """One member of the hall's staff; the verifier of the password is never part of this value."""

    staff_no: str
    name: str
    role: Role
    state: StaffState
    failed_tries: int = 0
    locked_until: datetime | None = None
    must_change_password: bool = False


@dataclass(frozen=True, slots=True)
class Session:
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
        if self.must_change_password:
            raise Refused(PasswordMustChange(self.staff_no))
        if not self.may(right):
            raise Refused(NoRight(right=right, role=self.role, who=roles_with(right)))


def may(role: Role, right: Right) -> bool:
    """Whether a role holds a right."""
    return right in _RIGHTS[role]


def roles_with(right: Right) -> tuple[Role, ...]:
    """The roles that hold a right, so that a refusal can name whom to ask."""
    return tuple(role for role, rights in _RIGHTS.items() if right in rights)


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
