"""A customer wants to leave (离网挽留): each step is one unit of work, one commit, and can be asked again."""

from __future__ import annotations

import uuid
from typing import Literal

from counter_app.domain.refusals import Refused
from counter_app.domain.retention import Act, Gate, Step, Worth
from counter_app.domain.retention_contract import with_contract
from counter_app.domain.retention_fold import opened
from counter_app.domain.retention_followup import planned_visits
from counter_app.domain.retention_form import FieldMissing, Form, OtherCaseOpen, ServiceNotActive, check_form
from counter_app.domain.retention_form_text import prefilled
from counter_app.domain.retention_guards import missing_signers
from counter_app.domain.retention_steps import Opening, kind_of
from counter_app.domain.staff import Right, Session
from counter_app.services import authority
from counter_app.services.retention_desk import (
    CLOSED,
    CaseView,
    Desk,
    blank_form,
    case_of,
    facts_of,
    find_done,
    known_contract,
    record_of,
    resolve,
    rules_of,
    take_step,
    view_of,
    write,
)
from counter_app.storage import retention as rows
from counter_app.storage.hall import OpenHall
from counter_app.storage.sql import Writing
from counter_app.storage.trouble import CommitUncertain
from counter_app.storage.visits import add_visits

SIGNATURE = "retention.signature"
"""How the kinds of side records begin that hold the customer's signature."""

How = Literal["drawing", "scan", "paper"]
"""Drawn here, scanned or photographed, or a note that the signed form is kept on paper."""


def open_case(hall: OpenHall, session: Session, service_id: int, customer_id: int, intent_id: str) -> CaseView:
    """Open the case of a service, with the value check and the form filled from the bills, in one commit (002-3a).

    Raises:
        Refused: `NoRight`, `SignedOut`, `NoRetentionForm`, `CustomerUnknown`, `ServiceNotActive`, `OtherCaseOpen`.
        NotRecorded, CommitUncertain: the file failed.
    """
    session.need(Right.RETAIN)
    try:
        with hall.writing() as work:
            authority.still(work, session, Right.RETAIN)
            found = find_done(work, intent_id, kind_of(Act.OPEN))
            if found is not None:
                return view_of(hall, work, session, case_of(work, str(found.content["body"]["case_id"])))
            return _open(hall, work, session, service_id, customer_id, intent_id)
    except CommitUncertain as error:
        return resolve(hall, session, intent_id, error)


def view(hall: OpenHall, session: Session, case_id: str) -> CaseView:
    """A case as it stands.

    Raises:
        Refused: `NoRight`, `CaseUnknown`.
    """
    session.need(Right.SEE_RETENTION)
    with hall.reading() as reading:
        return view_of(hall, reading, session, case_of(reading, case_id))


def save_form(hall: OpenHall, session: Session, case_id: str, form: Form, intent_id: str) -> CaseView:
    """Keep a revision of the form; what is wrong in it is refused field by field, what is missing may come later.

    Raises:
        Refused: `NoRight`, `SignedOut`, `CaseUnknown`, the first of `check_form`, and those of the guards.
    """

    def do(desk: Desk, now: CaseView) -> None:
        for refusal in check_form(form, now.rules, now.form_facts, today=now.on, is_final=False):
            raise Refused(refusal)
        # what the rows say of the contract wins over what was typed, or was true when it was shown
        desk.add_form(with_contract(form, now.contract), intent_id=intent_id)

    return take_step(hall, session, case_id, do, act=Act.SAVE_FORM, intent_id=intent_id)


def talk(hall: OpenHall, session: Session, case_id: str, intent_id: str) -> CaseView:
    """The talk begins (002-A2).

    Raises:
        Refused: `NoRight`, `SignedOut`, `CaseUnknown` and those of the guards.
    """
    return _plain(hall, session, case_id, Act.TALK, intent_id)


def answer(hall: OpenHall, session: Session, case_id: str, line: int, intent_id: str, *, is_yes: bool) -> CaseView:
    """The customer answers an offer.

    Raises:
        Refused: `NoRight`, `SignedOut`, `CaseUnknown` and those of the guards.
    """

    def do(desk: Desk, now: CaseView) -> None:
        desk.add(desk.step(Act.ANSWER, line=line, is_yes=is_yes), intent_id=intent_id)

    return take_step(hall, session, case_id, do, act=Act.ANSWER, intent_id=intent_id)


def keep(hall: OpenHall, session: Session, case_id: str, intent_id: str) -> CaseView:
    """The customer stays; the follow-ups are planned in the same commit (002-A16).

    Raises:
        Refused: `NoRight`, `SignedOut`, `CaseUnknown` and those of the guards.
    """

    def do(desk: Desk, now: CaseView) -> None:
        desk.add(desk.step(Act.KEEP), intent_id=intent_id)
        plan_visits(desk, now, is_kept=True)

    return take_step(hall, session, case_id, do, act=Act.KEEP, intent_id=intent_id)


def leave(hall: OpenHall, session: Session, case_id: str, intent_id: str) -> CaseView:
    """The customer goes after the talk.

    Raises:
        Refused: `NoRight`, `SignedOut`, `CaseUnknown` and those of the guards.
    """
    return _plain(hall, session, case_id, Act.LEAVE, intent_id)


def leave_now(hall: OpenHall, session: Session, case_id: str, intent_id: str) -> CaseView:
    """The customer will not talk: straight to the gates; missing signatures are asked for in the same commit (002-3e).

    Raises:
        Refused: `NoRight`, `SignedOut`, `CaseUnknown`, `NotAtThisStage`, `SignerAtTheDesk`.
    """

    def do(desk: Desk, now: CaseView) -> None:
        desk.add(desk.step(Act.LEAVE_NOW, worth=now.case.worth), intent_id=intent_id)
        for signer in missing_signers(desk.case):
            desk.add(desk.step(Act.ASK_SIGNATURE, signer=signer))

    return take_step(hall, session, case_id, do, act=Act.LEAVE_NOW, intent_id=intent_id)


def sign_customer(
    hall: OpenHall, session: Session, case_id: str, content: bytes, intent_id: str, *, how: How = "drawing"
) -> CaseView:
    """Keep the customer's signature beside the journal; the entry has its hash. The form must be whole by now.

    Raises:
        Refused: `NoRight`, `SignedOut`, `CaseUnknown`, the first of `check_form`, and those of the guards.
    """

    def do(desk: Desk, now: CaseView) -> None:
        for refusal in check_form(now.form, now.rules, now.form_facts, today=now.on, is_final=True):
            raise Refused(refusal)
        if not content:
            raise Refused(FieldMissing("customer_signature"))
        made = desk.step(Act.SIGN_CUSTOMER, record=str(uuid.uuid4()))
        desk.add(made, intent_id=intent_id, content=content, kind=f"{SIGNATURE}.{how}")

    return take_step(hall, session, case_id, do, act=Act.SIGN_CUSTOMER, intent_id=intent_id)


def correct(hall: OpenHall, session: Session, case_id: str, intent_id: str) -> CaseView:
    """Something on the signed form is wrong: it is opened again, and what was signed on it is signed again.

    Raises:
        Refused: `NoRight`, `SignedOut`, `CaseUnknown` and those of the guards.
    """
    return _plain(hall, session, case_id, Act.CORRECT, intent_id)


def check_gate(hall: OpenHall, session: Session, case_id: str, gate: Gate, intent_id: str) -> CaseView:
    """The teller has checked one of the three gates; what is owed is computed now, in the same snapshot (002-A14).

    Raises:
        Refused: `NoRight`, `SignedOut`, `CaseUnknown`, `GateUnmet`, `NotAtThisStage`, `SignerAtTheDesk`.
    """

    def do(desk: Desk, now: CaseView) -> None:
        desk.add(desk.step(Act.CHECK_GATE, gate=gate), intent_id=intent_id)

    return take_step(hall, session, case_id, do, act=Act.CHECK_GATE, intent_id=intent_id)


def withdraw(hall: OpenHall, session: Session, case_id: str, intent_id: str) -> CaseView:
    """The customer takes the request back: a result of its own, no save.

    Raises:
        Refused: `NoRight`, `SignedOut`, `CaseUnknown`, `NotAtThisStage`.
    """
    return _plain(hall, session, case_id, Act.WITHDRAW, intent_id)


def plan_visits(desk: Desk, now: CaseView, *, is_kept: bool) -> None:
    """Plan the follow-ups of a case that has just ended, in the commit of its end.

    Raises:
        Refused: those of the guards.
    """
    visits = planned_visits(
        now.rules,
        ended_on=now.on,
        is_kept=is_kept,
        is_contact_agreed=now.form.is_contact_agreed,
        owner_no=desk.session.staff_no,
    )
    if visits:
        entry = desk.add(desk.step(Act.PLAN_VISIT, visits=visits))
        add_visits(desk.work, desk.case.case_id, visits, entry.id)


def _plain(hall: OpenHall, session: Session, case_id: str, act: Act, intent_id: str) -> CaseView:
    def do(desk: Desk, now: CaseView) -> None:
        desk.add(desk.step(act), intent_id=intent_id)

    return take_step(hall, session, case_id, do, act=act, intent_id=intent_id)


def _open(
    hall: OpenHall, work: Writing, session: Session, service_id: int, customer_id: int, intent_id: str
) -> CaseView:
    now = hall.clock.now()
    on = now.date()
    rules = rules_of(hall, on)
    record, service = record_of(work, customer_id, service_id)
    if service.state == CLOSED:
        raise Refused(ServiceNotActive(service.number))
    present = rows.open_case_of(work, service_id)
    if present is not None:
        raise Refused(OtherCaseOpen(case_of(work, present).case_no))
    own = hall.hall
    # cases are counted in this file: without the counter's code two counters of a hall would give the same number
    case_no = f"{own.hall_code}-{own.counter_code}-{on:%Y%m%d}-{rows.cases_of_day(work, on) + 1:04d}"
    first = Step(Act.OPEN, session.staff_no, now)
    case = opened(first, case_id=str(uuid.uuid4()), case_no=case_no, service_id=service_id, customer_id=customer_id)
    entry = write(hall, work, case, first, intent_id=intent_id, opening=Opening(case_no, service_id))
    rows.add_case(work, case, entry.id)
    form = prefilled(
        with_contract(blank_form(hall, record, service, case), known_contract(record, service)),
        record.bills,
        rules,
        service_id=service_id,
        on=on,
        flags=record.customer.flags,
        threshold_fen=hall.pack.thresholds(on).retention_average_fen,
    )
    desk = Desk(hall, work, session, case, facts_of(hall, work, session, rules, case, form, service, now))
    desk.add(desk.step(Act.CHECK_VALUE, worth=Worth(form.average_fen, form.is_valued)))
    desk.add_form(form)
    desk.save()
    return view_of(hall, work, session, desk.case)
