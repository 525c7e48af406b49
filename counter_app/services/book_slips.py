"""The papers of prepaid money: slips issued in the commit of a move or a refund, and the prints of these and of
receipts for top-ups, as tracked jobs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from counter_app.documents.book_slip import book_slip_pdf, missing_in_book_slip
from counter_app.documents.paper import Paper
from counter_app.documents.topup_receipt import missing_in_topup_receipt, topup_receipt_pdf
from counter_app.domain.book_moves import BookMovePlan, BookRefundPlan
from counter_app.domain.book_slips import (
    HEADINGS,
    MOVE_SLIP,
    REFUND_SLIP,
    BookSlipFacts,
    SlipBook,
    book_slip_number,
    book_slip_of_text,
)
from counter_app.domain.customers import Customer
from counter_app.domain.journal import Entry
from counter_app.domain.masks import mask
from counter_app.domain.money import Fen
from counter_app.domain.papers import facts_text
from counter_app.domain.payment_history import PrintJob
from counter_app.domain.print_marks import PrintMark
from counter_app.domain.staff import Session
from counter_app.domain.topup_receipts import TOPUP_RECEIPT, TopupReceiptFacts, topup_receipt_of_text
from counter_app.services import papers
from counter_app.services.papers import Place, person
from counter_app.storage.hall import OpenHall
from counter_app.storage.papers import find_paper, next_serial, papers_of
from counter_app.storage.sql import Reading, Writing


@dataclass(frozen=True, slots=True)
class SlipOf:
    """What the slip of an act says of the books: its kind, the account, what moved, what stayed, and why."""

    kind: str
    account_no: str
    books: tuple[SlipBook, ...]
    kept: tuple[SlipBook, ...]
    amount_fen: Fen
    reason: str

    @classmethod
    def move(cls, made: BookMovePlan, *, reason: str) -> SlipOf:
        """Money from one book to another."""
        source, to = made.source, made.target
        books = (
            SlipBook(made.account_no, source.name, source.book.balance_fen, -made.amount_fen),
            SlipBook(to.account_no, to.name, to.balance_fen, made.amount_fen),
        )
        return cls(MOVE_SLIP, made.account_no, books, (), made.amount_fen, reason)

    @classmethod
    def refund(cls, made: BookRefundPlan, reason: str) -> SlipOf:
        """The rest given back."""
        no = made.account_no
        books = tuple(SlipBook(no, held.name, held.book.balance_fen, -held.book.balance_fen) for held in made.books)
        kept = tuple(SlipBook(no, held.name, held.book.balance_fen, 0) for held in made.kept)
        return cls(REFUND_SLIP, no, books, kept, made.amount_fen, reason)


@dataclass(frozen=True, slots=True)
class BookSlipOrder:
    """A print that was asked for: the job, the mark on its paper, the facts."""

    job: PrintJob
    mark: PrintMark
    facts: BookSlipFacts | TopupReceiptFacts

    @property
    def missing_characters(self) -> str:
        """Characters that no font of ours holds; they are said before paper is used."""
        if isinstance(self.facts, TopupReceiptFacts):
            return missing_in_topup_receipt(self.facts, self.mark)
        return missing_in_book_slip(self.facts, self.mark)


def issue(
    hall: OpenHall,
    work: Writing,
    session: Session,
    entry: Entry,
    about: SlipOf,
    customer: Customer,
    approvers: Sequence[str],
    now: datetime,
) -> str:
    """Issue the slip in the unit of work whose `entry` moves the money; gives its number."""
    own, kind, year, act_id = hall.hall, about.kind, now.year, entry.place.entry_id
    serial = next_serial(work, own.counter_id, year, kind)
    number = book_slip_number(kind, hall_code=own.hall_code, counter_code=own.counter_code, year=year, serial=serial)
    facts = BookSlipFacts(
        hall_name=own.name,
        company=own.company,
        hall_id=own.hall_id,
        counter_id=own.counter_id,
        counter_name=own.counter_name,
        hotline=own.hotline,
        paper_no=number,
        kind=kind,
        year=year,
        serial=serial,
        act_id=act_id,
        issued_at=now.replace(microsecond=0),
        business_date=entry.draft.business_date,
        staff=person(work, session.staff_no),
        approvers=tuple(person(work, staff_no) for staff_no in approvers),
        customer_no=customer.customer_no,
        customer_name_masked=mask("name" if customer.kind == "person" else "org_name", customer.name),
        account_no=about.account_no,
        books=about.books,
        kept=about.kept,
        amount_fen=about.amount_fen,
        reason=about.reason,
        is_demo=own.is_demo,
    )
    place = Place(number, kind, year, serial, ("act_id", act_id))
    text, on = facts_text(facts), entry.draft.business_date
    papers.issue(hall, work, place, text, staff_no=session.staff_no, business_date=on, customer_id=customer.id)
    return number


def slip_of(reading: Reading, act_id: str) -> str:
    """The number of the slip of an act; empty where none was issued at this counter."""
    found = [paper for paper in papers_of(reading, act_id) if paper.kind in HEADINGS]
    return found[-1].paper_no if found else ""


def order_print(hall: OpenHall, session: Session, paper_no: str, *, paper: str, printer: str) -> BookSlipOrder:
    """Ask for a print; the first is the original, every further one is a reprint and says so. `paper` is a4 or a5.

    Raises:
        Refused: `NoRight` (any print, or more reprints than the pack leaves to a teller), `SignedOut`, `PaperUnknown`,
            `PaperErased`.
    """
    facts: BookSlipFacts | TopupReceiptFacts
    with hall.reading() as reading:
        found = find_paper(reading, paper_no)
        is_receipt = found is not None and found.kind == TOPUP_RECEIPT
        text = papers.facts_text(reading, paper_no, (*HEADINGS, TOPUP_RECEIPT))
        facts = topup_receipt_of_text(text) if is_receipt else book_slip_of_text(text)
    sheet = Paper.A5 if paper == Paper.A5.value else Paper.A4
    return BookSlipOrder(*papers.order(hall, session, paper_no, sheet=sheet.value, printer=printer), facts)


def render(order: BookSlipOrder) -> bytes:
    """The PDF of a print; the same order gives the same bytes."""
    if isinstance(order.facts, TopupReceiptFacts):
        return topup_receipt_pdf(order.facts, paper=Paper(order.job.paper), mark=order.mark)
    return book_slip_pdf(order.facts, paper=Paper(order.job.paper), mark=order.mark)
