"""The end of a shift as it is written: its papers handed over, its Z report, its close, all in one commit."""

from __future__ import annotations

from dataclasses import dataclass

from counter_app.domain.journal import Draft, Posting, nonzero
from counter_app.domain.proofs import HANDED, MISSING, THERE
from counter_app.domain.refusals import Refused
from counter_app.domain.safe import ISSUED, SAFE, TURNED_IN
from counter_app.domain.shift_close import Compared
from counter_app.domain.shifts import NoOpenShift, Shift
from counter_app.domain.staff import Session
from counter_app.domain.z_report import ShiftReport
from counter_app.services import z_reports
from counter_app.services.z_reports import Ending
from counter_app.storage import shifts as rows
from counter_app.storage.hall import OpenHall
from counter_app.storage.journal import Found, balance, stamp
from counter_app.storage.shifts import DRAWER
from counter_app.storage.sql import Reading, Writing

SLIPS_OFF = "slips_off"
"""The posting account of papers that are missing or too many: that is no cash short or over."""


@dataclass(frozen=True, slots=True)
class Closed:
    """A shift that was closed: each tender as counted and expected, and the number of its Z report."""

    shift: Shift
    payment_count: int
    lines: tuple[Compared, ...]
    z_no: str

    @property
    def counted_fen(self) -> int:
        """The cash that was counted."""
        return self.lines[0].counted_fen

    @property
    def expected_fen(self) -> int:
        """The cash that had to be there."""
        return self.lines[0].expected_fen

    @property
    def difference_fen(self) -> int:
        """Counted cash less expected."""
        return self.lines[0].difference_fen


def end(
    hall: OpenHall, work: Writing, session: Session, report: ShiftReport, ending: Ending, intent_id: str | None
) -> Closed:
    """Write the end of a shift, in the unit of work that allows it."""
    shift, lines = report.shift, tuple(ending.compared)
    cash, declared = lines[0], ending.counts[-1].declared
    # what was given out of the safe goes back there, unless the next drawer begins with it
    lent_fen = 0 if ending.is_passed_on else balance(work, ISSUED, shift.shift_id)
    _hand_papers_over(hall, work, session, shift, ending)
    z = z_reports.issue(hall, work, session, report, ending)
    entry = hall.journal.append(
        work,
        Draft(
            kind="shift.close",
            body={
                "shift_no": shift.shift_no,
                "expected_fen": cash.expected_fen,
                "counted_fen": cash.counted_fen,
                "difference_fen": cash.difference_fen,
                "count": declared.cash.as_rows(),
                "count_no": ending.counts[-1].count_no,
                "reason": ending.reason,
                "totals": [
                    [name, report.count(f"taken.{name}"), report.fen(f"taken.{name}")] for name in _taken(report)
                ],
                "payments": report.count("receipts"),
                "tenders": [line.as_row() for line in lines],
                "approvers": list(ending.approvers),
                "z": {"paper_no": z.paper_no, "facts_sha256": z.facts_sha256},
            },
            staff_no=session.staff_no,
            business_date=shift.business_date,
            postings=_postings(hall, shift, lines, lent_fen),
            shift_id=shift.shift_id,
            intent_id=intent_id,
            approver_no=ending.approvers[0] if ending.approvers else None,
        ),
    )
    rows.close_shift(work, shift.shift_id, at=stamp(ending.at), entry=entry.id, counted_fen=cash.counted_fen)
    return Closed(shift, report.count("receipts"), lines, z.paper_no)


def _taken(report: ShiftReport) -> list[str]:
    return [figure.name.removeprefix("taken.") for figure in report.figures if figure.name.startswith("taken.")]


def _hand_papers_over(hall: OpenHall, work: Writing, session: Session, shift: Shift, ending: Ending) -> None:
    if not ending.papers:
        return
    lines = [
        [*one.key, one.tender, one.fen, one.receipt_no, MISSING if one.key in ending.missing else THERE]
        for one in ending.papers
    ]
    body = {"shift_no": shift.shift_no, "lines": lines}
    draft = Draft(HANDED, body, session.staff_no, shift.business_date, shift_id=shift.shift_id)
    hall.journal.append(work, draft)


def _postings(hall: OpenHall, shift: Shift, lines: tuple[Compared, ...], lent_fen: int) -> tuple[Posting, ...]:
    """Cash that is off goes to over/short and what was counted is turned in; of papers only what is off moves."""
    cash, papers, subject = lines[0], lines[1:], shift.shift_id
    moved = [
        Posting(DRAWER, subject, cash.difference_fen),
        Posting("over_short", subject, -cash.difference_fen),
        Posting(DRAWER, subject, -cash.counted_fen),
        Posting(TURNED_IN, subject, cash.counted_fen),
        Posting(ISSUED, subject, -lent_fen),
        Posting(SAFE, hall.hall.counter_id, lent_fen),
    ]
    for line in papers:
        moved += [
            Posting(line.tender, subject, line.difference_fen),
            Posting(SLIPS_OFF, subject, -line.difference_fen),
        ]
    return nonzero(moved)


def closed_of(reading: Reading, found: Found) -> Closed:
    """A close as its entry tells it; the drawer is empty since."""
    body = found.content["body"]
    shift = rows.find_shift(reading, found.content["shift_id"])
    if shift is None:
        raise Refused(NoOpenShift())
    lines = tuple(Compared(*line) for line in body["tenders"])
    return Closed(shift, body["payments"], lines, body["z"]["paper_no"])
