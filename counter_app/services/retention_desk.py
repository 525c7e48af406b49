"""A retention case under one unit of work: loaded by its entries, held to its guards, written and saved together."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from counter_app.domain.customers import CustomerRecord, CustomerUnknown, Service
from counter_app.domain.journal import Draft, Entry
from counter_app.domain.refusals import Refusal, Refused
from counter_app.domain.retention import Act, Case, Signer, Step
from counter_app.domain.retention_contract import Contract, contract_of, with_contract
from counter_app.domain.retention_fold import after
from counter_app.domain.retention_form import Form, FormFacts
from counter_app.domain.retention_form_text import form_of_text, text_of_form
from counter_app.domain.retention_guards import Facts, missing_signers, refusal_of
from counter_app.domain.retention_rules import RetentionRules
from counter_app.domain.retention_steps import Opening, Sealed, body_of, kind_of, masked
from counter_app.domain.staff import Right, Session
from counter_app.services import authority
from counter_app.services.intents import look_up
from counter_app.services.payments import position_of
from counter_app.storage import retention as rows
from counter_app.storage.customers import load_record
from counter_app.storage.hall import OpenHall
from counter_app.storage.journal import Found, find_by_intent
from counter_app.storage.shifts import open_shift_of
from counter_app.storage.side_records import SideRecord, add_record, find_record
from counter_app.storage.sql import Reading, Writing
from counter_app.storage.trouble import CommitUncertain

FORM = "retention.form"
"""The kind of side record that holds a revision of the form."""

CLOSED = "closed"
"""The state of a service whose customer has left."""


@dataclass(frozen=True, slots=True)
class NoRetentionForm(Refusal):
    """The trade of this hall keeps no retention form; its pack has no such rules."""

    trade: str


@dataclass(frozen=True, slots=True)
class CaseUnknown(Refusal):
    """The hall has no such case."""

    case_id: str


@dataclass(frozen=True, slots=True)
class DoneAsAnotherStep(Refusal):
    """This decision was carried out before as something else; a new decision has an intent of its own."""

    kind: str


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case as its page shows it: the steps so far, the form, and the hall's side as of `on`.

    `is_late_answer` says that the file gave an error first and the step was found after reopening; `problems` are the
    words of what was fed back, in its order, empty where they were erased.
    """

    case: Case
    form: Form
    record: CustomerRecord = field(repr=False)
    service: Service = field(repr=False)
    rules: RetentionRules = field(repr=False)
    facts: Facts
    on: date
    is_late_answer: bool = False
    problems: tuple[str, ...] = field(default=(), repr=False)

    @property
    def missing(self) -> tuple[Signer, ...]:
        """Signatures of the hall that are still missing."""
        return missing_signers(self.case)

    @property
    def contract(self) -> Contract | None:
        """What the rows say of the contract."""
        return known_contract(self.record, self.service)

    @property
    def form_facts(self) -> FormFacts:
        """What the form is held against."""
        return FormFacts(self.record.customer.name, self.service.state != CLOSED)


class Desk:
    """A case under one unit of work: steps are held to their guards, written, folded, and saved together."""

    def __init__(self, hall: OpenHall, work: Writing, session: Session, case: Case, facts: Facts) -> None:
        self.hall = hall
        self.work = work
        self.session = session
        self.case = case
        self.facts = facts
        self.now = facts.now
        self._entries: list[int] = []

    def step(self, act: Act, **facts: Any) -> Step:
        """A step of whoever is signed in, now."""
        return Step(act, self.session.staff_no, self.now, **facts)

    def add(self, made: Step, *, intent_id: str | None = None, content: bytes = b"", kind: str = "") -> Entry:
        """Hold a step to its guard and write it.

        Raises:
            Refused: what the guard says.
        """
        made = masked(made)
        refusal = refusal_of(self.case, made, self.facts)
        if refusal is not None:
            raise Refused(refusal)
        sealed, record = None, None
        if made.record:
            record = SideRecord.of(made.record, self.case.case_id, kind, content)
            sealed = Sealed(kind, record.size, record.sha256.hex())
        entry = write(self.hall, self.work, self.case, made, intent_id=intent_id, sealed=sealed)
        if record is not None:
            add_record(self.work, record, entry.id)
        self.case = after(self.case, made)
        self._entries.append(entry.id)
        return entry

    def add_form(self, form: Form, *, intent_id: str | None = None) -> None:
        """Write a revision of the form with its reasons.

        Raises:
            Refused: what the guard says.
        """
        made = self.step(Act.SAVE_FORM, reasons=form.reasons, record=str(uuid.uuid4()))
        self.add(made, intent_id=intent_id, content=text_of_form(form).encode("utf-8"), kind=FORM)

    def save(self) -> None:
        """Bring the row of the case up to its steps."""
        if self._entries:
            rows.save_case(self.work, self.case, self._entries)


def take_step(
    hall: OpenHall,
    session: Session,
    case_id: str,
    do: Callable[[Desk, CaseView], None],
    *,
    act: Act,
    intent_id: str,
    right: Right = Right.RETAIN,
) -> CaseView:
    """Do something on a case in one unit of work. An intent that was carried out before changes nothing again.

    Raises:
        Refused: `NoRight`, `SignedOut`, `CaseUnknown`, `DoneAsAnotherStep` and what `do` refuses.
        NotRecorded: the file failed and nothing was recorded.
        CommitUncertain: the file failed and does not open; ask again under the same intent.
    """
    session.need(right)
    try:
        with hall.writing() as work:
            authority.still(work, session, right)
            now = view_of(hall, work, session, case_of(work, case_id))
            if find_done(work, intent_id, kind_of(act), case_id) is not None:
                return now
            desk = Desk(hall, work, session, now.case, now.facts)
            do(desk, now)
            desk.save()
            return view_of(hall, work, session, desk.case)
    except CommitUncertain as error:
        return resolve(hall, session, intent_id, error)


def resolve(hall: OpenHall, session: Session, intent_id: str, error: CommitUncertain) -> CaseView:
    """After a failed COMMIT: reopen the file and look the intent up, as payments do; never a second try by itself.

    Raises:
        NotRecorded: it is not in the journal.
        CommitUncertain: the file does not open yet.
    """

    def late(reading: Reading, found: Found) -> CaseView:
        case = case_of(reading, str(found.content["body"]["case_id"]))
        return view_of(hall, reading, session, case, is_late_answer=True)

    return look_up(hall, intent_id, error, late)


def find_done(reading: Reading, intent_id: str, kind: str, case_id: str | None = None) -> Found | None:
    """The entry that carried out the intent, None where none did; it is of this kind, on this case if one is named.

    Raises:
        Refused: `DoneAsAnotherStep`.
    """
    found = find_by_intent(reading, intent_id)
    if found is None:
        return None
    if found.kind != kind or (case_id is not None and case_id != found.content["body"]["case_id"]):
        raise Refused(DoneAsAnotherStep(found.kind))
    return found


def rules_of(hall: OpenHall, on: date) -> RetentionRules:
    """The pack's rules for customers who want to leave.

    Raises:
        Refused: `NoRetentionForm`.
    """
    rules = hall.rules_on(on).retention
    if rules is None:
        raise Refused(NoRetentionForm(hall.pack.trade))
    return rules


def case_of(reading: Reading, case_id: str) -> Case:
    """The case, folded from its entries.

    Raises:
        Refused: `CaseUnknown`.
    """
    case = rows.load_case(reading, case_id)
    if case is None:
        raise Refused(CaseUnknown(case_id))
    return case


def record_of(reading: Reading, customer_id: int, service_id: int) -> tuple[CustomerRecord, Service]:
    """The customer and the service that is to be left.

    Raises:
        Refused: `CustomerUnknown`.
    """
    record = load_record(reading, customer_id)
    service = next((s for s in record.services if s.id == service_id), None) if record else None
    if record is None or service is None:
        raise Refused(CustomerUnknown(str(customer_id)))
    return record, service


def view_of(
    hall: OpenHall, reading: Reading, session: Session, case: Case, *, is_late_answer: bool = False
) -> CaseView:
    """The case as its page shows it now; what is owed is computed by the engine that takes payments.

    Raises:
        Refused: `NoRetentionForm`, `CustomerUnknown`.
    """
    now = hall.clock.now()
    on = now.date()
    rules = rules_of(hall, on)
    record, service = record_of(reading, case.customer_id, case.service_id)
    kept = find_record(reading, case.form) if case.form else None
    content = kept.content if kept else None
    form = form_of_text(content.decode("utf-8")) if content else blank_form(hall, record, service, case)
    form = with_contract(form, known_contract(record, service))
    facts = facts_of(hall, reading, session, rules, case, form, service, now)
    problems = tuple(_problem(reading, given.record) for given in case.feedbacks)
    return CaseView(case, form, record, service, rules, facts, on, is_late_answer, problems)


def _problem(reading: Reading, record_id: str) -> str:
    kept = find_record(reading, record_id)
    return kept.content.decode("utf-8") if kept and kept.content else ""


def facts_of(
    hall: OpenHall,
    reading: Reading,
    session: Session,
    rules: RetentionRules,
    case: Case,
    form: Form,
    service: Service,
    now: datetime,
) -> Facts:
    """What the guards ask of the hall at this moment.

    Raises:
        Refused: `CustomerUnknown`.
    """
    shift = open_shift_of(reading, hall.hall.counter_id)
    _customer, position = position_of(hall, reading, case.customer_id, service.account_id, shift)
    ceiling_fen = rules.ceiling_fen(session.role, is_valued=case.is_valued)
    minutes, is_manager_first = rules.signature_minutes, rules.is_manager_first
    return Facts(now, position.due_fen, form.contract_fen, ceiling_fen, minutes, is_manager_first)


def known_contract(record: CustomerRecord, service: Service) -> Contract | None:
    """What the account of a service says of its contract."""
    account = next((account for account in record.accounts if account.id == service.account_id), None)
    return None if account is None else contract_of(account.facts)


def blank_form(hall: OpenHall, record: CustomerRecord, service: Service, case: Case) -> Form:
    """The form with what master data says of the customer."""
    customer = record.customer
    return Form(
        case.case_no,
        case.opened_at,
        hall.hall.name,
        case.opened_by,
        service.number,
        customer.name,
        id_kind=customer.id_kind or "",
        id_number=customer.id_number or "",
        customer_class=customer.customer_class,
    )


def write(
    hall: OpenHall,
    work: Writing,
    case: Case,
    made: Step,
    *,
    intent_id: str | None = None,
    opening: Opening | None = None,
    sealed: Sealed | None = None,
) -> Entry:
    """Write the entry of a step; the commit is the caller's."""
    return hall.journal.append(
        work,
        Draft(
            kind=kind_of(made.act),
            body=body_of(made, case.case_id, opening=opening, sealed=sealed),
            staff_no=made.staff_no,
            business_date=made.at.date(),
            customer_id=case.customer_id,
            intent_id=intent_id,
            approver_no=made.approver_no or None,
        ),
    )
