"""Correcting the tender of a payment (改支付方式): looked at, signed by a second person, one commit."""

from __future__ import annotations

from dataclasses import dataclass

from counter_app.domain.approvals import ApprovalKind, ApprovalRequest, ApprovalRow, Approved, RowKind
from counter_app.domain.journal import Draft, Posting
from counter_app.domain.masks import mask_in_words
from counter_app.domain.payments import CASH
from counter_app.domain.refusals import Refused
from counter_app.domain.retenders import RetenderPlan, RetenderWish, lines_of, plan_retender
from counter_app.domain.shifts import Shift
from counter_app.domain.staff import Right, Session
from counter_app.domain.undo import RETENDER, Desk, PaidTender
from counter_app.domain.undo_refusals import AlreadyUndone, NotTakenHere, UndoChanged
from counter_app.services import approvals, authority
from counter_app.services.approvals import Signed
from counter_app.services.intents import once
from counter_app.services.payments import own_shift
from counter_app.storage.hall import OpenHall
from counter_app.storage.journal import Found, balance
from counter_app.storage.shifts import DRAWER
from counter_app.storage.sql import Reading, Writing
from counter_app.storage.undo import TenderMove, add_tender_moves, undone_of
from counter_app.storage.undo_facts import kept_payment


@dataclass(frozen=True, slots=True)
class RetenderDone:
    """A tender that was corrected: of which receipt, by which entry, how much, and who signed."""

    receipt_no: str
    entry_id: str
    amount_fen: int
    approver_no: str


def tenders_of(hall: OpenHall, session: Session, payment_id: str) -> tuple[PaidTender, ...]:
    """The tenders of a payment as they stand now, each with its line.

    Raises:
        Refused: `NoRight`, `NotTakenHere`, `AlreadyUndone`.
    """
    session.need(Right.UNDO_PAYMENT)
    with hall.reading() as reading:
        kept, undone = kept_payment(reading, payment_id, hall.clock.now().date()), undone_of(reading, payment_id)
    if kept is None:
        raise Refused(NotTakenHere(payment_id))
    if undone is not None:
        raise Refused(AlreadyUndone(kept.facts.receipt_no, *undone))
    return kept.facts.tenders


def look(hall: OpenHall, session: Session, payment_id: str, wish: RetenderWish) -> RetenderPlan:
    """What correcting the tender would do now; nothing is written.

    Raises:
        Refused: `NoRight`, `NoOpenShift`, `ShiftOfSomebodyElse`, `NotTakenHere`, and those of `plan_retender`.
    """
    session.need(Right.UNDO_PAYMENT)
    with hall.reading() as reading:
        return _plan(hall, reading, own_shift(hall, reading, session), payment_id, wish)


def correct(hall: OpenHall, session: Session, shown: RetenderPlan, wish: RetenderWish, signed: Signed) -> RetenderDone:
    """Correct a tender as it was shown: dated in today's shift, the payment and its receipt stay as they are. The
    signature's nonce is the intent.

    Raises:
        Refused: as `look` says; `SignedOut`, `UndoChanged`, and those of `approvals.hold`.
        MoneyIsOff: the self-test has findings.
        NotRecorded, CommitUncertain: the file failed; ask again with the same signature.
    """
    session.need(Right.UNDO_PAYMENT)
    nonce = signed.challenge.nonce

    def act(work: Writing) -> RetenderDone:
        authority.still(work, session, Right.UNDO_PAYMENT)
        shift = own_shift(hall, work, session)
        made = _plan(hall, work, shift, shown.paid.payment_id, wish)
        if made.digest != shown.digest:
            raise Refused(UndoChanged(made.paid.receipt_no, "retender", "retender"))
        approved = approvals.hold(hall, work, session, signed, request(made, wish))
        return _record(hall, work, session, shift, made, wish, approved, nonce)

    return once(hall, nonce, act, _recorded)


def _plan(hall: OpenHall, reading: Reading, shift: Shift, payment_id: str, wish: RetenderWish) -> RetenderPlan:
    kept = kept_payment(reading, payment_id, shift.business_date)
    if kept is None:
        raise Refused(NotTakenHere(payment_id))
    desk = Desk(shift.shift_id, shift.business_date, balance(reading, DRAWER, shift.shift_id))
    allowed = hall.rules_on(shift.business_date).tenders
    return plan_retender(kept.facts, undone_of(reading, payment_id), desk, allowed, wish)


def request(plan: RetenderPlan, wish: RetenderWish) -> ApprovalRequest:
    """The correction as it is asked for."""
    paid = plan.paid
    facts = {"receipt_no": paid.receipt_no, "line": plan.wrong.line, "lines": [list(line) for line in lines_of(plan)]}
    return ApprovalRequest(
        ApprovalKind.RETENDER,
        paid.payment_id,
        plan.amount_fen,
        words=wish.reason,
        facts=facts,
        rows=(ApprovalRow(RowKind.TENDER, plan.wrong.kind, paid.business_date, plan.wrong.amount_fen),),
        hands=frozenset({paid.staff_no}),
        no=paid.receipt_no,
    )


def _record(
    hall: OpenHall,
    work: Writing,
    session: Session,
    shift: Shift,
    made: RetenderPlan,
    wish: RetenderWish,
    approved: Approved,
    nonce: str,
) -> RetenderDone:
    paid, (less, *more) = made.paid, lines_of(made)
    wrong = [less[0], -less[1], *less[2:]]
    entry = hall.journal.append(
        work,
        Draft(
            kind=RETENDER,
            body={
                "payment_id": paid.payment_id,
                "receipt_no": paid.receipt_no,
                "line": made.wrong.line,
                "from": wrong,
                "to": [list(line) for line in more],
                "reason": mask_in_words(wish.reason.strip()),
            }
            | ({"challenge": approved.challenge} if approved.challenge else {}),
            staff_no=session.staff_no,
            business_date=shift.business_date,
            postings=tuple(
                Posting(DRAWER if kind == CASH else kind, shift.shift_id, fen) for kind, fen, *_ in (less, *more)
            ),
            shift_id=shift.shift_id,
            customer_id=paid.customer_id,
            intent_id=nonce,
            approver_no=approved.first_no,
            cause_entry_id=paid.payment_id,
        ),
    )
    entry_id = entry.place.entry_id
    moves = [TenderMove(*line) for line in (less, *more)]
    add_tender_moves(work, entry_id, entry.id, paid.payment_id, shift.shift_id, moves)
    return RetenderDone(paid.receipt_no, entry_id, made.amount_fen, approved.first_no)


def _recorded(_reading: Reading, found: Found) -> RetenderDone:
    body = found.content["body"]
    return RetenderDone(body["receipt_no"], found.entry_id, body["from"][1], found.content["approver_no"])
