"""Every path of a retention case is walked: none goes round a guard, none ends in a room without a door."""

from __future__ import annotations

import inspect
import sys
from dataclasses import replace
from types import ModuleType

import pytest

from counter_app.domain import retention_guards
from counter_app.domain.retention import Act, Result, Stage, Step, Visit
from counter_app.domain.retention_fold import after
from counter_app.domain.retention_guards import missing_signers, open_acts
from counter_app.domain.rights import Role
from tests.domain.retention_walk import (
    AT,
    AUDITOR,
    HALLS,
    TELLER,
    Hall,
    Key,
    broken,
    first_case,
    sides,
    step,
    walk,
    walked,
)

every_hall = pytest.mark.parametrize("hall", HALLS, ids=str)


@every_hall
def test_no_path_breaks_a_promise(hall: Hall) -> None:
    found = [(name, reached.case) for reached in walked(hall) for name in broken(reached, hall)]
    assert found == []


@every_hall
def test_every_stage_and_every_outcome_is_reached(hall: Hall) -> None:
    """The promises are about something: the walk comes to every stage and every end."""
    stages = {reached.case.stage for reached in walked(hall)}
    unreachable = set() if hall.is_valued else {Stage.MANAGER_SIGNED, Stage.RECEPTIONIST_SIGNED}
    assert stages == set(Stage) - unreachable - {Stage.FOLLOW_UP}
    assert {reached.case.result for reached in walked(hall)} == {None, *Result}
    for reached in walked(hall):
        if reached.case.desk in (Stage.PROCESSING, Stage.CLOSED):
            assert missing_signers(reached.case) == ()


@every_hall
def test_leaving_now_is_open_at_every_step_before_the_outcome(hall: Hall) -> None:
    for reached in walked(hall):
        if reached.case.desk in (Stage.DRAFT, Stage.VALUE_CHECKED, Stage.MANAGER_SIGNED, Stage.TALKING):
            assert any(taken.step.act is Act.LEAVE_NOW for taken in reached.on), reached.case


@every_hall
def test_from_every_case_at_the_desk_the_customer_can_get_out_and_can_stay(hall: Hall) -> None:
    """No screen without an exit, and no loop: from everywhere the cancellation can be reached (002-3e)."""
    desk = {reached.key: reached.case.desk for reached in walked(hall)}
    backwards: dict[Key, list[Key]] = {}
    for reached in walked(hall):
        for taken in reached.on:
            backwards.setdefault(taken.then, []).append(reached.key)
    for goal in (Stage.CLOSED, Stage.WITHDRAWN):
        can = {key for key, stage in desk.items() if stage is goal}
        edge = list(can)
        while edge:
            for before in backwards.get(edge.pop(), []):
                if before not in can:
                    can.add(before)
                    edge.append(before)
        at_desk = {k for k, stage in desk.items() if stage not in (Stage.KEPT, Stage.WITHDRAWN, Stage.CLOSED)}
        if goal is Stage.WITHDRAWN:
            at_desk = {k for k in at_desk if desk[k] is not Stage.PROCESSING}
        assert at_desk <= can


@every_hall
def test_no_step_waits_for_what_is_fed_back_or_for_its_answer(hall: Hall) -> None:
    """Whatever leads on from a case leads on from it without a word to the hall manager, too (002-3e)."""
    of_feedback = {Act.FEED_BACK, Act.TAKE_UP}
    fed = [reached for reached in walked(hall) if reached.case.feedbacks]
    all_sides = sides(is_manager_first=hall.is_manager_first)
    assert any(reached.case.open_feedback for reached in fed)
    for reached in fed:
        silent = replace(reached.case, feedbacks=())
        steps = [taken.step for taken in reached.on if taken.step.act not in of_feedback]
        assert [one for one in steps if all(retention_guards.refusal_of(silent, one, side) for side in all_sides)] == []


def test_every_act_is_taken_somewhere_and_the_screen_offers_what_can_be_done() -> None:
    taken = set()
    for hall in HALLS:
        for reached in walked(hall):
            acts = {taken.step.act for taken in reached.on}
            assert acts <= open_acts(reached.case)
            taken |= acts
    assert taken == set(Act) - {Act.OPEN}


def test_the_stage_runs_on_through_audit_and_visits() -> None:
    closed = replace(first_case(), desk=Stage.CLOSED)
    visits = (Visit(1, AT.date(), TELLER), Visit(2, AT.date(), TELLER))
    audited = after(after(closed, step(Act.PLAN_VISIT, visits=visits)), step(Act.AUDIT, AUDITOR, is_yes=True))
    assert closed.stage is Stage.CLOSED
    assert audited.stage is Stage.AUDITED
    once = after(audited, step(Act.VISIT, line=1))
    assert once.stage is Stage.FOLLOW_UP
    assert after(once, step(Act.VISIT, line=2)).stage is Stage.DONE


# --- each guard, taken away, is missed ---

ORDINARY, CALLED, FIRST = HALLS
OWN_WORK = "nobody signs off their own work"
COMES_BACK = "a number that is kept comes back once"
TAKEN_AWAY = [
    ("if case.desk not in _STAGES[step.act]:", "if False:", ORDINARY, "a step belongs to its stage"),
    (
        "_talk(case: Case, step: Step, facts: Facts) -> Refusal | None:\n    if case.is_port_out:",
        "_talk(case: Case, step: Step, facts: Facts) -> Refusal | None:\n    if False:",
        ORDINARY,
        "after a port-out nothing is offered",
    ),
    ("if case.is_valued and facts.is_manager_first and", "if False and", FIRST, "the manager signs before the talk"),
    ("if case.is_valued and case.request(Signer.MANAGER) is None:", "if False:", CALLED, "the manager is called"),
    (
        "def _offer(case: Case, step: Step, facts: Facts) -> Refusal | None:\n    if case.is_port_out:",
        "def _offer(case: Case, step: Step, facts: Facts) -> Refusal | None:\n    if False:",
        ORDINARY,
        "after a port-out nothing is offered",
    ),
    (
        "def _ask_offer(case: Case, step: Step, facts: Facts) -> Refusal | None:\n    if case.is_port_out:",
        "def _ask_offer(case: Case, step: Step, facts: Facts) -> Refusal | None:\n    if False:",
        ORDINARY,
        "after a port-out nothing is offered",
    ),
    (
        "return OfferWaits(step.measure.offer) if _is_open(case, step.measure) else None",
        "return None",
        ORDINARY,
        "an offer is asked for once",
    ),
    (
        "if not step.words.strip():\n        return WordsNeeded(step.act)\n    return _other_person",
        "return _other_person",
        ORDINARY,
        "a no and a stand-in say why",
    ),
    (
        "_other_person(case, step) if _is_open(case, step.measure) else OfferNotAsked(step.measure.offer)",
        "_other_person(case, step)",
        ORDINARY,
        "an offer is asked for before somebody says no",
    ),
    (
        "_other_person(case, step) if _is_open(case, step.measure) else OfferNotAsked(step.measure.offer)",
        "None if _is_open(case, step.measure) else OfferNotAsked(step.measure.offer)",
        ORDINARY,
        OWN_WORK,
    ),
    (
        "if step.approver_no == step.staff_no and not _was_asked(case, step):",
        "if False:",
        ORDINARY,
        "alone an approver decides only what was asked for",
    ),
    (
        "return asked is not None and not asked.is_declined",
        "return True",
        CALLED,
        "alone an approver decides only what was asked for",
    ),
    (
        "return step.measure is not None and _is_open(case, step.measure)",
        "return True",
        ORDINARY,
        "alone an approver decides only what was asked for",
    ),
    (
        "step.approver_no in case.hands:",
        "step.approver_no in case.workers:",
        CALLED,
        "nobody signs off what they asked for",
    ),
    ("if cost_fen > facts.ceiling_fen and", "if False and", ORDINARY, "what is above the ceiling was signed off"),
    (
        "return MeasureAboveCeiling(cost_fen, facts.ceiling_fen)\n    return _other_person(case, step)",
        "return MeasureAboveCeiling(cost_fen, facts.ceiling_fen)\n    return None",
        ORDINARY,
        OWN_WORK,
    ),
    (
        "return None if case.measure(step.line) else",
        "return None if True else",
        ORDINARY,
        "an answer belongs to an offer",
    ),
    ("if not any(m.is_accepted for m in case.measures):", "if False:", ORDINARY, "a kept customer took something"),
    (
        "if not case.measures and not case.is_port_out:",
        "if False:",
        ORDINARY,
        "something was offered before the customer went",
    ),
    ("if measure.is_accepted is None:", "if False:", ORDINARY, "nothing waits for an answer after the outcome"),
    (
        "return None if case.reasons else ReasonNeeded(case.case_no)\n\n\ndef _leave_now",
        "return None\n\n\ndef _leave_now",
        ORDINARY,
        "no outcome without a reason",
    ),
    (
        "if not case.is_valued:\n        return SignatureNotNeeded",
        "if False:\n        return SignatureNotNeeded",
        ORDINARY,
        "only a valued customer needs signatures of the hall",
    ),
    ("if given is not None:", "if False:", CALLED, "nobody signs twice"),
    (
        "if signer is Signer.RECEPTIONIST and case.result not",
        "if False and case.result not",
        CALLED,
        "the receptionist signs an outcome",
    ),
    (
        "if step.act is Act.SIGN:\n        return _other_person(case, step)",
        "if step.act is Act.SIGN:\n        return None",
        CALLED,
        OWN_WORK,
    ),
    (
        "if not step.words.strip():\n        return WordsNeeded(step.act)\n    asked",
        "asked",
        CALLED,
        "a no and a stand-in say why",
    ),
    (
        "if asked is None:\n        return SignatureNotAsked(signer)",
        "if asked is None:\n        return None",
        CALLED,
        "a signature is asked for before somebody says no",
    ),
    (
        "if step.act is Act.DECLINE:\n        return _other_person(case, step)",
        "if step.act is Act.DECLINE:\n        return None",
        CALLED,
        OWN_WORK,
    ),
    ("if facts.now < until else None", "if False else None", CALLED, "a stand-in waits for the time limit"),
    (
        "if step.act in _SIGNED and not step.approver_no:",
        "if False:",
        CALLED,
        OWN_WORK,
    ),
    ("if step.approver_no and step.approver_no in case.hands:", "if False:", CALLED, OWN_WORK),
    (
        "raise ValueError(message)\n    return None if case.reasons else ReasonNeeded(case.case_no)",
        "raise ValueError(message)\n    return None",
        ORDINARY,
        "the customer signs a form with a reason",
    ),
    (
        "(facts.owed_fen > 0 or contract_fen > 0)",
        "(contract_fen > 0)",
        ORDINARY,
        "the gate of the bills is checked when nothing is owed",
    ),
    (
        "(facts.owed_fen > 0 or contract_fen > 0)",
        "(facts.owed_fen > 0)",
        ORDINARY,
        "the gate of the bills is checked when nothing is owed",
    ),
    (
        "if signers or not case.customer_signature:",
        "if not case.customer_signature:",
        CALLED,
        "the gate of the signatures is checked when all are there",
    ),
    (
        "if signers or not case.customer_signature:",
        "if signers:",
        ORDINARY,
        "the gate of the signatures is checked when all are there",
    ),
    (
        'a checked gate has a name"\n    return unmet(case, step.gate, facts)',
        'a checked gate has a name"\n    return None',
        ORDINARY,
        "the gate of the bills is checked when nothing is owed",
    ),
    (
        "refusal = unmet(case, gate, facts)\n",
        "refusal = None\n",
        ORDINARY,
        "nothing is cancelled while something is owed",
    ),
    ("if gate not in case.gates:", "if False:", ORDINARY, "nothing is cancelled before every gate was met"),
    (
        "return None if case.is_equipment_settled else",
        "return None if True else",
        ORDINARY,
        "nothing is closed while equipment is open",
    ),
    ("if case.is_audit_passed is not None:", "if False:", ORDINARY, "a case is audited once"),
    ("if not step.is_yes and not step.words.strip():", "if False:", ORDINARY, "a failed audit says why"),
    (
        "if step.staff_no in case.workers | case.signers else",
        "if step.staff_no in case.signers else",
        ORDINARY,
        "whoever audits had no hand in it",
    ),
    (
        "if step.staff_no in case.workers | case.signers else",
        "if step.staff_no in case.workers else",
        FIRST,
        "whoever audits had no hand in it",
    ),
    ("and step.staff_no in case.signers:", "and False:", ORDINARY, "whoever signed does no desk work"),
    (
        "if signer is Signer.RECEPTIONIST and not case.reasons:",
        "if False:",
        CALLED,
        "the receptionist signs a form with a reason",
    ),
    ("if visit.line in lines:", "if False:", ORDINARY, "a visit is planned once"),
    ("if facts.contract_fen <= 0 or case", "if case", ORDINARY, "only what a contract asks is waived"),
    ("<= 0 or case.is_waived(facts.contract_fen):", "<= 0:", ORDINARY, "only what a contract asks is waived"),
    (
        "return _other_person(case, step) if step.words.strip() else WordsNeeded(step.act)",
        "return _other_person(case, step)",
        ORDINARY,
        "a waiver says why",
    ),
    (
        "return _other_person(case, step) if step.words.strip() else WordsNeeded(step.act)",
        "return None if step.words.strip() else WordsNeeded(step.act)",
        ORDINARY,
        OWN_WORK,
    ),
    (
        "contract_fen = 0 if case.is_waived(facts.contract_fen) else facts.contract_fen",
        "contract_fen = 0",
        ORDINARY,
        "the gate of the bills is checked when nothing is owed",
    ),
    (
        "if not step.reasons or not set(step",
        "if False and not set(step",
        ORDINARY,
        "a problem is fed back with its cause",
    ),
    (
        "if not step.reasons or not set(step.reasons) <= set(case.reasons):",
        "if not step.reasons:",
        ORDINARY,
        "a problem is fed back with its cause",
    ),
    (
        "return None if waiting is None else FeedbackWaits",
        "return None if True else FeedbackWaits",
        ORDINARY,
        "one problem waits at a time",
    ),
    (
        "if waiting is None or waiting.line != step.line:",
        "if waiting is None:",
        ORDINARY,
        "what is taken up was fed back and waits",
    ),
    ("if step.staff_no == waiting.by:", "if False:", ORDINARY, "nobody answers themselves"),
    (
        "return None if step.words.strip() else WordsNeeded(step.act)\n\n\nGuard",
        "return None\n\n\nGuard",
        ORDINARY,
        "an answer says something",
    ),
    ("return None if is_held and case.came_back_at is None", "return None if is_held", ORDINARY, COMES_BACK),
    ("return None if is_held and", "return None if", ORDINARY, COMES_BACK),
    ("return None if waiting else", "return None if True else", ORDINARY, "a visit was planned"),
]


def without(old: str, new: str) -> ModuleType:
    """The guards with one line of their source changed."""
    source = inspect.getsource(retention_guards)
    assert source.count(old) == 1, old
    module = ModuleType("planted_guards")
    sys.modules[module.__name__] = module
    try:
        exec(source.replace(old, new), module.__dict__)
    finally:
        del sys.modules[module.__name__]
    return module


@pytest.mark.parametrize(("old", "new", "hall", "promise"), TAKEN_AWAY)
def test_a_guard_taken_away_is_missed(old: str, new: str, hall: Hall, promise: str) -> None:
    planted = without(old, new)
    assert any(promise in broken(reached, hall) for reached in walk(hall, planted.refusal_of))


@pytest.mark.parametrize(
    "made",
    [
        step(Act.SIGN_CUSTOMER),
        step(Act.LEAVE_NOW),
        step(Act.FEED_BACK, to=Role.SUPERVISOR),
        step(Act.FEED_BACK, record="problem"),
    ],
    ids=lambda made: made.act.value,
)
def test_a_step_without_what_it_is_about_is_a_bug(made: Step) -> None:
    case = replace(first_case(), desk=Stage.DRAFT if made.act is Act.LEAVE_NOW else Stage.REFUSED)
    with pytest.raises(ValueError, match=r"a signature is a record|what the customer is worth|the problem in words"):
        retention_guards.refusal_of(case, made, sides(is_manager_first=False)[0])
