"""The rest of an account's prepaid money given back when it is closed (销户退款): own money, in cash, signed, once."""

from __future__ import annotations

from dataclasses import dataclass, replace

from counter_app.domain.approvals import ApprovalCase, ApprovalKind, ApprovalRequest, ApprovalRow, Approved, RowKind
from counter_app.domain.book_moves import REFUND, BookRefundPlan, plan_refund
from counter_app.domain.book_refusals import BookActElse, BookReasonMissing, BooksChanged
from counter_app.domain.customers import Customer
from counter_app.domain.journal import Draft, Posting
from counter_app.domain.masks import mask_in_words
from counter_app.domain.money import Fen
from counter_app.domain.refusals import Refused
from counter_app.domain.shifts import Shift
from counter_app.domain.staff import Right, Session
from counter_app.services import approvals, authority, book_slips
from counter_app.services.approvals import Signed
from counter_app.services.book_slips import SlipOf
from counter_app.services.intents import once
from counter_app.services.payments import own_shift, position_of
from counter_app.storage.books import PREPAID
from counter_app.storage.hall import OpenHall
from counter_app.storage.journal import Found, balance
from counter_app.storage.shifts import DRAWER
from counter_app.storage.sql import Reading, Writing


@dataclass(frozen=True, slots=True)
class BookRefundWish:
    """Whose books are closed (customer and account), and why."""

    customer_id: int
    account_id: int
    reason: str


@dataclass(frozen=True, slots=True)
class BookRefunded:
    """What was given back: the entry, the sum out of the drawer, what stayed, who signed, the slip's number."""

    act_id: str
    amount_fen: Fen
    kept_fen: Fen
    approvers: tuple[str, ...]
    slip_no: str


def look(hall: OpenHall, session: Session, wish: BookRefundWish) -> BookRefundPlan:
    """What closing the account's books would give back now; nothing is written.

    Raises:
        Refused: `NoRight`, `NoOpenShift`, `ShiftOfSomebodyElse`, `CustomerUnknown`, and those of
            `domain.book_moves.plan_refund` and `approvals.need`.
    """
    session.need(Right.TAKE_PAYMENT)
    with hall.reading() as reading:
        return _plan(hall, reading, session, own_shift(hall, reading, session), wish)[0]


def ask(hall: OpenHall, session: Session, plan: BookRefundPlan, wish: BookRefundWish) -> ApprovalCase:
    """What the second persons are asked to sign.

    Raises:
        Refused: `BookReasonMissing`, and those of `approvals.look`.
    """
    if not wish.reason.strip():
        raise Refused(BookReasonMissing())
    return approvals.look(hall, session, _request(plan, wish))


def refund(
    hall: OpenHall, session: Session, shown: BookRefundPlan, wish: BookRefundWish, signed: Signed
) -> BookRefunded:
    """Give the rest back as it was shown: entry, postings, drawer and slip in one commit; the signature's nonce is the
    intent.

    Raises:
        Refused: as `look` says; `SignedOut`, `BookReasonMissing`, `BooksChanged`, and those of `approvals.hold`.
        MoneyIsOff: the self-test has findings.
        NotRecorded, CommitUncertain: the file failed; ask again with the same signatures.
    """
    session.need(Right.TAKE_PAYMENT)
    if not wish.reason.strip():
        raise Refused(BookReasonMissing())

    def act(work: Writing) -> BookRefunded:
        authority.still(work, session, Right.TAKE_PAYMENT)
        shift = own_shift(hall, work, session)
        made, customer = _plan(hall, work, session, shift, wish)
        if made.digest != shown.digest:
            raise Refused(BooksChanged(made.account_no))
        approved = approvals.hold(hall, work, session, signed, _request(made, wish))
        return _record(hall, work, session, shift, customer, made, wish, signed.challenge.nonce, approved)

    return once(hall, signed.challenge.nonce, act, _recorded)


def _plan(
    hall: OpenHall, reading: Reading, session: Session, shift: Shift, wish: BookRefundWish
) -> tuple[BookRefundPlan, Customer]:
    customer, position = position_of(hall, reading, wish.customer_id, wish.account_id, shift)
    in_drawer_fen = balance(reading, DRAWER, shift.shift_id)
    made = plan_refund(position, hall.pack.book_rules(position.on), in_drawer_fen=in_drawer_fen)
    needed = approvals.need(hall, session, _request(made, wish))
    return replace(made, signatures=needed.signatures), customer


def _request(made: BookRefundPlan, wish: BookRefundWish) -> ApprovalRequest:
    return ApprovalRequest(
        ApprovalKind.BOOK_REFUND,
        str(wish.account_id),
        made.amount_fen,
        words=mask_in_words(wish.reason.strip()),
        facts={
            "customer_id": wish.customer_id,
            "books": [[held.id, held.book.balance_fen] for held in made.books],
            "kept": [[held.id, held.book.balance_fen] for held in made.kept],
        },
        rows=tuple(ApprovalRow(RowKind.BOOK, held.name, None, held.book.balance_fen) for held in made.books),
        no=made.account_no,
    )


def _record(
    hall: OpenHall,
    work: Writing,
    session: Session,
    shift: Shift,
    customer: Customer,
    made: BookRefundPlan,
    wish: BookRefundWish,
    intent_id: str,
    approved: Approved,
) -> BookRefunded:
    now, fen, reason = hall.clock.now(), made.amount_fen, mask_in_words(wish.reason.strip())
    body = {
        "account_id": wish.account_id,
        "account_no": made.account_no,
        "books": [[held.id, -held.book.balance_fen] for held in made.books],
        "kept": [[held.id, held.book.balance_fen] for held in made.kept],
        "amount_fen": fen,
        "reason": reason,
        "approvers": list(approved.staff_nos),
    }
    out = [Posting(PREPAID, str(held.id), held.book.balance_fen) for held in made.books]
    draft = Draft(
        kind=REFUND,
        body=body,
        staff_no=session.staff_no,
        business_date=shift.business_date,
        postings=(Posting(DRAWER, shift.shift_id, -fen), *out),
        shift_id=shift.shift_id,
        customer_id=customer.id,
        intent_id=intent_id,
        approver_no=approved.first_no,
    )
    entry = hall.journal.append(work, draft)
    about = SlipOf.refund(made, reason)
    slip_no = book_slips.issue(hall, work, session, entry, about, customer, approved.staff_nos, now)
    return BookRefunded(entry.place.entry_id, fen, made.kept_fen, approved.staff_nos, slip_no)


def _recorded(reading: Reading, found: Found) -> BookRefunded:
    if found.kind != REFUND:
        raise Refused(BookActElse(found.kind))
    body = found.content["body"]
    kept_fen = sum(fen for _, fen in body["kept"])
    slip_no = book_slips.slip_of(reading, found.entry_id)
    return BookRefunded(found.entry_id, body["amount_fen"], kept_fen, tuple(body["approvers"]), slip_no)
