"""The Z report: issued in the commit that closes a shift, kept as facts, printed again to the same bytes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from counter_app.documents.paper import Paper
from counter_app.documents.z_report import missing_in_z, z_pdf
from counter_app.domain.papers import facts_text
from counter_app.domain.payment_history import PrintJob
from counter_app.domain.print_marks import PrintMark
from counter_app.domain.proofs import Proof, ProofKey
from counter_app.domain.shift_close import SLIP_TENDERS, Compared
from counter_app.domain.staff import Right, Session
from counter_app.domain.z_papers import (
    Z_REPORT,
    ZCount,
    ZFacts,
    ZFigure,
    ZPieces,
    z_number,
    z_of_text,
)
from counter_app.domain.z_report import ShiftReport
from counter_app.services import papers
from counter_app.services.papers import Place, person
from counter_app.storage.hall import OpenHall
from counter_app.storage.papers import Paper as Numbered
from counter_app.storage.papers import next_serial, papers_of, papers_of_kind
from counter_app.storage.shift_counts import KeptCount
from counter_app.storage.shift_report import void_receipts
from counter_app.storage.sql import Reading, Writing

_MOST = 400


@dataclass(frozen=True, slots=True)
class Ending:
    """How the shift ends: what was counted, how it compares, why it differs, and who signed that; the papers that are
    handed over and those of them that are missing. `is_passed_on` says that the next shift begins with its drawer.
    """

    counts: Sequence[KeptCount]
    compared: Sequence[Compared]
    reason: str
    approvers: tuple[str, ...]
    at: datetime
    papers: tuple[Proof, ...] = ()
    missing: frozenset[ProofKey] = frozenset()
    is_passed_on: bool = False


@dataclass(frozen=True, slots=True)
class ZOrder:
    """A print that was asked for: the job, the mark on its paper, the facts."""

    job: PrintJob
    mark: PrintMark
    facts: ZFacts

    @property
    def missing_characters(self) -> str:
        """Characters that no font of ours holds; they are said before paper is used."""
        return missing_in_z(self.facts, self.mark)


def issue(hall: OpenHall, work: Writing, session: Session, report: ShiftReport, ending: Ending) -> Numbered:
    """Issue the report in the unit of work that closes the shift."""
    own, year, shift_id = hall.hall, ending.at.year, report.shift.shift_id
    serial = next_serial(work, own.counter_id, year, Z_REPORT)
    paper_no = z_number(hall_code=own.hall_code, counter_code=own.counter_code, year=year, serial=serial)
    facts = _facts_now(hall, work, report, ending, paper_no, serial)
    place = Place(paper_no, Z_REPORT, year, serial, ("shift_id", shift_id))
    on = report.shift.business_date
    return papers.issue(hall, work, place, facts_text(facts), staff_no=session.staff_no, business_date=on)


def z_of(reading: Reading, shift_id: str) -> str:
    """The number of a shift's report; empty for one that was closed before there were any, or elsewhere."""
    return next((paper.paper_no for paper in papers_of(reading, shift_id) if paper.kind == Z_REPORT), "")


def issued(hall: OpenHall) -> tuple[ZFacts, ...]:
    """The reports of this counter that were issued last, the newest first; one whose facts are lost is left out."""
    with hall.reading() as reading:
        kept = [papers.kept_text(reading, paper) for paper in papers_of_kind(reading, Z_REPORT, _MOST)]
    return tuple(z_of_text(text) for text in kept if text is not None)


def facts_of(hall: OpenHall, paper_no: str) -> ZFacts:
    """The facts of one report.

    Raises:
        Refused: `PaperUnknown`, `PaperErased`.
    """
    with hall.reading() as reading:
        return z_of_text(papers.facts_text(reading, paper_no, (Z_REPORT,)))


def order_print(hall: OpenHall, session: Session, paper_no: str, *, printer: str) -> ZOrder:
    """Ask for a print on A4; the first is the original, every further one is a reprint and says so.

    Raises:
        Refused: `NoRight` (any print, or more reprints than the pack leaves to a teller), `SignedOut`, `PaperUnknown`,
            `PaperErased`.
    """
    session.need(Right.REPRINT)
    facts = facts_of(hall, paper_no)
    return ZOrder(*papers.order(hall, session, paper_no, sheet=Paper.A4.value, printer=printer), facts)


def preview(hall: OpenHall, session: Session, paper_no: str) -> bytes:
    """The PDF as the next print would look; nothing is written.

    Raises:
        Refused: `NoRight`, `PaperUnknown`, `PaperErased`.
    """
    session.need(Right.REPRINT)
    return z_pdf(facts_of(hall, paper_no), mark=papers.next_mark(hall, session, paper_no))


def render(order: ZOrder) -> bytes:
    """The PDF of a print; the same order gives the same bytes."""
    return z_pdf(order.facts, mark=order.mark)


def _facts_now(
    hall: OpenHall, work: Reading, report: ShiftReport, ending: Ending, paper_no: str, serial: int
) -> ZFacts:
    own, shift, numbers = hall.hall, report.shift, report.receipt_nos
    last = ending.counts[-1].declared
    return ZFacts(
        hall_name=own.name,
        company=own.company,
        hall_id=own.hall_id,
        counter_id=own.counter_id,
        counter_name=own.counter_name,
        paper_no=paper_no,
        year=ending.at.year,
        serial=serial,
        shift_id=shift.shift_id,
        shift_no=shift.shift_no,
        business_date=shift.business_date,
        opened_at=shift.opened_at.replace(microsecond=0),
        closed_at=ending.at.replace(microsecond=0),
        teller=person(work, shift.staff_no),
        approvers=tuple(person(work, staff_no) for staff_no in ending.approvers),
        receipt_first=numbers[0] if numbers else "",
        receipt_last=numbers[-1] if numbers else "",
        void_nos=void_receipts(work, shift.shift_id),
        figures=tuple(ZFigure(figure.name, figure.fen, figure.count) for figure in report.figures),
        tenders=tuple(ending.compared),
        pieces=tuple(ZPieces(fen, count) for fen, count in last.cash.as_rows()),
        counts=tuple(_count(kept) for kept in ending.counts),
        reason=ending.reason,
        is_demo=own.is_demo,
    )


def _count(kept: KeptCount) -> ZCount:
    slips_fen = sum(kept.declared.fen(tender) for tender in SLIP_TENDERS)
    return ZCount(kept.count_no, kept.counted_at.replace(microsecond=0), kept.declared.cash.total_fen, slips_fen)
