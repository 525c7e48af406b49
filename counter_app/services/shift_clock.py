"""A machine's clock that cannot be right, when a shift is opened: a second person looks at it and signs (审批)."""

from __future__ import annotations

from datetime import datetime, timedelta

from counter_app.domain.approvals import ApprovalCase, ApprovalKind, ApprovalRequest
from counter_app.domain.hub_time import clock_off
from counter_app.domain.journal import Draft
from counter_app.domain.refusals import Refused
from counter_app.domain.shifts import ClockOff
from counter_app.domain.staff import Session
from counter_app.domain.sync_refusals import ClockFarOff
from counter_app.services import approvals
from counter_app.services.approvals import Signed
from counter_app.storage.hall import OpenHall
from counter_app.storage.journal import last_moment, stamp
from counter_app.storage.sql import Reading, Writing
from counter_app.storage.sync_state import read_state

ANOMALY = "clock.anomaly"
"""The kind of the entry that a signed clock leaves."""

_TOLERANCE = timedelta(minutes=2)
"""How far the machine's clock may stand behind the journal (reliability 2.9)."""

_HOUR = timedelta(hours=1)
_FAR = 24 * _HOUR
"""How far it may be off the hub's time before somebody has to look."""


def finding(hall: OpenHall, reading: Reading, now: datetime) -> ClockOff | ClockFarOff | None:
    """What is wrong with the clock, or None."""
    last = last_moment(reading)
    if last is not None and now < last - _TOLERANCE:
        return ClockOff(last, now)
    clock = hall.clock
    known = read_state(reading).hub_time
    off = clock_off(known, now=now, monotonic_ms=clock.monotonic_ms(), boot_id=clock.boot_id)
    return ClockFarOff(round(off / _HOUR), now) if off is not None and abs(off) > _FAR else None


def ask(hall: OpenHall, session: Session) -> ApprovalCase:
    """What the second person is asked to sign: that a shift is opened on the day that this clock says.

    Raises:
        Refused: those of `approvals.look`.
    """
    now = hall.clock.now()
    with hall.reading() as reading:
        request = _request(hall, finding(hall, reading, now), now)
    return approvals.look(hall, session, request)


def hold(hall: OpenHall, work: Writing, session: Session, now: datetime, signed: Signed | None) -> None:
    """Go on only with a clock that can be right, or one that a second person has signed, which is an entry.

    Raises:
        Refused: `ClockOff`, `ClockFarOff`, and as `approvals.hold` says.
    """
    found = finding(hall, work, now)
    if found is None:
        return
    if signed is None:
        raise Refused(found)
    approved = approvals.hold(hall, work, session, signed, _request(hall, found, now))
    said = {"last_at": stamp(found.last_at)} if isinstance(found, ClockOff) else {"off_hours": found.off_hours}
    hall.journal.append(
        work,
        Draft(
            kind=ANOMALY,
            body={"what": found.code, **said},
            staff_no=session.staff_no,
            business_date=now.date(),
            intent_id=signed.challenge.nonce,
            approver_no=approved.first_no,
        ),
    )


def _request(hall: OpenHall, found: ClockOff | ClockFarOff | None, now: datetime) -> ApprovalRequest:
    what = found.code if found is not None else ""
    facts = {"what": what, "business_date": now.date().isoformat()}
    return ApprovalRequest(ApprovalKind.CLOCK, hall.hall.counter_id, outcome=what, facts=facts)
