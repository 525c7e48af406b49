"""Taking a payment: one unit of work, one commit, one answer."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from counter_app.clock import new_entry_id
from counter_app.domain.customers import Customer, CustomerUnknown, Service
from counter_app.domain.journal import Draft, Entry, Posting, nonzero
from counter_app.domain.payment_refusals import BillsChanged, IntentUsed
from counter_app.domain.payments import CASH, PREPAID, Plan, Position, Tender, Wish, open_bills, plan
from counter_app.domain.receipts import ReceiptFacts
from counter_app.domain.refusals import Refused
from counter_app.domain.shifts import NoOpenShift, Shift, ShiftOfSomebodyElse
from counter_app.domain.staff import Right, Session
from counter_app.services.receipt_facts import facts_of
from counter_app.storage import intents
from counter_app.storage import payments as rows
from counter_app.storage.books import add_cash_book, books_of_account
from counter_app.storage.customers import find_customer, load_account
from counter_app.storage.hall import OpenHall
from counter_app.storage.journal import find_by_intent, stamp
from counter_app.storage.shifts import DRAWER, open_shift_of
from counter_app.storage.sql import Reading, Writing
from counter_app.storage.staff import find_staff
from counter_app.storage.trouble import CommitUncertain, StoreTrouble


class NotRecorded(StoreTrouble):
    """The file said no, and looking the intent up showed that nothing was recorded: the money can go back."""


@dataclass(frozen=True, slots=True)
class Order:
    """What the teller pressed: her wish for an account, under the intent of the dialogue, as she saw it previewed."""

    intent_id: str
    customer_id: int
    account_id: int
    wish: Wish
    previewed: Plan


@dataclass(frozen=True, slots=True)
class Taken:
    """A payment that is recorded: its receipt, and the services that come back.

    `is_late_answer` says that the file gave an error first and the intent was found after reopening.
    """

    payment_id: str
    entry: int
    facts: ReceiptFacts
    restored: tuple[Service, ...] = ()
    is_late_answer: bool = False

    @property
    def receipt_no(self) -> str:
        """The number on the receipt."""
        return self.facts.receipt_no


def begin(hall: OpenHall, session: Session, intent_id: str, customer_id: int, amount_fen: int) -> None:
    """Keep the intent before cash is confirmed, so that a crash can be answered (reliability 2.3)."""
    with hall.writing() as work:
        shift = open_shift_of(work, hall.hall.counter_id)
        intents.begin(
            work,
            intent_id,
            kind="payment.take",
            customer_id=customer_id,
            shift_id=shift.shift_id if shift else None,
            staff_no=session.staff_no,
            amount_fen=amount_fen,
            begun_at=stamp(hall.clock.now()),
        )


def take(hall: OpenHall, session: Session, order: Order) -> Taken:
    """Take the money: entry, postings, settlements, tenders, receipt and restore orders in one commit.

    Raises:
        Refused: `NoRight`, `NoOpenShift`, `ShiftOfSomebodyElse`, `CustomerUnknown`, `IntentUsed`, `BillsChanged`, and
            those of `domain.payments.plan`.
        MoneyIsOff: the self-test has findings.
        NotRecorded: the file failed and nothing was recorded.
        CommitUncertain: the file failed and does not open; ask again with `resolve`.
    """
    session.need(Right.TAKE_PAYMENT)
    try:
        with hall.writing(money=True) as work:
            return _take(hall, work, session, order)
    except CommitUncertain as error:
        return resolve(hall, order.intent_id, error)


def resolve(hall: OpenHall, intent_id: str, error: CommitUncertain) -> Taken:
    """After a failed COMMIT: reopen the file and look the intent up; never a second try under a new id.

    Raises:
        NotRecorded: it is not in the journal.
        CommitUncertain: the file does not open yet.
    """
    try:
        hall.store.reopen()
    except StoreTrouble as still:
        raise CommitUncertain(still.why) from still
    with hall.reading() as reading:
        found = find_by_intent(reading, intent_id)
        if found is None:
            raise NotRecorded(error.why) from error
        return replace(recorded(reading, found.id), is_late_answer=True)


def recorded(reading: Reading, entry: int) -> Taken:
    """The payment that an entry recorded.

    Raises:
        LookupError: the entry is no payment.
    """
    receipt_no = rows.receipt_of_entry(reading, entry)
    kept = rows.receipt_facts(reading, receipt_no) if receipt_no else None
    if kept is None:
        raise LookupError(entry)
    return Taken(kept[1], entry, ReceiptFacts.from_json(kept[0]))


def position_of(hall: OpenHall, reading: Reading, customer: Customer, account_id: int, shift: Shift | None) -> Position:
    """Where an account stands on the shift's business date (today without a shift).

    Raises:
        Refused: `CustomerUnknown`.
    """
    loaded = load_account(reading, account_id)
    if loaded is None or loaded[0].customer_id != customer.id:
        raise Refused(CustomerUnknown(str(account_id)))
    account, services, bills = loaded
    on = shift.business_date if shift else hall.clock.now().date()
    policy = hall.pack.late_fee_policy("resident" if customer.customer_class == "resident" else "other", on)
    return Position(
        on=on,
        account=account,
        services=services,
        open_bills=open_bills(bills, policy, on),
        books=books_of_account(reading, account_id),
        allocation=hall.pack.allocation_policy(on),
        tenders=hall.pack.tenders(on),
    )


def _take(hall: OpenHall, work: Writing, session: Session, order: Order) -> Taken:
    found = find_by_intent(work, order.intent_id)
    if found is not None:
        raise Refused(IntentUsed(rows.receipt_of_entry(work, found.id) or ""))
    shift = own_shift(hall, work, session)
    customer = find_customer(work, order.customer_id)
    if customer is None:
        raise Refused(CustomerUnknown(str(order.customer_id)))
    position = position_of(hall, work, customer, order.account_id, shift)
    wish = replace(order.wish, may_redirect=session.may(Right.REDIRECT_PAYMENT))
    made = plan(position, wish)
    if made.digest != order.previewed.digest:
        raise Refused(BillsChanged(order.previewed.due_before_fen, made.due_before_fen))
    return _record(hall, work, session, order, customer, position, shift, made)


def own_shift(hall: OpenHall, reading: Reading, session: Session) -> Shift:
    """The counter's open shift, if it is this person's.

    Raises:
        Refused: `NoOpenShift`, `ShiftOfSomebodyElse`.
    """
    shift = open_shift_of(reading, hall.hall.counter_id)
    if shift is None:
        raise Refused(NoOpenShift())
    if shift.staff_no != session.staff_no:
        other = find_staff(reading, shift.staff_no)
        raise Refused(ShiftOfSomebodyElse(shift.staff_no, other.name if other else "", shift.shift_no))
    return shift


def _record(
    hall: OpenHall,
    work: Writing,
    session: Session,
    order: Order,
    customer: Customer,
    position: Position,
    shift: Shift,
    made: Plan,
) -> Taken:
    now = hall.clock.now()
    year = shift.business_date.year
    serial = rows.next_serial(work, hall.hall.counter_id, year)
    facts = facts_of(hall, session, customer, position, shift, made, now, serial)
    digest = hashlib.sha256(facts.to_json().encode()).hexdigest()
    stored_book = _stored_book(work, position, made)
    settled = tuple(
        rows.SettlementRow(
            f"{order.intent_id}:{line.bill.bill_no}",
            line.bill.bill_id,
            line.share.principal_fen,
            line.share.late_fee_fen,
            line.share.collection_cost_fen,
        )
        for line in made.lines
    )
    entry = hall.journal.append(
        work,
        Draft(
            kind="payment.take",
            body=_body(order, made, settled, stored_book, facts, digest),
            staff_no=session.staff_no,
            business_date=shift.business_date,
            postings=_postings(made, shift, stored_book),
            shift_id=shift.shift_id,
            customer_id=customer.id,
            intent_id=order.intent_id,
        ),
    )
    facts = replace(facts, entry_id=entry.place.entry_id, entry_hash=entry.hash.hex())
    row = rows.PaymentRow(
        payment_id=entry.place.entry_id,
        entry=entry.id,
        customer_id=customer.id,
        account_id=position.account.id,
        shift_id=shift.shift_id,
        staff_no=session.staff_no,
        business_date=shift.business_date,
        taken_at=stamp(now),
        settled_fen=made.settled_fen,
        received_fen=made.received_fen,
        change_fen=made.change_fen,
        prepaid_used_fen=made.prepaid_used_fen,
        prepaid_stored_fen=made.stored_fen,
        receipt_no=facts.receipt_no,
    )
    rows.add_payment(work, row, made.tenders, settled)
    rows.add_receipt(
        work,
        receipt_no=facts.receipt_no,
        counter_id=hall.hall.counter_id,
        year=year,
        serial=serial,
        row=row,
        facts=facts.to_json(),
        digest=digest,
    )
    intents.record(work, order.intent_id, entry.id)
    for service in made.restored:
        _order_restore(hall, work, session, shift, entry, service, now)
    return Taken(row.payment_id, entry.id, facts, made.restored)


def _stored_book(work: Writing, position: Position, made: Plan) -> int | None:
    """The book that takes what is left over; an account gets its first cash book when it needs one."""
    if not made.stored_fen:
        return None
    for held in position.books:
        if held.book.kind == "cash" and not held.book.items and not held.book.is_expired(position.on):
            return held.id
    return add_cash_book(work, position.account.id, position.on)


def _postings(made: Plan, shift: Shift, stored_book: int | None) -> tuple[Posting, ...]:
    """Money in is positive, what it settles is negative; together nothing (domain_rules 10)."""
    given = [
        Posting(DRAWER if tender.kind == CASH else tender.kind, shift.shift_id, tender.amount_fen)
        for tender in made.tenders
        if tender.kind != PREPAID
    ]
    back = [Posting(DRAWER, shift.shift_id, -made.change_fen)]
    used = [Posting(PREPAID, str(book_id), amount_fen) for book_id, amount_fen in made.prepaid_used]
    settled = [
        Posting(account, str(line.bill.bill_id), -amount_fen)
        for line in made.lines
        for account, amount_fen in (
            ("cost", line.share.collection_cost_fen),
            ("late_fee", line.share.late_fee_fen),
            ("receivable", line.share.principal_fen),
        )
    ]
    kept = [Posting(PREPAID, str(stored_book), -made.stored_fen)]
    return nonzero([*given, *back, *used, *settled, *kept])


def _body(
    order: Order,
    made: Plan,
    settled: Sequence[rows.SettlementRow],
    stored_book: int | None,
    facts: ReceiptFacts,
    digest: str,
) -> dict[str, Any]:
    books = [[book_id, -amount_fen] for book_id, amount_fen in made.prepaid_used]
    if stored_book is not None:
        books.append([stored_book, made.stored_fen])
    return {
        "account_id": order.account_id,
        "settlements": [list(part) for part in settled],
        "tenders": [_tender_row(tender) for tender in made.tenders],
        "settled_fen": made.settled_fen,
        "received_fen": made.received_fen,
        "change_fen": made.change_fen,
        "prepaid_used_fen": made.prepaid_used_fen,
        "prepaid_stored_fen": made.stored_fen,
        "books": books,
        "late_fee_rules": {line.bill.bill_no: line.working.version for line in made.lines if line.share.late_fee_fen},
        "redirect_reason": order.wish.redirect_reason,
        "restored": [service.id for service in made.restored],
        "receipt": {
            "receipt_no": facts.receipt_no,
            "year": facts.year,
            "serial": facts.serial,
            "facts_sha256": digest,
        },
    }


def _tender_row(tender: Tender) -> list[str | int | None]:
    document_on = tender.document_on.isoformat() if tender.document_on else None
    return [tender.kind, tender.amount_fen, tender.reference, tender.bank, tender.document_no, document_on]


def _order_restore(
    hall: OpenHall, work: Writing, session: Session, shift: Shift, paid: Entry, service: Service, now: datetime
) -> None:
    """The payment brings the service back: an order with its clock, in the same commit (001-2, 001-25)."""
    order_id = new_entry_id(hall.clock)
    hours = hall.pack.restore_hours(shift.business_date) or 24
    due_at = stamp(now + timedelta(hours=hours))
    entry = hall.journal.append(
        work,
        Draft(
            kind="restore.sent",
            body={"order_id": order_id, "service_id": service.id, "payment_id": paid.place.entry_id, "due_at": due_at},
            staff_no=session.staff_no,
            business_date=shift.business_date,
            shift_id=shift.shift_id,
            customer_id=paid.draft.customer_id,
            cause_entry_id=paid.place.entry_id,
        ),
    )
    rows.add_restore_order(
        work,
        order_id=order_id,
        service_id=service.id,
        payment_id=paid.place.entry_id,
        entry=entry.id,
        ordered_at=stamp(now),
        due_at=due_at,
    )
    rows.set_service_state(work, service.id, "restoring", shift.business_date, "paid")
