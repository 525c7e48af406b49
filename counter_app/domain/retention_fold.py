"""What each step makes of a retention case: the case as its entries tell it, one after the other."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from counter_app.domain.retention import (
    Act,
    Asked,
    Case,
    Feedback,
    OfferAsked,
    Result,
    Signature,
    Signer,
    Stage,
    Step,
)
from counter_app.domain.retention_fields import PORT_OUT


def opened(step: Step, *, case_id: str, case_no: str, service_id: int, customer_id: int) -> Case:
    """A new case, by its first step."""
    return Case(case_id, case_no, service_id, customer_id, step.staff_no, step.at, frozenset({step.staff_no}))


def replayed(first: Case, steps: Iterable[Step]) -> Case:
    """The case after further steps, in the order of the journal. It asks no guard: what stands there happened."""
    case = first
    for step in steps:
        case = after(case, step)
    return case


_BY_OTHERS = frozenset(
    {Act.SIGN, Act.DECLINE, Act.DECLINE_OFFER, Act.AUDIT, Act.VISIT, Act.HAND_OVER, Act.REENTER, Act.TAKE_UP}
)
"""Steps that are no work at the desk: whoever did them may not be counted among the case's tellers."""


def after(case: Case, step: Step) -> Case:
    """The case after one step. Pure; guards are asked before, by `retention_guards.refusal_of`."""
    # what a signer may still do (send it back, note a withdrawal, call a colleague) is no work at the desk
    is_by_other = step.act in _BY_OTHERS or step.is_own_desk
    if not is_by_other and step.staff_no not in case.workers | case.signers:
        case = replace(case, workers=case.workers | {step.staff_no})
    match step.act:
        case Act.CHECK_VALUE:
            return replace(case, worth=step.worth, desk=Stage.VALUE_CHECKED)
        case Act.SAVE_FORM:
            return _with_form(case, step)
        case Act.TALK:
            return replace(case, desk=Stage.TALKING)
        case Act.OFFER | Act.ANSWER | Act.ASK_OFFER | Act.DECLINE_OFFER:
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
        case Act.AUDIT | Act.PLAN_VISIT | Act.VISIT | Act.HAND_OVER | Act.REENTER | Act.FEED_BACK | Act.TAKE_UP:
            return _afterwards(case, step)
        case _:
            return _leaving(case, step)


def _with_form(case: Case, step: Step) -> Case:
    is_port_out = case.is_port_out or PORT_OUT in step.reasons
    # the sum that the contract asks stands in the form: a new one is not the one that was waived
    return replace(case, form=step.record, reasons=step.reasons, is_port_out=is_port_out, waived_by="", waived_fen=0)


def _with_measure(case: Case, step: Step) -> Case:
    if step.act in (Act.ASK_OFFER, Act.DECLINE_OFFER):
        return _with_offer_asked(case, step)
    if step.measure is not None:
        waiting = tuple(asked for asked in case.offers_asked if not asked.is_about(step.measure))
        made = replace(step.measure, approver_no=step.approver_no)
        return replace(case, measures=(*case.measures, made), offers_asked=waiting)
    answered = tuple(replace(m, is_accepted=step.is_yes) if m.line == step.line else m for m in case.measures)
    return replace(case, measures=answered)


def _with_offer_asked(case: Case, step: Step) -> Case:
    measure = step.measure
    assert measure is not None, "a step about an offer names it"
    others = tuple(asked for asked in case.offers_asked if not asked.is_about(measure))
    if step.act is Act.ASK_OFFER:
        asked = OfferAsked(measure, step.staff_no, step.at)
        return replace(case, offers_asked=(*others, asked), askers=case.askers | {step.staff_no})
    declined = (replace(a, is_declined=True, why=step.words) for a in case.offers_asked if a.is_about(measure))
    return replace(case, offers_asked=(*others, *declined))


def _with_signature(case: Case, step: Step) -> Case:
    signer = step.signer
    assert signer is not None, "a step about a signature names the signer"
    if step.act is Act.ASK_SIGNATURE:
        first = case.request(signer)
        others = tuple(a for a in case.asked if a.signer is not signer)
        asked_at = first.asked_at if first else step.at
        now = Asked(signer, asked_at, asked_by=step.staff_no)
        return replace(case, asked=(*others, now), askers=case.askers | {step.staff_no})
    if step.act is Act.DECLINE:
        said = {"is_declined": True, "why": step.words}
        asked = tuple(replace(a, **said) if a.signer is signer else a for a in case.asked)  # type: ignore[arg-type]  # two fields of their own types
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
            return replace(case, waived_by=step.approver_no, waived_fen=step.amount_fen)
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


def _with_feedback(case: Case, step: Step) -> Case:
    if step.act is Act.FEED_BACK:
        given = Feedback(len(case.feedbacks) + 1, step.staff_no, step.at, step.reasons, step.record)
        return replace(case, feedbacks=(*case.feedbacks, given))
    answered = {"taken_by": step.staff_no, "taken_at": step.at, "answer": step.words}
    taken = (replace(f, **answered) if f.line == step.line else f for f in case.feedbacks)  # type: ignore[arg-type]  # three fields of their own types
    return replace(case, feedbacks=tuple(taken))


def _afterwards(case: Case, step: Step) -> Case:
    if step.act is Act.AUDIT:
        return replace(case, is_audit_passed=step.is_yes, misses=step.reasons)
    if step.act in (Act.FEED_BACK, Act.TAKE_UP):
        return _with_feedback(case, step)
    if step.act is Act.REENTER:
        return replace(case, came_back_at=step.at)
    if step.act is Act.PLAN_VISIT:
        return replace(case, visits=(*case.visits, *step.visits))
    if step.act is Act.HAND_OVER:
        owners = {visit.line: visit.owner_no for visit in step.visits}
        return replace(case, visits=tuple(replace(v, owner_no=owners.get(v.line, v.owner_no)) for v in case.visits))
    done = tuple(replace(visit, is_done=True) if visit.line == step.line else visit for visit in case.visits)
    return replace(case, visits=done)
