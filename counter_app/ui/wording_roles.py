"""What the roles are called."""

from __future__ import annotations

from counter_app.domain.staff import Role
from counter_app.ui.language import later, tr

ROLES = {
    Role.TELLER: later("营业员"),
    Role.SUPERVISOR: later("班长"),
    Role.ADMIN: later("厅管理员"),
    Role.AUDITOR: later("稽核员"),
}


def role_word(role: Role) -> str:
    """A role as the hall calls it."""
    return tr(ROLES[role])
