"""A customer asks to leave (显性离网): the case as the steps made it, from the first word to the last follow-up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from counter_app.domain.money import Fen
from counter_app.domain.rights import Role


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
    ASK_OFFER = "ask_offer"
    DECLINE_OFFER = "decline_offer"
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
    HAND_OVER = "hand_over"
    REENTER = "reenter"
    FEED_BACK = "feed_back"
    TAKE_UP = "take_up"


OWN_DESK = frozenset({Act.SIGN, Act.DECLINE, Act.OFFER, Act.DECLINE_OFFER})
"""What an approver may decide at the own desk, under the own sign-in, once somebody else has asked for it."""


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
    """A signature that was asked for, by whom last, and whether somebody said no and why; the time limit runs from the
    first request.
    """

    signer: Signer
    asked_at: datetime
    is_declined: bool = False
    asked_by: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class OfferAsked:
    """An offer above a role's own limit that waits for a supervisor at the supervisor's own desk, or was declined."""

    measure: Measure
    asked_by: str
    asked_at: datetime
    is_declined: bool = False
    why: str = ""

    def is_about(self, measure: Measure) -> bool:
        """Whether it is this offer that was asked for, whatever its line and its cost are by now."""
        return _terms(self.measure) == _terms(measure)


@dataclass(frozen=True, slots=True)
class Feedback:
    """A problem that was fed back to the hall manager (002-3b): by whom and when, its causes, and the side record that
    holds it in words; and who took it up when with what answer, empty while it waits.
    """

    line: int
    by: str
    at: datetime
    reasons: tuple[str, ...]
    record: str
    taken_by: str = ""
    taken_at: datetime | None = None
    answer: str = ""


@dataclass(frozen=True, slots=True)
class Worth:
    """The value check (002-A1, 002-B1): three-month average in fen, and whether the customer is a valued one."""

    average_fen: Fen
    is_valued: bool


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that somebody did on a case. Of the optional facts, each act fills its own:

    `worth` check value · `reasons` save form, feed back, and what an audit missed · `signer` asked, signed … ·
    `measure` offer, asked for, declined · `line`, `is_yes` answer, visit, audit, re-entry without a fee, take up ·
    `gate` check gate · `words` why (decline, stand in, waive, audit), the outcome of a visit, or what the hall manager
    answers · `record` the side record of a form, a customer's signature, a problem fed back (and `to` whom) · `until`
    the day to which the number is held · `visits` the plan, or those that go to another owner · `items` the equipment,
    each piece with what became of it · `amount_fen` what a waiver lets go of.
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
    amount_fen: Fen = 0
    to: Role | None = None

    @property
    def is_own_desk(self) -> bool:
        """Whether an approver did it under the own sign-in, and nobody else stood at the screen."""
        return self.act in OWN_DESK and bool(self.approver_no) and self.approver_no == self.staff_no


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
    offers_asked: tuple[OfferAsked, ...] = ()
    askers: frozenset[str] = frozenset()
    result: Result | None = None
    customer_signature: str = ""
    waived_by: str = ""
    waived_fen: Fen = 0
    gates: frozenset[Gate] = frozenset()
    is_equipment_settled: bool = False
    held_until: date | None = None
    came_back_at: datetime | None = None
    ended_at: datetime | None = None
    is_audit_passed: bool | None = None
    misses: tuple[str, ...] = ()
    visits: tuple[Visit, ...] = ()
    feedbacks: tuple[Feedback, ...] = ()

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

    def is_waived(self, contract_fen: Fen) -> bool:
        """Whether all that the contract asks was waived: more than was let go of is asked for again, and so is
        everything after the form is saved anew.
        """
        return bool(self.waived_by) and contract_fen <= self.waived_fen

    @property
    def signers(self) -> frozenset[str]:
        """Who signed or approved something of the case; whoever stands in for a signature has signed nothing."""
        signed = {s.staff_no for s in self.signatures if not s.not_available}
        return frozenset(signed | {m.approver_no for m in self.measures} | {self.waived_by}) - {""}

    @property
    def hands(self) -> frozenset[str]:
        """Who worked on the case or asked for anything in it: none of them signs anything of it (reliability I14)."""
        return self.workers | self.askers

    @property
    def open_offers(self) -> tuple[OfferAsked, ...]:
        """Offers that wait for an approver; after the talk nothing waits any more."""
        return tuple(a for a in self.offers_asked if not a.is_declined) if self.desk is Stage.TALKING else ()

    @property
    def open_feedback(self) -> Feedback | None:
        """The problem that was fed back and that no hall manager has taken up yet; there is never more than one."""
        return next((f for f in self.feedbacks if not f.taken_by), None)

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


def _terms(measure: Measure) -> tuple[str, int, int]:
    return (measure.offer, measure.value, measure.months)
