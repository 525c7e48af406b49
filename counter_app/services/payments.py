"""Taking a payment: one unit of work, one commit, one answer."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime

from counter_app.domain.customers import Customer, CustomerUnknown, Service, in_pack_order
from counter_app.domain.journal import Draft, Entry
from counter_app.domain.payment_refusals import BillsChanged, IntentUsed
from counter_app.domain.payments import Plan, Position, Wish, open_bills, plan
from counter_app.domain.receipts import ReceiptFacts
from counter_app.domain.refusals import Refused
from counter_app.domain.shifts import NoOpenShift, Shift, ShiftOfSomebodyElse
from counter_app.domain.staff import Right, Session
from counter_app.services import authority
from counter_app.services.intents import look_up
from counter_app.services.payment_entry import body_of, postings_of, settled_of
from counter_app.services.receipt_facts import facts_of, seal, sealed_text
from counter_app.services.restores import order_restore
from counter_app.storage import intents, receipts
from counter_app.storage import payments as rows
from counter_app.storage.accounts import load_account
from counter_app.storage.books import add_cash_book
from counter_app.storage.hall import OpenHall
from counter_app.storage.journal import Found, find_by_intent, stamp
from counter_app.storage.shifts import open_shift_of
from counter_app.storage.sql import Reading, Writing
from counter_app.storage.staff import find_staff
from counter_app.storage.trouble import CommitUncertain
from counter_app.storage.trouble import NotRecorded as NotRecorded


@dataclass(frozen=True, slots=True)
class Order:
    """What the teller pressed: her wish for an account, under the intent of the dialogue, as she saw it previewed."""

    intent_id: str
    customer_id: int
    account_id: int
    wish: Wish
    previewed: Plan


@dataclass(frozen=True, slots=True)
class Moved:
    """Where money comes from that was booked to a wrong account: the entry that moves it, and the payment it was."""

    move_id: str
    payment_id: str


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
    """Keep the intent before cash is confirmed, so that a crash can be answered (reliability 2.3).

    Raises:
        Refused: `NoRight`, `SignedOut`.
    """
    with hall.writing() as work:
        authority.still(work, session, Right.TAKE_PAYMENT)
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
        Refused: `NoRight`, `SignedOut`, `NoOpenShift`, `ShiftOfSomebodyElse`, `CustomerUnknown`, `IntentUsed`,
            `BillsChanged`, and those of `domain.payments.plan`.
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

    def late(reading: Reading, found: Found) -> Taken:
        return replace(recorded(reading, found.id), is_late_answer=True)

    return look_up(hall, intent_id, error, late)


def recorded(reading: Reading, entry: int) -> Taken:
    """The payment that an entry recorded.

    Raises:
        LookupError: the entry is no payment.
    """
    receipt_no = receipts.receipt_of_entry(reading, entry)
    kept = receipts.receipt_facts(reading, receipt_no) if receipt_no else None
    if kept is None:
        raise LookupError(entry)
    return Taken(kept[1], entry, ReceiptFacts.from_json(kept[0]))


def position_of(
    hall: OpenHall, reading: Reading, customer_id: int, account_id: int, shift: Shift | None
) -> tuple[Customer, Position]:
    """The customer, and where an account of theirs stands on the shift's business date (today without a shift).

    Raises:
        Refused: `CustomerUnknown`.
    """
    loaded = load_account(reading, account_id)
    if loaded is None or loaded.customer.id != customer_id:
        raise Refused(CustomerUnknown(str(account_id)))
    customer, account, services, bills, books = loaded
    on = shift.business_date if shift else hall.clock.now().date()
    rules = hall.rules_on(on)
    policy = rules.late_fee_policy(customer.customer_class)
    return customer, Position(
        on=on,
        account=account,
        services=services,
        open_bills=open_bills(bills, policy, on),
        books=in_pack_order(books, rules.book_order),
        allocation=rules.allocation,
        tenders=rules.tenders,
    )


def _take(hall: OpenHall, work: Writing, session: Session, order: Order) -> Taken:
    authority.still(work, session, Right.TAKE_PAYMENT)
    found = find_by_intent(work, order.intent_id)
    if found is not None:
        raise Refused(IntentUsed(receipts.receipt_of_entry(work, found.id) or ""))
    shift = own_shift(hall, work, session)
    customer, position = position_of(hall, work, order.customer_id, order.account_id, shift)
    wish, may_redirect = order.wish, session.may(Right.REDIRECT_PAYMENT)
    if wish.may_redirect is not may_redirect:
        wish = replace(wish, may_redirect=may_redirect)
    made = plan(position, wish)
    if made.digest != order.previewed.digest:
        raise Refused(BillsChanged(order.previewed.due_before_fen, made.due_before_fen))
    return record(hall, work, session, order, customer, position, shift, made)


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


def record(
    hall: OpenHall,
    work: Writing,
    session: Session,
    order: Order,
    customer: Customer,
    position: Position,
    shift: Shift,
    made: Plan,
    moved: Moved | None = None,
) -> Taken:
    """Write a payment that was planned, in the unit of work of whoever allowed it; `moved` says that its money comes
    from another payment.
    """
    now = hall.clock.now()
    counter_id = hall.hall.counter_id
    serial = receipts.next_serial(work, counter_id, shift.business_date.year)
    facts = facts_of(hall, session, customer, position, shift, made, now, serial)
    text = facts.to_json()
    digest = hashlib.sha256(text.encode()).hexdigest()
    stored_book = _stored_book(work, position, made)
    settled = settled_of(order.intent_id, made)
    entry = hall.journal.append(
        work,
        Draft(
            kind="payment.take",
            body=body_of(order.account_id, order.wish, made, settled, stored_book, facts, digest),
            staff_no=session.staff_no,
            business_date=shift.business_date,
            postings=postings_of(made, shift.shift_id, stored_book, moved.payment_id if moved else ""),
            shift_id=shift.shift_id,
            customer_id=customer.id,
            intent_id=order.intent_id,
            cause_entry_id=moved.move_id if moved else None,
        ),
    )
    payment_id = entry.place.entry_id
    seal(facts, payment_id, entry.hash.hex())
    rows.add_payment(work, _row(entry, position, shift, made, facts, now), made.tenders, settled)
    receipts.add_receipt(
        work,
        payment_id=payment_id,
        entry=entry.id,
        counter_id=counter_id,
        facts=facts,
        text=sealed_text(text, facts),
        digest=digest,
    )
    intents.record(work, order.intent_id, entry.id)
    for service in made.restored:
        order_restore(hall, work, entry, service, now)
    return Taken(payment_id, entry.id, facts, made.restored)


def _row(
    entry: Entry, position: Position, shift: Shift, made: Plan, facts: ReceiptFacts, now: datetime
) -> rows.PaymentRow:
    return rows.PaymentRow(
        payment_id=entry.place.entry_id,
        entry=entry.id,
        customer_id=position.account.customer_id,
        account_id=position.account.id,
        shift_id=shift.shift_id,
        staff_no=entry.draft.staff_no,
        business_date=shift.business_date.isoformat(),
        taken_at=stamp(now),
        settled_fen=made.settled_fen,
        received_fen=made.received_fen,
        change_fen=made.change_fen,
        prepaid_used_fen=made.prepaid_used_fen,
        prepaid_stored_fen=made.stored_fen,
        receipt_no=facts.receipt_no,
    )


def _stored_book(work: Writing, position: Position, made: Plan) -> int | None:
    """The book that takes what is left over; an account gets its first cash book when it needs one."""
    if not made.stored_fen:
        return None
    for held in position.books:
        if held.book.kind == "cash" and not held.book.items and not held.book.is_expired(position.on):
            return held.id
    return add_cash_book(work, position.account.id, position.on)
