"""What customers were troubled by goes back to the hall manager, and the answer to the case (002-3b)."""

from __future__ import annotations

import uuid
from datetime import timedelta

from counter_app.domain.refusals import Refused
from counter_app.domain.retention import Act
from counter_app.domain.retention_feedback import HALL_MANAGER, LONGEST_WORDS, FeedbackTooLong
from counter_app.domain.retention_refusals import WordsNeeded
from counter_app.domain.retention_steps import written_words
from counter_app.domain.staff import Right, Session
from counter_app.services.retention_desk import CaseView, Desk, take_step
from counter_app.storage import retention_feedback as rows
from counter_app.storage.hall import OpenHall
from counter_app.storage.retention_feedback import FeedbackRow

__all__ = ["LISTED_DAYS", "FeedbackRow", "fed_back", "feed_back", "take_up", "waiting"]

PROBLEM = "retention.feedback"
"""The kind of side record that holds a problem in words: the customer may ask for them to be erased."""
LISTED_DAYS = 90
"""Days for which what was answered stays in the list; what waits stays until it is answered."""


def feed_back(hall: OpenHall, session: Session, case_id: str, words: str, intent_id: str) -> CaseView:
    """Tell the hall manager which problem the customer had, with the reasons of the case as its causes. The words lie
    beside the journal, numbers that name a person masked; nothing else of the case waits for it (002-3e).

    Raises:
        Refused: `NoRight`, `SignedOut`, `CaseUnknown`, `WordsNeeded`, `FeedbackTooLong`, `ReasonNeeded`,
            `FeedbackWaits` and others of the guards.
    """
    written = written_words(words)
    _hold_words(written, Act.FEED_BACK)

    def do(desk: Desk, now: CaseView) -> None:
        made = desk.step(Act.FEED_BACK, reasons=now.case.reasons, record=str(uuid.uuid4()), to=HALL_MANAGER)
        entry = desk.add(made, intent_id=intent_id, content=written.encode("utf-8"), kind=PROBLEM)
        rows.add_feedback(desk.work, case_id, desk.case.feedbacks[-1], entry.id)

    return take_step(hall, session, case_id, do, act=Act.FEED_BACK, intent_id=intent_id)


def take_up(hall: OpenHall, session: Session, case_id: str, line: int, words: str, intent_id: str) -> CaseView:
    """The hall manager takes a problem up and answers; whoever fed it back is not the one who answers it.

    Raises:
        Refused: `NoRight`, `SignedOut`, `CaseUnknown`, `WordsNeeded`, `FeedbackTooLong`, `FeedbackNotThere`,
            `FeedbackIsOwn` and others of the guards.
    """
    _hold_words(words, Act.TAKE_UP)

    def do(desk: Desk, now: CaseView) -> None:
        desk.add(desk.step(Act.TAKE_UP, line=line, words=words), intent_id=intent_id)
        rows.set_taken_up(desk.work, case_id, desk.case.feedbacks[line - 1])

    return take_step(hall, session, case_id, do, act=Act.TAKE_UP, intent_id=intent_id, right=Right.TAKE_UP)


def fed_back(hall: OpenHall, session: Session) -> tuple[FeedbackRow, ...]:
    """What was fed back of late, and all that still waits for an answer: that first, the oldest on top; then the
    answered, the newest on top.

    Raises:
        Refused: `NoRight`.
    """
    session.need(Right.SEE_RETENTION)
    with hall.reading() as reading:
        found = rows.feedbacks_since(reading, hall.clock.now() - timedelta(days=LISTED_DAYS))
    answered = tuple(row for row in reversed(found) if row.taken_by)
    return (*(row for row in found if not row.taken_by), *answered)


def waiting(hall: OpenHall, session: Session) -> int:
    """How many problems wait for this person's answer; none for somebody who does not take them up.

    Raises:
        Refused: `NoRight`.
    """
    session.need(Right.SEE_RETENTION)
    if not session.may(Right.TAKE_UP):
        return 0
    with hall.reading() as reading:
        return sum(giver != session.staff_no for giver in rows.givers_of_waiting(reading))


def _hold_words(words: str, act: Act) -> None:
    text = words.strip()
    if not text:
        raise Refused(WordsNeeded(act))
    if len(text) > LONGEST_WORDS:
        raise Refused(FeedbackTooLong(len(text), LONGEST_WORDS))
