"""The slip for cash given back: issued in the commit that gives it, printed and printed again as tracked jobs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

from counter_app.documents.credit_slip import missing_in_slip, slip_pdf
from counter_app.documents.paper import Paper
from counter_app.domain.credit_slips import (
    CREDIT_SLIP,
    CreditSlipFacts,
    SlipPayment,
    slip_number,
    slip_of_text,
)
from counter_app.domain.masks import mask_name
from counter_app.domain.papers import facts_text
from counter_app.domain.payment_history import PrintJob
from counter_app.domain.print_marks import PrintMark
from counter_app.domain.staff import Right, Session
from counter_app.domain.tasks import OpenTask
from counter_app.services import papers
from counter_app.storage.hall import OpenHall
from counter_app.storage.papers import Paper as Numbered
from counter_app.storage.papers import next_serial, papers_of, papers_of_kind
from counter_app.storage.print_jobs import PAPERS
from counter_app.storage.sql import Reading, Writing
from counter_app.storage.staff import find_staff
from counter_app.storage.tasks import counter_names

_CHANNELS = {"counter": "柜台", "bank": "银行"}
_MOST = 200


class _Place(NamedTuple):
    """Where a slip stands in its series."""

    paper_no: str
    serial: int
    at: datetime


@dataclass(frozen=True, slots=True)
class SlipOrder:
    """A print that was asked for: the job, the mark on its paper, the facts."""

    job: PrintJob
    mark: PrintMark
    facts: CreditSlipFacts

    @property
    def missing_characters(self) -> str:
        """Characters that no font of ours holds; they are said before paper is used."""
        return missing_in_slip(self.facts, self.mark)


@dataclass(frozen=True, slots=True)
class Issued:
    """A slip as a list shows it: its facts with the customer masked, None where they were erased, and its prints."""

    paper_no: str
    facts: CreditSlipFacts | None
    prints: tuple[PrintJob, ...]


def issue(hall: OpenHall, work: Writing, session: Session, task: OpenTask, approver_no: str, now: datetime) -> str:
    """Issue the slip in the unit of work that gives a task's money back in cash; gives its number."""
    own, year = hall.hall, now.year
    serial = next_serial(work, own.counter_id, year, CREDIT_SLIP)
    paper_no = slip_number(hall_code=own.hall_code, counter_code=own.counter_code, year=year, serial=serial)
    facts = _facts_now(hall, work, session, task, approver_no, _Place(paper_no, serial, now))
    papers.issue(
        hall,
        work,
        papers.Place(paper_no, CREDIT_SLIP, year, serial, ("task_id", task.task_id)),
        facts_text(facts),
        staff_no=session.staff_no,
        business_date=now.date(),
        customer_id=task.customer_id,
    )
    return paper_no


def slip_of(reading: Reading, task_id: str) -> str:
    """The number of the slip of a task; empty where none was issued: nothing went out in cash."""
    found = [paper for paper in papers_of(reading, task_id) if paper.kind == CREDIT_SLIP]
    return found[-1].paper_no if found else ""


def order_print(hall: OpenHall, session: Session, paper_no: str, *, paper: str, printer: str) -> SlipOrder:
    """Ask for a print; the first is the original, every further one is a reprint and says so. `paper` is a4 or a5.

    Raises:
        Refused: `NoRight` (any print, or more reprints than the pack leaves to a teller), `SignedOut`, `PaperUnknown`,
            `PaperErased`.
    """
    with hall.reading() as reading:
        facts = slip_of_text(papers.facts_text(reading, paper_no, (CREDIT_SLIP,)))
    sheet = Paper.A5 if paper == Paper.A5.value else Paper.A4
    return SlipOrder(*papers.order(hall, session, paper_no, sheet=sheet.value, printer=printer), facts)


def render(order: SlipOrder) -> bytes:
    """The PDF of a print; the same order gives the same bytes."""
    return slip_pdf(order.facts, paper=Paper(order.job.paper), mark=order.mark)


def issued(hall: OpenHall, session: Session) -> tuple[Issued, ...]:
    """The slips of this counter that were issued last, the newest first.

    Raises:
        Refused: `NoRight`.
    """
    session.need(Right.REPRINT)
    with hall.reading() as reading:
        return tuple(_issued(reading, paper) for paper in papers_of_kind(reading, CREDIT_SLIP, _MOST))


def _issued(reading: Reading, paper: Numbered) -> Issued:
    text = papers.kept_text(reading, paper)
    facts = slip_of_text(text) if text is not None else None
    if facts is not None:
        facts = replace(facts, customer_name=mask_name(facts.customer_name) if facts.customer_name else "")
    return Issued(paper.paper_no, facts, PAPERS.jobs_of(reading, paper.paper_no))


def _facts_now(
    hall: OpenHall, work: Reading, session: Session, task: OpenTask, approver_no: str, place: _Place
) -> CreditSlipFacts:
    own, said, names = hall.hall, task.facts, counter_names(work)
    approver = find_staff(work, approver_no)
    return CreditSlipFacts(
        hall_name=own.name,
        company=own.company,
        hall_id=own.hall_id,
        counter_id=own.counter_id,
        counter_name=own.counter_name,
        hotline=own.hotline,
        paper_no=place.paper_no,
        year=place.at.year,
        serial=place.serial,
        task_id=task.task_id,
        credit_id=str(said["credit_id"]),
        issued_at=place.at.replace(microsecond=0),
        staff_no=session.staff_no,
        staff_name=session.name,
        approver_no=approver_no,
        approver_name=approver.name if approver else "",
        customer_name=task.customer_name,
        account_no=task.account_no,
        month=str(said.get("month") or ""),
        bill_no=str(said.get("bill_no") or ""),
        principal_fen=_fen(said, "principal_fen"),
        late_fee_fen=_fen(said, "late_fee_fen"),
        cost_fen=_fen(said, "cost_fen"),
        amount_fen=task.amount_fen or 0,
        one=_payment(said.get("this"), names),
        other=_payment(said.get("other"), names),
        is_demo=own.is_demo,
    )


def _payment(said: object, names: Mapping[str, str]) -> SlipPayment | None:
    if not isinstance(said, Mapping) or not said:
        return None
    channel = str(said.get("channel") or "")
    where = names.get(str(said.get("counter_id") or ""), "") or _CHANNELS.get(channel, channel)
    fen = said.get("amount_fen")
    return SlipPayment(
        str(said.get("settled_on") or ""),
        where,
        fen if type(fen) is int else None,
        str(said.get("receipt_no") or ""),
    )


def _fen(said: Mapping[str, Any], key: str) -> int:
    value = said.get(key)
    return value if type(value) is int else 0
