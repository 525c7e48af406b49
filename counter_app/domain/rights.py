"""The roles at a counter, and what each may do."""

from __future__ import annotations

from enum import StrEnum


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
    SEE_REPORTS = "see_reports"
    RETAIN = "retain"
    SEE_RETENTION = "see_retention"
    SIGN_RECEPTION = "sign_reception"
    SIGN_OFF = "sign_off"
    SIGN_OFFER = "sign_offer"
    AUDIT_CASES = "audit_cases"
    TAKE_UP = "take_up"
    UNDO_PAYMENT = "undo_payment"
    SIGN_LATE_UNDO = "sign_late_undo"


RIGHTS: dict[Role, frozenset[Right]] = {
    Role.TELLER: frozenset(
        {
            Right.TAKE_PAYMENT,
            Right.RUN_SHIFT,
            Right.SEE_REPORTS,
            Right.SEE_CUSTOMERS,
            Right.REVEAL,
            Right.REPRINT,
            Right.RETAIN,
            Right.SEE_RETENTION,
            Right.SIGN_RECEPTION,
            Right.UNDO_PAYMENT,
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
            Right.SEE_REPORTS,
            Right.RETAIN,
            Right.SEE_RETENTION,
            Right.SIGN_RECEPTION,
            Right.SIGN_OFF,
            Right.SIGN_OFFER,
            Right.AUDIT_CASES,
            Right.TAKE_UP,
            Right.UNDO_PAYMENT,
            Right.SIGN_LATE_UNDO,
        },
    ),
    # some offers are the hall admin's to give (domain_rules 5.5), and nothing else of a case is; a payment of a month
    # that is over is undone with finance's word (2.4), which is the hall admin's here
    Role.ADMIN: frozenset(
        {
            Right.SETTINGS,
            Right.IMPORT,
            Right.SEE_JOURNAL,
            Right.SEE_REPORTS,
            Right.SIGN_OFFER,
            Right.SIGN_LATE_UNDO,
        },
    ),
    Role.AUDITOR: frozenset(
        {Right.SEE_CUSTOMERS, Right.SEE_JOURNAL, Right.SEE_REPORTS, Right.SEE_RETENTION, Right.AUDIT_CASES},
    ),
}
"""What each role may do."""


def may(role: Role, right: Right) -> bool:
    """Whether a role holds a right."""
    return right in RIGHTS[role]


def roles_with(right: Right) -> tuple[Role, ...]:
    """The roles that hold a right, so that a refusal can name whom to ask."""
    return tuple(role for role, rights in RIGHTS.items() if right in rights)
