"""Every refusal and trouble in the reader's words: what is wrong, why, and what to do now."""

from __future__ import annotations

from counter_app.domain.refusals import Refusal
from counter_app.ui.wording_approvals import APPROVALS
from counter_app.ui.wording_books import BOOKS
from counter_app.ui.wording_deductions import DEDUCTIONS
from counter_app.ui.wording_disputes import DISPUTES
from counter_app.ui.wording_imports import IMPORTS
from counter_app.ui.wording_lists import LISTS
from counter_app.ui.wording_mailing import MAILING
from counter_app.ui.wording_money import MONEY
from counter_app.ui.wording_papers import PAPERS
from counter_app.ui.wording_people import PEOPLE
from counter_app.ui.wording_reliefs import RELIEFS
from counter_app.ui.wording_retention import RETENTION
from counter_app.ui.wording_safe import SAFE
from counter_app.ui.wording_shifts import SHIFTS
from counter_app.ui.wording_sync import SYNC
from counter_app.ui.wording_trouble import trouble_words
from counter_app.ui.wording_undo import UNDO

__all__ = ["sentences", "trouble_sentences"]

_WORDS = {
    **APPROVALS,
    **BOOKS,
    **DEDUCTIONS,
    **DISPUTES,
    **IMPORTS,
    **LISTS,
    **MAILING,
    **MONEY,
    **PAPERS,
    **PEOPLE,
    **RELIEFS,
    **RETENTION,
    **SAFE,
    **SHIFTS,
    **SYNC,
    **UNDO,
}


def sentences(refusal: Refusal) -> str:
    """Up to three sentences for a refusal.

    A refusal without words of its own shows its stable code and facts: never nothing; a test finds every such gap.
    """
    words = _WORDS.get(type(refusal))
    return words(refusal) if words else f"{refusal.code}: {refusal}"


def has_words(kind: type[Refusal]) -> bool:
    """Whether a refusal has its own sentences."""
    return kind in _WORDS


def trouble_sentences(trouble: BaseException) -> str:
    """Sentences for disk, printer or line trouble."""
    return trouble_words(trouble)
