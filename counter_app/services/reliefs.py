"""Letting late fees off or putting them off: asked for, decided by somebody who did not ask, ended; each one commit."""

from __future__ import annotations

from dataclasses import dataclass, replace

from counter_app.domain.approvals import ApprovalCase, ApprovalKind, ApprovalRequest, ApprovalRow, RowKind
from counter_app.domain.masks import mask_in_words
from counter_app.domain.payments import Position
from counter_app.domain.refusals import Refused
from counter_app.domain.relief_planning import (
    ReliefPlan,
    ReliefWish,
    check_approval,
    check_asked,
    moved_on,
    plan_relief,
)
from counter_app.domain.relief_refusals import (
    ReliefAwayFromHome,
    ReliefChanged,
    ReliefOwnAsking,
    ReliefUnknown,
    ReliefUsed,
)
from counter_app.domain.reliefs import Relief, StepName, settlement_id
from counter_app.domain.shifts import ReasonMissing
from counter_app.domain.staff import Right, Session
from counter_app.services import approvals, authority
from counter_app.services.approvals import Signed
from counter_app.services.intents import once
from counter_app.services.payments import position_of
from counter_app.services.relief_recording import DOCUMENT, At, record_asked, record_decided, record_ended
from counter_app.storage import reliefs as rows
from counter_app.storage.accounts import customer_of_account
from counter_app.storage.guests import guest_of
from counter_app.storage.hall import OpenHall
from counter_app.storage.journal import Found
from counter_app.storage.reliefs import WaitingRelief as WaitingRelief
from counter_app.storage.shifts import open_shift_of
from counter_app.storage.side_records import record_of_subject
from counter_app.storage.sql import Reading, Writing

_KINDS = {"waive": ApprovalKind.WAIVE, "defer": ApprovalKind.DEFER}
"""What the pack calls it."""


@dataclass(frozen=True, slots=True)
class ReliefView:
    """One relief, bill by bill, with whose account it is of; `document` is what was shown as a proof, empty where there
    was none or another counter has it.
    """

    reliefs: tuple[Relief, ...]
    at: Position
    customer_id: int
    document: str = ""

    @property
    def first(self) -> Relief:
        """Any of them: they were asked for, decided and ended together."""
        return self.reliefs[0]

    @property
    def amount_fen(self) -> int:
        """The late fee of all its bills together."""
        return sum(relief.amount_fen for relief in self.reliefs)


def look(hall: OpenHall, session: Session, customer_id: int, account_id: int, wish: ReliefWish) -> ReliefPlan:
    """What the wish comes to today; nothing is written.

    Raises:
        Refused: `NoRight`, `CustomerUnknown`, `ReliefAwayFromHome`, those of `plan_relief` and of `approvals.need`.
    """
    session.need(Right.TAKE_PAYMENT)
    with hall.reading() as reading:
        return _plan(hall, reading, session, customer_id, account_id, wish)[0]


def ask(
    hall: OpenHall,
    session: Session,
    customer_id: int,
    account_id: int,
    wish: ReliefWish,
    shown: ReliefPlan,
    intent_id: str,
) -> str:
    """Write what is asked for, as it was shown; returns the relief's id, which is the intent. It waits for a decision.

    Raises:
        Refused: as `look`; `SignedOut`, `ReliefChanged`.
        NotRecorded, CommitUncertain: the file failed; ask again under the same intent.
    """
    session.need(Right.TAKE_PAYMENT)

    def act(work: Writing) -> str:
        authority.still(work, session, Right.TAKE_PAYMENT)
        plan, position = _plan(hall, work, session, customer_id, account_id, wish)
        if plan != shown:
            raise Refused(ReliefChanged(shown.amount_fen, plan.amount_fen))
        at = At(customer_id, account_id, position.account.account_no, position.on, intent_id)
        record_asked(hall, work, session, at, plan, wish)
        return intent_id

    return once(hall, intent_id, act, _relief_of, is_money=False)


def view(hall: OpenHall, session: Session, relief_id: str) -> ReliefView:
    """One relief as it stands.

    Raises:
        Refused: `NoRight`, `ReliefUnknown`.
    """
    session.need(Right.SEE_CUSTOMERS)
    with hall.reading() as reading:
        return _view(hall, reading, relief_id)


def of_bill(hall: OpenHall, session: Session, account_id: int, bill_id: int) -> tuple[Relief, ...]:
    """The reliefs of one bill, paid or not.

    Raises:
        Refused: `NoRight`.
    """
    session.need(Right.SEE_CUSTOMERS)
    with hall.reading() as reading:
        return rows.reliefs_of_bill(reading, account_id, bill_id)


def waiting(hall: OpenHall, session: Session) -> tuple[WaitingRelief, ...]:
    """What is asked for in the hall and not decided, the oldest first.

    Raises:
        Refused: `NoRight`.
    """
    session.need(Right.SEE_CUSTOMERS)
    with hall.reading() as reading:
        return rows.waiting_reliefs(reading)


def case_of(hall: OpenHall, session: Session, relief_id: str) -> ApprovalCase:
    """The case that whoever approves it signs: at the teller's screen, or, where one signature is enough, under the own
    sign-in of somebody who may sign and did not ask.

    Raises:
        Refused: `NoRight`, `ReliefUnknown`, those of `check_approval` and of `approvals.look`.
    """
    session.need(Right.TAKE_PAYMENT)
    with hall.reading() as reading:
        found = _view(hall, reading, relief_id)
        _check_approval(found)
    return approvals.look(hall, session, _request(hall, session, found))


def approve(hall: OpenHall, session: Session, relief_id: str, signed: Signed) -> ReliefView:
    """Let the late fees off or put them off, as asked and signed; the signature's nonce is the intent.

    Raises:
        Refused: as `case_of`; `SignedOut`, and those of `approvals.hold`.
        MoneyIsOff: the self-test has findings.
        NotRecorded, CommitUncertain: the file failed; ask again with the same signature.
    """
    session.need(Right.TAKE_PAYMENT)
    nonce = signed.challenge.nonce

    def act(work: Writing) -> ReliefView:
        authority.still(work, session, Right.TAKE_PAYMENT)
        found = _view(hall, work, relief_id)
        _check_approval(found)
        request = _request(hall, session, found, is_own_desk=signed.challenge.is_own_desk)
        approved = approvals.hold(hall, work, session, signed, request)
        by = approved.staff_nos
        record_decided(hall, work, session, _at(found, nonce), found.reliefs, "approved", approvers=by)
        return _view(hall, work, relief_id)

    return once(hall, nonce, act, lambda reading, _found: _view(hall, reading, relief_id))


def decline(hall: OpenHall, session: Session, relief_id: str, words: str, intent_id: str) -> ReliefView:
    """Say no, with the reason: by somebody who may sign and did not ask. Nothing of the bills changes.

    Raises:
        Refused: `NoRight`, `SignedOut`, `ReliefUnknown`, `ReliefMovedOn`, `ReliefOwnAsking`, `ReasonMissing`.
    """
    session.need(Right.SIGN_OFF)

    def act(work: Writing) -> ReliefView:
        authority.still(work, session, Right.SIGN_OFF)
        found = _view(hall, work, relief_id)
        _check_asked(found)
        if session.staff_no == found.first.asked_by:
            raise Refused(ReliefOwnAsking(session.staff_no))
        _need_words(words)
        record_decided(hall, work, session, _at(found, intent_id), found.reliefs, "declined", words=words)
        return _view(hall, work, relief_id)

    return once(hall, intent_id, act, lambda reading, _found: _view(hall, reading, relief_id), is_money=False)


def withdraw(hall: OpenHall, session: Session, relief_id: str, intent_id: str) -> ReliefView:
    """Take back what was asked for and is not decided.

    Raises:
        Refused: `NoRight`, `SignedOut`, `ReliefUnknown`, `ReliefMovedOn`.
    """
    session.need(Right.TAKE_PAYMENT)

    def act(work: Writing) -> ReliefView:
        authority.still(work, session, Right.TAKE_PAYMENT)
        found = _view(hall, work, relief_id)
        _check_asked(found)
        record_ended(hall, work, session, _at(found, intent_id), found.reliefs, "withdrawn")
        return _view(hall, work, relief_id)

    return once(hall, intent_id, act, lambda reading, _found: _view(hall, reading, relief_id), is_money=False)


def end_deferral(hall: OpenHall, session: Session, relief_id: str, words: str, intent_id: str) -> ReliefView:
    """End a deferral before its day, as when the customer pays now: the late fee is to be paid from today on. It gives
    nothing away, so nobody signs.

    Raises:
        Refused: `NoRight`, `SignedOut`, `ReliefUnknown`, `ReliefMovedOn`, `ReasonMissing`.
    """
    session.need(Right.TAKE_PAYMENT)

    def act(work: Writing) -> ReliefView:
        authority.still(work, session, Right.TAKE_PAYMENT)
        found = _view(hall, work, relief_id)
        _check_running(found, "defer")
        _need_words(words)
        record_ended(hall, work, session, _at(found, intent_id), found.reliefs, "ended", words=words)
        return _view(hall, work, relief_id)

    return once(hall, intent_id, act, lambda reading, _found: _view(hall, reading, relief_id))


def case_of_end(hall: OpenHall, session: Session, relief_id: str, words: str) -> ApprovalCase:
    """The case of a waiver that is taken back, for whoever signs that.

    Raises:
        Refused: `NoRight`, `ReliefUnknown`, `ReliefMovedOn`, `ReliefUsed`, `ReasonMissing`, those of `approvals.look`.
    """
    session.need(Right.TAKE_PAYMENT)
    with hall.reading() as reading:
        found = _view(hall, reading, relief_id)
        _check_end(reading, found, words)
    return approvals.look(hall, session, _request(hall, session, found, "ended", words, is_own_desk=False))


def end_waiver(hall: OpenHall, session: Session, relief_id: str, words: str, signed: Signed) -> ReliefView:
    """Claim again what was let off, as it was signed: the rows are taken back under their own day, so that every day's
    late fee is as if nothing had been let off.

    Raises:
        Refused: as `case_of_end`; `SignedOut`, and those of `approvals.hold`.
        MoneyIsOff, NotRecorded, CommitUncertain: as `approve`.
    """
    session.need(Right.TAKE_PAYMENT)
    nonce = signed.challenge.nonce

    def act(work: Writing) -> ReliefView:
        authority.still(work, session, Right.TAKE_PAYMENT)
        found = _view(hall, work, relief_id)
        _check_end(work, found, words)
        request = _request(hall, session, found, "ended", words, is_own_desk=False)
        by = approvals.hold(hall, work, session, signed, request).staff_nos
        record_ended(hall, work, session, _at(found, nonce), found.reliefs, "ended", approvers=by, words=words)
        return _view(hall, work, relief_id)

    return once(hall, nonce, act, lambda reading, _found: _view(hall, reading, relief_id))


def _plan(
    hall: OpenHall, reading: Reading, session: Session, customer_id: int, account_id: int, wish: ReliefWish
) -> tuple[ReliefPlan, Position]:
    shift = open_shift_of(reading, hall.hall.counter_id)
    _, position = position_of(hall, reading, customer_id, account_id, shift)
    plan = plan_relief(position.open_bills, wish, position.on)
    if guest_of(reading, customer_id) is not None:
        raise Refused(ReliefAwayFromHome(plan.parts[0].bill_no))
    # whoever may not ask, or asks for more than anybody may sign, hears it before it is written
    approvals.need(hall, session, ApprovalRequest(_KINDS[plan.way], "", plan.amount_fen))
    return plan, position


def _view(hall: OpenHall, reading: Reading, relief_id: str) -> ReliefView:
    found = rows.find_relief(reading, relief_id)
    account_id = rows.account_of_relief(reading, relief_id)
    customer_id = customer_of_account(reading, account_id) if account_id is not None else None
    if not found or account_id is None or customer_id is None:
        raise Refused(ReliefUnknown(relief_id))
    shift = open_shift_of(reading, hall.hall.counter_id)
    _, position = position_of(hall, reading, customer_id, account_id, shift)
    record = record_of_subject(reading, relief_id, DOCUMENT)
    document = record.content.decode() if record is not None and record.content is not None else ""
    return ReliefView(found, position, customer_id, document)


def _check_approval(found: ReliefView) -> None:
    due_fen = {bill.bill_id: working.due_fen for bill, working, _ in found.at.open_bills}
    check_approval(found.reliefs, due_fen, found.at.on)


def _check_asked(found: ReliefView) -> None:
    for relief in found.reliefs:
        check_asked(relief, found.at.on)


def _check_running(found: ReliefView, way: str) -> None:
    """It is granted, of this way, and not over."""
    if found.first.way != way or found.first.state(found.at.on) != "approved":
        raise Refused(moved_on(found.first, found.at.on))


def _check_end(reading: Reading, found: ReliefView, words: str) -> None:
    _check_running(found, "waive")
    _need_words(words)
    for relief in found.reliefs:
        later = rows.paid_since(reading, settlement_id(relief.relief_id, relief.bill_no))
        if later is not None:
            raise Refused(ReliefUsed(relief.bill_no, *later))


def _need_words(words: str) -> None:
    if not words.strip():
        raise Refused(ReasonMissing("relief"))


def _request(
    hall: OpenHall,
    session: Session,
    found: ReliefView,
    outcome: StepName = "approved",
    words: str = "",
    *,
    is_own_desk: bool | None = None,
) -> ApprovalRequest:
    """The relief as it is asked for: what is signed, and who asked, who never signs. Without a word about the desk it
    is decided at the own one where whoever is signed in may sign it alone.
    """
    first = found.first
    facts = {
        "customer_id": found.customer_id,
        "account_no": found.at.account.account_no,
        "way": first.way,
        "until": first.until.isoformat() if first.until else "",
        "reason_code": first.reason_code,
        "document": found.document,
        "bills": [[relief.bill_id, relief.bill_no, relief.amount_fen] for relief in found.reliefs],
    }
    request = ApprovalRequest(
        _KINDS[first.way],
        first.relief_id,
        found.amount_fen,
        outcome=outcome,
        words=mask_in_words(words.strip()),
        facts=facts,
        rows=_rows(found),
        hands=frozenset({first.asked_by}),
        no=first.bill_no,
    )
    if is_own_desk is None:
        is_hand = session.staff_no == first.asked_by
        may_sign = session.may(Right.SIGN_OFF) and not is_hand
        is_own_desk = may_sign and approvals.need(hall, session, request).signatures == 1
    return replace(request, own_desk_of=first.asked_by) if is_own_desk else request


def _rows(found: ReliefView) -> tuple[ApprovalRow, ...]:
    due_on = {bill.bill_id: bill.due_on for bill, _, _ in found.at.open_bills}
    return tuple(
        ApprovalRow(RowKind.LATE_FEE, relief.bill_no, due_on.get(relief.bill_id), relief.amount_fen)
        for relief in found.reliefs
    )


def _at(found: ReliefView, intent_id: str) -> At:
    account = found.at.account
    return At(found.customer_id, account.id, account.account_no, found.at.on, intent_id)


def _relief_of(_reading: Reading, found: Found) -> str:
    return str(found.content["body"]["relief_id"])
