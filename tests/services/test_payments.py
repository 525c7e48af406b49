"""Taking a payment: the preview is the commit, postings balance, and nothing happens twice."""

from __future__ import annotations

import json
from datetime import date

import pytest

from counter_app.clock import new_intent_id
from counter_app.domain.payment_refusals import (
    BillsChanged,
    IntentUsed,
    NothingToPay,
    PrepaidMoreThanDue,
    PrepaidNotEnough,
    ReferenceMissing,
    TenderNotAllowed,
)
from counter_app.domain.payments import Tender, Wish, plan
from counter_app.domain.receipts import ReceiptFacts
from counter_app.domain.refusals import Refused
from counter_app.domain.shifts import NoOpenShift, ShiftOfSomebodyElse
from counter_app.domain.staff import Role
from counter_app.domain.staff_refusals import NoRight
from counter_app.services import payments, receipts
from counter_app.storage import tables as t
from counter_app.storage import tables_sync as y
from counter_app.storage.hall import OpenHall
from counter_app.storage.journal import balance
from tests import halls


def test_cash_for_three_months_gives_change_and_a_receipt(hall: OpenHall) -> None:
    someone = halls.three_months_behind(hall)
    shift = halls.an_open_shift(hall)
    before = halls.position(hall, someone)
    assert [o.bill.month for o in before.open_bills] == ["2026-06", "2026-07", "2026-08"]
    previewed, taken = halls.pay(hall, someone, halls.cash(500))
    assert previewed.settled_fen == before.due_fen
    assert taken.facts.change_fen == 50_000 - before.due_fen
    assert taken.receipt_no == "HZ01-03-2026-000001"
    assert taken.facts.total_fen == before.due_fen
    assert halls.position(hall, someone).open_bills == ()
    with hall.reading() as reading:
        assert balance(reading, "drawer", shift.shift_id) == 50_000 + before.due_fen
        kept = payments.recorded(reading, taken.entry)
    assert kept.facts == taken.facts
    assert len(taken.facts.entry_hash) == 64


def test_receipt_numbers_have_no_gap_after_a_refusal(hall: OpenHall) -> None:
    someone = halls.three_months_behind(hall)
    other = halls.three_months_behind(hall, no="10002346")
    halls.an_open_shift(hall)
    stale = plan(halls.position(hall, someone), Wish((halls.cash(500),)))
    _, first = halls.pay(hall, someone, halls.cash(100))
    with pytest.raises(Refused) as refused:
        payments.take(
            hall,
            halls.teller(),
            payments.Order(new_intent_id(), someone.customer_id, someone.account_id, Wish((halls.cash(500),)), stale),
        )
    assert isinstance(refused.value.refusal, BillsChanged)
    _, second = halls.pay(hall, other, halls.cash(500))
    assert [first.facts.serial, second.facts.serial] == [1, 2]


def test_same_intent_is_one_payment(hall: OpenHall) -> None:
    someone = halls.three_months_behind(hall)
    halls.an_open_shift(hall)
    intent = new_intent_id()
    wish = Wish((halls.cash(100),))
    order = payments.Order(
        intent, someone.customer_id, someone.account_id, wish, plan(halls.position(hall, someone), wish)
    )
    taken = payments.take(hall, halls.teller(), order)
    with pytest.raises(Refused) as refused:
        payments.take(hall, halls.teller(), order)
    assert refused.value.refusal == IntentUsed(taken.receipt_no)


def test_partial_payment_takes_the_oldest_bill_first_and_its_late_fee_before_its_principal(hall: OpenHall) -> None:
    someone = halls.three_months_behind(hall)
    halls.an_open_shift(hall)
    oldest = halls.position(hall, someone).open_bills[0]
    previewed, _ = halls.pay(hall, someone, halls.cash(50))
    assert len(previewed.lines) == 1
    share = previewed.lines[0].share
    assert share.late_fee_fen == oldest.debt.late_fee_fen
    assert share.late_fee_fen + share.principal_fen == 5_000
    after = halls.position(hall, someone)
    assert after.open_bills[0].debt.principal_fen == oldest.debt.principal_fen - share.principal_fen


def test_several_tenders_and_what_is_left_over_becomes_prepaid(hall: OpenHall) -> None:
    someone = halls.three_months_behind(hall)
    shift = halls.an_open_shift(hall)
    due_fen = halls.position(hall, someone).due_fen
    previewed, taken = halls.pay(
        hall,
        someone,
        Tender("card", due_fen, reference="6222000011112222"),
        halls.cash(20),
        is_change_stored=True,
    )
    assert (previewed.stored_fen, previewed.change_fen) == (2_000, 0)
    assert halls.position(hall, someone).prepaid_fen == 2_000
    assert taken.facts.tenders[0].reference_tail == "2222"
    with hall.reading() as reading:
        assert balance(reading, "card", shift.shift_id) == due_fen


def test_change_is_given_from_cash_only(hall: OpenHall) -> None:
    someone = halls.three_months_behind(hall)
    halls.an_open_shift(hall)
    due_fen = halls.position(hall, someone).due_fen
    previewed, _ = halls.pay(hall, someone, Tender("card", due_fen + 5_000, reference="1"))
    assert (previewed.change_fen, previewed.stored_fen) == (0, 5_000)


def test_prepaid_pays_earmarked_items_first_and_never_other_items(hall: OpenHall) -> None:
    someone = halls.a_customer(hall)
    bill = halls.a_bill(hall, someone.account_id, "2026-11", 8_500, due_on=date(2026, 12, 15))
    with hall.writing() as work:
        for line, (item, fen) in enumerate((("broadband", 4_000), ("voice", 4_500)), 1):
            halls.put(work, t.bill_items, {"bill_id": bill, "line": line, "item": item, "amount_fen": fen})
        for name, kind, items, fen in (
            ("宽带专用", "earmarked", ["broadband"], 6_000),
            ("预存", "cash", [], 1_000),
        ):
            halls.put(
                work,
                t.books,
                {
                    "account_id": someone.account_id,
                    "name": name,
                    "kind": kind,
                    "items": json.dumps(items),
                    "priority": 1 if items else 9,
                    "opening_fen": fen,
                    "opening_source": "import",
                    "opened_on": "2026-01-01",
                },
            )
    halls.an_open_shift(hall)
    with pytest.raises(Refused) as refused:
        halls.pay(hall, someone, Tender("prepaid", 6_000))
    assert refused.value.refusal == PrepaidNotEnough(6_000, 5_000)
    previewed, taken = halls.pay(hall, someone, Tender("prepaid", 5_000), halls.cash(35))
    assert previewed.settled_fen == 8_500
    assert dict(previewed.prepaid_used) == {1: 4_000, 2: 1_000}
    assert taken.facts.prepaid_after_fen == 2_000
    assert [held.book.balance_fen for held in halls.position(hall, someone).books] == [2_000, 0]


def test_prepaid_is_never_paid_into_itself(hall: OpenHall) -> None:
    someone = halls.a_customer(hall)
    halls.a_bill(hall, someone.account_id, "2026-11", 1_000, due_on=date(2026, 12, 15))
    halls.an_open_shift(hall)
    with pytest.raises(Refused) as refused:
        halls.pay(hall, someone, Tender("prepaid", 2_000))
    assert refused.value.refusal == PrepaidMoreThanDue(2_000, 1_000)


def test_money_without_a_debt_becomes_prepaid(hall: OpenHall) -> None:
    someone = halls.a_customer(hall)
    halls.an_open_shift(hall)
    _, taken = halls.pay(hall, someone, halls.cash(100), is_change_stored=True)
    assert taken.facts.prepaid_stored_fen == 10_000
    assert halls.position(hall, someone).prepaid_fen == 10_000


def test_settling_what_is_overdue_orders_the_restore_in_the_same_commit(hall: OpenHall) -> None:
    someone = halls.three_months_behind(hall)
    with hall.writing() as work:
        work.driver.execute("UPDATE services SET state='stopped_out', state_reason='arrears'")
    halls.an_open_shift(hall)
    before = halls.position(hall, someone)
    short, _ = halls.pay(hall, someone, Tender("cash", before.restore_fen - 100))
    assert short.restored == ()
    assert short.still_needed_to_restore_fen == 100
    enough, taken = halls.pay(hall, someone, Tender("cash", 100))
    assert len(enough.restored) == len(taken.restored) == 1
    with hall.reading() as reading:
        rows = reading.driver.execute("SELECT state, payment_id FROM restore_orders").fetchall()
        kinds = [k for (k,) in reading.driver.execute("SELECT kind FROM entries ORDER BY id DESC LIMIT 2").fetchall()]
        state = reading.driver.execute("SELECT state FROM services").fetchone()
    assert rows == [("sent", taken.payment_id)]
    assert kinds == ["restore.sent", "payment.take"]
    assert state == ("restoring",)


@pytest.mark.parametrize(
    ("tenders", "refusal"),
    [
        ((), NothingToPay()),
        ((Tender("card", 100),), ReferenceMissing("card", "reference")),
        ((Tender("cheque", 100, bank="工行"),), ReferenceMissing("cheque", "document_no")),
    ],
)
def test_a_tender_must_be_traceable(hall: OpenHall, tenders: tuple[Tender, ...], refusal: object) -> None:
    someone = halls.three_months_behind(hall)
    halls.an_open_shift(hall)
    with pytest.raises(Refused) as refused:
        halls.pay(hall, someone, *tenders)
    assert refused.value.refusal == refusal


def test_a_tender_that_the_pack_does_not_take_is_refused_with_those_it_takes(hall: OpenHall) -> None:
    someone = halls.three_months_behind(hall)
    halls.an_open_shift(hall)
    with pytest.raises(Refused) as refused:
        halls.pay(hall, someone, Tender("shells", 100))
    assert isinstance(refused.value.refusal, TenderNotAllowed)
    assert "cash" in refused.value.refusal.allowed


def test_money_needs_an_open_shift_of_ones_own(hall: OpenHall) -> None:
    someone = halls.three_months_behind(hall)
    with pytest.raises(Refused) as refused:
        halls.pay(hall, someone, halls.cash(100))
    assert refused.value.refusal == NoOpenShift()
    shift = halls.an_open_shift(hall)
    with pytest.raises(Refused) as refused:
        halls.pay(hall, someone, halls.cash(100), session=halls.teller("1002"))
    assert refused.value.refusal == ShiftOfSomebodyElse("1001", "王芳", shift.shift_no)


def test_an_auditor_takes_no_money(hall: OpenHall) -> None:
    someone = halls.three_months_behind(hall)
    halls.an_open_shift(hall)
    with pytest.raises(Refused) as refused:
        halls.pay(hall, someone, halls.cash(100), session=halls.teller("1001", Role.AUDITOR))
    assert isinstance(refused.value.refusal, NoRight)


def test_facts_on_paper_survive_their_json(hall: OpenHall) -> None:
    someone = halls.three_months_behind(hall)
    halls.an_open_shift(hall)
    _, taken = halls.pay(hall, someone, halls.cash(500))
    assert ReceiptFacts.from_json(taken.facts.to_json()) == taken.facts
    assert taken.facts.customer_name_masked == "张*"
    assert all(line.working for line in taken.facts.lines)


def test_who_has_a_book_that_two_counters_overdrew_pays_like_anybody(hall: OpenHall) -> None:
    someone = halls.three_months_behind(hall)
    halls.an_open_shift(hall)
    halls.pay(hall, someone, halls.cash(5), is_change_stored=True, settle_fen=0)
    book_id = halls.position(hall, someone).books[0].id
    with hall.writing() as work:
        halls.put(work, y.books_elsewhere, {"book_id": book_id, "amount_fen": -2_000})
    assert halls.position(hall, someone).prepaid_fen == -1_500
    previewed, taken = halls.pay(hall, someone, halls.cash(500))
    assert (previewed.prepaid_used, taken.facts.prepaid_before_fen, taken.facts.prepaid_after_fen) == (
        (),
        -1_500,
        -1_500,
    )
    assert halls.position(hall, someone).open_bills == ()
    assert receipts.render(receipts.order_print(hall, halls.teller(), taken.receipt_no, paper="a5", printer="p"))
