"""Which service each step of the page calls."""

from __future__ import annotations

from collections.abc import Callable

from counter_app.domain.retention import Gate, Signer
from counter_app.domain.staff import Session
from counter_app.services import retention, retention_after, retention_feedback, retention_signing
from counter_app.services.hall import OpenHall
from counter_app.services.retention import How
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


def offer_call(code: str, value: int, months: int) -> Call:
    """Make an offer."""
    return lambda hall, who, case_id, intent: retention_signing.offer(hall, who, case_id, code, value, months, intent)


def ask_offer_call(code: str, value: int, months: int) -> Call:
    """Leave an offer to a supervisor's own desk."""
    return lambda hall, who, case_id, intent: retention_signing.ask_offer(
        hall, who, case_id, code, value, months, intent
    )


def stand_in_call(signer: str, words: str) -> Call:
    """Note that nobody could sign, and why."""
    return lambda hall, who, case_id, intent: retention_signing.stand_in(
        hall, who, case_id, Signer(signer), words, intent
    )


def answer_call(line: int, *, is_yes: bool) -> Call:
    """Note the customer's answer to an offer."""
    return lambda hall, who, case_id, intent: retention.answer(hall, who, case_id, line, intent, is_yes=is_yes)


def signature_call(content: bytes, how: How) -> Call:
    """Keep the customer's signature."""
    return lambda hall, who, case_id, intent: retention.sign_customer(hall, who, case_id, content, intent, how=how)


def recover_call(items: tuple[tuple[str, str], ...]) -> Call:
    """Note what became of the equipment."""
    return lambda hall, who, case_id, intent: retention_after.recover(hall, who, case_id, items, intent)


def feedback_call(words: str) -> Call:
    """Tell the hall manager of the problem."""
    return lambda hall, who, case_id, intent: retention_feedback.feed_back(hall, who, case_id, words, intent)


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
