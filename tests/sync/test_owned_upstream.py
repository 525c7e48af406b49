"""In a hall with a hub: what belongs upstream is refused with the way there, and what is ours goes on offline."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from counter_app.domain.hall_refusals import OwnedUpstream
from counter_app.domain.refusals import Refused
from counter_app.domain.staff import Role, StaffState
from counter_app.domain.sync_state import Enrolment
from counter_app.services import passwords, staff
from counter_app.services.imports import run_import
from counter_app.storage.hall import OpenHall
from counter_app.storage.sync_state import keep
from counter_app.ui.wording import sentences
from tests import halls
from tests.sync.feeds import Feed, ask, findings

ADMIN = halls.teller("9001", Role.ADMIN)
ORDINAL = 3


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[OpenHall]:
    opened = halls.a_hall(tmp_path / "hall")
    yield opened
    opened.close()


def enrol(hall: OpenHall) -> None:
    with hall.store.writing() as work:
        keep(work, enrolment=Enrolment("https://hub", "ab" * 32, "", ORDINAL, wants_master=False))


CSV = {
    "customers": "客户编号,姓名,户号,地址\nC9,李雷,90001,幸福路\n",
    "bills": "账单编号,户号,账期,应缴日,金额\nB9,10002345,2026-10,2026-11-15,10.00\n",
    "settlements": "账单编号,销账日期,本金\nB9,2026-11-15,10.00\n",
}


@pytest.mark.parametrize("what", CSV)
def test_no_file_of_master_data_is_imported_beside_the_hub(hall: OpenHall, tmp_path: Path, what: str) -> None:
    file = tmp_path / f"{what}.csv"
    file.write_text(CSV[what], "utf-8")
    enrol(hall)
    with pytest.raises(Refused) as refused:
        run_import(hall, ADMIN, what, file)  # type: ignore[arg-type]  # the names are those of the parameter
    assert refused.value.refusal == OwnedUpstream(what)  # type: ignore[arg-type]  # the same names
    assert "counter-app hub import" in sentences(refused.value.refusal)


def test_a_file_that_was_read_before_the_hall_was_enrolled_is_refused_in_its_commit(
    hall: OpenHall, tmp_path: Path
) -> None:
    file = tmp_path / "customers.csv"
    file.write_text(CSV["customers"], "utf-8")
    with pytest.raises(Refused) as refused:
        run_import(hall, ADMIN, "customers", file, progress=lambda _rows: enrol(hall))
    assert isinstance(refused.value.refusal, OwnedUpstream)
    assert ask(hall, "SELECT count(*) FROM customers") == [(0,)]


ACTS: dict[str, Callable[[OpenHall], None]] = {
    "added": lambda hall: staff.add(hall, ADMIN, "1009", "新人", Role.TELLER, "long-horse-9x"),
    "renamed": lambda hall: staff.change(
        hall, ADMIN, "1001", name="别名", role=Role.TELLER, state=StaffState.ACTIVE, approver="9001"
    ),
    "blocked": lambda hall: staff.change(
        hall, ADMIN, "1001", name="王芳", role=Role.TELLER, state=StaffState.LEFT, approver="9001"
    ),
    "reset": lambda hall: staff.reset_password(hall, ADMIN, "1001", "long-horse-9x"),
}


@pytest.mark.parametrize("act", ACTS)
def test_the_staff_is_changed_at_the_hub(hall: OpenHall, act: str) -> None:
    before = ask(hall, "SELECT * FROM staff")
    enrol(hall)
    with pytest.raises(Refused) as refused:
        ACTS[act](hall)
    assert refused.value.refusal == OwnedUpstream("staff")
    assert ask(hall, "SELECT * FROM staff") == before


def test_who_locked_himself_out_is_let_in_again_here(hall: OpenHall) -> None:
    enrol(hall)
    with hall.store.writing() as work:
        work.driver.execute("UPDATE staff SET state = 'locked', failed_tries = 10 WHERE staff_no = '1001'")
    staff.change(hall, ADMIN, "1001", name="王芳", role=Role.TELLER, state=StaffState.ACTIVE)
    assert staff.sign_in(hall, "1001", halls.PASSWORD).staff_no == "1001"


def test_ones_own_password_is_changed_here_and_goes_up_without_a_secret_of_this_machine(tmp_path: Path) -> None:
    hall = halls.a_hall(tmp_path / "hall", is_demo=False)
    enrol(hall)
    staff.change_own_password(hall, halls.teller(), halls.PASSWORD, "another-horse-9")
    ((sent,),) = ask(hall, "SELECT json_extract(content, '$.body.verifier') FROM entries WHERE kind = 'staff.password'")
    ((kept,),) = ask(hall, "SELECT verifier FROM staff WHERE staff_no = '1001'")
    assert passwords.has_pepper(kept)
    assert not passwords.has_pepper(sent)
    Feed().add("staff", staff_no="1001", name="王芳", verifier=sent, must_change_password=0).into(hall)
    assert staff.sign_in(hall, "1001", "another-horse-9").staff_no == "1001"
    ((again,),) = ask(hall, "SELECT verifier FROM staff WHERE staff_no = '1001'")
    assert passwords.has_pepper(again), "the counter's own secret is mixed in again at the next sign-in"
    hall.close()


def test_a_hall_without_a_hub_sends_no_verifier_anywhere(hall: OpenHall) -> None:
    staff.change_own_password(hall, halls.teller(), halls.PASSWORD, "another-horse-9")
    assert ask(hall, "SELECT json_extract(content, '$.body.verifier') FROM entries WHERE kind = 'staff.password'") == [
        (None,)
    ]


def test_books_that_are_opened_offline_have_ids_of_this_counters_range_and_epoch(hall: OpenHall) -> None:
    feed = Feed().add("customer").add("account").add("account", id=12, account_no="2").add("bill")
    feed.into(hall)
    enrol(hall)
    halls.an_open_shift(hall)
    first = ORDINAL * 2**40 + 1
    for account_id in (11, 12):
        halls.pay(hall, halls.Someone(1, account_id), halls.cash(300), is_change_stored=True)
        assert ask(hall, "SELECT max(id) FROM books") == [(first + account_id,)]
    theirs = 7 * 2**40 + 5
    feed.add("book", id=theirs, account_id=11, kind="gift", opening_fen=0, opening_source="counter").into(hall)
    with hall.store.writing() as work:
        work.driver.execute("INSERT INTO journal_head (epoch, seq, hash) VALUES (2, 0, x'00')")
        from counter_app.storage import tables as t
        from counter_app.storage.own_ids import own_id

        assert own_id(work, t.books.c.id, 11) == ORDINAL * 2**40 + 2**28 + 1 + 11
        # the place is taken: another one of the range, and never the same twice
        work.driver.execute("DELETE FROM journal_head WHERE epoch = 2")
        assert own_id(work, t.books.c.id, 11) == first + 13
        work.driver.execute("INSERT INTO journal_head (epoch, seq, hash) VALUES (2, 0, x'00')")
        work.driver.execute("DELETE FROM journal_head WHERE epoch = 2")
    assert findings(hall) == []
