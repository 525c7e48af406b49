"""Whose problem the pack asks to be fed back to the hall manager, and which ended cases lack it; who answers whom."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest

from counter_app.domain.retention import Act, Case, Result, Stage, Step, Worth
from counter_app.domain.retention_feedback import HALL_MANAGER, FeedbackCount, ToldCase, counted, is_missing
from counter_app.domain.retention_fields import FeedbackOf
from counter_app.domain.retention_fold import after
from counter_app.domain.retention_guards import open_acts, refusal_of
from counter_app.domain.retention_refusals import FeedbackIsOwn, FeedbackNotThere
from counter_app.domain.staff import Right, Role, may, roles_with
from tests.domain.retention_walk import AT, first_case, sides, step
from tests.domain.test_retention_rules import rules

ENDS = {
    Result.KEPT: Stage.KEPT,
    Result.LEFT: Stage.CLOSED,
    Result.REFUSED_TALK: Stage.CLOSED,
    Result.WITHDRAWN: Stage.WITHDRAWN,
}
SIDE = sides(is_manager_first=True)[0]


def ended(result: Result, *, is_valued: bool) -> Case:
    return replace(
        first_case(), desk=ENDS[result], result=result, worth=Worth(9_900, is_valued), reasons=("PRICE", "NETWORK")
    )


def fed_back(case: Case, by: str = "1001") -> Case:
    return after(case, Step(Act.FEED_BACK, by, AT, reasons=case.reasons, record="r1", to=HALL_MANAGER))


@pytest.mark.parametrize(
    ("of", "results", "missing"),
    [
        ("each", (Result.KEPT, Result.LEFT, Result.REFUSED_TALK), 6),
        ("each", tuple(Result), 8),
        ("valued", (Result.LEFT, Result.REFUSED_TALK), 2),
        ("none", tuple(Result), 0),
    ],
)
def test_the_pack_says_whose_problem_is_asked_for(of: FeedbackOf, results: tuple[Result, ...], missing: int) -> None:
    pack = replace(rules(), feedback_of=of, feedback_results=results)
    cases = [ended(result, is_valued=is_valued) for result, is_valued in product(Result, (True, False))]
    lacking = [case for case in cases if is_missing(case, pack)]
    assert len(lacking) == missing
    assert all(case.result in results and (of == "each" or case.is_valued) for case in lacking)
    assert not any(is_missing(fed_back(case), pack) for case in cases)


def test_the_month_counts_what_is_asked_for_and_nothing_else() -> None:
    pack = replace(rules(), feedback_of="valued", feedback_results=(Result.KEPT, Result.LEFT))
    cases = [
        ToldCase(result, is_valued, is_told, is_told and result is Result.KEPT)
        for result, is_valued, is_told in product(Result, (True, False), (True, False))
    ]
    assert counted(cases, pack) == FeedbackCount(asked=4, told=2, answered=1)
    assert counted([], pack) == FeedbackCount(0, 0, 0)


def test_nothing_is_missing_while_the_case_is_at_the_desk() -> None:
    pack = replace(rules(), feedback_results=tuple(Result))
    for stage in Stage:
        case = replace(first_case(), desk=stage, result=Result.LEFT, worth=Worth(1, is_valued=True))
        assert is_missing(case, pack) == (not case.is_at_desk)


def test_it_can_be_done_from_the_talk_on_and_also_afterwards() -> None:
    before = (Stage.DRAFT, Stage.VALUE_CHECKED, Stage.MANAGER_SIGNED)
    derived = (Stage.AUDITED, Stage.FOLLOW_UP, Stage.DONE)
    offered = {stage for stage in Stage if Act.FEED_BACK in open_acts(replace(first_case(), desk=stage))}
    assert offered == set(Stage) - {*before, *derived}
    audited = after(ended(Result.KEPT, is_valued=False), step(Act.AUDIT, "4001", is_yes=True))
    assert {Act.FEED_BACK, Act.TAKE_UP} <= open_acts(audited)


def test_the_answer_stands_beside_the_problem_and_a_further_one_may_follow() -> None:
    case = fed_back(ended(Result.LEFT, is_valued=True))
    assert case.open_feedback is not None
    assert (case.open_feedback.by, case.open_feedback.reasons) == ("1001", ("PRICE", "NETWORK"))
    answered = after(case, step(Act.TAKE_UP, "2001", line=1, words="转网络部核查"))
    assert answered.open_feedback is None
    (first,) = answered.feedbacks
    assert (first.taken_by, first.answer) == ("2001", "转网络部核查")
    assert answered.workers == {"1001"}, "to answer is no work at the desk"
    again = fed_back(answered, by="1002")
    assert again.open_feedback is not None
    assert again.open_feedback.line == 2
    assert again.feedbacks[0] == first


@pytest.mark.parametrize("by", ["1001", "2001", "2002"])
@pytest.mark.parametrize("taker", ["1001", "2001", "2002"])
def test_whatever_user_switches_happened_nobody_takes_up_what_they_fed_back(by: str, taker: str) -> None:
    """The case itself counts who fed it back: neither a switch of user nor work in between changes that."""
    case = fed_back(ended(Result.KEPT, is_valued=False), by)
    for other in ("1001", "2001", "2002"):
        case = after(case, step(Act.PLAN_VISIT, other))
        refusal = refusal_of(case, step(Act.TAKE_UP, taker, line=1, words="好"), SIDE)
        assert refusal == (FeedbackIsOwn(by) if taker == by else None)
    assert refusal_of(case, step(Act.TAKE_UP, taker, line=2, words="好"), SIDE) == FeedbackNotThere(case.case_no)


def test_the_hall_manager_is_whoever_takes_it_up() -> None:
    assert roles_with(Right.TAKE_UP) == (HALL_MANAGER,)
    assert not may(Role.TELLER, Right.TAKE_UP)
