"""The close of a business date (日结): all shifts closed, their Z reports added up on two paths, one numbered paper."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from counter_app.documents.day_report import day_pdf, missing_in_day
from counter_app.documents.paper import Paper
from counter_app.domain.day_report import (
    CLOSED,
    DAY_REPORT,
    DayBefore,
    DayDiffers,
    DayFacts,
    DayHasOpenShift,
    DayIsEmpty,
    OpenDay,
    add_up,
    day_number,
    day_of_text,
    shift_line,
    tenders_of,
)
from counter_app.domain.journal import Draft
from counter_app.domain.papers import facts_text
from counter_app.domain.payment_history import PrintJob
from counter_app.domain.print_marks import PrintMark
from counter_app.domain.refusals import Refused
from counter_app.domain.shifts import FORGOTTEN_AFTER
from counter_app.domain.staff import Right, Session
from counter_app.domain.z_papers import Z_REPORT, ZFacts, z_of_text
from counter_app.domain.z_report import FiguresDiffer, ShiftReport
from counter_app.services import authority, papers, z_reports
from counter_app.services.intents import once
from counter_app.services.papers import Place, person
from counter_app.storage.days import open_days, others_on, parts_of
from counter_app.storage.hall import OpenHall
from counter_app.storage.journal import Found
from counter_app.storage.papers import next_serial, papers_of_kind
from counter_app.storage.proofs import missing_proofs
from counter_app.storage.safe import in_safe
from counter_app.storage.shift_report import read_report
from counter_app.storage.shifts import find_shift
from counter_app.storage.sql import Reading, Writing

_MOST = 400


@dataclass(frozen=True, slots=True)
class DayOrder:
    """A print that was asked for: the job, the mark on its paper, the facts."""

    job: PrintJob
    mark: PrintMark
    facts: DayFacts

    @property
    def missing_characters(self) -> str:
        """Characters that no font of ours holds; they are said before paper is used."""
        return missing_in_day(self.facts, self.mark)


def waiting(hall: OpenHall, session: Session) -> tuple[OpenDay, ...]:
    """The dates that were not closed, the oldest first, with what the hub has told of other counters.

    Raises:
        Refused: `NoRight`.
    """
    session.need(Right.SEE_JOURNAL)
    counter_id = hall.hall.counter_id
    with hall.reading() as reading:
        days = open_days(reading, counter_id)
        return tuple(replace(day, others=others_on(reading, counter_id, day.business_date)) for day in days)


def forgotten(hall: OpenHall) -> date | None:
    """The oldest date before today whose shifts are all closed, and that itself was not; None where there is none."""
    today = (hall.clock.now() - FORGOTTEN_AFTER).date()
    with hall.reading() as reading:
        days = open_days(reading, hall.hall.counter_id)
    return next((day.business_date for day in days if day.business_date < today and not day.open_shift_no), None)


def close(hall: OpenHall, session: Session, on: date, intent_id: str) -> DayFacts:
    """Close a business date of this counter: a supervisor asks for it, never the clock; other counters close their own.

    A shift that begins afterwards is on a further report of the date.

    Raises:
        Refused: `NoRight`, `SignedOut`, `DayIsEmpty`, `DayBefore`, `DayHasOpenShift`, `DayDiffers`.
        MoneyIsOff: the self-test has findings.
        NotRecorded, CommitUncertain: the file failed; ask again under the same intent.
    """
    session.need(Right.SIGN_OFF)

    def act(work: Writing) -> DayFacts:
        authority.still(work, session, Right.SIGN_OFF)
        day = _to_close(hall, work, on)
        facts = _facts(hall, work, session, day)
        place = Place(facts.paper_no, DAY_REPORT, facts.year, facts.serial, ("day", facts.day))
        paper = papers.issue(hall, work, place, facts_text(facts), staff_no=session.staff_no, business_date=on)
        z_nos = {line.shift_no: line.z_no for line in facts.shifts}
        body = {
            "business_date": facts.day,
            "part_no": facts.part_no,
            "shifts": [
                [shift_id, shift_no, z_nos.get(shift_no, "")]
                for shift_id, shift_no in zip(day.shift_ids, day.shift_nos, strict=True)
            ],
            "figures": [[figure.name, figure.fen, figure.count] for figure in facts.figures],
            "paper": {"paper_no": paper.paper_no, "facts_sha256": paper.facts_sha256},
        }
        hall.journal.append(work, Draft(CLOSED, body, session.staff_no, on, intent_id=intent_id))
        return facts

    def recorded(reading: Reading, found: Found) -> DayFacts:
        return day_of_text(papers.facts_text(reading, found.content["body"]["paper"]["paper_no"], (DAY_REPORT,)))

    return once(hall, intent_id, act, recorded)


def issued(hall: OpenHall) -> tuple[DayFacts, ...]:
    """The day reports of this counter that were issued last, the newest first; one whose facts are lost is left out."""
    with hall.reading() as reading:
        kept = [papers.kept_text(reading, paper) for paper in papers_of_kind(reading, DAY_REPORT, _MOST)]
    return tuple(day_of_text(text) for text in kept if text is not None)


def facts_of(hall: OpenHall, paper_no: str) -> DayFacts:
    """The facts of one report.

    Raises:
        Refused: `PaperUnknown`, `PaperErased`.
    """
    with hall.reading() as reading:
        return day_of_text(papers.facts_text(reading, paper_no, (DAY_REPORT,)))


def order_print(hall: OpenHall, session: Session, paper_no: str, *, printer: str) -> DayOrder:
    """Ask for a print on A4; the first is the original, every further one is a reprint and says so.

    Raises:
        Refused: `NoRight` (any print, or more reprints than the pack leaves to a teller), `SignedOut`, `PaperUnknown`,
            `PaperErased`.
    """
    session.need(Right.REPRINT)
    facts = facts_of(hall, paper_no)
    return DayOrder(*papers.order(hall, session, paper_no, sheet=Paper.A4.value, printer=printer), facts)


def preview(hall: OpenHall, session: Session, paper_no: str) -> bytes:
    """The PDF as the next print would look; nothing is written.

    Raises:
        Refused: `NoRight`, `PaperUnknown`, `PaperErased`.
    """
    session.need(Right.REPRINT)
    return day_pdf(facts_of(hall, paper_no), mark=papers.next_mark(hall, session, paper_no))


def render(order: DayOrder) -> bytes:
    """The PDF of a print; the same order gives the same bytes."""
    return day_pdf(order.facts, mark=order.mark)


def _to_close(hall: OpenHall, reading: Reading, on: date) -> OpenDay:
    days = open_days(reading, hall.hall.counter_id)
    day = next((day for day in days if day.business_date == on), None)
    if day is None:
        raise Refused(DayIsEmpty(on))
    if days[0].business_date < on:
        raise Refused(DayBefore(days[0].business_date))
    if day.open_shift_no:
        raise Refused(DayHasOpenShift(on, day.open_shift_no))
    return day


def _facts(hall: OpenHall, work: Writing, session: Session, day: OpenDay) -> DayFacts:
    own, on, now = hall.hall, day.business_date, hall.clock.now()
    sealed = tuple(_sealed(work, shift_id) for shift_id in day.shift_ids)
    papers_of_day = tuple(facts for facts in sealed if facts is not None)
    reports = tuple(_folded(work, facts.shift_id, on) for facts in papers_of_day)
    figures = add_up(on, papers_of_day, reports)
    if isinstance(figures, DayDiffers):
        raise Refused(figures)
    serial = next_serial(work, own.counter_id, now.year, DAY_REPORT)
    number = day_number(hall_code=own.hall_code, counter_code=own.counter_code, year=now.year, serial=serial)
    return DayFacts(
        hall_name=own.name,
        company=own.company,
        hall_id=own.hall_id,
        counter_id=own.counter_id,
        counter_name=own.counter_name,
        paper_no=number,
        year=now.year,
        serial=serial,
        business_date=on,
        part_no=parts_of(work, on) + 1,
        closed_at=now.replace(microsecond=0),
        closed_by=person(work, session.staff_no),
        shifts=tuple(map(shift_line, papers_of_day)),
        without_z=tuple(no for no, facts in zip(day.shift_nos, sealed, strict=True) if facts is None),
        figures=figures,
        tenders=tenders_of(papers_of_day),
        in_safe_fen=sum(held.fen for held in in_safe(work) if held.business_date <= on),
        missing_proofs=sum(1 for proof in missing_proofs(work) if proof.business_date <= on),
        is_demo=own.is_demo,
    )


def _sealed(reading: Reading, shift_id: str) -> ZFacts | None:
    """The Z report of a shift, from its sealed facts."""
    paper_no = z_reports.z_of(reading, shift_id)
    return z_of_text(papers.facts_text(reading, paper_no, (Z_REPORT,))) if paper_no else None


def _folded(reading: Reading, shift_id: str, on: date) -> ShiftReport:
    """The figures of a shift as the journal gives them now."""
    shift = find_shift(reading, shift_id)
    assert shift is not None, "it was read a moment ago"
    found = read_report(reading, shift)
    if isinstance(found, FiguresDiffer):
        raise Refused(DayDiffers(on, found.figure, found.kept_fen, found.posted_fen))
    return found
