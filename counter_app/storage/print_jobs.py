"""Print jobs: every print of a receipt is one, tracked from queued to printed or failed."""

from __future__ import annotations

from sqlalchemy import bindparam, func, insert, select, update

from counter_app.domain.payment_history import PrintJob
from counter_app.storage import tables as t
from counter_app.storage.journal import moment
from counter_app.storage.sql import Reading, Row, Writing, compiled

_j = t.print_jobs.c
_ADD = compiled(insert(t.print_jobs).values({c.name: bindparam(c.name) for c in t.print_jobs.c if c.name != "id"}))
_COUNT = compiled(
    select(func.coalesce(func.max(_j.copy_no), bindparam("none"))).where(_j.receipt_no == bindparam("receipt_no"))
)
_STATE = compiled(
    update(t.print_jobs)
    .where(_j.id == bindparam("job"))
    .values(state=bindparam("to_state"), why=bindparam("because"), ended_at=bindparam("at"))
)
_OF_RECEIPT = compiled(
    select(_j.id, _j.receipt_no, _j.copy_no, _j.paper, _j.printer, _j.state, _j.why, _j.staff_no, _j.asked_at)
    .where(_j.receipt_no == bindparam("receipt_no"))
    .order_by(_j.copy_no)
)
_UNFINISHED = compiled(
    select(_j.id, _j.receipt_no, _j.copy_no, _j.paper, _j.printer, _j.state, _j.why, _j.staff_no, _j.asked_at)
    .where(_j.state != bindparam("printed"))
    .order_by(_j.id)
)


def last_copy(reading: Reading, receipt_no: str) -> int:
    """The number of the last print asked for; 0 when there was none."""
    row = reading.one(_COUNT, {"receipt_no": receipt_no, "none": 0})
    return int(row[0]) if row else 0


def add_job(work: Writing, job: PrintJob, asked_at: str, entry: int | None) -> int:
    """Write a job in state queued; the same copy number twice breaks a unique index."""
    return work.insert(
        _ADD,
        {
            "receipt_no": job.receipt_no,
            "copy_no": job.copy_no,
            "paper": job.paper,
            "printer": job.printer,
            "state": job.state,
            "why": job.why,
            "staff_no": job.staff_no,
            "asked_at": asked_at,
            "ended_at": None,
            "entry": entry,
        },
    )


def set_state(work: Writing, job_id: int, state: str, why: str, ended_at: str | None) -> None:
    """Move a job on."""
    work.run(_STATE, {"job": job_id, "to_state": state, "because": why, "at": ended_at})


def jobs_of(reading: Reading, receipt_no: str) -> tuple[PrintJob, ...]:
    """All prints of a receipt, first to last."""
    return tuple(map(_job, reading.rows(_OF_RECEIPT, {"receipt_no": receipt_no})))


def unfinished_jobs(reading: Reading) -> tuple[PrintJob, ...]:
    """Prints that did not come out, oldest first."""
    return tuple(map(_job, reading.rows(_UNFINISHED, {"printed": "printed"})))


def _job(row: Row) -> PrintJob:
    return PrintJob(row[0], row[1], row[2], row[3], row[4], row[5], row[6], row[7], moment(row[8]))
