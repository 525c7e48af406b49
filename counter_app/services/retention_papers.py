"""The papers of a retention case: issued under numbers without gaps, printed and printed again as tracked jobs."""

from __future__ import annotations

from dataclasses import dataclass

from counter_app.documents.paper import Paper
from counter_app.documents.retention_papers import missing_in_paper, paper_pdf
from counter_app.domain.payment_history import PrintJob
from counter_app.domain.print_marks import PrintMark
from counter_app.domain.refusals import Refused
from counter_app.domain.retention_papers import (
    ExitSlipFacts,
    PaperErased,
    PaperFacts,
    PaperKind,
    PaperNotYet,
    PaperStands,
    PaperUnknown,
    facts_of_text,
    is_same,
    text_of_facts,
)
from counter_app.domain.staff import Right, Session
from counter_app.services import authority
from counter_app.services import papers as numbered
from counter_app.services.intents import look_up
from counter_app.services.retention_desk import case_of, find_done, view_of
from counter_app.services.retention_paper_facts import Known, facts_of, for_screen, head_of, known_of
from counter_app.storage.hall import OpenHall
from counter_app.storage.journal import Found
from counter_app.storage.papers import Paper as Numbered
from counter_app.storage.papers import find_paper, next_serial, papers_of
from counter_app.storage.print_jobs import PAPERS
from counter_app.storage.side_records import find_record
from counter_app.storage.sql import Reading, Writing
from counter_app.storage.trouble import CommitUncertain


@dataclass(frozen=True, slots=True)
class PaperOrder:
    """A print that was asked for: the job, the facts, the mark on its paper, the customer's drawn signature."""

    job: PrintJob
    facts: PaperFacts
    mark: PrintMark
    drawing: bytes

    @property
    def missing_characters(self) -> str:
        """Characters that no font of ours holds; they are said before paper is used."""
        return missing_in_paper(self.facts, self.mark)


@dataclass(frozen=True, slots=True)
class PaperStanding:
    """How one of the three papers stands for a case now.

    `issued` are those that were issued, the last one last; `is_current` that the last still says what the case says;
    `not_yet` why none can be issued now; `prints` are all prints of all of them, the oldest first.
    """

    kind: PaperKind
    issued: tuple[Numbered, ...] = ()
    is_current: bool = False
    not_yet: PaperNotYet | None = None
    prints: tuple[PrintJob, ...] = ()


def issue(hall: OpenHall, session: Session, case_id: str, kind: PaperKind, intent_id: str) -> Numbered:
    """Issue a paper: its number, the entry and the facts in one commit. An intent that was carried out before gives the
    paper that it made. A case that changed since gets a new paper, which says what it replaces.

    Raises:
        Refused: `NoRight`, `SignedOut`, `CaseUnknown`, `PaperNotYet`, `PaperStands`, `DoneAsAnotherStep`.
        NotRecorded: the file failed and nothing was issued, no number is taken.
        CommitUncertain: the file failed and does not open; ask again under the same intent.
    """
    session.need(Right.RETAIN)
    try:
        with hall.writing() as work:
            authority.still(work, session, Right.RETAIN)
            found = find_done(work, intent_id, numbered.ISSUED)
            if found is not None:
                return _paper_of(work, found)
            return _issue(hall, work, session, case_id, kind, intent_id)
    except CommitUncertain as error:
        return look_up(hall, intent_id, error, _paper_of)


def papers(hall: OpenHall, session: Session, case_id: str) -> tuple[Numbered, ...]:
    """The papers of a case that were issued, the oldest first.

    Raises:
        Refused: `NoRight`.
    """
    session.need(Right.SEE_RETENTION)
    with hall.reading() as reading:
        return papers_of(reading, case_id)


def standing(hall: OpenHall, session: Session, case_id: str) -> tuple[PaperStanding, ...]:
    """All three papers of a case as they stand: what was issued, whether it still holds, what can be issued now.

    Raises:
        Refused: `NoRight`, `CaseUnknown`.
    """
    session.need(Right.SEE_RETENTION)
    with hall.reading() as reading:
        known = known_of(reading, view_of(hall, reading, session, case_of(reading, case_id)))
        issued = papers_of(reading, case_id)
        return tuple(_standing(reading, known, kind, issued) for kind in PaperKind)


def order_print(hall: OpenHall, session: Session, paper_no: str, *, paper: str, printer: str) -> PaperOrder:
    """Ask for a print; the first is the original, every further one is a reprint and says so. `paper` is a4, or a5 for
    the slip.

    Raises:
        Refused: `NoRight` (any print, or more reprints than the pack leaves to a teller), `SignedOut`, `PaperUnknown`,
            `PaperErased`.
    """
    with hall.reading() as reading:
        facts = read_facts(reading, paper_no)
        drawing = _drawing(reading, facts)
    job, mark = numbered.order(hall, session, paper_no, sheet=paper_for(facts, paper).value, printer=printer)
    return PaperOrder(job, facts, mark, drawing)


def render(order: PaperOrder) -> bytes:
    """The PDF of a print; the same order gives the same bytes."""
    return paper_pdf(order.facts, paper=Paper(order.job.paper), mark=order.mark, drawing=order.drawing)


def preview(hall: OpenHall, session: Session, paper_no: str, *, paper: str) -> bytes:
    """The PDF as the next print would look, with what names the customer masked; nothing is written.

    Raises:
        Refused: `NoRight`, `PaperUnknown`, `PaperErased`.
    """
    session.need(Right.SEE_RETENTION)
    with hall.reading() as reading:
        facts = read_facts(reading, paper_no)
        drawing = _drawing(reading, facts)
        mark = PrintMark(PAPERS.last_copy(reading, paper_no) + 1, hall.clock.now(), session.name)
    facts = for_screen(facts)
    return paper_pdf(facts, paper=paper_for(facts, paper), mark=mark, drawing=drawing)


def prints_of(hall: OpenHall, paper_no: str) -> tuple[PrintJob, ...]:
    """Every print of a paper, first to last."""
    with hall.reading() as reading:
        return PAPERS.jobs_of(reading, paper_no)


def unfinished(hall: OpenHall) -> tuple[PrintJob, ...]:
    """Prints of papers that did not come out."""
    with hall.reading() as reading:
        return PAPERS.unfinished_jobs(reading)


def read_facts(reading: Reading, paper_no: str) -> PaperFacts:
    """The stored facts of a paper.

    Raises:
        Refused: `PaperUnknown`, `PaperErased`.
    """
    found = find_paper(reading, paper_no)
    if found is None:
        raise Refused(PaperUnknown(paper_no))
    return _facts(reading, found)


def paper_for(facts: PaperFacts, wanted: str) -> Paper:
    """The sheet on which a paper is drawn: A4, and A5 for a slip where that is wanted."""
    return Paper.A5 if wanted == Paper.A5.value and isinstance(facts, ExitSlipFacts) else Paper.A4


def _issue(hall: OpenHall, work: Writing, session: Session, case_id: str, kind: PaperKind, intent_id: str) -> Numbered:
    case = case_of(work, case_id)
    if case.desk not in kind.stages:
        raise Refused(PaperNotYet(kind, case.stage))
    now, own = hall.clock.now(), hall.hall
    known = known_of(work, view_of(hall, work, session, case))
    before = [paper for paper in papers_of(work, case_id) if paper.kind == kind.value]
    replaces = before[-1].paper_no if before else ""
    serial = next_serial(work, own.counter_id, now.year, kind.value)
    head = head_of(own, session, kind, known, now=now, serial=serial, replaces=replaces)
    facts = facts_of(kind, head, known)
    if before and is_same(facts, _facts(work, before[-1])):
        raise Refused(PaperStands(kind, replaces))
    return numbered.issue(
        hall,
        work,
        numbered.Place(head.paper_no, kind.value, head.year, serial, ("case_id", case_id)),
        text_of_facts(facts),
        staff_no=session.staff_no,
        business_date=now.date(),
        customer_id=case.customer_id,
        intent_id=intent_id,
    )


def _standing(reading: Reading, known: Known, kind: PaperKind, issued: tuple[Numbered, ...]) -> PaperStanding:
    case = known.view.case
    mine = tuple(paper for paper in issued if paper.kind == kind.value)
    not_yet = None if case.desk in kind.stages else PaperNotYet(kind, case.stage)
    prints = tuple(job for paper in mine for job in PAPERS.jobs_of(reading, paper.paper_no))
    return PaperStanding(kind, mine, bool(mine) and _still_holds(reading, known, kind, mine[-1]), not_yet, prints)


def _still_holds(reading: Reading, known: Known, kind: PaperKind, last: Numbered) -> bool:
    try:
        before = _facts(reading, last)
    except Refused:
        # erased: what it said is gone, so a new one may say it again
        return False
    return is_same(facts_of(kind, before.head, known), before)


def _paper_of(reading: Reading, found: Found) -> Numbered:
    """The paper that an entry issued."""
    paper_no = str(found.content["body"]["paper_no"])
    paper = find_paper(reading, paper_no)
    if paper is None:
        raise Refused(PaperUnknown(paper_no))
    return paper


def _facts(reading: Reading, paper: Numbered) -> PaperFacts:
    if (text := numbered.kept_text(reading, paper)) is None:
        raise Refused(PaperErased(paper.paper_no))
    return facts_of_text(text)


def _drawing(reading: Reading, facts: PaperFacts) -> bytes:
    """The customer's signature as it was drawn; nothing where it was given otherwise, or was erased."""
    if isinstance(facts, ExitSlipFacts) or facts.customer_signature is None:
        return b""
    if facts.customer_signature.how != "drawing":
        return b""
    kept = find_record(reading, facts.customer_signature.record)
    return kept.content if kept is not None and kept.content is not None else b""
