"""Disputes about lines of bills (争议): opened by the customer's word, released by it, decided by a second person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from counter_app.domain.approvals import ApprovalKind, ApprovalMissing, ApprovalRequest, ApprovalRow, RowKind
from counter_app.domain.bills import Bill
from counter_app.domain.customers import Account, CustomerUnknown
from counter_app.domain.disputes import (
    DECIDE,
    DISPUTED,
    OPEN,
    REASONS,
    RELEASE,
    Contested,
    Decision,
    Dispute,
    DisputeChanged,
    DisputeReasonMissing,
    DisputeUnknown,
    contested,
    decided,
    disputes_of,
    open_dispute_of,
    opened,
    released,
)
from counter_app.domain.journal import Draft, Posting, nonzero
from counter_app.domain.late_fee_policy import LateFeePolicy
from counter_app.domain.masks import mask_in_words
from counter_app.domain.refusals import Refused
from counter_app.domain.staff import Right, Session
from counter_app.services import approvals, authority
from counter_app.services.approvals import Signed
from counter_app.services.intents import once
from counter_app.services.noting import write_note
from counter_app.storage.books import PREPAID, add_cash_book, books_of_account
from counter_app.storage.customers import load_record
from counter_app.storage.disputes import (
    DecisionRow,
    DisputeRow,
    add_decision,
    add_dispute,
    add_rows,
    disputes_of_bill,
    said,
)
from counter_app.storage.hall import OpenHall
from counter_app.storage.journal import Found
from counter_app.storage.shifts import open_shift_of
from counter_app.storage.sql import Reading, Writing
from counter_app.storage.tasks import counter_names


@dataclass(frozen=True, slots=True)
class BillCase:
    """A bill as whoever contests it sees it: what may be contested, and what is or was in dispute, elsewhere under the
    name of the counter. `known` is what this counter knows of the disputes by their names: why, and who opened them.
    """

    customer_id: int
    account: Account
    bill: Bill
    on: date
    policy: LateFeePolicy
    lines: tuple[Contested, ...]
    disputes: tuple[Dispute, ...]
    known: Mapping[str, DisputeRow]


@dataclass(frozen=True, slots=True)
class DisputeWish:
    """What the customer contests: a line (0: the whole bill) and how much of it, why, and what the customer says.

    `reason` goes into the journal and names nobody; `said` is the customer's own words, which lie beside it.
    """

    line: int
    fen: int
    reason_code: str
    reason: str = ""
    said: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class DecisionWish:
    """How a dispute is to be decided: `lowered_fen` of it was never due, 0: the line stands; and why."""

    dispute_id: str
    lowered_fen: int
    reason: str


@dataclass(frozen=True, slots=True)
class DisputeDone:
    """What is recorded: the entry, the dispute, the bill, and the fen frozen, released or lowered by it; `back_fen` of
    what was paid is in the prepaid book now.
    """

    entry_id: str
    dispute_id: str
    bill_no: str
    fen: int
    back_fen: int = 0
    approver_no: str = ""


def look(hall: OpenHall, session: Session, customer_id: int, bill_id: int) -> BillCase:
    """A bill with its disputes; nothing is written.

    Raises:
        Refused: `NoRight`, `CustomerUnknown`, `DisputeUnknown` where the customer has no such bill.
    """
    session.need(Right.SEE_CUSTOMERS)
    with hall.reading() as reading:
        return _case(hall, reading, customer_id, bill_id)


def open_dispute(
    hall: OpenHall, session: Session, customer_id: int, bill_id: int, wish: DisputeWish, intent_id: str
) -> DisputeDone:
    """Freeze a part of a bill at once: nothing is asked for it, and no late fee runs on it, until it is decided. The
    intent becomes the dispute's name: asked again, it is answered and not opened again.

    Raises:
        Refused: `NoRight`, `SignedOut`, `DisputeReasonMissing`, `CustomerUnknown`, and those of
            `domain.disputes.opened`.
        MoneyIsOff, NotRecorded, CommitUncertain: the file failed; ask again under the same intent.
    """
    session.need(Right.TAKE_PAYMENT)
    reason = mask_in_words(wish.reason.strip())
    if wish.reason_code not in REASONS or (wish.reason_code == "other" and not reason):
        raise Refused(DisputeReasonMissing())

    def act(work: Writing) -> DisputeDone:
        authority.still(work, session, Right.TAKE_PAYMENT)
        case = _case(hall, work, customer_id, bill_id)
        row = opened(case.bill, intent_id, line=wish.line, fen=wish.fen, on=case.on)
        item = next(one.item for one in case.lines if one.line == wish.line)
        body = {
            "dispute_id": intent_id,
            "account_id": case.account.id,
            "bill_id": bill_id,
            "bill_no": case.bill.bill_no,
            "line": wish.line,
            "item": item,
            "disputed_fen": wish.fen,
            "reason_code": wish.reason_code,
            "reason": reason,
            "settlements": said([row], bill_id),
        }
        entry = hall.journal.append(work, _draft(OPEN, body, session, case, intent_id))
        add_rows(work, [row], bill_id, entry.id)
        add_dispute(
            work,
            DisputeRow(
                *(intent_id, entry.id, bill_id, wish.line, item, wish.fen),
                *(row.settled_on.isoformat(), wish.reason_code, session.staff_no),
            ),
        )
        entry_id = entry.place.entry_id
        if wish.said.strip():
            write_note(hall, work, session, customer_id, wish.said.strip(), on=case.on, cause_entry_id=entry_id)
        return DisputeDone(entry_id, intent_id, case.bill.bill_no, wish.fen)

    return once(hall, intent_id, act, _recorded)


def release(
    hall: OpenHall, session: Session, customer_id: int, bill_id: int, dispute_id: str, intent_id: str
) -> DisputeDone:
    """Make a frozen part payable again because the customer wants to pay it now: the dispute itself goes on, and what
    is lowered later comes back.

    Raises:
        Refused: `NoRight`, `SignedOut`, `DisputeUnknown`, `DisputeDecided`, `DisputeElsewhere`, `DisputeReleased`.
        MoneyIsOff, NotRecorded, CommitUncertain: the file failed; ask again under the same intent.
    """
    session.need(Right.TAKE_PAYMENT)

    def act(work: Writing) -> DisputeDone:
        authority.still(work, session, Right.TAKE_PAYMENT)
        case = _case(hall, work, customer_id, bill_id)
        row = released(case.bill, open_dispute_of(case.bill, dispute_id, case.disputes), case.on)
        body = {
            "dispute_id": dispute_id,
            "account_id": case.account.id,
            "bill_id": bill_id,
            "bill_no": case.bill.bill_no,
            "settlements": said([row], bill_id),
        }
        entry = hall.journal.append(work, _draft(RELEASE, body, session, case, intent_id))
        add_rows(work, [row], bill_id, entry.id)
        return DisputeDone(entry.place.entry_id, dispute_id, case.bill.bill_no, -row.principal_fen)

    return once(hall, intent_id, act, _recorded)


def look_decision(hall: OpenHall, session: Session, case: BillCase, wish: DecisionWish) -> Decision:
    """What a decision would do now; nothing is written. It is what is signed.

    Raises:
        Refused: `NoRight`, `DisputeReasonMissing`, those of `look`, `open_dispute_of` and `decided`, and of
            `approvals.need`.
    """
    session.need(Right.TAKE_PAYMENT)
    with hall.reading() as reading:
        now = _case(hall, reading, case.customer_id, case.bill.bill_id)
        made = _decision(now, wish)
        approvals.need(hall, session, request(now, made, wish))
        return made


def request(case: BillCase, made: Decision, wish: DecisionWish) -> ApprovalRequest:
    """The decision as it is asked for; whoever opened the dispute does not sign it."""
    known = case.known.get(made.dispute.dispute_id)
    return ApprovalRequest(
        ApprovalKind.DISPUTE,
        made.dispute.dispute_id,
        made.lowered_fen,
        outcome=made.outcome,
        words=wish.reason,
        facts={
            "bill_no": made.bill_no,
            "disputed_fen": made.dispute.disputed_fen,
            "on": made.on.isoformat(),
            "is_spared": made.is_spared,
            "back_fen": made.back_fen,
            "due_fen": made.due_fen,
            "rows": said(made.rows, made.bill_id),
        },
        rows=(ApprovalRow(RowKind.BILL, made.bill_no, made.dispute.opened_on, made.dispute.disputed_fen),),
        hands=frozenset({known.staff_no} if known else ()),
        no=made.bill_no,
    )


def decide(
    hall: OpenHall, session: Session, case: BillCase, shown: Decision, wish: DecisionWish, signed: Signed | None
) -> DisputeDone:
    """Decide a dispute as it was shown and signed: the clock of the late fee is set by rule, and what was paid of a
    line that was never due goes into the customer's prepaid book, in one commit.

    Raises:
        Refused: as `look_decision`; `SignedOut`, `DisputeChanged`, and those of `approvals.hold`.
        MoneyIsOff, NotRecorded, CommitUncertain: the file failed; ask again with the same signature.
    """
    session.need(Right.TAKE_PAYMENT)
    if signed is None:
        raise Refused(ApprovalMissing(ApprovalKind.DISPUTE, shown.lowered_fen, 1, 0))
    nonce = signed.challenge.nonce

    def act(work: Writing) -> DisputeDone:
        authority.still(work, session, Right.TAKE_PAYMENT)
        now = _case(hall, work, case.customer_id, case.bill.bill_id)
        made = _decision(now, wish)
        if made.digest != shown.digest:
            raise Refused(DisputeChanged(made.bill_no))
        approved = approvals.hold(hall, work, session, signed, request(now, made, wish))
        return _record(hall, work, session, now, made, wish, approved.staff_nos, nonce)

    return once(hall, nonce, act, _recorded)


def _case(hall: OpenHall, reading: Reading, customer_id: int, bill_id: int) -> BillCase:
    record = load_record(reading, customer_id)
    if record is None:
        raise Refused(CustomerUnknown(str(customer_id)))
    bill = next((bill for bill in record.bills if bill.bill_id == bill_id), None)
    account = next((one for one in record.accounts if bill and one.id == bill.account_id), None)
    if bill is None or account is None:
        raise Refused(DisputeUnknown(str(bill_id)))
    shift = open_shift_of(reading, hall.hall.counter_id)
    on = shift.business_date if shift else hall.clock.now().date()
    policy = hall.rules_on(on).late_fee_policy(record.customer.customer_class)
    known, names = disputes_of_bill(reading, bill_id), counter_names(reading)
    # a counter that lost its file has its own disputes from the hub
    names = {**names, hall.hall.counter_id: ""}
    found = tuple(replace(one, counter_id=names.get(one.counter_id, one.counter_id)) for one in disputes_of(bill))
    return BillCase(customer_id, account, bill, on, policy, contested(bill), found, known)


def _decision(case: BillCase, wish: DecisionWish) -> Decision:
    dispute = open_dispute_of(case.bill, wish.dispute_id, case.disputes)
    if not wish.reason.strip():
        raise Refused(DisputeReasonMissing())
    return decided(case.bill, dispute, case.policy, lowered_fen=wish.lowered_fen, on=case.on)


def _draft(kind: str, body: dict[str, object], session: Session, case: BillCase, intent_id: str) -> Draft:
    """An entry about a dispute: nothing of it is in a drawer, so it belongs to no shift."""
    return Draft(
        kind=kind,
        body=body,
        staff_no=session.staff_no,
        business_date=case.on,
        customer_id=case.customer_id,
        intent_id=intent_id,
    )


def _record(
    hall: OpenHall,
    work: Writing,
    session: Session,
    case: BillCase,
    made: Decision,
    wish: DecisionWish,
    approvers: tuple[str, ...],
    intent_id: str,
) -> DisputeDone:
    book_id = _book_for(work, case) if made.back_fen else 0
    books = [[book_id, made.back_fen]] if made.back_fen else []
    dispute_id = made.dispute.dispute_id
    body = {
        "dispute_id": dispute_id,
        "account_id": case.account.id,
        "account_no": case.account.account_no,
        "bill_id": made.bill_id,
        "bill_no": made.bill_no,
        "outcome": made.outcome,
        "lowered_fen": made.lowered_fen,
        "is_spared": made.is_spared,
        "reason": mask_in_words(wish.reason.strip()),
        "settlements": said(made.rows, made.bill_id),
        "books": books,
        "approvers": list(approvers),
    }
    draft = Draft(
        kind=DECIDE,
        body=body,
        staff_no=session.staff_no,
        business_date=case.on,
        postings=_postings(made, book_id),
        customer_id=case.customer_id,
        intent_id=intent_id,
        approver_no=approvers[0],
    )
    entry = hall.journal.append(work, draft)
    add_rows(work, made.rows, made.bill_id, entry.id)
    row = (made.outcome, made.lowered_fen, made.back_fen, made.on.isoformat(), session.staff_no, approvers[0])
    add_decision(work, DecisionRow(dispute_id, entry.id, made.bill_id, *row))
    entry_id = entry.place.entry_id
    return DisputeDone(entry_id, dispute_id, made.bill_no, made.lowered_fen, made.back_fen, approvers[0])


def _postings(made: Decision, book_id: int) -> tuple[Posting, ...]:
    subject = str(made.bill_id)
    lines = [
        Posting(DISPUTED, subject, made.lowered_fen),
        Posting("receivable", subject, made.back_principal_fen - made.lowered_fen),
        Posting("late_fee", subject, made.back_late_fee_fen),
        Posting(PREPAID, str(book_id), -made.back_fen),
    ]
    return nonzero(lines)


def _book_for(work: Writing, case: BillCase) -> int:
    """The book for the customer's own money; an account gets its first when it needs one."""
    for held in books_of_account(work, case.account.id):
        if held.book.kind == "cash" and not held.book.items and not held.book.is_expired(case.on):
            return held.id
    return add_cash_book(work, case.account.id, case.on)


def _recorded(_reading: Reading, found: Found) -> DisputeDone:
    body = found.content["body"]
    fen = body.get("disputed_fen", body.get("lowered_fen", -body["settlements"][0][2]))
    back_fen = sum(fen for _, fen in body.get("books", ()))
    approver_no = found.content["approver_no"] or ""
    return DisputeDone(found.entry_id, body["dispute_id"], body["bill_no"], fen, back_fen, approver_no)
