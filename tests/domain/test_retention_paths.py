"""Every path of a retention case is walked: none goes round a guard, none ends in a room without a door."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache

import pytest

from counter_app.domain.retention import (
    Act,
    Case,
    Gate,
    Measure,
    Result,
    Signer,
    Stage,
    Step,
    Visit,
    Worth,
    after,
    opened,
)
from counter_app.domain.retention_guards import Facts, missing_signers, open_acts, refusal_of

AT = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
LIMIT = 10
TELLER, MANAGER, AUDITOR = "1001", "2001", "4001"
Key = tuple[object, ...]


def facts(*, is_late: bool, is_settled: bool, is_manager_first: bool) -> Facts:
    """The hall's side: before or after the time limit, with or without money owed."""
    return Facts(
        now=AT + timedelta(minutes=LIMIT if is_late else LIMIT - 1),
        owed_fen=0 if is_settled else 1,
        contract_fen=0,
        ceiling_fen=5_000,
        signature_minutes=LIMIT,
        is_manager_first=is_manager_first,
    )


def tries(*, is_valued: bool) -> Iterator[Step]:
    """Every step that anybody could try, with the people and answers that make a difference."""
    worth = Worth(20_000 if is_valued else 5_000, is_valued)
    yield step(Act.CHECK_VALUE, worth=worth)
    for reasons in ((), ("PRICE",), ("PORT_OUT",)):
        yield step(Act.SAVE_FORM, reasons=reasons, record="form")
    yield step(Act.TALK)
    for cost_fen, approver in ((3_000, ""), (9_000, ""), (9_000, MANAGER), (9_000, TELLER)):
        yield step(Act.OFFER, measure=Measure(1, "GIFT_FEE", 10, 3, cost_fen), approver_no=approver)
    for is_yes in (True, False):
        yield step(Act.ANSWER, line=1, is_yes=is_yes)
    for signer in Signer:
        yield step(Act.ASK_SIGNATURE, signer=signer)
        for approver in (MANAGER, TELLER, ""):
            yield step(Act.SIGN, signer=signer, approver_no=approver)
            yield step(Act.DECLINE, signer=signer, approver_no=approver, words="不同意")
        for words in ("", "不在厅"):
            yield step(Act.STAND_IN, signer=signer, words=words)
    for act in (Act.KEEP, Act.LEAVE, Act.CORRECT, Act.PROCESS, Act.RECOVER, Act.CLOSE, Act.WITHDRAW):
        yield step(act)
    yield step(Act.LEAVE_NOW, worth=worth)
    yield step(Act.SIGN_CUSTOMER, record="drawing")
    for gate in Gate:
        yield step(Act.CHECK_GATE, gate=gate)
    for who in (TELLER, MANAGER, AUDITOR):
        yield step(Act.AUDIT, staff_no=who, is_yes=True)
    yield step(Act.PLAN_VISIT, visits=(Visit(1, AT.date(), TELLER),))
    yield step(Act.VISIT, line=1)


def step(act: Act, staff_no: str = TELLER, **more: object) -> Step:
    """A step at a fixed moment."""
    return Step(act, staff_no, AT, **more)  # type: ignore[arg-type]  # the fields differ from act to act


def key(case: Case) -> Key:
    """What of a case decides about its future: measures count up to the outcome, a request until it is signed."""
    unsigned = frozenset(asked for asked in case.asked if case.signature(asked.signer) is None)
    measures = tuple((m.cost_fen > 5_000, m.is_accepted, m.approver_no) for m in case.measures)
    return (
        case.desk,
        case.worth is None,
        bool(case.reasons),
        case.is_port_out,
        unsigned,
        frozenset((s.signer, s.staff_no, bool(s.not_available)) for s in case.signatures),
        measures if case.desk in (Stage.TALKING, Stage.KEPT) else bool(measures),
        case.result,
        bool(case.customer_signature),
        case.gates,
        case.is_equipment_settled,
        case.is_audit_passed,
        case.visits,
        case.workers,
    )


@cache
def walked(*, is_valued: bool, is_manager_first: bool) -> tuple[tuple[Case, tuple[tuple[Step, Facts, Case], ...]], ...]:
    """Every case that can be reached, and the steps that lead on from it."""
    first = opened(step(Act.OPEN), case_id="c", case_no="YC-1", service_id=1, customer_id=1)
    both = (True, False)
    hall = [facts(is_late=a, is_settled=b, is_manager_first=is_manager_first) for a in both for b in both]
    seen: dict[Key, Case] = {key(first): first}
    waiting, found = [first], []
    while waiting:
        case = waiting.pop()
        on: list[tuple[Step, Facts, Case]] = []
        for tried in tries(is_valued=is_valued):
            if not fits(case, tried):
                continue
            for side in hall:
                if refusal_of(case, tried, side) is None:
                    then = after(case, tried)
                    on.append((tried, side, then))
                    if key(then) not in seen:
                        seen[key(then)] = then
                        waiting.append(then)
        found.append((case, tuple(on)))
    return tuple(found)


def fits(case: Case, tried: Step) -> bool:
    """Bounds the walk: one measure, one plan of visits."""
    return not (tried.act is Act.OFFER and case.measures) and not (tried.act is Act.PLAN_VISIT and case.visits)


ALL_HALLS = [(False, False), (True, False), (True, True)]


@pytest.mark.parametrize(("is_valued", "is_manager_first"), ALL_HALLS)
def test_nothing_is_cancelled_before_every_guard_has_said_yes(is_valued: bool, is_manager_first: bool) -> None:
    reached = 0
    for case, _on in walked(is_valued=is_valued, is_manager_first=is_manager_first):
        if case.desk in (Stage.PROCESSING, Stage.CLOSED):
            reached += 1
            assert case.worth is not None
            assert case.reasons
            assert case.customer_signature
            assert case.gates == frozenset(Gate)
            assert not missing_signers(case)
            assert case.result in (Result.LEFT, Result.REFUSED_TALK)
            if is_valued:
                assert {s.signer for s in case.signatures} == set(Signer)
    assert reached > 0


@pytest.mark.parametrize(("is_valued", "is_manager_first"), ALL_HALLS)
def test_the_step_into_processing_is_taken_only_when_all_is_settled(is_valued: bool, is_manager_first: bool) -> None:
    taken = 0
    for _case, on in walked(is_valued=is_valued, is_manager_first=is_manager_first):
        for tried, side, _then in on:
            if tried.act is Act.PROCESS:
                taken += 1
                assert side.owed_fen == 0
                assert side.contract_fen == 0
    assert taken > 0


@pytest.mark.parametrize(("is_valued", "is_manager_first"), ALL_HALLS)
def test_leaving_now_is_open_at_every_step_before_the_outcome(is_valued: bool, is_manager_first: bool) -> None:
    for case, on in walked(is_valued=is_valued, is_manager_first=is_manager_first):
        if case.desk in (Stage.DRAFT, Stage.VALUE_CHECKED, Stage.MANAGER_SIGNED, Stage.TALKING):
            assert any(tried.act is Act.LEAVE_NOW for tried, _side, _then in on), case


@pytest.mark.parametrize(("is_valued", "is_manager_first"), ALL_HALLS)
def test_from_every_case_at_the_desk_the_customer_can_get_out_and_can_stay(
    is_valued: bool, is_manager_first: bool
) -> None:
    """No screen without an exit, and no loop: from everywhere the cancellation can be reached (002-3e)."""
    graph = {key(case): [key(then) for _t, _s, then in on] for case, on in walked_of(is_valued, is_manager_first)}
    desk = {key(case): case.desk for case, _on in walked_of(is_valued, is_manager_first)}
    backwards: dict[Key, list[Key]] = {}
    for here, onward in graph.items():
        for there in onward:
            backwards.setdefault(there, []).append(here)
    for goal in (Stage.CLOSED, Stage.WITHDRAWN):
        can = {k for k, stage in desk.items() if stage is goal}
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


def walked_of(is_valued: bool, is_manager_first: bool) -> tuple[tuple[Case, tuple[tuple[Step, Facts, Case], ...]], ...]:
    """`walked` by position."""
    return walked(is_valued=is_valued, is_manager_first=is_manager_first)


@pytest.mark.parametrize(("is_valued", "is_manager_first"), ALL_HALLS)
def test_nobody_signs_off_their_own_work(is_valued: bool, is_manager_first: bool) -> None:
    for case, _on in walked(is_valued=is_valued, is_manager_first=is_manager_first):
        signed = {s.staff_no for s in case.signatures if not s.not_available}
        assert not signed & case.workers
        assert not {m.approver_no for m in case.measures} & case.workers


@pytest.mark.parametrize(("is_valued", "is_manager_first"), ALL_HALLS)
def test_after_a_port_out_nothing_is_offered_and_nobody_is_talked_to(is_valued: bool, is_manager_first: bool) -> None:
    for case, on in walked(is_valued=is_valued, is_manager_first=is_manager_first):
        if case.is_port_out:
            assert not any(tried.act in (Act.OFFER, Act.TALK) for tried, _side, _then in on)


def test_a_valued_customer_is_talked_to_after_the_manager_signed_where_the_pack_says_so() -> None:
    for case, _on in walked(is_valued=True, is_manager_first=True):
        if case.desk in (Stage.TALKING, Stage.KEPT):
            assert case.signature(Signer.MANAGER) is not None
    for case, _on in walked(is_valued=True, is_manager_first=False):
        if case.desk in (Stage.TALKING, Stage.KEPT):
            assert case.request(Signer.MANAGER) is not None


@pytest.mark.parametrize(("is_valued", "is_manager_first"), ALL_HALLS)
def test_a_stand_in_waits_for_the_time_limit_and_says_why(is_valued: bool, is_manager_first: bool) -> None:
    for case, on in walked(is_valued=is_valued, is_manager_first=is_manager_first):
        for tried, side, _then in on:
            if tried.act is Act.STAND_IN:
                assert tried.signer is not None
                request = case.request(tried.signer)
                assert request is not None
                assert side.now - request.asked_at >= timedelta(minutes=LIMIT)
                assert tried.words
        assert all(s.not_available for s in case.signatures if s.staff_no in case.workers)


def test_a_kept_customer_took_something_and_nothing_waits_for_an_answer() -> None:
    kept = [c for c, _on in walked(is_valued=False, is_manager_first=False) if c.desk is Stage.KEPT]
    assert kept
    for case in kept:
        assert case.reasons
        assert any(m.is_accepted for m in case.measures)


def test_whoever_audits_has_neither_worked_on_the_case_nor_signed_it() -> None:
    for case, on in walked(is_valued=True, is_manager_first=True):
        for tried, _side, _then in on:
            if tried.act is Act.AUDIT:
                assert tried.staff_no not in case.workers
                assert tried.staff_no not in {s.staff_no for s in case.signatures}


def test_every_act_is_taken_somewhere_and_the_screen_offers_what_can_be_done() -> None:
    taken = set()
    for is_valued, first in ALL_HALLS:
        for case, on in walked(is_valued=is_valued, is_manager_first=first):
            acts = {tried.act for tried, _side, _then in on}
            assert acts <= open_acts(case)
            taken |= acts
    assert taken == set(Act) - {Act.OPEN}


def test_the_stage_runs_on_through_audit_and_visits() -> None:
    case = opened(step(Act.OPEN), case_id="c", case_no="YC-1", service_id=1, customer_id=1)
    closed = replace(case, desk=Stage.CLOSED)
    visits = (Visit(1, AT.date(), TELLER), Visit(2, AT.date(), TELLER))
    audited = after(after(closed, step(Act.PLAN_VISIT, visits=visits)), step(Act.AUDIT, AUDITOR, is_yes=True))
    assert closed.stage is Stage.CLOSED
    assert audited.stage is Stage.AUDITED
    once = after(audited, step(Act.VISIT, line=1))
    assert once.stage is Stage.FOLLOW_UP
    assert after(once, step(Act.VISIT, line=2)).stage is Stage.DONE
