"""What waits in the hall: cases that somebody works on, and signatures that somebody was asked for (审批)."""

from __future__ import annotations

from dataclasses import dataclass

from counter_app.domain.retention import Act, Asked, Case
from counter_app.domain.staff import Right, Session
from counter_app.services.retention_signing import Wanted
from counter_app.storage import retention as rows
from counter_app.storage.hall import OpenHall
from counter_app.storage.retention import CaseRow

__all__ = ["CaseRow", "Waiting", "at_desk", "waiting"]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A signature that was asked for and is not there: the case as a list shows it, and the request."""

    row: CaseRow
    asked: Asked


def at_desk(hall: OpenHall, session: Session) -> tuple[CaseRow, ...]:
    """Cases that are not ended, whoever opened them, the longest waiting first: any colleague may go on with one.

    Raises:
        Refused: `NoRight`.
    """
    session.need(Right.SEE_RETENTION)
    with hall.reading() as reading:
        return rows.cases_at_desk(reading)


def waiting(hall: OpenHall, session: Session) -> tuple[Waiting, ...]:
    """Signatures that the person may give and has no hand in, the longest waiting first.

    Raises:
        Refused: `NoRight`.
    """
    session.need(Right.SEE_RETENTION)
    found: list[Waiting] = []
    with hall.reading() as reading:
        for row in rows.cases_at_desk(reading):
            case = rows.load_case(reading, row.case_id) if row.is_valued else None
            if case is not None and session.staff_no not in case.workers:
                found += [Waiting(row, asked) for asked in _open_requests(case, session)]
    return tuple(sorted(found, key=lambda one: one.asked.asked_at))


def _open_requests(case: Case, session: Session) -> list[Asked]:
    open_ones = [asked for asked in case.asked if not asked.is_declined and case.signature(asked.signer) is None]
    return [asked for asked in open_ones if session.may(Wanted(Act.SIGN, asked.signer).right)]
