"""Signing in, failing, locking, and the second person for new staff and changed roles."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from counter_app.clock import FixedClock
from counter_app.domain.refusals import Refused
from counter_app.domain.staff import Right, Role, StaffState
from counter_app.domain.staff_refusals import (
    LastAdmin,
    NoRight,
    PasswordMustChange,
    SecondPersonNeeded,
    SignInLocked,
    StaffNoTaken,
    WeakPassword,
    WrongSignIn,
)
from counter_app.services import staff
from counter_app.services.passwords import is_right, make_verifier
from counter_app.storage.hall import OpenHall, open_hall
from counter_app.storage.strangers import MOST_STRANGERS, find_stranger, keep_stranger
from tests import halls

ADMIN = halls.teller("9001", Role.ADMIN)
STRONG = "correct-battery-7"


def fail(hall: OpenHall, times: int, staff_no: str = "1001") -> list[object]:
    found: list[object] = []
    for _ in range(times):
        with pytest.raises(Refused) as refused:
            staff.sign_in(hall, staff_no, "wrong-password")
        found.append(refused.value.refusal)
    return found


def later(hall: OpenHall, **more: float) -> None:
    clock = hall.journal.clock
    hall.journal = replace(hall.journal, clock=FixedClock(clock.now() + timedelta(**more)))


def test_the_right_password_signs_in_and_is_an_entry(hall: OpenHall) -> None:
    session = staff.sign_in(hall, " 1001 ", halls.PASSWORD)
    assert (session.staff_no, session.name, session.role) == ("1001", "王芳", Role.TELLER)
    with hall.reading() as reading:
        assert reading.driver.execute("SELECT kind FROM entries ORDER BY id DESC LIMIT 1").fetchone() == ("login",)


def test_verifiers_are_argon2id_and_salted() -> None:
    first, second = make_verifier(STRONG), make_verifier(STRONG)
    assert first.startswith("$argon2id$v=19$m=65536,t=3,p=1$")
    assert first != second
    assert is_right(first, STRONG)
    assert not is_right(first, STRONG + "x")
    assert not is_right("not a verifier", STRONG)


def test_five_failures_pause_and_each_more_doubles_the_pause(hall: OpenHall) -> None:
    refusals = fail(hall, 5)
    assert refusals[:4] == [WrongSignIn(4), WrongSignIn(3), WrongSignIn(2), WrongSignIn(1)]
    assert refusals[4] == SignInLocked(halls.NOW + timedelta(minutes=15))
    with pytest.raises(Refused) as refused:
        staff.sign_in(hall, "1001", halls.PASSWORD)
    assert isinstance(refused.value.refusal, SignInLocked)
    later(hall, minutes=16)
    assert fail(hall, 1) == [SignInLocked(halls.NOW + timedelta(minutes=46))]
    later(hall, minutes=31)
    assert staff.sign_in(hall, "1001", halls.PASSWORD).staff_no == "1001"
    assert fail(hall, 1) == [WrongSignIn(4)]


def test_ten_failures_lock_until_somebody_releases(hall: OpenHall) -> None:
    fail(hall, 4)
    for _ in range(6):
        fail(hall, 1)
        later(hall, days=1)
    with pytest.raises(Refused) as refused:
        staff.sign_in(hall, "1001", halls.PASSWORD)
    assert refused.value.refusal == SignInLocked(None)
    staff.change(hall, ADMIN, "1001", name="王芳", role=Role.TELLER, state=StaffState.ACTIVE)
    assert staff.sign_in(hall, "1001", halls.PASSWORD).staff_no == "1001"


def test_who_does_not_exist_gets_the_same_answers_and_the_same_pauses_also_after_a_restart(hall: OpenHall) -> None:
    def answers(staff_no: str) -> list[object]:
        found = fail(hall, 6, staff_no)
        for _ in range(6):
            later(hall, days=1)
            found += fail(hall, 1, staff_no)
        return found

    staff.change(hall, ADMIN, "1002", name="李静", role=Role.TELLER, state=StaffState.LEFT)
    start = hall.journal.clock
    known = answers("1001")
    assert known[-1] == SignInLocked(None)
    for nobody in ("7777", "1002", "工号?", halls.PASSWORD):
        hall.journal = replace(hall.journal, clock=start)
        assert answers(nobody) == known
        with hall.reading() as reading:
            asked = "SELECT json_extract(content, '$.body') FROM entries WHERE kind = 'login.fail'"
            written = [row[0] for row in reading.driver.execute(asked).fetchall()]
        assert not [body for body in written if nobody in body], "it may be a password in the wrong field"
    folder = hall.folder
    hall.close()
    again = open_hall(folder, clock=start)
    with pytest.raises(Refused) as refused:
        staff.sign_in(again, "7777", halls.PASSWORD)
    assert refused.value.refusal == SignInLocked(None), "kept in the file, as the tries of a real number are"
    again.close()


def test_a_number_that_was_tried_is_free_for_somebody_new(hall: OpenHall) -> None:
    fail(hall, 5, "1003")
    staff.add(hall, ADMIN, "1003", "周洁", Role.TELLER, STRONG)
    assert staff.sign_in(hall, "1003", STRONG).staff_no == "1003"


def test_nobody_gets_in_with_a_colleagues_password_under_a_number_that_nobody_has(hall: OpenHall) -> None:
    with pytest.raises(Refused) as refused:
        staff.sign_in(hall, "7777", halls.PASSWORD)
    assert refused.value.refusal == WrongSignIn(4)


def test_strangers_are_bounded_and_the_oldest_is_forgotten(hall: OpenHall) -> None:
    with hall.writing() as work:
        for number in range(MOST_STRANGERS + 1):
            keep_stranger(work, find_stranger(work, f"m{number}")._replace(failed_tries=1))
        assert find_stranger(work, "m0").failed_tries == 0
        assert find_stranger(work, "m1").failed_tries == 1
        assert find_stranger(work, f"m{MOST_STRANGERS}").failed_tries == 1


def test_a_first_password_opens_nothing_but_its_own_change(hall: OpenHall) -> None:
    staff.add(hall, ADMIN, "9002", "吴刚", Role.ADMIN, STRONG)
    session = staff.sign_in(hall, "9002", STRONG)
    with pytest.raises(Refused) as refused:
        staff.change(hall, session, "1002", name="李静", role=Role.TELLER, state=StaffState.LEFT)
    assert refused.value.refusal == PasswordMustChange("9002")
    with pytest.raises(Refused) as refused:
        staff.prove(hall, "9002", STRONG, Right.SETTINGS)
    assert refused.value.refusal == PasswordMustChange("9002"), "who gave the password out would sign for himself"
    staff.change_own_password(hall, session, STRONG, "another-word-55")
    changed = staff.sign_in(hall, "9002", "another-word-55")
    staff.change(hall, changed, "1002", name="李静", role=Role.TELLER, state=StaffState.LEFT)


def test_a_changed_password_is_strong_and_ones_own(hall: OpenHall) -> None:
    session = staff.sign_in(hall, "1001", halls.PASSWORD)
    for weak, why in (("short", "length"), ("1234567890", "common"), ("my1001password", "staff_no")):
        with pytest.raises(Refused) as refused:
            staff.change_own_password(hall, session, halls.PASSWORD, weak)
        assert refused.value.refusal == WeakPassword(why, 10)
    staff.change_own_password(hall, session, halls.PASSWORD, STRONG)
    assert staff.sign_in(hall, "1001", STRONG).staff_no == "1001"


def test_the_only_admin_adds_staff_and_from_two_on_a_second_one_signs(hall: OpenHall) -> None:
    staff.add(hall, ADMIN, "9002", "吴刚", Role.ADMIN, STRONG)
    with pytest.raises(Refused) as refused:
        staff.add(hall, ADMIN, "1003", "周洁", Role.TELLER, STRONG)
    assert refused.value.refusal == SecondPersonNeeded("9001")
    with pytest.raises(Refused) as refused:
        staff.add(hall, ADMIN, "1003", "周洁", Role.TELLER, STRONG, approver="9001")
    assert refused.value.refusal == SecondPersonNeeded("9001")
    staff.change_own_password(hall, staff.sign_in(hall, "9002", STRONG), STRONG, "another-word-55")
    approver = staff.prove(hall, "9002", "another-word-55", Right.SETTINGS).staff_no
    staff.add(hall, ADMIN, "1003", "周洁", Role.TELLER, STRONG, approver=approver)
    assert staff.sign_in(hall, "1003", STRONG).must_change_password
    with pytest.raises(Refused) as refused:
        staff.change(hall, ADMIN, "1003", name="周洁", role=Role.SUPERVISOR, state=StaffState.ACTIVE)
    assert refused.value.refusal == SecondPersonNeeded("9001")


def test_a_staff_number_is_given_once(hall: OpenHall) -> None:
    with pytest.raises(Refused) as refused:
        staff.add(hall, ADMIN, "1001", "某人", Role.TELLER, STRONG)
    assert refused.value.refusal == StaffNoTaken("1001")


def test_the_last_admin_stays(hall: OpenHall) -> None:
    with pytest.raises(Refused) as refused:
        staff.change(hall, ADMIN, "9001", name="孙强", role=Role.ADMIN, state=StaffState.LEFT)
    assert refused.value.refusal == LastAdmin("9001")


def test_a_teller_changes_nobody(hall: OpenHall) -> None:
    with pytest.raises(Refused) as refused:
        staff.change(hall, halls.teller(), "1002", name="x", role=Role.ADMIN, state=StaffState.ACTIVE)
    assert isinstance(refused.value.refusal, NoRight)


def test_who_left_does_not_sign_in(hall: OpenHall) -> None:
    staff.change(hall, ADMIN, "1002", name="李静", role=Role.TELLER, state=StaffState.LEFT)
    with pytest.raises(Refused) as refused:
        staff.sign_in(hall, "1002", halls.PASSWORD)
    assert isinstance(refused.value.refusal, WrongSignIn)


def test_nobody_gets_into_another_admins_sign_in_alone(hall: OpenHall) -> None:
    staff.add(hall, ADMIN, "9002", "吴刚", Role.ADMIN, STRONG)
    with pytest.raises(Refused) as refused:
        staff.reset_password(hall, ADMIN, "9002", "another-word-55")
    assert refused.value.refusal == SecondPersonNeeded("9001")
    staff.reset_password(hall, ADMIN, "1001", "another-word-55")
    staff.reset_password(hall, ADMIN, "9002", "another-word-55", approver="9002")
    assert staff.sign_in(hall, "9002", "another-word-55").must_change_password
