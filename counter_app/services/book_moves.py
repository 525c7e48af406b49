"""Prepaid money moved to another use (预存转用途, 预收转负控购电): shown, signed where the pack asks, one commit."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from counter_app.domain.approvals import ApprovalCase, ApprovalKind, ApprovalRequest, ApprovalRow, Approved, RowKind
from counter_app.domain.book_moves import MOVE, BookMovePlan, MoveWish, Target, plan_move, targets
from counter_app.domain.book_refusals import BookActElse, BooksChanged
from counter_app.domain.customers import Customer, HeldBook
from counter_app.domain.journal import Draft, Posting
from counter_app.domain.masks import mask_in_words
from counter_app.domain.money import Fen
from counter_app.domain.payments import Position
from counter_app.domain.prepaid import BookOpened, BookRules
from counter_app.domain.refusals import Refused
from counter_app.domain.signoffs import SignoffForOther
from counter_app.domain.staff import Right, Session
from counter_app.services import approvals, authority, book_slips
from counter_app.services.approvals import Signed
from counter_app.services.book_slips import SlipOf
from counter_app.services.intents import once
from counter_app.services.payments import position_of
from counter_app.storage.books import PREPAID, accounts_of_customer, add_book, books_of_customer
from counter_app.storage.hall import OpenHall
from counter_app.storage.journal import Found
from counter_app.storage.shifts import open_shift_of
from counter_app.storage.sql import Reading, Writing


@dataclass(frozen=True, slots=True)
class Choices:
    """What may be moved out of an account's books, and where to."""

    on: date
    account_no: str
    sources: tuple[HeldBook, ...]
    targets: tuple[Target, ...]
    rules: BookRules


@dataclass(frozen=True, slots=True)
class BookMoved:
    """Money that was moved: the entry, how much, who signed (nobody where the pack leaves the sum to one), its slip."""

    act_id: str
    amount_fen: Fen
    approvers: tuple[str, ...]
    slip_no: str


def choices(hall: OpenHall, session: Session, customer_id: int, account_id: int) -> Choices:
    """The books of an account that hold anything, and where the customer's own money may go.

    Raises:
        Refused: `NoRight`, `CustomerUnknown`.
    """
    session.need(Right.TAKE_PAYMENT)
    with hall.reading() as reading:
        _, position, to, rules = _scene(hall, reading, customer_id, account_id)
    filled = tuple(held for held in position.books if held.book.balance_fen > 0)
    return Choices(position.on, position.account.account_no, filled, to, rules)


def look(hall: OpenHall, session: Session, customer_id: int, account_id: int, wish: MoveWish) -> BookMovePlan:
    """What the move would do now, and how many people sign it; nothing is written.

    Raises:
        Refused: `NoRight`, `CustomerUnknown`, and those of `domain.book_moves.plan_move` and `approvals.need`.
    """
    session.need(Right.TAKE_PAYMENT)
    with hall.reading() as reading:
        return _plan(hall, reading, session, customer_id, account_id, wish)[0]


def ask(
    hall: OpenHall, session: Session, customer_id: int, plan: BookMovePlan, wish: MoveWish, intent_id: str
) -> ApprovalCase:
    """What the second persons are asked to sign, under the act's own intent.

    Raises:
        Refused: those of `approvals.look`.
    """
    return approvals.look(hall, session, _request(customer_id, plan, wish), intent_id)


def move(
    hall: OpenHall,
    session: Session,
    customer_id: int,
    shown: BookMovePlan,
    wish: MoveWish,
    intent_id: str,
    signed: Signed | None = None,
) -> BookMoved:
    """Move the money as it was shown: entry, postings, the book that is opened for it, and the slip in one commit.

    Raises:
        Refused: as `look` says; `SignedOut`, `BooksChanged`, and those of `approvals.hold`; `BookActElse`: the intent
            is in the journal with another act.
        MoneyIsOff: the self-test has findings.
        NotRecorded, CommitUncertain: the file failed; ask again under the same intent.
    """
    session.need(Right.TAKE_PAYMENT)
    account_id = shown.source.account_id

    def act(work: Writing) -> BookMoved:
        authority.still(work, session, Right.TAKE_PAYMENT)
        made, customer = _plan(hall, work, session, customer_id, account_id, wish)
        if made.digest != shown.digest:
            raise Refused(BooksChanged(made.account_no))
        if signed is not None and signed.challenge.nonce != intent_id:
            raise Refused(SignoffForOther("nonce"))
        approved = approvals.hold(hall, work, session, signed, _request(customer_id, made, wish))
        return _record(hall, work, session, customer, made, wish, intent_id, approved)

    return once(hall, intent_id, act, _recorded)


def _scene(
    hall: OpenHall, reading: Reading, customer_id: int, account_id: int
) -> tuple[Customer, Position, tuple[Target, ...], BookRules]:
    shift = open_shift_of(reading, hall.hall.counter_id)
    customer, position = position_of(hall, reading, customer_id, account_id, shift)
    rules = hall.pack.book_rules(position.on)
    accounts, books = accounts_of_customer(reading, customer_id), books_of_customer(reading, customer_id)
    return customer, position, targets(accounts, books, rules, position.on), rules


def _plan(
    hall: OpenHall, reading: Reading, session: Session, customer_id: int, account_id: int, wish: MoveWish
) -> tuple[BookMovePlan, Customer]:
    customer, position, to, rules = _scene(hall, reading, customer_id, account_id)
    made = plan_move(position, to, rules, wish)
    needed = approvals.need(hall, session, _request(customer_id, made, wish))
    return replace(made, signatures=needed.signatures), customer


def _request(customer_id: int, made: BookMovePlan, wish: MoveWish) -> ApprovalRequest:
    source, to = made.source, made.target
    return ApprovalRequest(
        ApprovalKind.BOOK_MOVE,
        str(source.id),
        made.amount_fen,
        words=mask_in_words(wish.reason.strip()),
        facts={
            "customer_id": customer_id,
            "from": [source.account_id, source.id, source.book.balance_fen],
            "to": [to.account_id, to.book_id, to.name, list(to.items), to.balance_fen],
        },
        rows=(ApprovalRow(RowKind.BOOK, source.name, None, source.book.balance_fen),),
        no=made.account_no,
    )


def _record(
    hall: OpenHall,
    work: Writing,
    session: Session,
    customer: Customer,
    made: BookMovePlan,
    wish: MoveWish,
    intent_id: str,
    approved: Approved,
) -> BookMoved:
    shift, now, to = open_shift_of(work, hall.hall.counter_id), hall.clock.now(), made.target
    on = shift.business_date if shift else now.date()
    opened = BookOpened(to.name, to.kind, to.items, to.priority)
    book_id = to.book_id or add_book(work, to.account_id, opened, on, number=to.number)
    source, fen, reason = made.source, made.amount_fen, mask_in_words(wish.reason.strip())
    body = {
        "account_id": source.account_id,
        "account_no": made.account_no,
        "to_account_id": to.account_id,
        "to_account_no": to.account_no,
        "books": [[source.id, -fen], [book_id, fen]],
        "to": {"name": to.name, "kind": to.kind, "items": list(to.items), "priority": to.priority},
        "is_opened": to.book_id is None,
        "amount_fen": fen,
        "reason": reason,
        "approvers": list(approved.staff_nos),
    }
    draft = Draft(
        kind=MOVE,
        body=body,
        staff_no=session.staff_no,
        business_date=on,
        postings=(Posting(PREPAID, str(source.id), fen), Posting(PREPAID, str(book_id), -fen)),
        customer_id=customer.id,
        intent_id=intent_id,
        approver_no=approved.first_no or None,
    )
    entry = hall.journal.append(work, draft)
    about = SlipOf.move(made, reason=reason)
    slip_no = book_slips.issue(hall, work, session, entry, about, customer, approved.staff_nos, now)
    return BookMoved(entry.place.entry_id, fen, approved.staff_nos, slip_no)


def _recorded(reading: Reading, found: Found) -> BookMoved:
    if found.kind != MOVE:
        raise Refused(BookActElse(found.kind))
    body = found.content["body"]
    slip_no = book_slips.slip_of(reading, found.entry_id)
    return BookMoved(found.entry_id, body["amount_fen"], tuple(body["approvers"]), slip_no)
