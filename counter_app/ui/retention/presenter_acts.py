"""Which service each step of the page calls."""

from __future__ import annotations

from collections.abc import Callable

from counter_app.domain.retention import Gate, Signer
from counter_app.domain.staff import Session
from counter_app.services import retention, retention_after, retention_signing
from counter_app.services.hall import OpenHall
from counter_app.services.retention_desk import CaseView

Call = Callable[[OpenHall, Session, str, str], CaseView]
"""A step: hall, session, case and intent go in, the case as it stands afterwards comes back."""

_PLAIN: dict[str, Call] = {
    "talk": retention.talk,
    "keep": retention.keep,
    "leave": retention.leave,
    "leave_now": retention.leave_now,
    "withdraw": retention.withdraw,
    "correct": retention.correct,
    "process": retention_after.process,
    "close": retention_after.close,
}


def call_of(act: str) -> Call | None:
    """The step behind a word of the presenter, or None when it needs more than the case."""
    name, _, of = act.partition(":")
    if name == "ask":
        return lambda hall, who, case_id, intent: retention_signing.ask_signature(
            hall, who, case_id, Signer(of), intent
        )
    if name == "gate":
        return lambda hall, who, case_id, intent: retention.check_gate(hall, who, case_id, Gate(of), intent)
    return _PLAIN.get(act)
