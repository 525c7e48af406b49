"""Print jobs: every print of a receipt or a numbered paper is one, tracked from queued to printed or failed."""

from __future__ import annotations

from sqlalchemy import Table, bindparam, func, insert, select, update

from counter_app.domain.payment_history import PrintJob
from counter_app.storage import tables as t
from counter_app.storage import tables_retention as r
from counter_app.storage.journal import moment
from counter_app.storage.sql import Reading, Row, Writing, compiled


class Prints:
    """The prints of one kind of numbered document: the table that keeps them, and its column with the number."""

    def __init__(self, table: Table, number: str) -> None:
        self._number = number
        c = table.c
        columns = (c.id, c[number], c.copy_no, c.paper, c.printer, c.state, c.why, c.staff_no, c.asked_at)
        of_number = c[number] == bindparam("of_number")
        self._add = compiled(insert(table).values({x.name: bindparam(x.name) for x in c if x.name != "id"}))
        self._count = compiled(select(func.coalesce(func.max(c.copy_no), bindparam("none"))).where(of_number))
        self._state = compiled(
            update(table)
            .where(c.id == bindparam("job"))
            .values(state=bindparam("to_state"), why=bindparam("because"), ended_at=bindparam("at"))
        )
        self._of_number = compiled(select(*columns).where(of_number).order_by(c.copy_no))
        self._unfinished = compiled(select(*columns).where(c.state != bindparam("printed")).order_by(c.id))

    def last_copy(self, reading: Reading, number: str) -> int:
        """The number of the last print asked for; 0 when there was none."""
        row = reading.one(self._count, {"of_number": number, "none": 0})
        return int(row[0]) if row else 0

    def add_job(self, work: Writing, job: PrintJob, asked_at: str, entry: int | None) -> int:
        """Write a job in state queued; the same copy number twice breaks a unique index."""
        return work.insert(
            self._add,
            {
                self._number: job.number,
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

    def set_state(self, work: Writing, job_id: int, state: str, why: str, ended_at: str | None) -> None:
        """Move a job on."""
        work.run(self._state, {"job": job_id, "to_state": state, "because": why, "at": ended_at})

    def jobs_of(self, reading: Reading, number: str) -> tuple[PrintJob, ...]:
        """All prints of a document, first to last."""
        return tuple(map(_job, reading.rows(self._of_number, {"of_number": number})))

    def unfinished_jobs(self, reading: Reading) -> tuple[PrintJob, ...]:
        """Prints that did not come out, oldest first."""
        return tuple(map(_job, reading.rows(self._unfinished, {"printed": "printed"})))


RECEIPTS = Prints(t.print_jobs, "receipt_no")
"""The prints of receipts."""

PAPERS = Prints(r.paper_jobs, "paper_no")
"""The prints of numbered papers."""


def _job(row: Row) -> PrintJob:
    return PrintJob(row[0], row[1], row[2], row[3], row[4], row[5], row[6], row[7], moment(row[8]))
