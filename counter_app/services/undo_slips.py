"""The slip for an undone payment: issued in the commit that undoes it, printed and printed again as tracked jobs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from counter_app.devices.escpos import EscPosSettings
from counter_app.devices.undo_escpos import undo_escpos
from counter_app.documents.line_image import line_image
from counter_app.documents.paper import Paper
from counter_app.documents.undo_slip import missing_in_undo_slip, undo_slip_pdf
from counter_app.domain.journal import Entry
from counter_app.domain.papers import PaperPerson, facts_text
from counter_app.domain.payment_history import PrintJob
from counter_app.domain.print_marks import PrintMark
from counter_app.domain.staff import Session
from counter_app.domain.undo import KIND_OF, TRANSFER, UndoPlan, UndoWish
from counter_app.domain.undo_slip_wording import CODE, reason_words, why_words
from counter_app.domain.undo_slips import (
    HEADINGS,
    SLIP_OF,
    MoneyBack,
    UndoneBill,
    UndoSlipFacts,
    undo_slip_number,
    undo_slip_of_text,
)
from counter_app.services import papers, printing
from counter_app.services.undo_originals import original_of
from counter_app.services.voids import slip_of
from counter_app.storage.hall import OpenHall
from counter_app.storage.papers import next_serial
from counter_app.storage.sql import Reading, Writing

_TAIL = 4


class _Place(NamedTuple):
    """Where a slip stands in its series."""

    paper_no: str
    kind: str
    serial: int
    at: datetime


@dataclass(frozen=True, slots=True)
class UndoSlipOrder:
    """A print that was asked for: the job, the mark on its paper, the facts."""

    job: PrintJob
    mark: PrintMark
    facts: UndoSlipFacts

    @property
    def missing_characters(self) -> str:
        """Characters that no font of ours holds; they are said before paper is used."""
        return missing_in_undo_slip(self.facts, self.mark)


def issue(
    hall: OpenHall,
    work: Writing,
    session: Session,
    plan: UndoPlan,
    wish: UndoWish,
    entry: Entry,
    approvers: tuple[str, ...],
    now: datetime,
    *,
    to_account_no: str = "",
) -> str:
    """Issue the slip in the unit of work whose `entry` undoes the payment; gives its number."""
    own, kind, payment_id = hall.hall, SLIP_OF[KIND_OF[plan.way]], plan.paid.payment_id
    serial = next_serial(work, own.counter_id, now.year, kind)
    codes = {"hall_code": own.hall_code, "counter_code": own.counter_code}
    place = _Place(undo_slip_number(kind, **codes, year=now.year, serial=serial), kind, serial, now)
    people = (_person(work, session.staff_no), *(_person(work, staff_no) for staff_no in approvers))
    facts = _facts_now(hall, work, plan, wish, people, place, to_account_no)
    papers.issue(
        hall,
        work,
        papers.Place(place.paper_no, kind, now.year, serial, ("payment_id", payment_id)),
        facts_text(facts),
        staff_no=session.staff_no,
        business_date=now.date(),
        customer_id=plan.paid.customer_id,
        also={"undo_id": entry.place.entry_id},
    )
    return place.paper_no


def number_of(hall: OpenHall, payment_id: str) -> str:
    """The number of the slip of an undone payment; empty where none was issued at this counter."""
    with hall.reading() as reading:
        return slip_of(reading, payment_id)


def order_print(hall: OpenHall, session: Session, paper_no: str, *, paper: str, printer: str) -> UndoSlipOrder:
    """Ask for a print; the first is the original, every further one is a reprint and says so. `paper` is a5, a4 or
    roll-80.

    Raises:
        Refused: `NoRight` (any print, or more reprints than the pack leaves to a teller), `SignedOut`, `PaperUnknown`,
            `PaperErased`.
    """
    with hall.reading() as reading:
        facts = undo_slip_of_text(papers.facts_text(reading, paper_no, HEADINGS))
    asked = papers.order(hall, session, paper_no, sheet=Paper(paper).value, printer=printer)
    return UndoSlipOrder(*asked, facts)


def render(order: UndoSlipOrder) -> bytes:
    """The PDF of a print; the same order gives the same bytes."""
    return undo_slip_pdf(order.facts, paper=Paper(order.job.paper), mark=order.mark)


def send(hall: OpenHall, order: UndoSlipOrder) -> str:
    """Bring a print to its printer and say where it went; a receipt printer gets it in its own language.

    Raises:
        NotPrinted: it did not get through.
    """

    def own_language() -> bytes:
        return undo_escpos(order.facts, mark=order.mark, settings=EscPosSettings(), line_image=line_image)

    return printing.print_sheet(hall, order.job, render(order), own_language=own_language)


def _person(reading: Reading, staff_no: str) -> PaperPerson:
    """Somebody by number and name; a one-time code of the hub stands for a person who was not there."""
    if staff_no.startswith(f"{CODE}:"):
        return PaperPerson(staff_no.partition(":")[2], "一次性授权码")
    return papers.person(reading, staff_no)


def _facts_now(
    hall: OpenHall,
    work: Reading,
    plan: UndoPlan,
    wish: UndoWish,
    people: tuple[PaperPerson, ...],
    place: _Place,
    to_account_no: str,
) -> UndoSlipFacts:
    own, paid = hall.hall, plan.paid
    reason = hall.pack.undo_reasons(plan.on).named(wish.reason_code)
    receipt = original_of(hall, work, paid.receipt_no)
    moves = [book.amount_fen for book in paid.books]
    return UndoSlipFacts(
        hall_name=own.name,
        company=own.company,
        hall_id=own.hall_id,
        counter_id=own.counter_id,
        counter_name=own.counter_name,
        hotline=receipt.hotline,
        paper_no=place.paper_no,
        kind=place.kind,
        year=place.at.year,
        serial=place.serial,
        payment_id=paid.payment_id,
        receipt_no=paid.receipt_no,
        paid_at=receipt.at,
        paid_on=paid.business_date,
        receipt_fen=receipt.total_fen,
        issued_at=place.at.replace(microsecond=0),
        business_date=plan.on,
        staff=people[0],
        approvers=people[1:],
        customer_no=receipt.customer_no,
        customer_name_masked=receipt.customer_name_masked,
        account_no=paid.account_no,
        to_account_no=to_account_no,
        reason=reason_words(reason.name_zh, wish.reason),
        bills=tuple(
            UndoneBill(part.month, part.bill_no, part.principal_fen, part.late_fee_fen, part.cost_fen)
            for part in paid.parts
        ),
        from_books_fen=sum(fen for fen in moves if fen > 0),
        to_books_fen=-sum(fen for fen in moves if fen < 0),
        money=_money(plan),
        back_fen=plan.back_fen,
        paper="none" if not receipt.has_receipt else "returned" if wish.is_receipt_returned else "lost",
        red_note=wish.red_no.strip(),
        is_demo=own.is_demo,
    )


def _money(plan: UndoPlan) -> tuple[MoneyBack, ...]:
    """How the money goes back, one part for each tender; a moved payment is one sum that goes nowhere."""
    if plan.way == "move":
        return (MoneyBack(TRANSFER, plan.back_fen),)
    return tuple(
        MoneyBack(
            back.to,
            back.fen,
            (back.reference or back.document_no)[-_TAIL:],
            back.kind if back.why else "",
            why_words(back.why) if back.why else "",
        )
        for back in plan.tenders
    )
