"""A print is asked for: who may, which copy it is, its entry and its job in one commit."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from counter_app.domain.journal import Draft
from counter_app.domain.payment_history import PrintJob
from counter_app.domain.staff import Right, Session
from counter_app.services import authority
from counter_app.storage.hall import OpenHall
from counter_app.storage.journal import stamp
from counter_app.storage.print_jobs import Prints


def order(
    hall: OpenHall,
    session: Session,
    prints: Prints,
    named: tuple[str, str],
    *,
    kind: str,
    paper: str,
    printer: str,
    now: datetime,
    before: int = 0,
    made: str = "",
) -> PrintJob:
    """Write down that a document is printed; the first print is the original, every further one a reprint.

    `named` is how the entry calls the document, and its number; the entry is of `kind`, or of `kind.copy` for a
    reprint. `before` prints are known from elsewhere; `made` says how a document that was lost was made anew.

    Raises:
        Refused: `NoRight` (any print, or more reprints than the pack leaves to a teller), `SignedOut`.
    """
    key, number = named
    with hall.writing() as work:
        authority.still(work, session, Right.REPRINT)
        copy_no = max(prints.last_copy(work, number), before) + 1
        body = {key: number, "copy_no": copy_no, "paper": paper, "printer": printer}
        if copy_no - 1 > hall.pack.thresholds(now.date()).reprints_without_manager:
            session.need(Right.REPRINT_MANY)
        entry = hall.journal.append(
            work,
            Draft(
                kind=kind if copy_no == 1 else f"{kind}.copy",
                body={**body, "made": made} if made else body,
                staff_no=session.staff_no,
                business_date=now.date(),
            ),
        )
        job = PrintJob(0, number, copy_no, paper, printer, "queued", "", session.staff_no, now)
        return replace(job, id=prints.add_job(work, job, stamp(now), entry.id))


def move_on(hall: OpenHall, prints: Prints, job_id: int, state: str, why: str = "") -> None:
    """Keep how a print went on: printing, printed or failed with its reason."""
    with hall.writing() as work:
        ended_at = stamp(hall.clock.now()) if state in ("printed", "failed") else None
        prints.set_state(work, job_id, state, why, ended_at)
