"""Numbered papers of every kind: issued with their facts in the commit of an act, read again, their prints followed."""

from __future__ import annotations

import uuid
from collections.abc import Container, Mapping
from datetime import date
from typing import Any, NamedTuple

from counter_app.domain.journal import Draft
from counter_app.domain.papers import PaperPerson
from counter_app.domain.payment_history import PrintJob
from counter_app.domain.print_marks import PrintMark
from counter_app.domain.refusals import Refused
from counter_app.domain.retention_papers import PaperErased, PaperUnknown
from counter_app.domain.staff import Session
from counter_app.services import prints
from counter_app.storage.hall import OpenHall
from counter_app.storage.papers import Paper, add_paper, find_paper
from counter_app.storage.print_jobs import PAPERS
from counter_app.storage.side_records import SideRecord, add_record, find_record
from counter_app.storage.sql import Reading, Writing
from counter_app.storage.staff import find_staff

ISSUED, PRINTED = "paper.issued", "paper.print"


class Place(NamedTuple):
    """Where a paper stands: its number, kind, year and serial (see `storage.papers.next_serial`), and what it is about:
    how the entry calls that, and its id.
    """

    paper_no: str
    kind: str
    year: int
    serial: int
    about: tuple[str, str]


def issue(
    hall: OpenHall,
    work: Writing,
    place: Place,
    facts: str,
    *,
    staff_no: str,
    business_date: date,
    customer_id: int | None = None,
    intent_id: str | None = None,
    also: Mapping[str, Any] | None = None,
) -> Paper:
    """Issue a paper in the unit of work of its act: its entry, its facts beside it (they name people), its row. `also`
    is what the entry says beside what every paper's does.
    """
    key, subject = place.about
    record = SideRecord.of(str(uuid.uuid4()), subject, f"paper.{place.kind}", facts.encode("utf-8"))
    digest = record.sha256.hex()
    body = {
        "paper_no": place.paper_no,
        "kind": place.kind,
        "year": place.year,
        "serial": place.serial,
        key: subject,
        **(also or {}),
        "record": record.record_id,
        "sealed": {"kind": record.kind, "size": record.size, "sha256": digest},
    }
    draft = Draft(ISSUED, body, staff_no, business_date, customer_id=customer_id, intent_id=intent_id)
    entry = hall.journal.append(work, draft)
    paper = Paper(place.paper_no, place.kind, place.year, place.serial, subject, record.record_id, digest)
    add_record(work, record, entry.id)
    add_paper(work, paper, hall.hall.counter_id, entry.id)
    return paper


def facts_text(reading: Reading, paper_no: str, kinds: Container[str]) -> str:
    """The kept facts of a paper of one of these kinds.

    Raises:
        Refused: `PaperUnknown`, `PaperErased`.
    """
    found = find_paper(reading, paper_no)
    if found is None or found.kind not in kinds:
        raise Refused(PaperUnknown(paper_no))
    if (text := kept_text(reading, found)) is None:
        raise Refused(PaperErased(paper_no))
    return text


def kept_text(reading: Reading, paper: Paper) -> str | None:
    """The kept facts of a paper; None where they were erased."""
    kept = find_record(reading, paper.facts_record)
    return None if kept is None or kept.content is None else kept.content.decode("utf-8")


def person(reading: Reading, staff_no: str) -> PaperPerson:
    """Somebody of the hall as papers name people; one whom the hall does not know has no name."""
    found = find_staff(reading, staff_no)
    return PaperPerson(staff_no, found.name if found else "")


def order(hall: OpenHall, session: Session, paper_no: str, *, sheet: str, printer: str) -> tuple[PrintJob, PrintMark]:
    """Ask for a print; the first is the original, every further one is a reprint and says so. `sheet` is the paper that
    it is drawn for.

    Raises:
        Refused: `NoRight` (any print, or more reprints than the pack leaves to a teller), `SignedOut`.
    """
    now, named = hall.clock.now(), ("paper_no", paper_no)
    job = prints.order(hall, session, PAPERS, named, kind=PRINTED, paper=sheet, printer=printer, now=now)
    return job, PrintMark(job.copy_no, now, session.name)


def next_mark(hall: OpenHall, session: Session, paper_no: str) -> PrintMark:
    """The mark that the next print would have; nothing is written."""
    with hall.reading() as reading:
        copy_no = PAPERS.last_copy(reading, paper_no) + 1
    return PrintMark(copy_no, hall.clock.now(), session.name)


def mark_job(hall: OpenHall, job_id: int, state: str, why: str = "") -> None:
    """Keep how the print of a paper went on: printing, printed or failed with its reason."""
    prints.move_on(hall, PAPERS, job_id, state, why)
