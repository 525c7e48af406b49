"""What a customer was troubled by goes back to the hall manager (002-3b): of whom it is asked, and where it is missing.

Nothing waits for it: a customer leaves whether it was done or not, and what is missing is named afterwards.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from counter_app.domain.refusals import Refusal
from counter_app.domain.retention import ENDED, Case, Result
from counter_app.domain.retention_rules import RetentionRules
from counter_app.domain.rights import Role

HALL_MANAGER = Role.SUPERVISOR
"""Whom a problem is fed back to: the person of the hall who answers for its customers (docs/decisions/0011)."""
LONGEST_WORDS = 500
"""Characters of a problem, and of the answer to it."""


@dataclass(frozen=True, slots=True)
class FeedbackTooLong(Refusal):
    """A problem, or the answer to it, holds more than `longest` characters."""

    length: int
    longest: int


@dataclass(frozen=True, slots=True)
class FeedbackCount:
    """The cases of a month of which the problem was asked for: how many, how many were told, how many answered."""

    asked: int
    told: int
    answered: int


@dataclass(frozen=True, slots=True)
class ToldCase:
    """What of an ended case is counted; `is_answered`: at least one of its problems was."""

    result: Result | None
    is_valued: bool
    is_told: bool
    is_answered: bool


def counted(cases: Iterable[ToldCase], rules: RetentionRules) -> FeedbackCount:
    """How the ended cases of which the pack asks for it were fed back."""
    asked = [case for case in cases if is_asked_for(rules, case.result, is_valued=case.is_valued)]
    return FeedbackCount(len(asked), sum(case.is_told for case in asked), sum(case.is_answered for case in asked))


def is_asked_for(rules: RetentionRules, result: Result | None, *, is_valued: bool) -> bool:
    """Whether the pack asks for the problem of a case that ended so."""
    if result not in rules.feedback_results:
        return False
    return rules.feedback_of == "each" or (rules.feedback_of == "valued" and is_valued)


def is_missing(case: Case, rules: RetentionRules) -> bool:
    """Whether an ended case lacks the feedback that the pack asks for."""
    if case.feedbacks or case.desk not in ENDED:
        return False
    return is_asked_for(rules, case.result, is_valued=case.is_valued)
