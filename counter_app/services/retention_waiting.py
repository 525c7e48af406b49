"""What waits in the hall: cases that somebody works on, and signatures and offers that were asked for (审批)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from counter_app.domain.retention import Act, Case, Stage
from counter_app.domain.retention_rules import RetentionRules
from counter_app.domain.staff import Right, Session
from counter_app.services.retention_signing import Wanted, refusal_of_giver
from counter_app.storage import retention as rows
from counter_app.storage.hall import OpenHall
from counter_app.storage.retention import CaseRow

__all__ = ["CaseRow", "Waiting", "at_desk", "waiting"]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A decision that was asked for and is not made: the case as a list shows it, what is wanted, when and by whom."""

    row: CaseRow
    wanted: Wanted
    asked_at: datetime
    asked_by: str


def at_desk(hall: OpenHall, session: Session) -> tuple[CaseRow, ...]:
    """Cases that are not ended, whoever opened them, the longest waiting first: any colleague may go on with one.

    Raises:
        Refused: `NoRight`.
    """
    session.need(Right.SEE_RETENTION)
    with hall.reading() as reading:
        return rows.cases_at_desk(reading)


def waiting(hall: OpenHall, session: Session) -> tuple[Waiting, ...]:
    """Signatures and offers on which the person may decide and in which they have no hand, the longest waiting first.

    Raises:
        Refused: `NoRight`.
    """
    session.need(Right.SEE_RETENTION)
    rules = hall.rules_on(hall.clock.now().date()).retention
    found: list[Waiting] = []
    with hall.reading() as reading:
        for row in rows.cases_at_desk(reading):
            if not row.is_valued and row.stage is not Stage.TALKING:
                continue
            case = rows.load_case(reading, row.case_id)
            if case is None or session.staff_no in case.hands:
                continue
            found += _signatures(row, case, session)
            if rules is not None:
                found += _offers(row, case, session, rules)
    return tuple(sorted(found, key=lambda one: one.asked_at))


def _signatures(row: CaseRow, case: Case, session: Session) -> Iterator[Waiting]:
    for asked in case.asked:
        wanted = Wanted(Act.SIGN, asked.signer, is_own_desk=True)
        is_open = not asked.is_declined and case.signature(asked.signer) is None
        if is_open and session.may(wanted.right):
            yield Waiting(row, wanted, asked.asked_at, asked.asked_by)


def _offers(row: CaseRow, case: Case, session: Session, rules: RetentionRules) -> Iterator[Waiting]:
    for asked in case.open_offers:
        wanted = Wanted(Act.OFFER, measure=asked.measure, is_own_desk=True)
        is_giver = refusal_of_giver(rules, case, asked.measure, session.role) is None
        if is_giver and session.may(wanted.right):
            yield Waiting(row, wanted, asked.asked_at, asked.asked_by)
