"""A receipt for prepaid money that another channel took (001-29): given once, marked with where it was paid."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from counter_app.domain.customers import Customer
from counter_app.domain.journal import Draft, Entry
from counter_app.domain.masks import mask
from counter_app.domain.papers import facts_text
from counter_app.domain.payments import Position
from counter_app.domain.refusals import Refused
from counter_app.domain.staff import Right, Session
from counter_app.domain.topup_receipts import (
    TOPUP_RECEIPT,
    TopupReceiptFacts,
    topup_receipt_number,
)
from counter_app.domain.topups import NOTE, Topup, TopupNoted, TopupUnknown
from counter_app.services import authority, papers
from counter_app.services.intents import once
from counter_app.services.papers import Place, person
from counter_app.services.payments import position_of
from counter_app.storage import topups as rows
from counter_app.storage.hall import OpenHall
from counter_app.storage.journal import Found
from counter_app.storage.papers import next_serial, papers_of
from counter_app.storage.sql import Reading, Writing
from counter_app.storage.tasks import counter_names


def give(hall: OpenHall, session: Session, whose: tuple[int, int], move_id: str, intent_id: str) -> str:
    """Give the receipt for a top-up of a customer's account (`whose`: both ids); its number. One that this counter gave
    before is the same one again, and whoever prints it gets a reprint.

    Raises:
        Refused: `NoRight`, `SignedOut`, `CustomerUnknown`, `TopupUnknown`; `TopupNoted`: another counter gave it.
        NotRecorded, CommitUncertain: the file failed; ask again under the same intent.
    """
    session.need(Right.TAKE_PAYMENT)
    customer_id, account_id = whose

    def act(work: Writing) -> str:
        authority.still(work, session, Right.TAKE_PAYMENT)
        customer, position = position_of(hall, work, customer_id, account_id, None)
        topup = rows.find_topup(work, account_id, move_id)
        if topup is None:
            raise Refused(TopupUnknown(move_id))
        before = rows.noted_here(work, customer_id).get(move_id)
        if before is not None:
            return _paper_of(work, before)
        counter_id = rows.noted_elsewhere(work, move_id)
        if counter_id is not None:
            raise Refused(TopupNoted(topup.reference, counter_names(work).get(counter_id, "")))
        return _give(hall, work, session, customer, position, topup, intent_id)

    return once(hall, intent_id, act, _given, is_money=False)


def _give(
    hall: OpenHall,
    work: Writing,
    session: Session,
    customer: Customer,
    position: Position,
    topup: Topup,
    intent_id: str,
) -> str:
    own, now = hall.hall, hall.clock.now()
    serial = next_serial(work, own.counter_id, now.year, TOPUP_RECEIPT)
    codes = {"hall_code": own.hall_code, "counter_code": own.counter_code}
    number = topup_receipt_number(**codes, year=now.year, serial=serial)
    body = {
        "move_id": topup.move_id,
        "book_id": topup.book_id,
        "account_id": position.account.id,
        "account_no": position.account.account_no,
        "amount_fen": topup.amount_fen,
        "paper_no": number,
    }
    draft = Draft(NOTE, body, session.staff_no, now.date(), customer_id=customer.id, intent_id=intent_id)
    entry = hall.journal.append(work, draft)
    facts = _facts(hall, work, session, customer, position, topup, entry, Numbered(number, serial, now))
    papers.issue(
        hall,
        work,
        Place(number, TOPUP_RECEIPT, now.year, serial, ("act_id", entry.place.entry_id)),
        facts_text(facts),
        staff_no=session.staff_no,
        business_date=now.date(),
        customer_id=customer.id,
    )
    return number


@dataclass(frozen=True, slots=True)
class Numbered:
    """Where a receipt stands in its series, and when it was given."""

    paper_no: str
    serial: int
    at: datetime


def _facts(
    hall: OpenHall,
    work: Reading,
    session: Session,
    customer: Customer,
    position: Position,
    topup: Topup,
    entry: Entry,
    place: Numbered,
) -> TopupReceiptFacts:
    own = hall.hall
    return TopupReceiptFacts(
        hall_name=own.name,
        company=own.company,
        hall_id=own.hall_id,
        counter_id=own.counter_id,
        counter_name=own.counter_name,
        hotline=own.hotline,
        paper_no=place.paper_no,
        year=place.at.year,
        serial=place.serial,
        act_id=entry.place.entry_id,
        move_id=topup.move_id,
        issued_at=place.at.replace(microsecond=0),
        staff=person(work, session.staff_no),
        customer_no=customer.customer_no,
        customer_name_masked=mask("name" if customer.kind == "person" else "org_name", customer.name),
        account_no=position.account.account_no,
        book_name=next(held.name for held in position.books if held.id == topup.book_id),
        amount_fen=topup.amount_fen,
        paid_on=topup.paid_on,
        channel=topup.channel,
        reference=topup.reference,
        is_demo=own.is_demo,
    )


def _paper_of(reading: Reading, act_id: str) -> str:
    return next(paper.paper_no for paper in papers_of(reading, act_id) if paper.kind == TOPUP_RECEIPT)


def _given(reading: Reading, found: Found) -> str:
    return _paper_of(reading, found.entry_id)
