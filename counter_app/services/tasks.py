"""What a person has to finish (待办): a customer's money given back, or a matter looked into; each is one entry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from counter_app.domain.approvals import ApprovalCase, ApprovalKind, ApprovalRequest
from counter_app.domain.journal import Draft, Posting
from counter_app.domain.masks import mask_in_words
from counter_app.domain.money import Fen
from counter_app.domain.refusals import Refused
from counter_app.domain.shifts import DrawerTooLow, Shift
from counter_app.domain.staff import Right, Session
from counter_app.domain.tasks import DONE, SETTLED, CreditWay, OpenTask, TaskGone, TaskHasCredit, TaskHasNoCredit
from counter_app.domain.tasks import TaskWordsMissing as TaskWordsMissing
from counter_app.services import approvals, authority, credit_slips
from counter_app.services.approvals import Signed
from counter_app.services.intents import once
from counter_app.services.payments import own_shift
from counter_app.storage import tasks as rows
from counter_app.storage.books import PREPAID, add_cash_book, books_of_account
from counter_app.storage.hall import OpenHall
from counter_app.storage.journal import Found, balance, stamp
from counter_app.storage.shifts import DRAWER, open_shift_of
from counter_app.storage.sql import Reading, Writing


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for a person: the tasks, and how many rows from the hub this program cannot use yet, by their kind."""

    tasks: tuple[OpenTask, ...]
    held: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Settled:
    """A customer has the money back: how, how much, and who signed; in cash also the number of the slip."""

    way: CreditWay
    amount_fen: Fen
    approver_no: str
    slip_no: str = ""


def waiting(hall: OpenHall) -> Waiting:
    """Read what waits, the most urgent first."""
    with hall.reading() as reading:
        return Waiting(rows.open_tasks(reading), rows.held_kinds(reading))


def ask(hall: OpenHall, session: Session, task_id: str, way: CreditWay) -> ApprovalCase:
    """What the second person is asked to sign: this money, back to this customer, in this way.

    Raises:
        Refused: `TaskGone`, `TaskHasNoCredit`, and those of `approvals.look`.
    """
    with hall.reading() as reading:
        request = _request(_credit(reading, task_id), way)
    return approvals.look(hall, session, request)


def settle(hall: OpenHall, session: Session, task_id: str, way: CreditWay, signed: Signed) -> Settled:
    """Give a customer back what a task says: entry, postings, book or drawer in one commit, and the task is finished;
    in cash with the slip that the customer signs.

    Raises:
        Refused: `NoRight`, `SignedOut`, `TaskGone`, `TaskHasNoCredit`, `DrawerTooLow`, in cash `NoOpenShift` and
            `ShiftOfSomebodyElse`, and those of `approvals.hold`.
        MoneyIsOff: the self-test has findings.
        NotRecorded, CommitUncertain: the file failed; ask again with the same signature.
    """
    session.need(Right.TAKE_PAYMENT)

    def act(work: Writing) -> Settled:
        authority.still(work, session, Right.TAKE_PAYMENT)
        task = _credit(work, task_id)
        approved = approvals.hold(hall, work, session, signed, _request(task, way))
        return _settle(hall, work, session, task, way, signed.challenge.nonce, approved.first_no)

    return once(hall, signed.challenge.nonce, act, _settled)


def finish(
    hall: OpenHall, session: Session, task_id: str, words: str, intent_id: str, *, is_accepted: bool = False
) -> None:
    """Say that a matter without money to give back is done, and what was done. `is_accepted`: of an entry that the hub
    keeps apart because its maker had no right to it, that it is answered for.

    Raises:
        Refused: `NoRight`, `SignedOut`, `TaskGone`, `TaskHasCredit`, `TaskWordsMissing`.
        NotRecorded, CommitUncertain: the file failed; ask again under the same intent.
    """
    session.need(Right.SIGN_OFF)
    if not words.strip():
        raise Refused(TaskWordsMissing())

    def act(work: Writing) -> None:
        authority.still(work, session, Right.SIGN_OFF)
        task = _need(work, task_id)
        if task.has_credit:
            raise Refused(TaskHasCredit(task_id))
        body = {"task_id": task_id, "words": mask_in_words(words.strip())}
        if is_accepted and task.kind == "quarantined":
            body["outcome"] = "accept"
        now = hall.clock.now()
        draft = Draft(DONE, body, session.staff_no, now.date(), customer_id=task.customer_id, intent_id=intent_id)
        hall.journal.append(work, draft)
        rows.close(work, task_id, stamp(now))

    once(hall, intent_id, act, lambda _reading, _found: None, is_money=False)


def _settle(
    hall: OpenHall,
    work: Writing,
    session: Session,
    task: OpenTask,
    way: CreditWay,
    intent_id: str,
    approver_no: str,
) -> Settled:
    now, amount_fen, credit_id = hall.clock.now(), task.amount_fen or 0, str(task.facts["credit_id"])
    body = {"credit_id": credit_id, "way": way, "amount_fen": amount_fen, "task_id": task.task_id}
    shift: Shift | None
    if way == "cash":
        shift = own_shift(hall, work, session)
        in_drawer_fen = balance(work, DRAWER, shift.shift_id)
        if in_drawer_fen < amount_fen:
            raise Refused(DrawerTooLow(amount_fen))
        to = Posting(DRAWER, shift.shift_id, -amount_fen)
    else:
        shift = open_shift_of(work, hall.hall.counter_id)
        book_id = _book(hall, work, task, shift)
        # the hub may have to put it there before it knows of the credit, and open the book for that
        body |= {"book_id": book_id, "account_id": task.account_id, "account_no": task.account_no}
        to = Posting(PREPAID, str(book_id), -amount_fen)
    hall.journal.append(
        work,
        Draft(
            kind=SETTLED,
            body=body,
            staff_no=session.staff_no,
            business_date=shift.business_date if shift else now.date(),
            postings=(Posting(rows.CREDIT, credit_id, amount_fen), to),
            shift_id=shift.shift_id if shift else None,
            customer_id=task.customer_id,
            intent_id=intent_id,
            approver_no=approver_no,
        ),
    )
    rows.close(work, task.task_id, stamp(now))
    slip_no = credit_slips.issue(hall, work, session, task, approver_no, now) if way == "cash" else ""
    return Settled(way, amount_fen, approver_no, slip_no)


def _book(hall: OpenHall, work: Writing, task: OpenTask, shift: Shift | None) -> int:
    """The account's book for money of its own, as a payment chooses it."""
    if task.account_id is None:
        raise Refused(TaskHasNoCredit(task.task_id))
    on = shift.business_date if shift else hall.clock.now().date()
    for held in books_of_account(work, task.account_id):
        if held.book.kind == "cash" and not held.book.items and not held.book.is_expired(on):
            return held.id
    return add_cash_book(work, task.account_id, on)


def _settled(reading: Reading, found: Found) -> Settled:
    body = found.content["body"]
    slip_no = credit_slips.slip_of(reading, body["task_id"]) if body["way"] == "cash" else ""
    return Settled(body["way"], body["amount_fen"], found.content["approver_no"], slip_no)


def _need(reading: Reading, task_id: str) -> OpenTask:
    task = rows.find_open(reading, task_id)
    if task is None:
        raise Refused(TaskGone(task_id))
    return task


def _credit(reading: Reading, task_id: str) -> OpenTask:
    task = _need(reading, task_id)
    credit_id = task.facts.get("credit_id")
    if not task.has_credit or not isinstance(credit_id, str) or not task.amount_fen or task.amount_fen < 0:
        raise Refused(TaskHasNoCredit(task_id))
    if balance(reading, rows.CREDIT, credit_id):
        # our own entry has spent it, and a row from before that came down again
        raise Refused(TaskGone(task_id))
    return task


def _request(task: OpenTask, way: CreditWay) -> ApprovalRequest:
    facts = {"credit_id": task.facts["credit_id"], "customer_id": task.customer_id, "account_id": task.account_id}
    return ApprovalRequest(
        ApprovalKind.CREDIT, task.task_id, task.amount_fen or 0, way, facts=facts, since_at=task.opened_at
    )
