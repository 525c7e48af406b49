"""A problem goes to the hall manager and an answer comes back: recorded, sealed, once, and never in anybody's way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from counter_app.clock import FixedClock, new_intent_id
from counter_app.domain.refusals import Refusal, Refused
from counter_app.domain.retention import Act, Gate, Result, Stage
from counter_app.domain.retention_feedback import LONGEST_WORDS, FeedbackCount, FeedbackTooLong, is_missing
from counter_app.domain.retention_refusals import (
    FeedbackIsOwn,
    FeedbackNotThere,
    FeedbackWaits,
    NotAtThisStage,
    ReasonNeeded,
    WordsNeeded,
)
from counter_app.domain.staff import Right, Role, Session
from counter_app.domain.staff_refusals import NoRight
from counter_app.services import retention, retention_after, retention_feedback, retention_lists, retention_months
from counter_app.services.passwords import make_verifier
from counter_app.storage.hall import OpenHall
from counter_app.storage.staff import add_staff
from counter_app.storage.verify import verify_folder
from tests import halls, leaving

OTHER_MANAGER = halls.teller("2002", Role.SUPERVISOR)
WORDS = "月费比同类套餐高，客户电话 13812345678 问过两次"


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[OpenHall]:
    opened = leaving.a_hall(tmp_path / "hall")
    halls.an_open_shift(opened)
    with opened.writing() as work:
        add_staff(work, "2002", "周班", Role.SUPERVISOR, make_verifier(halls.PASSWORD, is_cheap=True))
    yield opened
    opened.close()


def talked(hall: OpenHall, *, no: str = "10002345") -> str:
    """A case in the talk, with a reason."""
    case_id = leaving.open_case(hall, leaving.a_line(hall, no=no)).case.case_id
    retention.talk(hall, leaving.TELLER, case_id, new_intent_id())
    leaving.with_reason(hall, case_id, "PRICE_FEE_HIGH", further=("NETWORK",))
    return case_id


def feed_back(hall: OpenHall, case_id: str, words: str = WORDS, session: Session = leaving.TELLER) -> None:
    retention_feedback.feed_back(hall, session, case_id, words, new_intent_id())


def refusal(call: Callable[[], object]) -> Refusal:
    with pytest.raises(Refused) as refused:
        call()
    return refused.value.refusal


def bodies(hall: OpenHall, kind: str) -> list[str]:
    with hall.reading() as reading:
        rows = reading.driver.execute("SELECT content FROM entries WHERE kind = ?", (kind,)).fetchall()
    return [str(row[0]) for row in rows]


def test_the_entry_has_cause_and_addressee_and_the_words_lie_beside_it(hall: OpenHall) -> None:
    case_id = talked(hall)
    feed_back(hall, case_id)
    (body,) = bodies(hall, "retention.feed_back")
    assert '"reasons":["PRICE_FEE_HIGH","NETWORK"]' in body
    assert '"to":"supervisor"' in body
    assert "月费" not in body
    shown = retention.view(hall, leaving.TELLER, case_id)
    assert shown.problems == ("月费比同类套餐高，客户电话 138****5678 问过两次",)
    (row,) = retention_feedback.fed_back(hall, leaving.MANAGER)
    assert (row.case_id, row.staff_no, row.reason, row.words) == (
        case_id, "1001", "PRICE_FEE_HIGH", shown.problems[0],
    )  # fmt: skip
    assert verify_folder(hall.folder, driver=hall.store.driver).findings == ()


def test_the_manager_answers_once_and_the_case_shows_it(hall: OpenHall) -> None:
    case_id = talked(hall)
    feed_back(hall, case_id)
    assert [retention_feedback.waiting(hall, who) for who in (leaving.MANAGER, leaving.TELLER, OTHER_MANAGER)] == [
        1, 0, 1,
    ]  # fmt: skip
    intent = new_intent_id()
    for _ in range(2):
        shown = retention_feedback.take_up(hall, leaving.MANAGER, case_id, 1, "已报资费组", intent)
    assert len(bodies(hall, "retention.take_up")) == 1
    (given,) = shown.case.feedbacks
    assert (given.taken_by, given.answer) == ("2001", "已报资费组")
    assert retention_feedback.waiting(hall, leaving.MANAGER) == 0
    late = refusal(lambda: retention_feedback.take_up(hall, OTHER_MANAGER, case_id, 1, "也看过", new_intent_id()))
    assert late == FeedbackNotThere(shown.case.case_no)
    (row,) = retention_feedback.fed_back(hall, leaving.TELLER)
    assert (row.taken_by, row.answer) == ("2001", "已报资费组")


def test_each_no_is_a_value_with_its_facts(hall: OpenHall) -> None:
    case_id = leaving.open_case(hall, leaving.a_line(hall)).case.case_id
    case_no = retention.view(hall, leaving.TELLER, case_id).case.case_no
    assert refusal(lambda: feed_back(hall, case_id)) == NotAtThisStage(case_no, Stage.VALUE_CHECKED, Act.FEED_BACK)
    retention.talk(hall, leaving.TELLER, case_id, new_intent_id())
    assert refusal(lambda: feed_back(hall, case_id)) == ReasonNeeded(case_no)
    leaving.with_reason(hall, case_id)
    assert refusal(lambda: feed_back(hall, case_id, "  ")) == WordsNeeded(Act.FEED_BACK)
    long = "长" * (LONGEST_WORDS + 1)
    assert refusal(lambda: feed_back(hall, case_id, long)) == FeedbackTooLong(LONGEST_WORDS + 1, LONGEST_WORDS)
    feed_back(hall, case_id, session=leaving.MANAGER)
    assert refusal(lambda: feed_back(hall, case_id)) == FeedbackWaits(case_no, "2001")
    take_up = retention_feedback.take_up
    assert refusal(lambda: take_up(hall, leaving.MANAGER, case_id, 1, "好", new_intent_id())) == FeedbackIsOwn("2001")
    assert refusal(lambda: take_up(hall, OTHER_MANAGER, case_id, 1, "", new_intent_id())) == WordsNeeded(Act.TAKE_UP)
    not_mine = refusal(lambda: take_up(hall, leaving.TELLER, case_id, 1, "好", new_intent_id()))
    assert isinstance(not_mine, NoRight)
    assert not_mine.right is Right.TAKE_UP
    assert bodies(hall, "retention.take_up") == []


def test_what_a_person_fed_back_does_not_wait_for_the_same_person(hall: OpenHall) -> None:
    feed_back(hall, talked(hall), session=leaving.MANAGER)
    feed_back(hall, talked(hall, no="10002346"))
    assert retention_feedback.waiting(hall, leaving.MANAGER) == 1
    assert retention_feedback.waiting(hall, OTHER_MANAGER) == 2


def test_a_customer_leaves_with_or_without_it_and_the_audit_sees_which(hall: OpenHall) -> None:
    """002-3e: from the wish to the closed line nothing asks for it; afterwards it can still be done."""
    cases = {}
    for no, is_told in (("10002345", False), ("10002346", True)):
        line = leaving.a_line(hall, no=no)
        case_id = cases[is_told] = leaving.open_case(hall, line).case.case_id
        retention.leave_now(hall, leaving.TELLER, case_id, new_intent_id())
        leaving.with_reason(hall, case_id)
        if is_told:
            feed_back(hall, case_id)
        retention.sign_customer(hall, leaving.TELLER, case_id, leaving.DRAWING, new_intent_id())
        leaving.pay_all(hall, line)
        for gate in Gate:
            retention.check_gate(hall, leaving.TELLER, case_id, gate, new_intent_id())
        retention_after.process(hall, leaving.TELLER, case_id, new_intent_id())
        retention_after.recover(hall, leaving.TELLER, case_id, [("sim", "recovered")], new_intent_id())
        retention_after.close(hall, leaving.TELLER, case_id, new_intent_id())
    rows = {row.case_id: row for row in retention_lists.to_audit(hall, leaving.AUDITOR)}
    assert {is_told: rows[case_id].is_fed_back for is_told, case_id in cases.items()} == {True: True, False: False}
    shown = retention.view(hall, leaving.TELLER, cases[False])
    assert (shown.case.desk, shown.case.result) == (Stage.CLOSED, Result.REFUSED_TALK)
    assert is_missing(shown.case, shown.rules)
    feed_back(hall, cases[False])
    again = retention.view(hall, leaving.TELLER, cases[False])
    assert not is_missing(again.case, again.rules)
    assert again.case.desk is Stage.CLOSED


def test_the_month_tells_how_many_cases_were_told_and_answered_and_signs_none_of_it(hall: OpenHall) -> None:
    leaving.tell(hall, leaving.a_line(hall, no="10002345", is_vip=True), leaving.LEFT)
    kept = leaving.tell(hall, leaving.a_line(hall, no="10002346", is_vip=True), leaving.KEPT)
    month = hall.clock.now().date()
    before = retention_months.read(hall, leaving.MANAGER, month)
    assert before.feedback == FeedbackCount(asked=2, told=2, answered=1)
    retention_feedback.take_up(hall, leaving.MANAGER, kept, 1, "已报资费组", new_intent_id())
    after = retention_months.read(hall, leaving.MANAGER, month)
    assert after.feedback == FeedbackCount(asked=2, told=2, answered=2)
    assert after.table.digest == before.table.digest


def test_what_waits_is_listed_first_and_never_forgotten_what_is_answered_goes(hall: OpenHall) -> None:
    old, answered = talked(hall), talked(hall, no="10002346")
    feed_back(hall, old)
    feed_back(hall, answered)
    retention_feedback.take_up(hall, leaving.MANAGER, answered, 1, "已办", new_intent_id())
    assert [row.case_id for row in retention_feedback.fed_back(hall, leaving.MANAGER)] == [old, answered]
    clock = hall.clock
    assert isinstance(clock, FixedClock)
    leaving.later(hall, days=retention_feedback.LISTED_DAYS + 1)
    assert [row.case_id for row in retention_feedback.fed_back(hall, leaving.MANAGER)] == [old]


def test_words_that_were_erased_leave_the_fact(hall: OpenHall) -> None:
    case_id = talked(hall)
    feed_back(hall, case_id)
    with hall.writing() as work:
        leaving.erase(work, retention.view(hall, leaving.TELLER, case_id).case.feedbacks[0].record)
    assert retention.view(hall, leaving.TELLER, case_id).problems == ("",)
    (row,) = retention_feedback.fed_back(hall, leaving.MANAGER)
    assert (row.words, row.reason) == ("", "PRICE_FEE_HIGH")
    assert verify_folder(hall.folder, driver=hall.store.driver).findings == ()
