"""What must be true before a step of a retention case; no path goes round a guard (002-A14, 002-3e)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from counter_app.domain.money import Fen
from counter_app.domain.refusals import Refusal
from counter_app.domain.retention import Act, Case, Gate, Measure, Result, Signer, Stage, Step
from counter_app.domain.retention_refusals import (
    AlreadyAudited,
    AlreadySigned,
    EquipmentOpen,
    FeedbackIsOwn,
    FeedbackNotThere,
    FeedbackWaits,
    GateUnmet,
    ManagerFirst,
    MeasureAboveCeiling,
    MeasureMissing,
    MeasureUnanswered,
    NotAtThisStage,
    NothingToHandOver,
    NothingToWaive,
    NumberNotHeld,
    OfferNotAsked,
    OffersLocked,
    OfferWaits,
    ReasonNeeded,
    SignatureNotAsked,
    SignatureNotNeeded,
    SignatureStillAwaited,
    SignerAtTheDesk,
    SignerWorkedOnCase,
    VisitPlanned,
    VisitUnknown,
    WordsNeeded,
)


@dataclass(frozen=True, slots=True)
class Facts:
    """What a guard needs besides the case: what is still owed (late fee included) and what the contract still asks, in
    fen; the limit of the person who offers; minutes after which a missing signature may be stood in for.
    """

    now: datetime
    owed_fen: Fen
    contract_fen: Fen
    ceiling_fen: Fen
    signature_minutes: int
    is_manager_first: bool


_BEFORE_OUTCOME = frozenset({Stage.DRAFT, Stage.VALUE_CHECKED, Stage.MANAGER_SIGNED, Stage.TALKING})
_LEAVING = frozenset({Stage.REFUSED, Stage.RECEPTIONIST_SIGNED, Stage.CUSTOMER_SIGNED})
_CHECKED = frozenset({Stage.VALUE_CHECKED, Stage.MANAGER_SIGNED, Stage.TALKING})
_AT_DESK = _BEFORE_OUTCOME | _LEAVING
_ENDED_WELL = frozenset({Stage.KEPT, Stage.CLOSED})
_FROM_THE_TALK = frozenset({Stage.TALKING, Stage.PROCESSING, Stage.WITHDRAWN}) | _LEAVING | _ENDED_WELL
_OPEN_TO_SIGNERS = frozenset(
    {
        Act.SIGN,
        Act.DECLINE,
        Act.DECLINE_OFFER,
        Act.AUDIT,
        Act.VISIT,
        Act.HAND_OVER,
        Act.WITHDRAW,
        Act.CORRECT,
        Act.ASK_SIGNATURE,
        Act.REENTER,
        Act.FEED_BACK,
        Act.TAKE_UP,
    }
)
"""What is left to somebody who signed or approved in the case; their own guards may still say no."""

_SIGNED = frozenset({Act.SIGN, Act.DECLINE, Act.WAIVE_CONTRACT, Act.DECLINE_OFFER})
"""What nobody does without an approver."""

_STAGES: dict[Act, frozenset[Stage]] = {
    Act.OPEN: frozenset(),
    Act.CHECK_VALUE: frozenset({Stage.DRAFT}),
    Act.SAVE_FORM: _BEFORE_OUTCOME | {Stage.REFUSED},
    Act.ASK_SIGNATURE: _CHECKED | _LEAVING,
    Act.SIGN: _CHECKED | _LEAVING,
    Act.STAND_IN: _CHECKED | _LEAVING,
    Act.DECLINE: _CHECKED | _LEAVING,
    Act.TALK: frozenset({Stage.VALUE_CHECKED, Stage.MANAGER_SIGNED}),
    Act.OFFER: frozenset({Stage.TALKING}),
    Act.ASK_OFFER: frozenset({Stage.TALKING}),
    Act.DECLINE_OFFER: frozenset({Stage.TALKING}),
    Act.ANSWER: frozenset({Stage.TALKING}),
    Act.KEEP: frozenset({Stage.TALKING}),
    Act.LEAVE: frozenset({Stage.TALKING}),
    Act.LEAVE_NOW: _BEFORE_OUTCOME,
    Act.WAIVE_CONTRACT: _LEAVING,
    Act.SIGN_CUSTOMER: frozenset({Stage.REFUSED, Stage.RECEPTIONIST_SIGNED}),
    Act.CORRECT: frozenset({Stage.RECEPTIONIST_SIGNED, Stage.CUSTOMER_SIGNED}),
    Act.CHECK_GATE: _LEAVING,
    Act.PROCESS: frozenset({Stage.CUSTOMER_SIGNED}),
    Act.RECOVER: frozenset({Stage.PROCESSING}),
    Act.CLOSE: frozenset({Stage.PROCESSING}),
    Act.WITHDRAW: _AT_DESK,
    Act.AUDIT: _ENDED_WELL,
    Act.PLAN_VISIT: _ENDED_WELL,
    Act.VISIT: _ENDED_WELL,
    Act.HAND_OVER: _ENDED_WELL,
    Act.REENTER: frozenset({Stage.CLOSED}),
    # nothing waits for it, and nothing is too late for it: before the talk nobody has understood anything yet
    Act.FEED_BACK: _FROM_THE_TALK,
    Act.TAKE_UP: _FROM_THE_TALK,
}


def refusal_of(case: Case, step: Step, facts: Facts) -> Refusal | None:
    """Why the step may not be done now, or None. The first guard that says no is named."""
    if case.desk not in _STAGES[step.act]:
        return NotAtThisStage(case.case_no, case.stage, step.act)
    is_open = step.act in _OPEN_TO_SIGNERS or step.is_own_desk
    if not is_open and step.staff_no in case.signers:
        return SignerAtTheDesk(step.staff_no)
    guard = _GUARDS.get(step.act)
    return None if guard is None else guard(case, step, facts)


def open_acts(case: Case) -> frozenset[Act]:
    """The acts that belong to the stage of the case, whatever their guards say; a screen offers no others."""
    return frozenset(act for act, stages in _STAGES.items() if case.desk in stages)


def missing_signers(case: Case) -> tuple[Signer, ...]:
    """Who of the hall has not signed, of those who must (domain_rules 8): nobody for a customer who is not valued."""
    if not case.is_valued:
        return ()
    return tuple(signer for signer in Signer if case.signature(signer) is None)


def unmet(case: Case, gate: Gate, facts: Facts) -> GateUnmet | None:
    """What keeps the gate shut, apart from the teller's own check."""
    contract_fen = 0 if case.is_waived(facts.contract_fen) else facts.contract_fen
    if gate is Gate.SETTLED and (facts.owed_fen > 0 or contract_fen > 0):
        return GateUnmet(gate, facts.owed_fen, contract_fen)
    if gate is Gate.SIGNATURE:
        signers = missing_signers(case)
        if signers or not case.customer_signature:
            return GateUnmet(gate, signers=signers, is_customer_missing=not case.customer_signature)
    return None


def _value(case: Case, step: Step, facts: Facts) -> Refusal | None:
    assert step.worth is not None, "a value check says what it found"
    return None


def _talk(case: Case, step: Step, facts: Facts) -> Refusal | None:
    if case.is_port_out:
        return OffersLocked(case.case_no)
    if case.is_valued and facts.is_manager_first and case.signature(Signer.MANAGER) is None:
        return ManagerFirst(case.case_no, case.request(Signer.MANAGER) is not None)
    if case.is_valued and case.request(Signer.MANAGER) is None:
        # whoever need not sign first is called all the same (002-B1)
        return ManagerFirst(case.case_no, is_asked=False)
    return None


def _offer(case: Case, step: Step, facts: Facts) -> Refusal | None:
    if case.is_port_out:
        return OffersLocked(case.case_no)
    assert step.measure is not None, "an offer names its measure"
    cost_fen = case.cost_fen + step.measure.cost_fen
    if cost_fen > facts.ceiling_fen and not step.approver_no:
        return MeasureAboveCeiling(cost_fen, facts.ceiling_fen)
    return _other_person(case, step)


def _ask_offer(case: Case, step: Step, facts: Facts) -> Refusal | None:
    if case.is_port_out:
        return OffersLocked(case.case_no)
    assert step.measure is not None, "an offer names its measure"
    return OfferWaits(step.measure.offer) if _is_open(case, step.measure) else None


def _decline_offer(case: Case, step: Step, facts: Facts) -> Refusal | None:
    assert step.measure is not None, "an offer names its measure"
    if not step.words.strip():
        return WordsNeeded(step.act)
    return _other_person(case, step) if _is_open(case, step.measure) else OfferNotAsked(step.measure.offer)


def _is_open(case: Case, measure: Measure) -> bool:
    return any(asked.is_about(measure) for asked in case.open_offers)


def _answer(case: Case, step: Step, facts: Facts) -> Refusal | None:
    return None if case.measure(step.line) else NotAtThisStage(case.case_no, case.stage, step.act)


def _keep(case: Case, step: Step, facts: Facts) -> Refusal | None:
    if not any(m.is_accepted for m in case.measures):
        return MeasureMissing(case.case_no, is_taken=True)
    return _outcome(case)


def _leave(case: Case, step: Step, facts: Facts) -> Refusal | None:
    # after a port-out no offer may be made, so none can be asked for
    if not case.measures and not case.is_port_out:
        return MeasureMissing(case.case_no, is_taken=False)
    return _outcome(case)


def _outcome(case: Case) -> Refusal | None:
    for measure in case.measures:
        if measure.is_accepted is None:
            return MeasureUnanswered(measure.line, measure.offer)
    return None if case.reasons else ReasonNeeded(case.case_no)


def _leave_now(case: Case, step: Step, facts: Facts) -> Refusal | None:
    # it skips the talk, never the value check: where none was made it comes with the step
    if case.worth is None and step.worth is None:
        message = "leaving at once still says what the customer is worth"
        raise ValueError(message)
    return None


def _signature(case: Case, step: Step, facts: Facts) -> Refusal | None:
    signer = step.signer
    assert signer is not None, "a step about a signature names the signer"
    if not case.is_valued:
        return SignatureNotNeeded(signer)
    given = case.signature(signer)
    if given is not None:
        return AlreadySigned(signer, given.staff_no)
    if signer is Signer.RECEPTIONIST and case.result not in (Result.LEFT, Result.REFUSED_TALK):
        return NotAtThisStage(case.case_no, case.stage, step.act)
    if step.act is Act.ASK_SIGNATURE:
        return None
    if signer is Signer.RECEPTIONIST and not case.reasons:
        # after this signature the form is not written any more, so a reason could not be added
        return ReasonNeeded(case.case_no)
    if step.act is Act.SIGN:
        return _other_person(case, step)
    if not step.words.strip():
        return WordsNeeded(step.act)
    asked = case.request(signer)
    if asked is None:
        return SignatureNotAsked(signer)
    if step.act is Act.DECLINE:
        return _other_person(case, step)
    until = asked.asked_at + timedelta(minutes=facts.signature_minutes)
    return SignatureStillAwaited(signer, until) if facts.now < until else None


def _other_person(case: Case, step: Step) -> Refusal | None:
    """The approver, where one is named, is nobody who worked on the case or asked for anything in it; under the own
    sign-in an approver decides only what somebody else has asked for (docs/decisions/0008).
    """
    if step.act in _SIGNED and not step.approver_no:
        return SignerWorkedOnCase(step.staff_no)
    if step.approver_no and step.approver_no in case.hands:
        return SignerWorkedOnCase(step.approver_no)
    if step.approver_no == step.staff_no and not _was_asked(case, step):
        return SignerWorkedOnCase(step.approver_no)
    return None


def _was_asked(case: Case, step: Step) -> bool:
    if not step.is_own_desk:
        return False
    if step.signer is not None:
        asked = case.request(step.signer)
        return asked is not None and not asked.is_declined
    return step.measure is not None and _is_open(case, step.measure)


def _waive(case: Case, step: Step, facts: Facts) -> Refusal | None:
    if facts.contract_fen <= 0 or case.is_waived(facts.contract_fen):
        return NothingToWaive(case.case_no)
    return _other_person(case, step) if step.words.strip() else WordsNeeded(step.act)


def _sign_customer(case: Case, step: Step, facts: Facts) -> Refusal | None:
    if not step.record:
        message = "a signature is a record: a drawing, or the note that it is on paper"
        raise ValueError(message)
    return None if case.reasons else ReasonNeeded(case.case_no)


def _gate(case: Case, step: Step, facts: Facts) -> Refusal | None:
    assert step.gate is not None, "a checked gate has a name"
    return unmet(case, step.gate, facts)


def _process(case: Case, step: Step, facts: Facts) -> Refusal | None:
    for gate in Gate:
        refusal = unmet(case, gate, facts)
        if refusal is not None:
            return refusal
        if gate not in case.gates:
            return GateUnmet(gate)
    return None


def _close(case: Case, step: Step, facts: Facts) -> Refusal | None:
    return None if case.is_equipment_settled else EquipmentOpen(case.case_no)


def _audit(case: Case, step: Step, facts: Facts) -> Refusal | None:
    if case.is_audit_passed is not None:
        return AlreadyAudited(case.case_no)
    if not step.is_yes and not step.words.strip():
        return WordsNeeded(step.act)
    return SignerWorkedOnCase(step.staff_no) if step.staff_no in case.workers | case.signers else None


def _plan(case: Case, step: Step, facts: Facts) -> Refusal | None:
    lines = [visit.line for visit in case.visits]
    for visit in step.visits:
        if visit.line in lines:
            return VisitPlanned(case.case_no, visit.line)
        lines.append(visit.line)
    return None


def _visit(case: Case, step: Step, facts: Facts) -> Refusal | None:
    waiting = any(visit.line == step.line and not visit.is_done for visit in case.visits)
    return None if waiting else VisitUnknown(case.case_no, step.line)


def _hand_over(case: Case, step: Step, facts: Facts) -> Refusal | None:
    waiting = {visit.line: visit for visit in case.visits if not visit.is_done}
    for visit in step.visits:
        known = waiting.get(visit.line)
        if known is None or known.due_on != visit.due_on:
            return VisitUnknown(case.case_no, visit.line)
    goes = [visit for visit in step.visits if visit.owner_no != waiting[visit.line].owner_no]
    return None if goes else NothingToHandOver(case.case_no)


def _reenter(case: Case, step: Step, facts: Facts) -> Refusal | None:
    is_held = case.held_until is not None and facts.now.date() <= case.held_until
    return None if is_held and case.came_back_at is None else NumberNotHeld(case.case_no)


def _feed_back(case: Case, step: Step, facts: Facts) -> Refusal | None:
    if not step.record or step.to is None:
        message = "what is fed back is a record with the problem in words, for somebody"
        raise ValueError(message)
    if not step.reasons or not set(step.reasons) <= set(case.reasons):
        return ReasonNeeded(case.case_no)
    waiting = case.open_feedback
    return None if waiting is None else FeedbackWaits(case.case_no, waiting.by)


def _take_up(case: Case, step: Step, facts: Facts) -> Refusal | None:
    waiting = case.open_feedback
    if waiting is None or waiting.line != step.line:
        return FeedbackNotThere(case.case_no)
    if step.staff_no == waiting.by:
        return FeedbackIsOwn(step.staff_no)
    return None if step.words.strip() else WordsNeeded(step.act)


Guard = Callable[[Case, Step, Facts], Refusal | None]
_GUARDS: dict[Act, Guard] = {
    Act.CHECK_VALUE: _value,
    Act.TALK: _talk,
    Act.OFFER: _offer,
    Act.ASK_OFFER: _ask_offer,
    Act.DECLINE_OFFER: _decline_offer,
    Act.ANSWER: _answer,
    Act.KEEP: _keep,
    Act.LEAVE: _leave,
    Act.LEAVE_NOW: _leave_now,
    Act.ASK_SIGNATURE: _signature,
    Act.SIGN: _signature,
    Act.STAND_IN: _signature,
    Act.DECLINE: _signature,
    Act.WAIVE_CONTRACT: _waive,
    Act.SIGN_CUSTOMER: _sign_customer,
    Act.CHECK_GATE: _gate,
    Act.PROCESS: _process,
    Act.CLOSE: _close,
    Act.AUDIT: _audit,
    Act.PLAN_VISIT: _plan,
    Act.VISIT: _visit,
    Act.HAND_OVER: _hand_over,
    Act.REENTER: _reenter,
    Act.FEED_BACK: _feed_back,
    Act.TAKE_UP: _take_up,
}
