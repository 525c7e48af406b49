"""A customer asks to leave (显性离网): the case as the steps made it, from the first word to the last follow-up."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from counter_app.domain.money import Fen


class Stage(StrEnum):
    """Where a case stands (domain_rules 8). `refused`: the customer goes, after a talk or without one."""

    DRAFT = "draft"
    VALUE_CHECKED = "value_checked"
    MANAGER_SIGNED = "manager_signed"
    TALKING = "talking"
    KEPT = "kept"
    REFUSED = "refused"
    RECEPTIONIST_SIGNED = "receptionist_signed"
    CUSTOMER_SIGNED = "customer_signed"
    PROCESSING = "processing"
    CLOSED = "closed"
    AUDITED = "audited"
    FOLLOW_UP = "follow_up"
    DONE = "done"
    WITHDRAWN = "withdrawn"


ENDED = frozenset({Stage.KEPT, Stage.CLOSED, Stage.AUDITED, Stage.FOLLOW_UP, Stage.DONE, Stage.WITHDRAWN})
"""Stages in which the desk is done with the case; what comes after is audit and follow-up."""


class Act(StrEnum):
    """One step of a case; the journal keeps it as the entry `retention.<act>`."""

    OPEN = "open"
    CHECK_VALUE = "check_value"
    SAVE_FORM = "save_form"
    ASK_SIGNATURE = "ask_signature"
    SIGN = "sign"
    STAND_IN = "stand_in"
    DECLINE = "decline"
    TALK = "talk"
    OFFER = "offer"
    ANSWER = "answer"
    KEEP = "keep"
    LEAVE = "leave"
    LEAVE_NOW = "leave_now"
    WAIVE_CONTRACT = "waive_contract"
    SIGN_CUSTOMER = "sign_customer"
    CORRECT = "correct"
    CHECK_GATE = "check_gate"
    PROCESS = "process"
    RECOVER = "recover"
    CLOSE = "close"
    WITHDRAW = "withdraw"
    AUDIT = "audit"
    PLAN_VISIT = "plan_visit"
    VISIT = "visit"


class Signer(StrEnum):
    """Whose signature a valued customer's case needs besides the customer's own: the manager's before the talk, the
    receptionist's on the outcome (002-A1, 002-A4); a manager may give either.
    """

    MANAGER = "manager"
    RECEPTIONIST = "receptionist"


class Gate(StrEnum):
    """What the teller checks before a service is cancelled (002-A14, 002-B5)."""

    ID = "id"
    SETTLED = "settled"
    SIGNATURE = "signature"


class Result(StrEnum):
    """How the talk ended."""

    KEPT = "kept"
    LEFT = "left"
    REFUSED_TALK = "refused_talk"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature, or what stands in for one: `not_available` says why nobody signed (goes to the audit)."""

    signer: Signer
    staff_no: str
    signed_at: datetime
    not_available: str = ""


@dataclass(frozen=True, slots=True)
class Measure:
    """An offer made to the customer (挽留措施): what it costs the hall in fen, and what the customer answered."""

    line: int
    offer: str
    value: int
    months: int
    cost_fen: Fen
    is_accepted: bool | None = None
    approver_no: str = ""


@dataclass(frozen=True, slots=True)
class Visit:
    """A follow-up that was planned: its line, the day by which it is due, and whether it was made."""

    line: int
    due_on: date
    owner_no: str
    is_done: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """A signature that was asked for, and whether somebody said no; the time limit runs from `asked_at`."""

    signer: Signer
    asked_at: datetime
    is_declined: bool = False


@dataclass(frozen=True, slots=True)
class Worth:
    """The value check (002-A1, 002-B1): three-month average in fen, and whether the customer is a valued one."""

    average_fen: Fen
    is_valued: bool


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that somebody did on a case. Of the optional facts, each act fills its own:

    `worth` check value · `reasons` save form, and what an audit missed · `signer` asked, signed … · `measure` offer ·
    `line`, `is_yes` answer, visit, audit · `gate` check gate · `words` why (decline, stand in, waive, audit), or the
    outcome of a visit · `record` the side record of a form, a customer's signature · `until` the day to which the
    number is held · `visits` the plan · `items` the equipment, each piece with what became of it.
    """

    act: Act
    staff_no: str
    at: datetime
    approver_no: str = ""
    worth: Worth | None = None
    reasons: tuple[str, ...] = ()
    signer: Signer | None = None
    measure: Measure | None = None
    line: int = 0
    is_yes: bool = False
    gate: Gate | None = None
    words: str = ""
    record: str = ""
    until: date | None = None
    visits: tuple[Visit, ...] = ()
    items: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """A case as its steps made it. Everything here follows from them; personal words stay in the side records."""

    case_id: str
    case_no: str
    service_id: int
    customer_id: int
    opened_by: str
    opened_at: datetime
    workers: frozenset[str]
    desk: Stage = Stage.DRAFT
    worth: Worth | None = None
    reasons: tuple[str, ...] = ()
    is_port_out: bool = False
    form: str = ""
    asked: tuple[Asked, ...] = ()
    signatures: tuple[Signature, ...] = ()
    measures: tuple[Measure, ...] = ()
    result: Result | None = None
    customer_signature: str = ""
    waived_by: str = ""
    gates: frozenset[Gate] = frozenset()
    is_equipment_settled: bool = False
    held_until: date | None = None
    ended_at: datetime | None = None
    is_audit_passed: bool | None = None
    misses: tuple[str, ...] = ()
    visits: tuple[Visit, ...] = ()

    @property
    def stage(self) -> Stage:
        """Where the case stands, audit and follow-ups included."""
        if self.desk not in (Stage.KEPT, Stage.CLOSED) or self.is_audit_passed is None:
            return self.desk
        if not self.visits:
            return Stage.DONE
        open_visits = [visit for visit in self.visits if not visit.is_done]
        if not open_visits:
            return Stage.DONE
        return Stage.FOLLOW_UP if any(visit.is_done for visit in self.visits) else Stage.AUDITED

    @property
    def is_at_desk(self) -> bool:
        """Whether the teller still has something to do for it."""
        return self.desk not in ENDED

    @property
    def is_valued(self) -> bool:
        """Whether the value check found a valued customer; before the check nobody is."""
        return self.worth is not None and self.worth.is_valued

    @property
    def is_contract_waived(self) -> bool:
        """Whether what the contract still asks was waived; a form that is saved afterwards asks for it again."""
        return bool(self.waived_by)

    @property
    def signers(self) -> frozenset[str]:
        """Who signed or approved something of the case; whoever stands in for a signature has signed nothing."""
        signed = {s.staff_no for s in self.signatures if not s.not_available}
        return frozenset(signed | {m.approver_no for m in self.measures} | {self.waived_by}) - {""}

    def signature(self, signer: Signer) -> Signature | None:
        """The signature given or stood in for, if any."""
        return next((s for s in self.signatures if s.signer is signer), None)

    def request(self, signer: Signer) -> Asked | None:
        """The signature asked for, if it was."""
        return next((a for a in self.asked if a.signer is signer), None)

    def measure(self, line: int) -> Measure | None:
        """The measure on that line."""
        return next((m for m in self.measures if m.line == line), None)

    @property
    def cost_fen(self) -> Fen:
        """What the measures that the customer took, or has not answered, cost the hall."""
        return Fen(sum(m.cost_fen for m in self.measures if m.is_accepted is not False))

    @property
    def unavailable(self) -> tuple[Signature, ...]:
        """Signatures that something stands in for; each of them goes to the audit."""
        return tuple(s for s in self.signatures if s.not_available)


def opened(step: Step, *, case_id: str, case_no: str, service_id: int, customer_id: int) -> Case:
    """A new case, by its first step."""
    return Case(case_id, case_no, service_id, customer_id, step.staff_no, step.at, frozenset({step.staff_no}))


def replayed(first: Case, steps: Iterable[Step]) -> Case:
    """The case after further steps, in the order of the journal. It asks no guard: what stands there happened."""
    case = first
    for step in steps:
        case = after(case, step)
    return case


_BY_OTHERS = frozenset({Act.SIGN, Act.DECLINE, Act.AUDIT, Act.VISIT})
"""Steps that are no work at the desk: whoever did them may not be counted among the case's tellers."""


def after(case: Case, step: Step) -> Case:
    """The case after one step. Pure; guards are asked before, by `retention_guards.refusal_of`."""
    # what a signer may still do (send it back, note a withdrawal, call a colleague) is no work at the desk
    if step.act not in _BY_OTHERS and step.staff_no not in case.workers | case.signers:
        case = replace(case, workers=case.workers | {step.staff_no})
    match step.act:
        case Act.CHECK_VALUE:
            return replace(case, worth=step.worth, desk=Stage.VALUE_CHECKED)
        case Act.SAVE_FORM:
            return _with_form(case, step)
        case Act.TALK:
            return replace(case, desk=Stage.TALKING)
        case Act.OFFER | Act.ANSWER:
            return _with_measure(case, step)
        case Act.ASK_SIGNATURE | Act.SIGN | Act.STAND_IN | Act.DECLINE:
            return _with_signature(case, step)
        case Act.KEEP:
            return replace(case, desk=Stage.KEPT, result=Result.KEPT, ended_at=step.at)
        case Act.LEAVE:
            return replace(case, desk=Stage.REFUSED, result=Result.LEFT)
        case Act.LEAVE_NOW:
            worth = case.worth or step.worth
            return replace(case, desk=Stage.REFUSED, result=Result.REFUSED_TALK, worth=worth)
        case Act.WITHDRAW:
            return replace(case, desk=Stage.WITHDRAWN, result=Result.WITHDRAWN, ended_at=step.at)
        case Act.AUDIT | Act.PLAN_VISIT | Act.VISIT:
            return _afterwards(case, step)
        case _:
            return _leaving(case, step)


def _with_form(case: Case, step: Step) -> Case:
    is_port_out = case.is_port_out or "PORT_OUT" in step.reasons
    # the sum that the contract asks stands in the form: a new one is not the one that was waived
    return replace(case, form=step.record, reasons=step.reasons, is_port_out=is_port_out, waived_by="")


def _with_measure(case: Case, step: Step) -> Case:
    if step.measure is not None:
        return replace(case, measures=(*case.measures, replace(step.measure, approver_no=step.approver_no)))
    answered = tuple(replace(m, is_accepted=step.is_yes) if m.line == step.line else m for m in case.measures)
    return replace(case, measures=answered)


def _with_signature(case: Case, step: Step) -> Case:
    signer = step.signer
    assert signer is not None, "a step about a signature names the signer"
    if step.act is Act.ASK_SIGNATURE:
        first = case.request(signer)
        others = tuple(a for a in case.asked if a.signer is not signer)
        return replace(case, asked=(*others, Asked(signer, first.asked_at if first else step.at)))
    if step.act is Act.DECLINE:
        asked = tuple(replace(a, is_declined=True) if a.signer is signer else a for a in case.asked)
        back = case.desk is Stage.REFUSED and case.result is Result.LEFT
        case = replace(case, asked=asked)
        # a refused outcome goes back to the talk; somebody who refused to talk is not sent into one
        return replace(case, desk=Stage.TALKING, result=None) if back else case
    who = step.approver_no if step.act is Act.SIGN else step.staff_no
    given = Signature(signer, who, step.at, step.words if step.act is Act.STAND_IN else "")
    desk = case.desk
    if signer is Signer.MANAGER and desk is Stage.VALUE_CHECKED:
        desk = Stage.MANAGER_SIGNED
    elif signer is Signer.RECEPTIONIST and desk is Stage.REFUSED:
        desk = Stage.RECEPTIONIST_SIGNED
    return replace(case, signatures=(*case.signatures, given), desk=desk)


def _leaving(case: Case, step: Step) -> Case:
    match step.act:
        case Act.SIGN_CUSTOMER:
            return replace(case, desk=Stage.CUSTOMER_SIGNED, customer_signature=step.record)
        case Act.CORRECT:
            kept = tuple(s for s in case.signatures if s.signer is not Signer.RECEPTIONIST)
            asked = tuple(a for a in case.asked if a.signer is not Signer.RECEPTIONIST)
            return replace(
                case, desk=Stage.REFUSED, signatures=kept, asked=asked, customer_signature="", gates=frozenset()
            )
        case Act.WAIVE_CONTRACT:
            return replace(case, waived_by=step.approver_no)
        case Act.CHECK_GATE:
            assert step.gate is not None, "a checked gate has a name"
            return replace(case, gates=case.gates | {step.gate})
        case Act.PROCESS:
            return replace(case, desk=Stage.PROCESSING)
        case Act.RECOVER:
            return replace(case, is_equipment_settled=True)
        case Act.CLOSE:
            return replace(case, desk=Stage.CLOSED, held_until=step.until, ended_at=step.at)
        case _:
            raise ValueError(step.act)


def _afterwards(case: Case, step: Step) -> Case:
    if step.act is Act.AUDIT:
        return replace(case, is_audit_passed=step.is_yes, misses=step.reasons)
    if step.act is Act.PLAN_VISIT:
        return replace(case, visits=(*case.visits, *step.visits))
    done = tuple(replace(visit, is_done=True) if visit.line == step.line else visit for visit in case.visits)
    return replace(case, visits=done)
