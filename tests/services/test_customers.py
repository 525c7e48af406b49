"""The customer page's values, reveals with a purpose, notes, restore orders, and prints."""

from __future__ import annotations

import hashlib
import json

import pytest

from counter_app.domain.customers import CustomerUnknown, OrderUnknown, PurposeMissing, RevealCapReached
from counter_app.domain.refusals import Refused
from counter_app.domain.shifts import ReasonMissing
from counter_app.domain.staff import Role
from counter_app.domain.staff_refusals import NoRight
from counter_app.services import customers, receipts, restores
from counter_app.storage.hall import OpenHall
from tests import halls


def last_entry(hall: OpenHall) -> tuple[str, dict[str, object]]:
    with hall.reading() as reading:
        row = reading.driver.execute("SELECT kind, content FROM entries ORDER BY id DESC LIMIT 1").fetchone()
    assert row is not None
    body: dict[str, object] = json.loads(row[1])["body"]
    return row[0], body


def test_the_page_knows_what_is_overdue_since_when(hall: OpenHall) -> None:
    someone = halls.three_months_behind(hall)
    page = customers.open_customer(hall, halls.teller(), someone.customer_id)
    assert [o.bill.month for o in page.overdue] == ["2026-06", "2026-07", "2026-08"]
    assert page.due_fen == sum(o.debt.total_fen for o in page.overdue)
    assert {o.bill.bill_id for o in page.overdue} == set(page.workings)


def test_who_is_not_there_is_refused(hall: OpenHall) -> None:
    with pytest.raises(Refused) as refused:
        customers.open_customer(hall, halls.teller(), 999)
    assert refused.value.refusal == CustomerUnknown("999")


def test_a_reveal_needs_a_purpose_and_leaves_no_personal_data_in_the_journal(hall: OpenHall) -> None:
    someone = halls.three_months_behind(hall)
    with pytest.raises(Refused) as refused:
        customers.reveal(hall, halls.teller(), someone.customer_id, "id_number", " ")
    assert refused.value.refusal == PurposeMissing("id_number")
    assert customers.reveal(hall, halls.teller(), someone.customer_id, "id_number", "核对证件") == "11010519491231002X"
    kind, body = last_entry(hall)
    assert (kind, body) == ("reveal", {"field": "id_number", "purpose": "核对证件"})


def test_reveals_have_a_daily_cap_for_each_person(hall: OpenHall) -> None:
    someone = halls.three_months_behind(hall)
    cap = hall.pack.thresholds(halls.NOW.date()).reveals_per_day
    for _ in range(cap):
        customers.reveal(hall, halls.teller(), someone.customer_id, "name", "核对")
    with pytest.raises(Refused) as refused:
        customers.reveal(hall, halls.teller(), someone.customer_id, "name", "核对")
    assert refused.value.refusal == RevealCapReached(cap)
    assert customers.reveal(hall, halls.teller("1002"), someone.customer_id, "name", "核对") == "张伟"


def test_an_admin_reveals_nothing(hall: OpenHall) -> None:
    someone = halls.three_months_behind(hall)
    with pytest.raises(Refused) as refused:
        customers.reveal(hall, halls.teller("9001", Role.ADMIN), someone.customer_id, "name", "核对")
    assert isinstance(refused.value.refusal, NoRight)


def test_a_note_lies_beside_its_entry(hall: OpenHall) -> None:
    someone = halls.three_months_behind(hall)
    with pytest.raises(Refused) as refused:
        customers.add_note(hall, halls.teller(), someone.customer_id, "  ")
    assert refused.value.refusal == ReasonMissing("note")
    customers.add_note(hall, halls.teller(), someone.customer_id, " 家中有老人 ")
    kind, body = last_entry(hall)
    assert kind == "note"
    assert body["sha256"] == hashlib.sha256(f"{body['nonce']}家中有老人".encode()).hexdigest()
    assert "老人" not in json.dumps(body, ensure_ascii=False)
    page = customers.open_customer(hall, halls.teller(), someone.customer_id)
    assert [note.body for note in page.record.notes] == ["家中有老人"]


def test_a_restore_order_runs_from_sent_to_archived(hall: OpenHall) -> None:
    someone = halls.three_months_behind(hall)
    with hall.writing() as work:
        work.driver.execute("UPDATE services SET state='stopped', state_reason='arrears'")
    halls.an_open_shift(hall)
    halls.pay(hall, someone, halls.cash(500))
    (order,) = restores.running(hall)
    assert order.state == "sent"
    with pytest.raises(Refused) as refused:
        restores.archive(hall, halls.teller(), order.order_id)
    assert refused.value.refusal == OrderUnknown(order.order_id, "sent")
    restores.confirm(hall, halls.teller(), order.order_id)
    page = customers.open_customer(hall, halls.teller(), someone.customer_id)
    assert [service.state for service in page.record.services] == ["active"]
    restores.archive(hall, halls.teller(), order.order_id)
    assert restores.running(hall) == ()


def test_the_first_print_is_the_original_and_every_other_says_that_it_is_none(hall: OpenHall) -> None:
    someone = halls.three_months_behind(hall)
    halls.an_open_shift(hall)
    _, taken = halls.pay(hall, someone, halls.cash(500))
    first = receipts.order_print(hall, halls.teller(), taken.receipt_no, paper="a5", printer="pdf")
    again = receipts.order_print(hall, halls.teller(), taken.receipt_no, paper="a5", printer="pdf")
    assert (first.mark.copy_no, again.mark.copy_no) == (1, 2)
    assert first.facts == again.facts == taken.facts
    assert receipts.render(first) != receipts.render(again)
    assert receipts.render(again) == receipts.render(again)
    assert last_entry(hall)[0] == "print.copy"


def test_a_failed_print_is_kept_with_its_reason(hall: OpenHall) -> None:
    someone = halls.three_months_behind(hall)
    halls.an_open_shift(hall)
    _, taken = halls.pay(hall, someone, halls.cash(500))
    order = receipts.order_print(hall, halls.teller(), taken.receipt_no, paper="a4", printer="lp")
    receipts.mark_job(hall, order.job.id, "failed", "out of paper")
    (job,) = receipts.unfinished(hall)
    assert (job.state, job.why) == ("failed", "out of paper")
    receipts.mark_job(hall, order.job.id, "printed")
    assert receipts.unfinished(hall) == ()


def test_many_reprints_need_a_supervisor(hall: OpenHall) -> None:
    someone = halls.three_months_behind(hall)
    halls.an_open_shift(hall)
    _, taken = halls.pay(hall, someone, halls.cash(500))
    allowed = hall.pack.thresholds(halls.NOW.date()).reprints_without_manager
    for _ in range(1 + allowed):
        receipts.order_print(hall, halls.teller(), taken.receipt_no, paper="a5", printer="pdf")
    with pytest.raises(Refused) as refused:
        receipts.order_print(hall, halls.teller(), taken.receipt_no, paper="a5", printer="pdf")
    assert isinstance(refused.value.refusal, NoRight)
    boss = halls.teller("2001", Role.SUPERVISOR)
    assert receipts.order_print(hall, boss, taken.receipt_no, paper="a5", printer="pdf").mark.copy_no == allowed + 2
