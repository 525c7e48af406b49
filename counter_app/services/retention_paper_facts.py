"""The facts of a case's papers, made from its entries, its form and what the hall knows at the moment of issue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from counter_app.domain import masks
from counter_app.domain import retention_paper_words as words
from counter_app.domain.hall import Hall
from counter_app.domain.money import format_fen
from counter_app.domain.retention import Act, Gate, Signer, Step
from counter_app.domain.retention_papers import (
    ExitSlipFacts,
    Head,
    PaperAgent,
    PaperCustomerSignature,
    PaperFacts,
    PaperFeedback,
    PaperGate,
    PaperKind,
    PaperMeasure,
    PaperMonth,
    PaperSignature,
    PaperVisit,
    Party,
    RegisterFacts,
    WorkOrderFacts,
    paper_number,
)
from counter_app.domain.retention_steps import Sealed, sealed_of, step_of
from counter_app.domain.staff import Session
from counter_app.services.retention import SIGNATURE
from counter_app.services.retention_desk import CLOSED, CaseView
from counter_app.storage import settings
from counter_app.storage.cancellations import CancelOrder, order_of
from counter_app.storage.retention import written_steps
from counter_app.storage.sql import Reading
from counter_app.storage.staff import find_staff
from counter_app.storage.visits import VisitRow, visits_of

OFFERS = "paper.exit_offers"
"""The setting with the hall's own words about offers for those who leave (002-A20)."""


@dataclass(frozen=True, slots=True)
class Known:
    """What the papers of a case are made from."""

    view: CaseView
    steps: tuple[tuple[Step, Sealed | None], ...]
    order: CancelOrder | None
    visits: tuple[VisitRow, ...]
    staff: dict[str, str]
    offers: str

    def who(self, staff_no: str) -> str:
        """Somebody of the hall as papers name them: name and staff number."""
        return f"{self.staff.get(staff_no, '')} {staff_no}".strip()

    def last(self, act: Act) -> Step | None:
        """The last step of its kind."""
        return next((step for step, _ in reversed(self.steps) if step.act is act), None)


def known_of(reading: Reading, view: CaseView) -> Known:
    """Everything of a case that a paper may show."""
    case = view.case
    steps = tuple((step_of(w), sealed_of(w.body)) for _entry, w in written_steps(reading, case.case_id))
    planned = visits_of(reading, case.case_id)
    numbers = {no for step, _ in steps for no in (step.staff_no, step.approver_no)} | {v.owner_no for v in planned}
    staff = {no: found.name for no in sorted(numbers - {""}) if (found := find_staff(reading, no))}
    return Known(view, steps, order_of(reading, case.case_id), planned, staff, settings.get(reading, OFFERS, ""))


def head_of(
    own: Hall, session: Session, kind: PaperKind, known: Known, *, now: datetime, serial: int, replaces: str
) -> Head:
    """The head of a paper that is issued now."""
    case = known.view.case
    number = paper_number(kind, hall_code=own.hall_code, counter_code=own.counter_code, year=now.year, serial=serial)
    return Head(
        hall_name=own.name,
        company=own.company,
        hall_id=own.hall_id,
        counter_id=own.counter_id,
        counter_name=own.counter_name,
        address=own.address,
        hotline=own.hotline,
        paper_no=number,
        kind=kind.value,
        year=now.year,
        serial=serial,
        case_id=case.case_id,
        case_no=case.case_no,
        issued_at=now.replace(microsecond=0),
        staff_no=session.staff_no,
        staff_name=session.name,
        replaces=replaces,
        is_demo=own.is_demo,
    )


def facts_of(kind: PaperKind, head: Head, known: Known) -> PaperFacts:
    """What a paper of this kind shows."""
    match kind:
        case PaperKind.REGISTER:
            return _register(head, known)
        case PaperKind.WORK_ORDER:
            return _work_order(head, known)
        case PaperKind.EXIT_SLIP:
            return _exit_slip(head, known)


def for_screen(facts: PaperFacts) -> PaperFacts:
    """The same paper as a screen may show it: who it is about is masked, as on every other page."""
    party = facts.party
    is_company = party.id_kind == words.ID_KINDS["uscc"]
    agent = replace(party.agent, name=masks.mask_name(party.agent.name)) if party.agent.name else party.agent
    shown = replace(
        party,
        name=party.name if is_company else masks.mask_name(party.name),
        service_number=masks.mask_phone(party.service_number),
        agent=agent,
    )
    if isinstance(facts, RegisterFacts):
        contact = words.contact(facts.later_contact) if facts.later_contact else ""
        return replace(facts, party=shown, later_contact=contact)
    return replace(facts, party=shown)


def _register(head: Head, known: Known) -> RegisterFacts:
    view, form, case, rules = known.view, known.view.form, known.view.case, known.view.rules
    audited = known.last(Act.AUDIT)
    return RegisterFacts(
        head=head,
        party=_party(known),
        accepted_at=form.accepted_at,
        accepted_by=known.who(case.opened_by),
        marks=tuple(words.FLAGS[flag] for flag in form.flags),
        average_fen=form.average_fen,
        average_months=rules.average_months,
        is_valued=case.is_valued,
        owed_fen=view.facts.owed_fen,
        contract_until_on=form.contract_until_on,
        contract_fen=form.contract_fen,
        contract_waived_by=known.who(case.waived_by if case.is_waived(form.contract_fen) else ""),
        reasons=tuple(words.reason(rules, code) for code in form.reasons),
        other_words=form.other_words,
        used=tuple(PaperMonth(m.month, m.total_fen, _items(m.items)) for m in form.used),
        former_use=form.former_use,
        interests=words.names(rules.interests, form.interests),
        rating=form.rating,
        rating_words=form.rating_words,
        next_tool="".join(words.names(rules.next_tools, (form.next_tool,))),
        later_contact=_contact(known),
        is_contact_agreed=form.is_contact_agreed,
        agreed_at=form.agreed_at,
        suggestions=form.suggestions,
        measures=_measures(known),
        cost_fen=case.cost_fen,
        result=words.result(case),
        ended_at=case.ended_at,
        signatures=_signatures(known),
        customer_signature=_customer_signature(known),
        gates=_gates(known),
        audit=words.audit(case, audited.words if audited else ""),
        audited_by=known.who(audited.staff_no) if audited else "",
        audited_at=audited.at if audited else None,
        visits=tuple(_visit(known, visit) for visit in known.visits),
        held_until=case.held_until,
        feedbacks=_feedbacks(known),
    )


def _feedbacks(known: Known) -> tuple[PaperFeedback, ...]:
    told = zip(known.view.case.feedbacks, known.view.problems, strict=True)
    return tuple(
        PaperFeedback(known.who(given.by), given.at, problem, known.who(given.taken_by), given.taken_at, given.answer)
        for given, problem in told
    )


def _work_order(head: Head, known: Known) -> WorkOrderFacts:
    view, form, case = known.view, known.view.form, known.view.case
    processed, order = known.last(Act.PROCESS), known.order
    items = order.equipment if order else ()
    return WorkOrderFacts(
        head=head,
        party=_party(known),
        order_id=order.order_id if order else "",
        accepted_at=form.accepted_at,
        reasons=tuple(words.reason(view.rules, code) for code in form.reasons),
        other_words=form.other_words,
        result=words.result(case),
        owed_fen=view.facts.owed_fen,
        contract_fen=form.contract_fen,
        contract_waived_by=known.who(case.waived_by if case.is_waived(form.contract_fen) else ""),
        gates=_gates(known),
        equipment=tuple(
            (words.EQUIPMENT.get(name, name), words.RECOVERIES.get(outcome, outcome)) for name, outcome in items
        ),
        signatures=_signatures(known),
        customer_signature=_customer_signature(known),
        processed_by=known.who(processed.staff_no) if processed else "",
        processed_at=processed.at if processed else None,
        closed_at=case.ended_at,
        held_until=case.held_until,
    )


def _exit_slip(head: Head, known: Known) -> ExitSlipFacts:
    view, form, case = known.view, known.view.form, known.view.case
    account_id = view.service.account_id
    books = [held.book for held in view.record.books if held.account_id == account_id]
    there = [book for book in books if not book.is_expired(view.on)]
    others = [s for s in view.record.services if s.account_id == account_id and s.id != view.service.id]
    ended_at = case.ended_at or head.issued_at
    party = _party(known)
    is_person = view.record.customer.kind == "person"
    agent = party.agent
    return ExitSlipFacts(
        head=head,
        party=Party(
            masks.mask_name(party.name) if is_person else party.name,
            party.id_kind,
            party.id_masked,
            PaperAgent(masks.mask_name(agent.name) if agent.name else "", agent.id_kind, agent.id_masked, ""),
            party.customer_no,
            party.customer_class,
            party.account_no,
            party.service_number,
            party.service,
        ),
        left_on=ended_at.date(),
        held_until=case.held_until,
        is_port_out=case.is_port_out,
        is_reentry_free=view.rules.is_reentry_free,
        refund_fen=sum(book.balance_fen for book in there if book.kind_of_money != "benefit"),
        gift_fen=sum(book.balance_fen for book in there if book.kind_of_money == "benefit"),
        is_account_alive=any(other.state != CLOSED for other in others),
        is_contact_agreed=form.is_contact_agreed,
        later_contact_masked=words.contact(form.later_contact) if form.is_contact_agreed else "",
        visits=tuple(visit.due_on for visit in known.visits) if form.is_contact_agreed else (),
        offers=_offers(known),
    )


def _offers(known: Known) -> tuple[str, ...]:
    """What may be said about offers: nothing without consent, and nothing to whoever takes the number along."""
    form = known.view.form
    if not form.is_contact_agreed or known.view.case.is_port_out:
        return ()
    liked = "、".join(words.names(known.view.rules.interests, form.interests))
    told = f"您感兴趣的“{liked}”有新优惠时，我们将按您同意的方式告知。" if liked else ""
    pack = known.view.rules.exit_offers
    return tuple(line for line in (told, pack, *known.offers.splitlines()) if line.strip())


def _party(known: Known) -> Party:
    view, form, agent = known.view, known.view.form, known.view.form.agent
    account = next((a for a in view.record.accounts if a.id == view.service.account_id), None)
    kind, number = words.document(form.id_kind, form.id_number)
    agent_kind, agent_number = words.document(agent.id_kind, agent.id_number)
    return Party(
        name=form.name,
        id_kind=kind,
        id_masked=number,
        agent=PaperAgent(agent.name, agent_kind, agent_number, agent.order_no),
        customer_no=view.record.customer.customer_no,
        customer_class=words.CLASSES.get(form.customer_class, form.customer_class),
        account_no=account.account_no if account else "",
        service_number=form.service_number,
        service=view.service.plan,
    )


def _contact(known: Known) -> str:
    """How to reach the customer later, and when it suits."""
    form = known.view.form
    times = "、".join(words.names(known.view.rules.contact_times, form.contact_times))
    return f"{form.later_contact}{words.SUITS}{times}）" if times else form.later_contact


def _items(items: Sequence[tuple[str, int]]) -> str:
    return "、".join(f"{name} {format_fen(fen)}" for name, fen in items)


def _measures(known: Known) -> tuple[PaperMeasure, ...]:
    rows = []
    for made in known.view.case.measures:
        name, amount, answer = words.measure(known.view.rules, made)
        rows.append(PaperMeasure(made.line, name, amount, made.cost_fen, answer, known.who(made.approver_no)))
    return tuple(rows)


def _signatures(known: Known) -> tuple[PaperSignature, ...]:
    case, rows = known.view.case, []
    for signer in Signer:
        given = case.signature(signer)
        if given is not None:
            who = known.who(given.staff_no)
            rows.append(PaperSignature(words.SIGNERS[signer], who, given.signed_at, given.not_available))
        else:
            rows.append(PaperSignature(words.SIGNERS[signer], "" if case.is_valued else words.NOT_NEEDED))
    return tuple(rows)


def _customer_signature(known: Known) -> PaperCustomerSignature | None:
    """The signature that counts: the last one, where no correction took it back."""
    if not known.view.case.customer_signature:
        return None
    for step, sealed in reversed(known.steps):
        if step.act is Act.SIGN_CUSTOMER and sealed is not None:
            how = sealed.kind.removeprefix(f"{SIGNATURE}.")
            return PaperCustomerSignature(how, step.record, sealed.sha256, step.at)
    return None


def _gates(known: Known) -> tuple[PaperGate, ...]:
    last: dict[Gate, Step] = {}
    for step, _ in known.steps:
        if step.act is Act.CHECK_GATE and step.gate is not None:
            last[step.gate] = step
        elif step.act is Act.CORRECT:
            last.clear()
    return tuple(
        PaperGate(words.GATES[gate], known.who(last[gate].staff_no), last[gate].at)
        if gate in last
        else PaperGate(words.GATES[gate])
        for gate in Gate
    )


def _visit(known: Known, visit: VisitRow) -> PaperVisit:
    outcome = ""
    if visit.outcome is not None:
        outcome = words.OUTCOMES.get(visit.outcome, visit.outcome)
        outcome += f"（{visit.done_on}）" if visit.done_on else ""
    return PaperVisit(visit.line, visit.due_on, known.who(visit.owner_no), outcome)
