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


RIGHTS: dict[Role, frozenset[Right]] = {
    Role.TELLER: frozenset(
        {Right.TAKE_PAYMENT, Right.RUN_SHIFT, Right.SEE_CUSTOMERS, Right.REVEAL, Right.REPRINT},
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
        },
    ),
    Role.ADMIN: frozenset({Right.SETTINGS, Right.IMPORT, Right.SEE_JOURNAL}),
    Role.AUDITOR: frozenset({Right.SEE_CUSTOMERS, Right.SEE_JOURNAL}),
}
"""What each role may do."""


def roles_with(right: Right) -> tuple[Role, ...]:
    """The roles that hold a right, so that a refusal can name whom to ask."""
    return tuple(role for role, rights in RIGHTS.items() if right in rights)
