"""The month's table signed for reporting upward: by whom, for exactly which lines, and what a late import does."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from counter_app.clock import FixedClock, new_intent_id
from counter_app.domain.refusals import Refusal, Refused
from counter_app.domain.retention import Result
from counter_app.domain.retention_months import MonthIsSigned, MonthNotOver, MonthTableChanged, Review, ReviewTooLong
from counter_app.domain.staff import Role, Session, Staff, StaffState
from counter_app.domain.staff_refusals import NoRight, SignedOut, WrongSignIn
from counter_app.services import retention_after, retention_months
from counter_app.services.retention_desk import DoneAsAnotherStep
from counter_app.services.retention_months import NO_REVIEW, MonthView
from counter_app.services.staff import prove
from counter_app.storage.driver import find_driver
from counter_app.storage.hall import OpenHall, open_hall
from counter_app.storage.past_retentions import PastRetention
from counter_app.storage.staff import set_staff
from counter_app.storage.trouble import NotRecorded
from counter_app.storage.verify import verify_folder
from tests import halls, leaving
from tests.leaving import MANAGER, TELLER
from tests.storage.test_store import FailingCommits

NOVEMBER, OCTOBER = date(2026, 11, 1), date(2026, 10, 1)


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[OpenHall]:
    opened = leaving.a_hall(tmp_path / "hall")
    halls.an_open_shift(opened)
    yield opened
    opened.close()


def past(hall: OpenHall, no: str, reason: str, on: date, result: Result = Result.LEFT) -> None:
    record = PastRetention(no, "13900000001", "王芳", reason, "文件里的话", "", result, on)
    with hall.writing() as work:
        leaving.a_past_result(work, record, 1)


def sign(
    hall: OpenHall,
    shown: MonthView,
    *,
    by: str = "2001",
    session: Session = TELLER,
    password: str = halls.PASSWORD,
    intent_id: str = "",
    review: Review = NO_REVIEW,
) -> MonthView:
    return retention_months.sign(
        hall,
        session,
        shown.table.month,
        shown.table.digest,
        staff_no=by,
        password=password,
        intent_id=intent_id or new_intent_id(),
        review=review,
    )


def read(hall: OpenHall, month: date = OCTOBER) -> MonthView:
    return retention_months.read(hall, TELLER, month)


def entries(hall: OpenHall) -> list[dict[str, object]]:
    with hall.reading() as reading:
        rows = reading.driver.execute("SELECT content FROM entries WHERE kind = 'exit_month.sign' ORDER BY id")
        return [json.loads(content) for (content,) in rows.fetchall()]


def refused(act: object) -> Refusal:
    with pytest.raises(Refused) as caught:
        act()  # type: ignore[operator]  # a call without arguments, whatever it gives
    return caught.value.refusal


def test_the_table_counts_the_exits_of_the_hall_and_those_from_before_it(hall: OpenHall) -> None:
    for no, reason in (("10002346", "PRICE"), ("10002347", "PRICE_FEE_HIGH"), ("10002348", "RELOCATE")):
        leaving.left_at_once(hall, no, reason)
    leaving.tell(hall, leaving.a_line(hall, no="10002349", is_vip=True), leaving.KEPT)
    leaving.tell(hall, leaving.a_line(hall, no="10002350", is_vip=True), leaving.LEFT)
    past(hall, "P1", "PRICE", date(2026, 10, 31))
    past(hall, "P2", "", date(2026, 10, 1))
    past(hall, "P3", "PRICE", date(2026, 10, 5), Result.KEPT)
    past(hall, "P4", "PRICE", date(2026, 9, 30))
    found = [
        (line.level, line.reason, line.left, line.refused, line.before) for line in read(hall, NOVEMBER).table.lines
    ]
    assert found == [
        (0, "", 1, 3, 2),
        (1, "PRICE", 1, 2, 1),
        (2, "PRICE", 1, 1, 1),
        (2, "PRICE_FEE_HIGH", 0, 1, 0),
        (1, "RELOCATE", 0, 1, 0),
        (1, "", 0, 0, 1),
    ]


def test_a_supervisor_signs_what_is_shown_and_the_entry_holds_it(hall: OpenHall) -> None:
    past(hall, "P1", "PRICE", date(2026, 10, 31))
    shown = read(hall)
    assert (shown.is_over, shown.is_signed, shown.is_changed) == (True, False, False)
    signed = sign(hall, shown)
    assert (signed.is_signed, signed.is_changed) == (True, False)
    (signature,) = signed.signatures
    assert (signature.signer_no, signature.name, signature.signed_at) == ("2001", "赵敏", hall.clock.now())
    (entry,) = entries(hall)
    assert (entry["staff_no"], entry["approver_no"]) == ("1001", "2001")
    assert entry["body"] == {
        "month": "2026-10",
        "lines": [[0, "", 1, 0, 0], [1, "PRICE", 1, 0, 0]],
        "digest": shown.table.digest,
    }


def test_a_supervisor_who_is_signed_in_gives_her_own_password_again(hall: OpenHall) -> None:
    shown = read(hall)
    assert isinstance(refused(lambda: sign(hall, shown, session=MANAGER, password="wrong-password")), WrongSignIn)
    assert sign(hall, shown, session=MANAGER).is_signed


def test_nobody_else_signs_and_no_session_is_raised(hall: OpenHall) -> None:
    shown = read(hall)
    refusal = refused(lambda: sign(hall, shown, by="1002"))
    assert isinstance(refusal, NoRight)
    assert refusal.who == (Role.SUPERVISOR,)
    assert isinstance(refused(lambda: sign(hall, shown, session=MANAGER, by="1001")), NoRight)
    assert isinstance(refused(lambda: sign(hall, shown, password="wrong-password")), WrongSignIn)
    assert entries(hall) == []


def test_a_session_that_ended_is_not_told_whether_a_password_fits(hall: OpenHall) -> None:
    shown = read(hall)
    with hall.writing() as work:
        set_staff(work, "1001", "王芳", Role.TELLER, StaffState.LOCKED)
    for password in (halls.PASSWORD, "wrong-password"):
        assert refused(lambda word=password: sign(hall, shown, password=word)) == SignedOut("1001", "locked")


def test_a_month_is_signed_when_it_is_over(hall: OpenHall) -> None:
    shown = read(hall, NOVEMBER)
    assert not shown.is_over
    assert refused(lambda: sign(hall, shown)) == MonthNotOver(NOVEMBER, date(2026, 12, 1))
    leaving.later(hall, days=10)
    assert sign(hall, read(hall, NOVEMBER)).is_signed


def test_a_late_import_shows_the_table_as_changed_and_it_is_signed_anew(hall: OpenHall) -> None:
    past(hall, "P1", "PRICE", date(2026, 10, 31))
    first = sign(hall, read(hall))
    past(hall, "P2", "PRICE", date(2026, 10, 2))
    assert refused(lambda: sign(hall, first)) == MonthTableChanged(OCTOBER)
    changed = read(hall)
    assert (changed.is_signed, changed.is_changed) == (False, True)
    assert [s.table for s in changed.signatures] == [first.table]
    leaving.later(hall, days=1)
    again = sign(hall, changed)
    assert (again.is_signed, again.is_changed) == (True, False)
    assert [s.table.whole.exits for s in again.signatures] == [2, 1], "the older signature stays"
    with hall.reading() as reading:
        assert reading.driver.execute("SELECT count(*) FROM entries WHERE kind = 'exit_month.sign'").fetchone() == (2,)


def test_the_month_before_is_a_part_of_what_is_signed(hall: OpenHall) -> None:
    signed = sign(hall, read(hall))
    past(hall, "P1", "PRICE", date(2026, 9, 2))
    assert read(hall).is_changed
    assert signed.table.whole.before == 0


def test_what_was_signed_and_has_not_changed_is_not_signed_twice(hall: OpenHall) -> None:
    signed = sign(hall, read(hall))
    assert refused(lambda: sign(hall, signed)) == MonthIsSigned(OCTOBER, "2001")


def test_a_second_press_of_the_same_decision_changes_nothing(hall: OpenHall) -> None:
    shown, intent = read(hall), new_intent_id()
    first = sign(hall, shown, intent_id=intent)
    assert sign(hall, shown, intent_id=intent) == first
    assert len(entries(hall)) == 1


def test_an_intent_of_another_act_signs_nothing(hall: OpenHall) -> None:
    case_id = leaving.tell(hall, leaving.a_line(hall, is_vip=True), leaving.KEPT[:-1])
    intent = new_intent_id()
    retention_after.visit(hall, TELLER, case_id, 1, "content", intent)
    shown = read(hall)
    assert refused(lambda: sign(hall, shown, intent_id=intent)) == DoneAsAnotherStep("retention.visit")


def test_an_intent_of_another_month_signs_nothing(hall: OpenHall) -> None:
    intent = new_intent_id()
    sign(hall, read(hall), intent_id=intent)
    shown = read(hall, date(2026, 9, 1))
    assert refused(lambda: sign(hall, shown, intent_id=intent)) == DoneAsAnotherStep("exit_month.sign")


@pytest.mark.parametrize("is_done", [True, False])
@pytest.mark.parametrize("is_password", [True, False])
def test_a_signature_with_a_failed_commit_is_there_once_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, is_done: bool, is_password: bool
) -> None:
    leaving.a_hall(tmp_path / "failing").close()
    failing = FailingCommits(find_driver(), is_done=is_done)
    hall = open_hall(tmp_path / "failing", clock=FixedClock(halls.NOW), driver=failing.driver)
    shown, intent = read(hall), new_intent_id()

    def proved(*args: Any) -> Staff:
        failing.is_armed = is_password
        try:
            return prove(*args)
        finally:
            failing.is_armed = not is_password

    monkeypatch.setattr("counter_app.services.retention_months.staff.prove", proved)
    if is_done and not is_password:
        assert sign(hall, shown, intent_id=intent).is_late_answer
    else:
        with pytest.raises(NotRecorded):
            sign(hall, shown, intent_id=intent)
    monkeypatch.undo()
    failing.is_armed = False
    assert sign(hall, shown, intent_id=intent).is_signed
    assert len(entries(hall)) == 1
    hall.close()
    assert verify_folder(tmp_path / "failing").findings == ()


def test_the_review_stands_in_the_signature_and_names_nobody(hall: OpenHall) -> None:
    said = Review("套餐太贵的多", "推降档", "回访 13810002345 的客户", "")
    signed = sign(hall, read(hall), review=said)
    kept = Review("套餐太贵的多", "推降档", "回访 138****2345 的客户", "")
    assert signed.signatures[0].review == kept
    (entry,) = entries(hall)
    body = entry["body"]
    assert isinstance(body, dict)
    assert body["review"] == list(kept.boxes)
    past(hall, "P1", "PRICE", date(2026, 10, 31))
    again = sign(hall, read(hall))
    assert [one.review for one in again.signatures] == [NO_REVIEW, kept]


def test_a_box_that_is_too_long_signs_nothing(hall: OpenHall) -> None:
    shown = read(hall)
    assert refused(lambda: sign(hall, shown, review=Review(action="多" * 201))) == ReviewTooLong(2, 201, 200)
    assert entries(hall) == []
    assert sign(hall, shown, review=Review(action="多" * 200)).is_signed


def test_signatures_of_one_month_are_not_those_of_another(hall: OpenHall) -> None:
    sign(hall, read(hall))
    assert read(hall, date(2026, 9, 1)).signatures == ()
