"""A customer wants to leave (离网挽留): each step is one unit of work, one commit, one entry, and can be asked again."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from counter_app.domain.customers import CustomerRecord, CustomerUnknown, Service
from counter_app.domain.journal import Draft
from counter_app.domain.money import Fen
from counter_app.domain.payments import Position
from counter_app.domain.refusals import Refusal, Refused
from counter_app.domain.retention import Act, Case, Signer, Step, Worth, after, opened
from counter_app.domain.retention_form import Form, FormFacts, OtherCaseOpen, ServiceNotActive, check_form
from counter_app.domain.retention_form_text import form_of_text, prefilled, text_of_form
from counter_app.domain.retention_guards import Facts, missing_signers, refusal_of
from counter_app.domain.retention_rules import RetentionRules
from counter_app.domain.retention_steps import Opening, Sealed, body_of, kind_of, masked
from counter_app.domain.signoffs import Challenge, digest_of_shown
from counter_app.domain.staff import Right, Session
from counter_app.services import authority, signoffs
from counter_app.services.payments import position_of
from counter_app.storage import retention as rows
from counter_app.storage.customers import load_record
from counter_app.storage.hall import OpenHall
from counter_app.storage.journal import find_by_intent
from counter_app.storage.shifts import open_shift_of
from counter_app.storage.side_records import SideRecord, add_record, find_record
from counter_app.storage.sql import Reading, Writing

FORM = "retention.form"
"""The kind of side record that holds a revision of the form."""

SIGNATURE = "retention.signature"
"""The kind of side record that holds the customer's signature: a drawing, a scan, or the note that it is on paper."""


@dataclass(frozen=True, slots=True)
class NoRetentionForm(Refusal):
    """The trade of this hall keeps no retention form; its pack has no such rules."""

    trade: str


@dataclass(frozen=True, slots=True)
class CaseUnknown(Refusal):
    """The hall has no such case."""

    case_id: str


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case as its page shows it: the steps so far, the form, and the hall's side as of `on`."""

    case: Case
    form: Form
    record: CustomerRecord = field(repr=False)
    service: Service = field(repr=False)
    rules: RetentionRules = field(repr=False)
    facts: Facts
    on: date

    @property
    def missing(self) -> tuple[Signer, ...]:
        """Signatures of the hall that are still missing."""
        return missing_signers(self.case)


def open_case(hall: OpenHall, session: Session, service_id: int, customer_id: int, intent_id: str) -> CaseView:
    """Open the case of a service, with the value check and the form filled from the bills, in one commit (002-3a).

    Raises:
        Refused: `NoRight`, `SignedOut`, `NoRetentionForm`, `CustomerUnknown`, `ServiceNotActive`, `OtherCaseOpen`.
    """
    now = hall.clock.now()
    on = now.date()
    rules = rules_of(hall, on)
    with hall.writing() as work:
        authority.still(work, session, Right.RETAIN)
        record, service = _record_of(work, customer_id, service_id)
        if service.state == "closed":
            raise Refused(ServiceNotActive(service.number))
        present = rows.open_case_of(work, service_id)
        if present is not None:
            other = rows.load_case(work, present)
            raise Refused(OtherCaseOpen(other.case_no if other else present))
        case_no = f"{hall.hall.code}-{on:%Y%m%d}-{rows.cases_of_day(work, on) + 1:04d}"
        case_id = str(uuid.uuid4())
        first = Step(Act.OPEN, session.staff_no, now)
        case = opened(first, case_id=case_id, case_no=case_no, service_id=service_id, customer_id=customer_id)
        entry = _write(hall, work, case, first, intent_id=intent_id, opening=Opening(case_no, service_id))
        rows.add_case(work, case, entry)
        form = _first_form(hall, session, record, service, case, rules, on)
        desk = _Desk(hall, work, session, case)
        desk.add(Step(Act.CHECK_VALUE, session.staff_no, now, worth=Worth(form.average_fen, form.is_valued)))
        desk.add_form(form)
        desk.save()
        return _view(hall, work, desk.case)


def view(hall: OpenHall, session: Session, case_id: str) -> CaseView:
    """A case as it stands.

    Raises:
        Refused: `NoRight`, `CaseUnknown`.
    """
    session.need(Right.SEE_CUSTOMERS)
    with hall.reading() as reading:
        return _view(hall, reading, _case(reading, case_id))


def save_form(hall: OpenHall, session: Session, case_id: str, form: Form, intent_id: str) -> CaseView:
    """Keep a revision of the form; what is wrong in it is refused field by field, what is missing may come later.

    Raises:
        Refused: `NoRight`, `SignedOut`, `CaseUnknown`, those of `check_form` and of the guards.
    """

    def do(desk: _Desk, now: CaseView) -> None:
        facts = FormFacts(now.record.customer.name, now.service.state != "closed", "")
        for refusal in check_form(form, now.rules, facts, today=now.on, is_final=False):
            raise Refused(refusal)
        desk.add_form(form, intent_id=intent_id)

    return take_step(hall, session, case_id, do, intent_id=intent_id)


def step(hall: OpenHall, session: Session, case_id: str, made: Step, intent_id: str) -> CaseView:
    """One step that writes nothing beside its entry: talk, ask for a signature, answer, leave, withdraw …

    Raises:
        Refused: `NoRight`, `SignedOut`, `CaseUnknown` and those of the guards.
    """
    return take_step(
        hall, session, case_id, lambda desk, _now: desk.add(made, intent_id=intent_id), intent_id=intent_id
    )


def leave_now(hall: OpenHall, session: Session, case_id: str, intent_id: str) -> CaseView:
    """The customer will not talk: straight to the gates; missing signatures are asked for in the same commit (002-3e).

    Raises:
        Refused: `NoRight`, `SignedOut`, `CaseUnknown`, `NotAtThisStage`.
    """

    def do(desk: _Desk, now: CaseView) -> None:
        moment = hall.clock.now()
        desk.add(Step(Act.LEAVE_NOW, session.staff_no, moment, worth=now.case.worth), intent_id=intent_id)
        for signer in missing_signers(desk.case):
            desk.add(Step(Act.ASK_SIGNATURE, session.staff_no, moment, signer=signer))

    return take_step(hall, session, case_id, do, intent_id=intent_id)


def challenge_of(session: Session, shown: CaseView, made: Step) -> Challenge:
    """What a second person is asked to sign for a step, as the screen shows it now."""
    case = shown.case
    what = made.signer.value if made.signer else ""
    amount_fen = case.cost_fen + (made.measure.cost_fen if made.measure else 0)
    outcome = case.result.value if case.result else ""
    return signoffs.ask(
        session,
        action=f"{kind_of(made.act)}:{what}",
        case_id=case.case_id,
        outcome=outcome,
        amount_fen=amount_fen,
        shown=digest_of_shown(_shown(shown)),
    )


def signed_step(hall: OpenHall, session: Session, case_id: str, made: Step, signed: signoffs.Signed) -> CaseView:
    """A step that a second person signed: a signature, a refusal to sign, or an offer above the teller's limit.

    Raises:
        Refused: `NoRight`, `SignedOut`, `CaseUnknown`, those of `signoffs.hold` and of the guards.
    """
    nonce = signed.challenge.nonce

    def do(desk: _Desk, now: CaseView) -> None:
        done = challenge_of(session, now, made)
        approver_no = signoffs.hold(hall, desk.work, session, signed, done, now.case.workers)
        desk.add(replace(made, approver_no=approver_no), intent_id=nonce)

    return take_step(hall, session, case_id, do, intent_id=nonce)


def sign_customer(hall: OpenHall, session: Session, case_id: str, content: bytes, intent_id: str) -> CaseView:
    """Keep the customer's signature beside the journal; the entry has its hash. The form must be whole by now.

    Raises:
        Refused: `NoRight`, `SignedOut`, `CaseUnknown`, those of `check_form` and of the guards.
    """

    def do(desk: _Desk, now: CaseView) -> None:
        facts = FormFacts(now.record.customer.name, now.service.state != "closed", "")
        for refusal in check_form(now.form, now.rules, facts, today=now.on, is_final=True):
            raise Refused(refusal)
        made = Step(Act.SIGN_CUSTOMER, session.staff_no, hall.clock.now(), record=str(uuid.uuid4()))
        desk.add(made, intent_id=intent_id, content=content, kind=SIGNATURE)

    return take_step(hall, session, case_id, do, intent_id=intent_id)


def take_step(
    hall: OpenHall,
    session: Session,
    case_id: str,
    do: Callable[[_Desk, CaseView], None],
    *,
    intent_id: str,
    right: Right = Right.RETAIN,
) -> CaseView:
    """Do something on a case in one unit of work. An intent that was carried out before changes nothing again.

    Raises:
        Refused: `NoRight`, `SignedOut`, `CaseUnknown` and what `do` refuses.
    """
    with hall.writing() as work:
        authority.still(work, session, right)
        now = _view(hall, work, _case(work, case_id), session)
        if find_by_intent(work, intent_id) is not None:
            return now
        desk = _Desk(hall, work, session, now.case, now.facts)
        do(desk, now)
        desk.save()
        return _view(hall, work, desk.case, session)


class _Desk:
    """A case under one unit of work: steps are held to their guards, written, folded, and saved together."""

    def __init__(self, hall: OpenHall, work: Writing, session: Session, case: Case, facts: Facts | None = None) -> None:
        self.hall = hall
        self.work = work
        self.session = session
        self.case = case
        self._facts = facts
        self._entries: list[int] = []

    def add(self, made: Step, *, intent_id: str | None = None, content: bytes = b"", kind: str = "") -> int:
        """Hold a step to its guard and write it.

        Raises:
            Refused: what the guard says.
        """
        made = masked(made)
        if self._facts is not None:
            refusal = refusal_of(self.case, made, self._facts)
            if refusal is not None:
                raise Refused(refusal)
        sealed, record = None, None
        if made.record:
            record = SideRecord.of(made.record, self.case.case_id, kind, content)
            sealed = Sealed(kind, record.size, record.sha256.hex())
        entry = _write(self.hall, self.work, self.case, made, intent_id=intent_id, sealed=sealed)
        if record is not None:
            add_record(self.work, record, entry)
        self.case = after(self.case, made)
        self._entries.append(entry)
        return entry

    def add_form(self, form: Form, *, intent_id: str | None = None) -> None:
        """Write a revision of the form with its reasons."""
        made = Step(
            Act.SAVE_FORM,
            self.session.staff_no,
            self.hall.clock.now(),
            reasons=form.reasons,
            record=str(uuid.uuid4()),
        )
        self.add(made, intent_id=intent_id, content=text_of_form(form).encode("utf-8"), kind=FORM)

    def save(self) -> None:
        """Bring the row of the case up to its steps."""
        if self._entries:
            rows.save_case(self.work, self.case, self._entries)


def rules_of(hall: OpenHall, on: date) -> RetentionRules:
    """The pack's rules for customers who want to leave.

    Raises:
        Refused: `NoRetentionForm`.
    """
    rules = hall.pack.retention(on)
    if rules is None:
        raise Refused(NoRetentionForm(hall.pack.trade))
    return rules


def _case(reading: Reading, case_id: str) -> Case:
    case = rows.load_case(reading, case_id)
    if case is None:
        raise Refused(CaseUnknown(case_id))
    return case


def _record_of(reading: Reading, customer_id: int, service_id: int) -> tuple[CustomerRecord, Service]:
    record = load_record(reading, customer_id)
    service = next((s for s in record.services if s.id == service_id), None) if record else None
    if record is None or service is None:
        raise Refused(CustomerUnknown(str(customer_id)))
    return record, service


def _view(hall: OpenHall, reading: Reading, case: Case, session: Session | None = None) -> CaseView:
    now = hall.clock.now()
    on = now.date()
    rules = rules_of(hall, on)
    record, service = _record_of(reading, case.customer_id, case.service_id)
    shift = open_shift_of(reading, hall.hall.counter_id)
    _customer, position = position_of(hall, reading, case.customer_id, service.account_id, shift)
    kept = find_record(reading, case.form) if case.form else None
    content = kept.content if kept else None
    form = form_of_text(content.decode("utf-8")) if content else _blank(hall, record, service, case)
    return CaseView(case, form, record, service, rules, _facts(rules, case, form, position, session, now), on)


def _facts(
    rules: RetentionRules, case: Case, form: Form, position: Position, session: Session | None, now: datetime
) -> Facts:
    ceiling_fen = rules.ceiling_fen(session.role, is_valued=case.is_valued) if session else 0
    owed_fen: Fen = position.due_fen
    return Facts(now, owed_fen, form.contract_fen, ceiling_fen, rules.signature_minutes, rules.is_manager_first)


def _shown(shown: CaseView) -> dict[str, object]:
    """What the approver sees of the case; the form is there by the hash-bearing record that holds it."""
    case = shown.case
    return {
        "case_no": case.case_no,
        "stage": case.stage.value,
        "form": case.form,
        "reasons": list(case.reasons),
        "average_fen": case.worth.average_fen if case.worth else 0,
        "owed_fen": shown.facts.owed_fen,
        "measures": [[m.offer, m.value, m.months, m.cost_fen, m.is_accepted] for m in case.measures],
    }


def _blank(hall: OpenHall, record: CustomerRecord, service: Service, case: Case) -> Form:
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


def _first_form(
    hall: OpenHall,
    session: Session,
    record: CustomerRecord,
    service: Service,
    case: Case,
    rules: RetentionRules,
    on: date,
) -> Form:
    blank = _blank(hall, record, service, case)
    return prefilled(
        blank,
        record.bills,
        rules,
        service_id=service.id,
        on=on,
        flags=record.customer.flags,
        threshold_fen=hall.pack.thresholds(on).retention_average_fen,
    )


def _write(
    hall: OpenHall,
    work: Writing,
    case: Case,
    made: Step,
    *,
    intent_id: str | None = None,
    opening: Opening | None = None,
    sealed: Sealed | None = None,
) -> int:
    entry = hall.journal.append(
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
    return entry.id


def all_at_desk(hall: OpenHall, session: Session) -> Sequence[rows.CaseRow]:
    """Cases that somebody still works on, whoever opened them (a colleague may go on with any).

    Raises:
        Refused: `NoRight`.
    """
    session.need(Right.SEE_CUSTOMERS)
    with hall.reading() as reading:
        return rows.cases_at_desk(reading)
