"""Automatic deduction: more than the arrears and nothing less, once a batch day, gone on with after any end."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest

from counter_app.clock import FixedClock
from counter_app.domain.batch_days import BatchDays
from counter_app.domain.deductions import NoBatchDays, NotTheBatchDay, OtherCounterDeducts, batch_day
from counter_app.domain.refusals import Refusal, Refused
from counter_app.domain.staff import Role, Session
from counter_app.domain.staff_refusals import NoRight
from counter_app.domain.undo_slips import undo_slip_of_text
from counter_app.services import deductions, restores
from counter_app.services import undo as undoing
from counter_app.storage import tables as t
from counter_app.storage import tables_sync as y
from counter_app.storage.hall import OpenHall, open_hall
from counter_app.storage.payments import payments_of
from tests import halls
from tests.undoing import findings as all_findings
from tests.undoing import state, undo

BATCH = date(2026, 11, 21)


def findings(hall: OpenHall) -> list[str]:
    """What `verify` finds, but for the books that these tests open without an import."""
    return [found for found in all_findings(hall) if " books opening_entry " not in found]


def a_book(hall: OpenHall, someone: halls.Someone, fen: int, **more: object) -> int:
    """A book that an import opened."""
    row = {"account_id": someone.account_id, "name": "预存", "kind": "cash", "items": "[]", "priority": 9}
    row |= {"opening_fen": fen, "opening_source": "import", "opened_on": "2026-01-01"}
    with hall.writing() as work:
        return halls.put(work, t.books, {**row, **more})


def test_more_than_the_arrears_is_taken_and_the_service_comes_back(hall: OpenHall) -> None:
    rich, even, short, barred = (
        halls.three_months_behind(hall, no=f"1000234{n}", name=name)
        for n, name in enumerate(("张伟", "李娜", "王芳", "赵军"))
    )
    arrears_fen = halls.position(hall, rich).restore_fen
    book = a_book(hall, rich, arrears_fen + 1)
    a_book(hall, even, arrears_fen)
    a_book(hall, short, arrears_fen - 1)
    a_book(hall, barred, 2 * arrears_fen, items='["只付别的"]', kind="earmarked", priority=1)
    with hall.writing() as work:
        work.driver.execute("UPDATE services SET state='stopped_out', state_reason='arrears'")
    before, first = state(hall, even.account_id), state(hall, rich.account_id)
    first = {name: first[name] for name in ("owed", "books", "services")}
    told = list[tuple[int, int]]()
    sums = deductions.run(hall, progress=lambda done, total: told.append((done, total)))
    assert (sums.taken_count, sums.taken_fen, dict(sums.left)) == (1, arrears_fen, {"earmarked": 1, "not_greater": 2})
    assert (told[0], told[-1]) == ((0, 4), (4, 4))
    after = state(hall, rich.account_id)
    # everything is paid today, and nothing grows on any later day
    assert all(not owed for owed in after["owed"].values())
    assert after["books"] == [(book, 1)]
    (order,) = restores.running(hall)
    assert [row[1] for row in after["services"]] == ["restoring"]
    assert order.customer_id == rich.customer_id
    assert state(hall, even.account_id)["owed"] == before["owed"]
    made = deductions.report(hall, BATCH)
    (taken,) = made.deducted
    assert (taken.account_no, taken.settled_fen, taken.balance_fen) == ("10002340", arrears_fen, arrears_fen + 1)
    assert taken.deduction_no == "ZK20261121-10002340"
    assert [(row.account_no, row.why) for row in made.left] == [
        ("10002341", "not_greater"),
        ("10002342", "not_greater"),
        ("10002343", "earmarked"),
    ]
    assert findings(hall) == []
    # again on the same batch day: nothing is taken twice, and nothing is said twice
    with hall.reading() as reading:
        entries = reading.driver.execute("SELECT count(*) FROM entries").fetchone()
    assert deductions.run(hall, halls.teller("2001", Role.SUPERVISOR)) == sums
    with hall.reading() as reading:
        assert reading.driver.execute("SELECT count(*) FROM entries").fetchone() == entries
    assert deductions.look(hall).is_ended
    # what came in since is met on the same batch day, by the same command
    a_book(hall, even, 1)
    assert deductions.run(hall).taken_count == 2
    assert findings(hall) == []
    # a deduction is undone as a payment is, by two people; its account is not met again on this batch day
    halls.an_open_shift(hall)
    payment_id, customer_id = undoing.payment_of(hall, taken.deduction_no)
    plan = undoing.look(hall, halls.teller(), payment_id)
    assert (customer_id, plan.way, plan.amount_fen, plan.tenders) == (rich.customer_id, "refund", arrears_fen, ())
    slip_no = undo(hall, payment_id).slip_no
    after = state(hall, rich.account_id)
    assert {name: after[name] for name in ("owed", "books", "services")} == first
    with hall.reading() as reading:
        row = reading.driver.execute(
            "SELECT content FROM side_records JOIN papers ON facts_record = record_id WHERE paper_no = ?", (slip_no,)
        ).fetchone()
        listed = {past.receipt_no: past.undone_way for past in payments_of(reading, rich.customer_id)}
    assert row is not None
    slip = undo_slip_of_text(row[0])
    assert (slip.paper, slip.to_books_fen, slip.back_fen) == ("none", arrears_fen, 0)
    assert listed == {taken.deduction_no: "refund"}
    assert deductions.run(hall).taken_count == 2
    assert findings(hall) == []


def test_a_batch_that_ends_half_way_goes_on(hall: OpenHall, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # one account for each unit of work
    monkeypatch.setattr(deductions, "_SLICE_S", 0.0)
    everybody = [halls.three_months_behind(hall, no=f"1000234{n}", name="张伟") for n in range(5)]
    for someone in everybody:
        a_book(hall, someone, 100_000)
    done: list[int] = []

    def dies(count: int, _total: int) -> None:
        done.append(count)
        if count == 2:
            # the folder as it lies there when the program is killed between two commits
            shutil.copytree(hall.folder, tmp_path / "killed")
        if count == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        deductions.run(hall, progress=dies)
    assert done == [0, 1, 2, 3]
    killed = open_hall(tmp_path / "killed", clock=FixedClock(hall.clock.now()))
    for one, count in ((hall, 3), (killed, 2)):
        assert deductions.look(one).sums.taken_count == count
        assert not deductions.look(one).is_ended
        sums = deductions.run(one)
        assert (sums.taken_count, sums.left) == (5, ())
        assert all(not state(one, someone.account_id)["owed"][0] for someone in everybody)
        assert findings(one) == []
    killed.close()


@pytest.mark.skipif(sys.platform == "win32", reason="nothing there ends a program as suddenly")
def test_a_command_that_is_killed_leaves_whole_deductions_and_goes_on(tmp_path: Path) -> None:
    hall = halls.a_hall(tmp_path / "hall")
    everybody = [halls.three_months_behind(hall, no=f"1000234{n}") for n in range(4)]
    for someone in everybody:
        a_book(hall, someone, 100_000)
    now = hall.clock.now()
    hall.close()
    code = (
        "import os, signal, sys; from datetime import datetime; from pathlib import Path;"
        "from counter_app.clock import FixedClock; from counter_app.services import deductions;"
        "from counter_app.storage.hall import open_hall; deductions._SLICE_S = 0.0;"
        "hall = open_hall(Path(sys.argv[1]), clock=FixedClock(datetime.fromisoformat(sys.argv[2])));"
        "deductions.run(hall, progress=lambda done, of: done == 2 and os.kill(os.getpid(), signal.SIGKILL))"
    )
    words = [sys.executable, "-c", code, str(tmp_path / "hall"), now.isoformat()]
    assert subprocess.run(words, check=False).returncode == -signal.SIGKILL
    hall = open_hall(tmp_path / "hall", clock=FixedClock(now))
    assert deductions.look(hall).sums.taken_count == 2
    assert deductions.run(hall).taken_count == 4
    assert all(not state(hall, someone.account_id)["owed"][0] for someone in everybody)
    assert findings(hall) == []
    hall.close()


def test_verify_finds_a_deduction_that_was_changed(hall: OpenHall) -> None:
    someone = halls.three_months_behind(hall)
    a_book(hall, someone, 100_000)
    deductions.run(hall)
    assert findings(hall) == []
    for change, found in (
        ("UPDATE deductions SET settled_fen = settled_fen - 1", " deductions settled_fen"),
        ("UPDATE deductions SET batch_on = '2026-11-26'", " deductions batch_on"),
        ("UPDATE settlements SET channel = 'bank' WHERE channel = 'deduction'", " settlements"),
        ("DELETE FROM deductions", " deductions"),
    ):
        with hall.writing() as work:
            for table in ("deductions", "settlements"):
                for verb in ("update", "delete"):
                    work.driver.execute(f"DROP TRIGGER IF EXISTS {table}_no_{verb}")
            work.driver.execute(change)
        assert any(found in words for words in findings(hall)), change


def test_only_the_batch_day_that_is_due_is_run_and_by_the_first_counter(hall: OpenHall) -> None:
    clock, boss = hall.opened_with, halls.teller("2001", Role.SUPERVISOR)
    assert isinstance(clock, FixedClock)
    someone = halls.three_months_behind(hall)
    a_book(hall, someone, 100_000)

    def refused(asked: date | None = None, session: Session = boss) -> Refusal:
        with pytest.raises(Refused) as caught:
            deductions.run(hall, session, asked)
        return caught.value.refusal

    assert isinstance(refused(session=halls.teller()), NoRight)
    for other in (date(2026, 11, 16), date(2026, 11, 26), date(2026, 11, 20)):
        assert refused(other) == NotTheBatchDay(other, BATCH, date(2026, 11, 26))
    here = hall.hall.counter_id
    with hall.writing() as work:
        halls.put(work, t.counters, {"counter_id": "c2", "name": "2 号台"})
        halls.put(work, y.counters_down, {"counter_id": "c2", "ordinal": 1, "code": "02"})
        halls.put(work, y.counters_down, {"counter_id": here, "ordinal": 2, "code": "03"})
    assert refused() == OtherCounterDeducts("02", "2 号台")
    assert deductions.look(hall).other == ("02", "2 号台")
    # a day late it is still the same batch day, but what is overdue, and until when, is that of today
    clock.moment += timedelta(days=2)
    assert deductions.run(hall, boss, BATCH, is_here=True).taken_count == 1
    with hall.reading() as reading:
        rows = reading.driver.execute("SELECT batch_on, business_date, staff_no FROM deductions").fetchall()
    assert rows == [("2026-11-21", "2026-11-23", "2001")]
    assert findings(hall) == []


def test_which_days_are_batch_days() -> None:
    days = BatchDays((1, 6, 26))
    assert [days.last_on(date(2026, 3, day)) for day in (1, 5, 6, 31)] == [
        *(date(2026, 3, 1), date(2026, 3, 1)),
        *(date(2026, 3, 6), date(2026, 3, 26)),
    ]
    assert [days.next_after(on) for on in (date(2026, 12, 26), date(2026, 12, 25), date(2026, 2, 28))] == [
        *(date(2027, 1, 1), date(2026, 12, 26)),
        date(2026, 3, 1),
    ]
    assert BatchDays((15,)).last_on(date(2026, 1, 3)) == date(2025, 12, 15)
    with pytest.raises(Refused) as caught:
        batch_day(None, "gas", BATCH)
    assert caught.value.refusal == NoBatchDays("gas")
