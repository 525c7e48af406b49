"""What a person has to finish: a customer's money back once and by two people, and a matter done in words."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pypdfium2
import pytest

from counter_app.clock import FixedClock, new_intent_id
from counter_app.domain.refusals import Refusal, Refused
from counter_app.domain.shifts import DrawerTooLow, NoOpenShift
from counter_app.domain.signoffs import SignoffByWorker, SignoffForOther
from counter_app.domain.staff import Role
from counter_app.domain.staff_refusals import NoRight
from counter_app.domain.tasks import CreditWay, TaskGone, TaskHasCredit, TaskHasNoCredit, TaskWordsMissing
from counter_app.services import approvals, credit_slips, papers, shifts, tasks
from counter_app.services.signoffs import Signed
from counter_app.storage import tables as t
from counter_app.storage import tables_sync as y
from counter_app.storage.driver import find_driver
from counter_app.storage.hall import OpenHall, open_hall
from counter_app.storage.journal import balance
from counter_app.storage.trouble import NotRecorded
from counter_app.storage.verify import verify
from tests import halls
from tests.storage.test_store import FailingCommits
from tests.sync.feeds import harm

CREDIT, FEN = "s1:excess", 9_800
TELLER, SUPERVISOR = halls.teller(), halls.teller("2001", Role.SUPERVISOR)
FACTS: dict[str, Any] = {"credit_id": CREDIT, "bill_no": "B31", "month": "2026-08", "this": {}, "other": {}}


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[OpenHall]:
    opened = halls.a_hall(tmp_path / "hall")
    yield opened
    assert verify(opened.store).findings == ()
    opened.close()


def a_task(hall: OpenHall, kind: str = "duplicate_payment", *, task_id: str = "t1", **other: Any) -> str:
    """A task as the hub's feed brings it, about the hall's one customer."""
    someone = halls.a_customer(hall, no=f"1000{task_id[1:]}")
    values = {
        "task_id": task_id,
        "kind": kind,
        "state": "open",
        "subject": "s1",
        "customer_id": someone.customer_id,
        "account_id": someone.account_id,
        "amount_fen": FEN,
        "counter_id": "c2",
        "opened_at": "2026-11-20T01:00:00+00:00",
        "due_on": "2026-11-23",
        "closed_at": None,
        "facts": json.dumps(FACTS),
    }
    with hall.writing() as work:
        halls.put(work, y.tasks, values | other)
    return task_id


def signed(hall: OpenHall, task_id: str, way: CreditWay, staff_no: str = "2001") -> Signed:
    """A supervisor's signature at the teller's screen."""
    challenge = tasks.ask(hall, TELLER, task_id, way)
    return approvals.sign(hall, TELLER, challenge, staff_no=staff_no, password=halls.PASSWORD)


def settled(hall: OpenHall, task_id: str, way: CreditWay) -> tasks.Settled:
    return tasks.settle(hall, TELLER, task_id, way, signed(hall, task_id, way))


def bodies(hall: OpenHall, kind: str) -> list[dict[str, Any]]:
    with hall.reading() as reading:
        rows = reading.driver.execute("SELECT content FROM entries WHERE kind = ? ORDER BY id", (kind,)).fetchall()
    return [json.loads(row[0]) for row in rows]


def refusal_of(act: object) -> Refusal:
    with pytest.raises(Refused) as caught:
        act()  # type: ignore[operator]  # each is a call
    return caught.value.refusal


def test_money_goes_into_the_accounts_book_and_the_task_is_gone(hall: OpenHall) -> None:
    task_id = a_task(hall)
    assert settled(hall, task_id, "prepaid") == tasks.Settled("prepaid", FEN, "2001")
    assert tasks.waiting(hall).tasks == ()
    (entry,) = bodies(hall, "credit.settled")
    book_id = entry["body"]["book_id"]
    said = {"credit_id": CREDIT, "way": "prepaid", "amount_fen": FEN, "task_id": task_id}
    assert entry["body"] == {**said, "book_id": book_id, "account_id": 1, "account_no": "10001"}, (
        "as docs/sync.md has it"
    )
    assert entry["postings"] == [["credit", CREDIT, FEN], ["prepaid", str(book_id), -FEN]]
    assert (entry["staff_no"], entry["approver_no"]) == ("1001", "2001")
    assert halls.position(hall, halls.Someone(1, 1)).prepaid_fen == FEN


def test_cash_comes_out_of_the_tellers_drawer_and_the_shift_says_so(hall: OpenHall) -> None:
    shift = halls.an_open_shift(hall)
    settled(hall, a_task(hall), "cash")
    sheet = shifts.sheet(hall)
    assert sheet is not None
    assert (sheet.expected_cash_fen, sheet.given_back_fen) == (50_000 - FEN, FEN)
    with hall.reading() as reading:
        assert balance(reading, "credit", CREDIT) == FEN
        assert balance(reading, "drawer", shift.shift_id) == 50_000 - FEN


def test_cash_given_back_has_a_slip_with_everything_on_it_and_prints_again_as_a_reprint(hall: OpenHall) -> None:
    halls.an_open_shift(hall)
    paid = {"settled_on": "2026-11-20", "amount_fen": FEN, "channel": "counter", "counter_id": "c2"}
    facts = FACTS | {
        "principal_fen": 9_000,
        "late_fee_fen": 800,
        "this": paid | {"receipt_no": "HZ01-02-2026-000318"},
        "other": paid | {"settled_on": "2026-11-19", "receipt_no": "HZ01-03-2026-000127"},
    }
    with hall.writing() as work:
        halls.put(work, t.counters, {"counter_id": "c2", "name": "2 号台", "is_active": 1})
    given = settled(hall, a_task(hall, facts=json.dumps(facts)), "cash")
    assert given.slip_no == "HZ01-03-2026-TK000001"
    second = a_task(hall, task_id="t2", facts=json.dumps(facts | {"credit_id": "s2"}))
    assert settled(hall, second, "cash").slip_no == "HZ01-03-2026-TK000002"
    for copy_no in (1, 2):
        order = credit_slips.order_print(hall, TELLER, given.slip_no, paper="a5", printer="pdf")
        papers.mark_job(hall, order.job.id, "printed")
        document = pypdfium2.PdfDocument(credit_slips.render(order))
        assert len(document) == 1
        text = re.sub(r"\s", "", document[0].get_textpage().get_text_range())
        document.close()
        assert ("补打第1次" in text) is (copy_no == 2)
        for words in (
            *("退款凭证", "HZ01-03-2026-TK000001", "￥98.00", "玖拾捌元整", "账单B31缴了两次"),
            *("本金￥90.00违约金￥8.00", "HZ01-02-2026-000318", "HZ01-03-2026-000127", "2号台", "t1", "王芳1001"),
            *("赵敏2001", "客户（或代办人）签收"),
        ):
            assert words in text, (words, text)
    printed = bodies(hall, "paper.print") + bodies(hall, "paper.print.copy")
    assert [entry["body"]["copy_no"] for entry in printed] == [1, 2]
    listed = credit_slips.issued(hall, TELLER)
    assert [(one.paper_no[-1], len(one.prints)) for one in listed] == [("2", 0), ("1", 2)]
    assert "张伟" not in repr(listed)


def test_a_slip_that_was_edited_is_found(tmp_path: Path) -> None:
    hall = halls.a_hall(tmp_path / "edited")
    halls.an_open_shift(hall)
    settled(hall, a_task(hall), "cash")
    changed = "CAST(replace(CAST(content AS TEXT), '9800', '9900') AS BLOB)"
    harm(hall, f"UPDATE side_records SET content = {changed} WHERE kind = 'paper.credit_slip'")
    assert "paper facts" in [finding.what for finding in verify(hall.store).findings]
    hall.close()


def test_a_credit_is_spent_once_though_its_task_comes_down_again(hall: OpenHall) -> None:
    halls.an_open_shift(hall)
    task_id = a_task(hall)
    settled(hall, task_id, "cash")
    assert refusal_of(lambda: tasks.ask(hall, TELLER, task_id, "cash")) == TaskGone(task_id)
    with hall.writing() as work:
        work.driver.execute("UPDATE tasks SET state = 'open', closed_at = NULL")
    assert refusal_of(lambda: tasks.ask(hall, TELLER, task_id, "prepaid")) == TaskGone(task_id)
    with hall.reading() as reading:
        assert balance(reading, "credit", CREDIT) == FEN


def test_a_second_press_with_the_same_signature_answers_and_pays_nothing(hall: OpenHall) -> None:
    halls.an_open_shift(hall)
    task_id = a_task(hall)
    once = signed(hall, task_id, "cash")
    first = tasks.settle(hall, TELLER, task_id, "cash", once)
    assert tasks.settle(hall, TELLER, task_id, "cash", once) == first
    assert len(bodies(hall, "credit.settled")) == 1


def test_cash_needs_a_shift_and_the_money_in_it(hall: OpenHall) -> None:
    task_id = a_task(hall)
    assert refusal_of(lambda: settled(hall, task_id, "cash")) == NoOpenShift()
    halls.an_open_shift(hall, float_fen=0)
    assert refusal_of(lambda: settled(hall, task_id, "cash")) == DrawerTooLow(FEN)
    assert bodies(hall, "credit.settled") == []


def test_two_people_stand_for_it_and_for_nothing_else(hall: OpenHall) -> None:
    halls.an_open_shift(hall)
    task_id, other = a_task(hall), a_task(hall, task_id="t2", facts=json.dumps({**FACTS, "credit_id": "s2:excess"}))
    assert refusal_of(lambda: signed(hall, task_id, "cash", "1001")) == SignoffByWorker("1001")
    assert isinstance(refusal_of(lambda: signed(hall, task_id, "cash", "1002")), NoRight)
    mine = signed(hall, task_id, "cash")
    assert refusal_of(lambda: tasks.settle(hall, TELLER, other, "cash", mine)) == SignoffForOther("case_id")
    assert refusal_of(lambda: tasks.settle(hall, TELLER, task_id, "prepaid", mine)) == SignoffForOther("outcome")
    with hall.writing() as work:
        work.driver.execute("UPDATE staff SET state = 'locked' WHERE staff_no = '2001'")
    assert refusal_of(lambda: tasks.settle(hall, TELLER, task_id, "cash", mine)).code == "signed_out"
    assert bodies(hall, "credit.settled") == []


def test_a_matter_is_done_in_words_without_personal_data_by_somebody_who_may(hall: OpenHall) -> None:
    task_id, intent = a_task(hall, "suspense", facts="{}"), new_intent_id()
    assert isinstance(refusal_of(lambda: tasks.finish(hall, TELLER, task_id, "x", intent)), NoRight)
    assert refusal_of(lambda: tasks.finish(hall, SUPERVISOR, task_id, " ", intent)) == TaskWordsMissing()
    for _ in range(2):
        tasks.finish(hall, SUPERVISOR, task_id, "已核对 13800000013", intent)
    (entry,) = bodies(hall, "task.done")
    assert entry["body"]["task_id"] == task_id
    assert "13800000013" not in entry["body"]["words"]
    assert entry["postings"] == []
    assert refusal_of(lambda: tasks.finish(hall, SUPERVISOR, task_id, "x", new_intent_id())) == TaskGone(task_id)


def test_money_is_never_finished_in_words_nor_words_in_money(hall: OpenHall) -> None:
    money, words = a_task(hall), a_task(hall, "suspense", task_id="t2")
    assert refusal_of(lambda: tasks.finish(hall, SUPERVISOR, money, "x", new_intent_id())) == TaskHasCredit(money)
    assert refusal_of(lambda: tasks.ask(hall, TELLER, words, "cash")) == TaskHasNoCredit(words)
    broken = a_task(hall, task_id="t3", facts="{}")
    assert refusal_of(lambda: tasks.ask(hall, TELLER, broken, "cash")) == TaskHasNoCredit(broken)


@pytest.mark.parametrize(("kind", "outcome"), [("quarantined", "accept"), ("suspense", None)])
def test_only_an_entry_kept_apart_is_answered_for(hall: OpenHall, kind: str, outcome: str | None) -> None:
    task_id = a_task(hall, kind, facts="{}")
    tasks.finish(hall, SUPERVISOR, task_id, "已核对", new_intent_id(), is_accepted=True)
    assert bodies(hall, "task.done")[0]["body"].get("outcome") == outcome


@pytest.mark.parametrize("is_done", [True, False])
def test_an_act_whose_commit_fails_is_there_once_or_not_at_all(tmp_path: Path, *, is_done: bool) -> None:
    halls.a_hall(tmp_path / "failing").close()
    failing = FailingCommits(find_driver(), is_done=is_done)
    hall = open_hall(tmp_path / "failing", clock=FixedClock(halls.NOW), driver=failing.driver)
    halls.an_open_shift(hall)
    task_id = a_task(hall)
    once = signed(hall, task_id, "cash")
    failing.is_armed = True
    if is_done:
        assert tasks.settle(hall, TELLER, task_id, "cash", once).amount_fen == FEN
    else:
        with pytest.raises(NotRecorded):
            tasks.settle(hall, TELLER, task_id, "cash", once)
    assert len(bodies(hall, "credit.settled")) == is_done
    assert len(tasks.waiting(hall).tasks) == (not is_done)
    assert verify(hall.store).findings == ()
    hall.close()


def test_verify_sees_a_credit_that_went_elsewhere_than_its_entry_says(hall: OpenHall) -> None:
    halls.an_open_shift(hall)
    from counter_app.storage.verify_rows import ENTRY_CHECKS, Held

    settled(hall, a_task(hall), "cash")
    (content,) = bodies(hall, "credit.settled")
    row = {"shift_id": content["shift_id"], "staff_no": content["staff_no"]}
    (check,) = ENTRY_CHECKS["credit.settled"]

    def found(**changed: Any) -> list[str]:
        said = {**content, **changed}
        with hall.reading() as reading:
            return [at.what for at in check(reading, Held(1, "entry 1", "credit.settled", row, said, said["body"]))]

    assert found() == []
    assert found(body={**content["body"], "amount_fen": FEN - 1}) == ["settled as posted"] * 2
    assert found(body={**content["body"], "way": "prepaid", "book_id": 1}) == ["settled as posted"]
    assert found(approver_no="1001") == ["column"]
