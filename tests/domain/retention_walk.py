"""Walks every path of a retention case under given guards, and names the promises that a case or a step breaks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import groupby
from typing import Any, NamedTuple, cast

from counter_app.domain.refusals import Refusal
from counter_app.domain.retention import (
    Act,
    Case,
    Feedback,
    Gate,
    Measure,
    Result,
    Signer,
    Stage,
    Step,
    Visit,
    Worth,
)
from counter_app.domain.retention_fold import after, opened
from counter_app.domain.retention_guards import Facts, open_acts, refusal_of
from counter_app.domain.rights import Role

AT = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
LIMIT = 10
CEILING_FEN = 5_000
TELLER, MANAGER, AUDITOR = "1001", "2001", "4001"
DESK_WORK = frozenset(Act) - {
    Act.SIGN, Act.DECLINE, Act.DECLINE_OFFER, Act.AUDIT, Act.VISIT, Act.WITHDRAW, Act.CORRECT, Act.ASK_SIGNATURE,
    Act.HAND_OVER, Act.REENTER, Act.FEED_BACK, Act.TAKE_UP,
}  # fmt: skip
Key = tuple[object, ...]
RefusalOf = Callable[[Case, Step, Facts], Refusal | None]


class Hall(NamedTuple):
    """What kind of customer it is, and when the pack wants the manager's signature."""

    is_valued: bool
    is_manager_first: bool


HALLS = (
    Hall(is_valued=False, is_manager_first=False),
    Hall(is_valued=True, is_manager_first=False),
    Hall(is_valued=True, is_manager_first=True),
)


class Taken(NamedTuple):
    """A step that was let through, in which states of the hall, and the key of the case after it."""

    step: Step
    sides: tuple[Facts, ...]
    then: Key


class Reached(NamedTuple):
    """A case that can be reached, and the steps that lead on from it."""

    case: Case
    key: Key
    on: tuple[Taken, ...]


class Watched:
    """Facts that know whether a guard looked at them: one that did not says the same in every state of the hall."""

    __slots__ = ("_facts", "is_looked_at")

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self.is_looked_at = False

    def __getattr__(self, name: str) -> Any:
        self.is_looked_at = True
        return getattr(self._facts, name)


def sides(*, is_manager_first: bool) -> tuple[Facts, ...]:
    """The states of the hall: before or after the time limit; all settled, money owed, or a contract still asks."""
    return tuple(
        Facts(
            now=AT + timedelta(minutes=LIMIT if is_late else LIMIT - 1),
            owed_fen=owed_fen,
            contract_fen=contract_fen,
            ceiling_fen=CEILING_FEN,
            signature_minutes=LIMIT,
            is_manager_first=is_manager_first,
        )
        for is_late in (True, False)
        for owed_fen, contract_fen in ((0, 0), (1, 0), (0, 1))
    )


def step(act: Act, staff_no: str = TELLER, **more: object) -> Step:
    """A step at a fixed moment."""
    return Step(act, staff_no, AT, **more)  # type: ignore[arg-type]  # the fields differ from act to act


def first_case() -> Case:
    """The case with which every path begins."""
    return opened(step(Act.OPEN), case_id="c", case_no="YC-1", service_id=1, customer_id=1)


def tries(*, is_valued: bool) -> Iterator[Step]:
    """Every step that anybody could try, with the people and answers that make a difference."""
    worth = Worth(20_000 if is_valued else 5_000, is_valued)
    yield step(Act.CHECK_VALUE, worth=worth)
    for reasons in ((), ("PRICE",), ("PORT_OUT",)):
        yield step(Act.SAVE_FORM, reasons=reasons, record="form")
    yield step(Act.TALK)
    for cost_fen, approver in ((3_000, ""), (9_000, ""), (9_000, MANAGER), (9_000, TELLER)):
        yield step(Act.OFFER, measure=Measure(1, "GIFT_FEE", 10, 3, cost_fen), approver_no=approver)
    yield from offers_asked()
    for line, is_yes in ((1, True), (1, False), (2, True)):
        yield step(Act.ANSWER, line=line, is_yes=is_yes)
    yield from about_signatures()
    for act in (Act.KEEP, Act.LEAVE, Act.CORRECT, Act.PROCESS, Act.RECOVER, Act.CLOSE, Act.WITHDRAW):
        yield step(act)
        yield step(act, MANAGER)
    for approver, words in ((MANAGER, "设备已退"), (TELLER, "设备已退"), ("", "设备已退"), (MANAGER, "")):
        yield step(Act.WAIVE_CONTRACT, approver_no=approver, words=words, amount_fen=1)
    yield step(Act.LEAVE_NOW, worth=worth)
    yield step(Act.SIGN_CUSTOMER, record="drawing")
    for gate in Gate:
        yield step(Act.CHECK_GATE, gate=gate)
    for who in (TELLER, MANAGER, AUDITOR):
        yield step(Act.AUDIT, staff_no=who, is_yes=True)
    yield step(Act.AUDIT, staff_no=AUDITOR)
    yield step(Act.AUDIT, staff_no=AUDITOR, words="缺签字")
    yield step(Act.CLOSE, until=AT.date())
    yield step(Act.REENTER, is_yes=True)
    yield step(Act.PLAN_VISIT, visits=(Visit(1, AT.date(), TELLER),))
    for line in (1, 2):
        yield step(Act.VISIT, line=line)
        yield step(Act.HAND_OVER, MANAGER, visits=(Visit(line, AT.date(), MANAGER),))
    yield from fed_back()


def fed_back() -> Iterator[Step]:
    """A problem fed back, and an answer to it, to nothing, by whoever fed it back, and without a word."""
    for reasons in (("PRICE",), ()):
        yield step(Act.FEED_BACK, reasons=reasons, record="problem", to=Role.SUPERVISOR)
    for who, line, words in (
        (MANAGER, 1, "转网络部"),
        (TELLER, 1, "转网络部"),
        (MANAGER, 9, "转网络部"),
        (MANAGER, 1, ""),
    ):
        yield step(Act.TAKE_UP, who, line=line, words=words)


def about_signatures() -> Iterator[Step]:
    """Every step about a signature of the hall."""
    for signer in Signer:
        for who in (TELLER, MANAGER):
            yield step(Act.ASK_SIGNATURE, who, signer=signer)
        yield step(Act.SIGN, MANAGER, signer=signer, approver_no=MANAGER)
        yield step(Act.DECLINE, MANAGER, signer=signer, approver_no=MANAGER, words="不同意")
        for approver in (MANAGER, TELLER, ""):
            yield step(Act.SIGN, signer=signer, approver_no=approver)
            yield step(Act.DECLINE, signer=signer, approver_no=approver, words="不同意")
        yield step(Act.DECLINE, signer=signer, approver_no=MANAGER)
        for words in ("", "不在厅"):
            yield step(Act.STAND_IN, signer=signer, words=words)


def offers_asked() -> Iterator[Step]:
    """Every step about an offer that waits for an approver at the own desk, and one about an offer that does not."""
    measure = Measure(1, "GIFT_FEE", 10, 3, 9_000)
    for who in (TELLER, MANAGER):
        yield step(Act.ASK_OFFER, who, measure=measure)
        for approver, words in ((MANAGER, "太贵"), (TELLER, "太贵"), ("", "太贵"), (MANAGER, "")):
            yield step(Act.DECLINE_OFFER, who, measure=measure, approver_no=approver, words=words)
    for months in (3, 6):
        asked = Measure(1, "GIFT_FEE", 10, months, 9_000)
        yield step(Act.OFFER, MANAGER, measure=asked, approver_no=MANAGER)
        yield step(Act.DECLINE_OFFER, MANAGER, measure=asked, approver_no=MANAGER, words="太贵")


def key(case: Case) -> Key:
    """What of a case decides about its future, and nothing else: a measure's cost and answer count up to the outcome, a
    request until it is signed, a port-out while there may be a talk, a problem while it waits; after a withdrawal only
    what is fed back follows.
    """
    is_fed_back = case.open_feedback is not None
    if case.desk is Stage.WITHDRAWN:
        return (case.desk, "PRICE" in case.reasons, is_fed_back)
    signed = {signature.signer for signature in case.signatures}
    measures = tuple((m.cost_fen > CEILING_FEN, m.is_accepted, m.approver_no) for m in case.measures)
    return (
        case.desk,
        case.worth is None,
        bool(case.reasons),
        case.is_port_out and case.is_at_desk and case.result is not Result.REFUSED_TALK,
        frozenset((a.signer, a.asked_at, a.is_declined) for a in case.asked if a.signer not in signed)
        if case.is_at_desk
        else (),
        bool(case.open_offers),
        case.askers - case.workers if case.is_at_desk else (),
        frozenset((s.signer, s.staff_no, bool(s.not_available)) for s in case.signatures),
        measures if case.desk is Stage.TALKING else frozenset(m.approver_no for m in case.measures),
        case.result,
        bool(case.customer_signature),
        case.gates,
        case.is_equipment_settled,
        case.waived_by,
        case.is_audit_passed,
        case.held_until,
        case.came_back_at,
        case.visits,
        case.workers,
        is_fed_back,
    )


def walk(hall: Hall, guards: RefusalOf = refusal_of) -> Iterator[Reached]:
    """Every case that can be reached from the first one, once each; one measure and one plan of visits bound it."""
    all_sides = sides(is_manager_first=hall.is_manager_first)
    ordered = sorted(tries(is_valued=hall.is_valued), key=lambda tried: tried.act)
    by_act = {act: tuple(some) for act, some in groupby(ordered, key=lambda tried: tried.act)}
    start = first_case()
    seen, waiting = {key(start)}, [start]
    while waiting:
        case = waiting.pop()
        on: list[Taken] = []
        for tried in fitting(case, by_act):
            taken = taken_in(guards, case, tried, all_sides)
            if taken:
                then = after(case, tried)
                then_key = key(then)
                on.append(Taken(tried, taken, then_key))
                if then_key not in seen:
                    seen.add(then_key)
                    waiting.append(then)
        yield Reached(case, key(case), tuple(on))


def fitting(case: Case, by_act: Mapping[Act, tuple[Step, ...]]) -> Iterator[Step]:
    """The steps to try on a case: of an act that does not belong to its stage one is enough."""
    offered = open_acts(case)
    has_signed, waiting = MANAGER in case.signers, case.open_feedback
    for act, some in by_act.items():
        if act is Act.OFFER and case.measures:
            continue
        is_other = act in (Act.AUDIT, Act.TAKE_UP)
        for tried in some if act in offered else some[:1]:
            # a colleague who signed nothing is one more teller, and changes nothing but the number of cases
            if tried.staff_no != MANAGER or is_other or has_signed or tried.is_own_desk:
                yield tried if waiting is None else _of_the_present(waiting, tried)


def _of_the_present(waiting: Feedback, tried: Step) -> Step:
    """The first problem that is answered stands for the one that waits, whatever its line."""
    return replace(tried, line=waiting.line) if tried.act is Act.TAKE_UP and tried.line == 1 else tried


def taken_in(guards: RefusalOf, case: Case, tried: Step, all_sides: tuple[Facts, ...]) -> tuple[Facts, ...]:
    """The states of the hall in which the guards let the step through."""
    watched = Watched(all_sides[0])
    refusal = guards(case, tried, cast("Facts", watched))
    if not watched.is_looked_at:
        return () if refusal else all_sides
    others = tuple(side for side in all_sides[1:] if guards(case, tried, side) is None)
    return others if refusal else (all_sides[0], *others)


@cache
def walked(hall: Hall) -> tuple[Reached, ...]:
    """The walk under the guards of the program."""
    return tuple(walk(hall))


def _cancelled(case: Case, hall: Hall) -> Iterator[str]:
    if case.desk in (Stage.PROCESSING, Stage.CLOSED):
        is_whole = case.worth is not None and bool(case.reasons) and bool(case.customer_signature)
        if not is_whole or case.gates != frozenset(Gate):
            yield "nothing is cancelled before every gate was met"
        if hall.is_valued and {s.signer for s in case.signatures} != set(Signer):
            yield "a valued customer's line is cancelled with both signatures"
        if case.result not in (Result.LEFT, Result.REFUSED_TALK):
            yield "only who left is cancelled"
    if case.desk is Stage.CLOSED and not case.is_equipment_settled:
        yield "nothing is closed while equipment is open"


def _people(case: Case, hall: Hall) -> Iterator[str]:
    signed = {s.staff_no for s in case.signatures if not s.not_available}
    if case.signers & case.workers or "" in signed:
        yield "nobody signs off their own work"
    if case.cost_fen > CEILING_FEN and any(not m.approver_no for m in case.measures):
        yield "what is above the ceiling was signed off"
    if any(bool(s.not_available) != (s.staff_no in case.workers) for s in case.signatures):
        yield "a stand-in says why"
    if len({s.signer for s in case.signatures}) < len(case.signatures):
        yield "nobody signs twice"
    if case.signatures and not hall.is_valued:
        yield "only a valued customer needs signatures of the hall"
    if case.signature(Signer.RECEPTIONIST) and case.result in (None, Result.KEPT):
        yield "the receptionist signs an outcome"


def _talk(case: Case, hall: Hall) -> Iterator[str]:
    if case.desk in (Stage.TALKING, Stage.KEPT) and hall.is_valued:
        if hall.is_manager_first and case.signature(Signer.MANAGER) is None:
            yield "the manager signs before the talk"
        if case.request(Signer.MANAGER) is None:
            yield "the manager is called"
    if case.customer_signature and not case.reasons:
        yield "the customer signs a form with a reason"


def _taken(case: Case, hall: Hall, taken: Taken) -> Iterator[str]:
    tried = taken.step
    if tried.act not in open_acts(case):
        yield "a step belongs to its stage"
    if case.is_port_out and tried.act in (Act.OFFER, Act.ASK_OFFER, Act.TALK):
        yield "after a port-out nothing is offered"
    is_owing = any(side.owed_fen or (side.contract_fen and not case.waived_by) for side in taken.sides)
    if tried.act is Act.PROCESS and is_owing:
        yield "nothing is cancelled while something is owed"
    if tried.act is Act.CHECK_GATE and tried.gate is Gate.SETTLED and is_owing:
        yield "the gate of the bills is checked when nothing is owed"
    is_signed = bool(case.customer_signature) and (not hall.is_valued or len(case.signatures) == len(Signer))
    if tried.act is Act.CHECK_GATE and tried.gate is Gate.SIGNATURE and not is_signed:
        yield "the gate of the signatures is checked when all are there"
    if tried.act in (Act.LEAVE, Act.KEEP):
        yield from _outcome(case, tried)
    if tried.act is Act.ANSWER and case.measure(tried.line) is None:
        yield "an answer belongs to an offer"
    yield from _taken_about_visits(case, tried)
    yield from _taken_about_signatures(case, hall, taken)
    yield from _taken_about_contract(case, taken)
    yield from _taken_by_approver(case, tried)
    yield from _taken_by_auditor(case, tried)
    yield from _taken_about_feedback(case, tried)
    # to decide at the own desk on what somebody asked for is an approver's work, not the desk's
    if tried.act in DESK_WORK and not tried.is_own_desk and tried.staff_no in case.signers:
        yield "whoever signed does no desk work"
    if tried.act is Act.REENTER and (case.held_until is None or case.came_back_at is not None):
        yield "a number that is kept comes back once"


def _taken_about_visits(case: Case, tried: Step) -> Iterator[str]:
    if tried.act is Act.VISIT and not any(v.line == tried.line and not v.is_done for v in case.visits):
        yield "a visit was planned"
    if tried.act is Act.HAND_OVER:
        waiting = {(v.line, v.due_on) for v in case.visits if not v.is_done}
        if not {(v.line, v.due_on) for v in tried.visits} <= waiting:
            yield "a visit that is handed over was planned and waits"
        if all(v.owner_no == w.owner_no for v in tried.visits for w in case.visits if v.line == w.line):
            yield "a visit goes to somebody else"
    if tried.act is Act.PLAN_VISIT and {v.line for v in tried.visits} & {v.line for v in case.visits}:
        yield "a visit is planned once"


def _taken_about_feedback(case: Case, tried: Step) -> Iterator[str]:
    waiting = [f for f in case.feedbacks if not f.taken_by]
    if tried.act is Act.FEED_BACK:
        if not tried.reasons or not set(tried.reasons) <= set(case.reasons):
            yield "a problem is fed back with its cause"
        if waiting:
            yield "one problem waits at a time"
    if tried.act is Act.TAKE_UP:
        if tried.line not in [f.line for f in waiting]:
            yield "what is taken up was fed back and waits"
        if tried.staff_no in [f.by for f in waiting]:
            yield "nobody answers themselves"
        if not tried.words:
            yield "an answer says something"


def _taken_by_approver(case: Case, tried: Step) -> Iterator[str]:
    asked = {(a.measure.offer, a.measure.value, a.measure.months) for a in case.offers_asked if not a.is_declined}
    terms = tried.measure and (tried.measure.offer, tried.measure.value, tried.measure.months)
    if tried.act is Act.ASK_OFFER and terms in asked:
        yield "an offer is asked for once"
    if tried.act is Act.DECLINE_OFFER:
        if not tried.words:
            yield "a no and a stand-in say why"
        if terms not in asked:
            yield "an offer is asked for before somebody says no"
        if tried.approver_no in ("", TELLER):
            yield "nobody signs off their own work"
    if not tried.approver_no:
        return
    if tried.approver_no in case.askers:
        yield "nobody signs off what they asked for"
    if tried.approver_no == tried.staff_no:
        requests = {(a.signer, a.is_declined) for a in case.asked}
        if terms not in asked if tried.measure else (tried.signer, False) not in requests:
            yield "alone an approver decides only what was asked for"


def _taken_about_contract(case: Case, taken: Taken) -> Iterator[str]:
    if taken.step.act is not Act.WAIVE_CONTRACT:
        return
    if taken.step.approver_no in ("", TELLER):
        yield "nobody signs off their own work"
    if not taken.step.words:
        yield "a waiver says why"
    if case.waived_by or any(side.contract_fen == 0 for side in taken.sides):
        yield "only what a contract asks is waived"


def _outcome(case: Case, tried: Step) -> Iterator[str]:
    if not case.reasons:
        yield "no outcome without a reason"
    if any(m.is_accepted is None for m in case.measures):
        yield "nothing waits for an answer after the outcome"
    if tried.act is Act.KEEP and not any(m.is_accepted for m in case.measures):
        yield "a kept customer took something"
    if tried.act is Act.LEAVE and not case.measures and not case.is_port_out:
        yield "something was offered before the customer went"


def _taken_about_signatures(case: Case, hall: Hall, taken: Taken) -> Iterator[str]:
    tried = taken.step
    if tried.act is Act.OFFER and tried.approver_no == TELLER:
        yield "nobody signs off their own work"
    if tried.act not in (Act.ASK_SIGNATURE, Act.SIGN, Act.DECLINE, Act.STAND_IN):
        return
    assert tried.signer is not None, "a step about a signature names the signer"
    if not hall.is_valued:
        yield "only a valued customer needs signatures of the hall"
    if case.signature(tried.signer) is not None:
        yield "nobody signs twice"
    if tried.signer is Signer.RECEPTIONIST and case.result not in (Result.LEFT, Result.REFUSED_TALK):
        yield "the receptionist signs an outcome"
    if tried.signer is Signer.RECEPTIONIST and tried.act is not Act.ASK_SIGNATURE and not case.reasons:
        yield "the receptionist signs a form with a reason"
    if tried.act in (Act.SIGN, Act.DECLINE) and tried.approver_no in ("", TELLER):
        yield "nobody signs off their own work"
    if tried.act in (Act.DECLINE, Act.STAND_IN):
        request = case.request(tried.signer)
        if not tried.words:
            yield "a no and a stand-in say why"
        if request is None:
            yield "a signature is asked for before somebody says no"
        elif tried.act is Act.STAND_IN and any(
            side.now - request.asked_at < timedelta(minutes=LIMIT) for side in taken.sides
        ):
            yield "a stand-in waits for the time limit"


def _taken_by_auditor(case: Case, tried: Step) -> Iterator[str]:
    if tried.act is not Act.AUDIT:
        return
    if case.is_audit_passed is not None:
        yield "a case is audited once"
    if not tried.is_yes and not tried.words:
        yield "a failed audit says why"
    if tried.staff_no in case.workers | case.signers:
        yield "whoever audits had no hand in it"


def broken(reached: Reached, hall: Hall) -> Iterator[str]:
    """The promises that a case breaks by what it is, or by what it lets through."""
    for promises in (_cancelled, _people, _talk):
        yield from promises(reached.case, hall)
    for taken in reached.on:
        yield from _taken(reached.case, hall, taken)
