"""What is read afterwards: libraries with their five columns, audits, visits, reasons, rates, silent leavers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from counter_app.clock import new_intent_id
from counter_app.domain.refusals import Refused
from counter_app.domain.retention import Result
from counter_app.domain.retention_figures import Rate, wilson
from counter_app.domain.retention_library import LibraryRow
from counter_app.domain.retention_refusals import NothingToHandOver
from counter_app.services import retention, retention_after, retention_lists
from counter_app.services.retention_lists import ReasonCount, TellerErrors
from counter_app.storage import tables as t
from counter_app.storage.hall import OpenHall
from counter_app.storage.past_retentions import PastRetention
from counter_app.storage.verify import verify
from tests import halls, leaving
from tests.leaving import AUDITOR, COLLEAGUE, MANAGER, TELLER

NOVEMBER = (date(2026, 11, 1), date(2026, 11, 30))


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[OpenHall]:
    opened = leaving.a_hall(tmp_path / "hall")
    halls.an_open_shift(opened)
    yield opened
    opened.close()


def test_both_libraries_have_exactly_the_five_columns_and_an_export_is_an_entry(hall: OpenHall) -> None:
    left = leaving.tell(hall, leaving.a_line(hall, is_vip=True), leaving.LEFT)
    kept = leaving.tell(hall, leaving.a_line(hall, no="10002346", is_vip=True), leaving.KEPT)
    assert [row.case_id for row in retention_lists.library(hall, TELLER, "left", *NOVEMBER)] == [left]
    assert [row.case_id for row in retention_lists.library(hall, TELLER, "kept", *NOVEMBER)] == [kept]
    assert retention_lists.export(hall, MANAGER, "left", *NOVEMBER) == (
        ("手机号码", "姓名", "退网原因", "挽留措施", "挽留结果"),
        ("13810002345", "张伟", "资费贵/套餐不合适", "赠费、套餐优惠", "离网"),
    )
    with hall.reading() as reading:
        row = reading.driver.execute("SELECT content FROM entries WHERE kind = 'library.export'").fetchone()
    assert row is not None
    assert json.loads(row[0])["body"] == {
        "library": "left", "from_on": "2026-11-01", "to_on": "2026-11-30", "rows": 1,
    }  # fmt: skip


def test_results_from_before_this_program_stand_in_the_libraries(hall: OpenHall) -> None:
    past = PastRetention("P1", "13900000001", "=王芳", "PRICE", "Price too high", "打折", Result.KEPT, date(2025, 1, 2))
    with hall.writing() as work:
        leaving.a_past_result(work, past, 1)
    (row,) = retention_lists.library(hall, TELLER, "kept", date(2025, 1, 1), date(2025, 12, 31))
    assert row == LibraryRow("", "13900000001", "=王芳", "PRICE", ("打折",), Result.KEPT, date(2025, 1, 2), "P1")
    (_, line) = retention_lists.export(hall, TELLER, "kept", date(2025, 1, 1), date(2025, 12, 31))
    assert line == ("13900000001", "'=王芳", "资费贵/套餐不合适", "打折", "挽留成功")
    with hall.reading() as reading:
        assert retention_lists.all_reasons(reading) == (ReasonCount("PRICE", "Price too high", 1),)


def test_the_audit_queue_holds_ended_cases_until_they_are_checked(hall: OpenHall) -> None:
    case_id = leaving.tell(hall, leaving.a_line(hall, is_vip=True), leaving.KEPT[:-2])
    withdrawn = leaving.open_case(hall, leaving.a_line(hall, no="10002346")).case.case_id
    retention.withdraw(hall, TELLER, withdrawn, new_intent_id())
    assert [row.case_id for row in retention_lists.to_audit(hall, AUDITOR)] == [case_id]
    retention_after.audit(hall, AUDITOR, case_id, new_intent_id(), misses=("id", "record"), words="证件不清")
    assert retention_lists.to_audit(hall, AUDITOR) == ()
    found = TellerErrors("1001", audited=1, faulty=1, misses=(("id", 1), ("record", 1)))
    assert retention_lists.teller_errors(hall, MANAGER, date(2026, 11, 5)) == (found,)
    assert (found.count("id"), found.count("signature"), found.total) == (1, 0, 2)
    assert retention_lists.teller_errors(hall, MANAGER, date(2026, 10, 5)) == ()
    assert retention_lists.errors_of_a_year(hall, AUDITOR) == ((date(2026, 11, 1), found),)


def test_errors_stand_beside_the_number_of_cases_that_were_audited_in_their_month(hall: OpenHall) -> None:
    def audited(no: str, *misses: str) -> None:
        case_id = leaving.tell(hall, leaving.a_line(hall, no=no, is_vip=True), leaving.KEPT[:-2])
        words = "不全" if misses else ""
        retention_after.audit(hall, AUDITOR, case_id, new_intent_id(), misses=misses, words=words)

    audited("10002346", "signature")
    audited("10002347")
    leaving.tell(hall, leaving.a_line(hall, no="10002348", is_vip=True), leaving.KEPT[:-2])
    leaving.later(hall, days=30)
    audited("10002349")
    (november,) = retention_lists.teller_errors(hall, MANAGER, date(2026, 11, 1))
    assert (november.audited, november.faulty, november.misses) == (2, 1, (("signature", 1),))
    year = retention_lists.errors_of_a_year(hall, MANAGER)
    assert [(month, one.audited, one.total) for month, one in year] == [
        (date(2026, 12, 1), 1, 0),
        (date(2026, 11, 1), 2, 1),
    ]


def test_visits_come_to_their_owner_when_they_are_due(hall: OpenHall) -> None:
    case_id = leaving.tell(hall, leaving.a_line(hall, is_vip=True), leaving.KEPT[:-1])
    assert retention_lists.visits_due(hall, TELLER) == ()
    leaving.later(hall, days=61)
    assert [v.line for v in retention_lists.visits_due(hall, TELLER, "1001")] == [1, 2]
    assert retention_lists.visits_due(hall, TELLER, "1002") == ()
    retention_after.visit(hall, COLLEAGUE, case_id, 1, "content", new_intent_id())
    assert [v.line for v in retention_lists.visits_due(hall, MANAGER)] == [2]
    all_of_it = retention_lists.visits_of_case(hall, MANAGER, case_id)
    assert [(v.line, v.of, v.outcome) for v in all_of_it] == [
        (1, 4, "content"),
        (2, 4, None),
        (3, 4, None),
        (4, 4, None),
    ]


def test_what_is_not_made_yet_goes_to_another_owner_and_the_list_tells_that_one(hall: OpenHall) -> None:
    case_id = leaving.tell(hall, leaving.a_line(hall, is_vip=True), leaving.KEPT)
    leaving.later(hall, days=200)
    intent = new_intent_id()
    for _press in range(2):
        view = retention_after.hand_over(hall, MANAGER, case_id, "1002", intent)
    assert [visit.owner_no for visit in view.case.visits] == ["1001", "1002", "1002", "1002"], "the first is made"
    assert retention_lists.visits_due(hall, TELLER, "1001") == ()
    assert [visit.line for visit in retention_lists.visits_due(hall, TELLER, "1002")] == [2, 3, 4]
    for owner_no, refusal in (
        ("1002", NothingToHandOver(view.case.case_no)),
        ("8001", retention_after.OwnerUnfit("8001")),
        ("7777", retention_after.OwnerUnfit("7777")),
    ):
        with pytest.raises(Refused) as refused:
            retention_after.hand_over(hall, MANAGER, case_id, owner_no, new_intent_id())
        assert refused.value.refusal == refusal
    assert verify(hall.store).findings == ()


def test_a_customer_who_wants_no_more_visits_is_called_by_nobody(hall: OpenHall) -> None:
    case_id = leaving.tell(hall, leaving.a_line(hall, is_vip=True), leaving.KEPT[:-1])
    leaving.later(hall, days=200)
    assert len(retention_lists.visits_due(hall, TELLER)) == 4
    retention_after.visit(hall, TELLER, case_id, 2, "no_wish", new_intent_id())
    assert retention_lists.visits_due(hall, TELLER) == ()


def test_a_saved_customer_counts_after_thirty_days_if_the_line_is_alive(hall: OpenHall) -> None:
    kept = leaving.a_line(hall, is_vip=True)
    leaving.tell(hall, kept, leaving.KEPT)
    leaving.tell(hall, leaving.a_line(hall, no="10002346", is_vip=True), leaving.LEFT)
    early = retention_lists.rates(hall, MANAGER, *NOVEMBER)
    assert early.success == Rate(0, 1, pending=1)
    leaving.later(hall, days=30)
    found = retention_lists.rates(hall, MANAGER, *NOVEMBER)
    assert (found.success, found.success.interval) == (Rate(1, 2), wilson(1, 2))
    assert found.keep == Rate(0, 0, pending=1)
    assert [(group.group, group.success.cases) for group in found.groups["teller"]] == [("1001", 2)]
    with hall.writing() as work:
        work.driver.execute(
            "UPDATE services SET state = 'closed', state_since_on = '2026-12-01' WHERE id = ?", (kept.service_id,)
        )
    assert retention_lists.rates(hall, MANAGER, *NOVEMBER).success == Rate(0, 2)


def test_imported_results_stand_in_a_group_of_their_own_and_move_no_other_rate(hall: OpenHall) -> None:
    leaving.tell(hall, leaving.a_line(hall, is_vip=True), leaving.LEFT)
    before = retention_lists.rates(hall, MANAGER, *NOVEMBER)
    assert [(group.group, group.success) for group in before.groups["source"]] == [("own", Rate(0, 1))]
    results = (Result.KEPT, Result.KEPT, Result.LEFT, Result.REFUSED_TALK, Result.WITHDRAWN)
    with hall.writing() as work:
        for number, result in enumerate((*results, Result.KEPT)):
            on = date(2026, 11, 3) if number < len(results) else date(2026, 10, 31)
            past = PastRetention(f"P{number}", "13900000001", "王芳", "PRICE", None, "打折", result, on)
            leaving.a_past_result(work, past, 1)
    found = retention_lists.rates(hall, MANAGER, *NOVEMBER)
    own, past_group = found.groups["source"]
    assert (past_group.group, past_group.success, past_group.keep) == ("past", Rate(2, 4), Rate(0, 0))
    assert (found.success, found.keep, own) == (before.success, before.keep, before.groups["source"][0])
    assert {key: found.groups[key] for key in ("reason", "measure", "teller", "value")} == {
        key: before.groups[key] for key in ("reason", "measure", "teller", "value")
    }


def test_silent_leavers_are_found_by_their_bills_with_the_reason(hall: OpenHall) -> None:
    falling = leaving.a_line(hall, no="10002346", months=(10_000, 9_000, 8_000, 5_000))
    leaving.a_line(hall, no="10002347", months=(5_000, 5_000, 5_000, 5_000))
    idle = leaving.a_line(hall, no="10002348", months=(5_000, 3_000, 3_000))
    gone = leaving.a_line(hall, no="10002349", months=(10_000, 9_000, 8_000, 5_000))
    with hall.writing() as work:
        work.driver.execute("UPDATE services SET state = 'closed' WHERE id = ?", (gone.service_id,))
        rows = work.driver.execute(
            "SELECT id, principal_fen FROM bills WHERE account_id = ?", (idle.account_id,)
        ).fetchall()
        for bill_id, fen in rows:
            item = "套餐月费" if fen == 3_000 else "通话费"
            halls.put(work, t.bill_items, {"bill_id": bill_id, "line": 1, "item": item, "amount_fen": fen})
    found = retention_lists.silent(hall, MANAGER)
    assert [(line.service_id, line.fading.kind, line.fading.share) for line in found] == [
        (falling.service_id, "falling", 5_000),
        (idle.service_id, "idle", 0),
    ]
    assert (found[0].number, found[0].name) == ("13810002346", "张伟")


def test_silent_leavers_are_the_same_in_slices_of_any_size(hall: OpenHall, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(5):
        leaving.a_line(hall, no=f"1000240{number}", months=(10_000, 9_000, 8_000, 5_000 - number))
    whole = retention_lists.silent(hall, MANAGER)
    assert len(whole) == 5
    monkeypatch.setattr(retention_lists, "_SLICE", 2)
    assert retention_lists.silent(hall, MANAGER) == whole
