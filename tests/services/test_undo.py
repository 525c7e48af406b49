"""Undoing a payment: nothing of it is left, nobody does it alone, and what stands in its way is named with its way."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from counter_app.clock import FixedClock, new_intent_id
from counter_app.domain.approvals import ApprovalMissing, ApprovalTwice
from counter_app.domain.journal import Draft
from counter_app.domain.payments import Tender
from counter_app.domain.refusals import Refusal, Refused
from counter_app.domain.shifts import CashCount, DrawerTooLow, NoOpenShift
from counter_app.domain.signoffs import SignoffByWorker, SignoffForOther
from counter_app.domain.staff import Role
from counter_app.domain.undo import TenderAnswer, UndoPlan, UndoWish
from counter_app.domain.undo_refusals import (
    AlreadyUndone,
    BookSpent,
    CreditMadeOfIt,
    LaterPaymentUsedIt,
    NotTakenHere,
    ReasonUnknown,
    TaskOpenOnIt,
    UndoChanged,
    WayNeedsReference,
)
from counter_app.services import restores, shifts
from counter_app.services import undo as undoing
from counter_app.storage import tables as t
from counter_app.storage import tables_sync as y
from counter_app.storage.hall import OpenHall
from counter_app.storage.payments import payments_of
from counter_app.storage.restores import add_order, set_service_state
from counter_app.storage.staff import add_staff
from counter_app.storage.tables_undo import undone_elsewhere
from counter_app.storage.undo_facts import kept_payment
from tests import halls
from tests.undoing import WISH, findings, signed, state, undo


def refusal_of(hall: OpenHall, payment_id: str, wish: UndoWish | None = None) -> Refusal:
    """Why a payment is not undone."""
    with pytest.raises(Refused) as refused:
        undoing.look(hall, halls.teller(), payment_id, wish)
    return refused.value.refusal


def a_task(hall: OpenHall, kind: str, **facts: Any) -> None:
    """A task as it came down from the hub."""
    row = {"task_id": f"t-{kind}", "kind": kind, "state": "open", "subject": "s", "opened_at": "2026-11-21T02:00:00Z"}
    with hall.writing() as work:
        halls.put(work, y.tasks, {**row, "facts": json.dumps(facts)})


def test_a_payment_in_cash_is_reversed_in_its_own_shift(hall: OpenHall) -> None:
    someone = halls.three_months_behind(hall)
    with hall.writing() as work:
        work.driver.execute("UPDATE services SET state='stopped_out', state_reason='arrears'")
    shift = halls.an_open_shift(hall)
    before = state(hall, someone.account_id)
    _, taken = halls.pay(hall, someone, halls.cash(500))
    (order,) = restores.running(hall)
    plan = undoing.look(hall, halls.teller(), taken.payment_id)
    assert (plan.way, plan.why, plan.signatures) == ("reverse", "same_shift", 1)
    assert plan.cash_fen == plan.amount_fen == taken.facts.total_fen
    # a hall without a hub has told the network by hand, if at all
    assert [(back.order_id, back.outcome) for back in plan.orders] == [(order.order_id, "countered")]
    assert [lost.what for lost in plan.unrestorable] == ["network_told"]
    done = undo(hall, taken.payment_id)
    assert (done.way, done.approvers, done.back_fen) == ("reverse", ("2001",), plan.cash_fen)
    assert state(hall, someone.account_id) == before
    (countered,) = restores.running(hall)
    assert (countered.order_id, countered.state) == (order.order_id, "countered")
    assert findings(hall) == []
    restores.archive(hall, halls.teller(), order.order_id)
    assert restores.running(hall) == ()
    assert findings(hall) == []
    assert refusal_of(hall, taken.payment_id) == AlreadyUndone(
        taken.receipt_no, "reverse", shift.business_date, done.undo_id
    )
    assert undoing.payment_of(hall, taken.receipt_no) == (taken.payment_id, someone.customer_id)
    assert refusal_of(hall, "elsewhere") == NotTakenHere("elsewhere")
    # the bill is open again, and paid again under the next number
    _, again = halls.pay(hall, someone, halls.cash(500))
    assert again.facts.serial == taken.facts.serial + 1
    assert state(hall, someone.account_id)["owed"][0] == []


def test_the_same_signature_twice_is_one_undo(hall: OpenHall) -> None:
    someone = halls.three_months_behind(hall)
    halls.an_open_shift(hall)
    _, taken = halls.pay(hall, someone, halls.cash(100))
    shown = undoing.look(hall, halls.teller(), taken.payment_id, WISH)
    proofs = signed(hall, shown, WISH)
    first = undoing.undo(hall, halls.teller(), shown, WISH, proofs)
    assert undoing.undo(hall, halls.teller(), shown, WISH, proofs) == first
    with hall.reading() as reading:
        assert reading.driver.execute("SELECT count(*) FROM payments_undone").fetchone() == (1,)


def test_what_was_built_upon_a_payment_is_undone_first(hall: OpenHall) -> None:
    someone = halls.three_months_behind(hall)
    on = halls.an_open_shift(hall).business_date
    before = state(hall, someone.account_id)
    _, first = halls.pay(hall, someone, halls.cash(50))
    _, second = halls.pay(hall, someone, halls.cash(500), is_change_stored=True)
    stored_fen = second.facts.prepaid_stored_fen
    assert refusal_of(hall, first.payment_id) == LaterPaymentUsedIt(
        first.receipt_no, f"{someone.account_id}-2026-06", second.receipt_no, on, "counter"
    )
    halls.a_bill(hall, someone.account_id, "2026-11", 5_000, due_on=on + timedelta(20))
    later = state(hall, someone.account_id)
    _, third = halls.pay(hall, someone, Tender("prepaid", 3_000))
    with hall.reading() as reading:
        kept = kept_payment(reading, second.payment_id, on)
    assert kept is not None
    (book,) = kept.facts.books
    assert refusal_of(hall, second.payment_id) == BookSpent(
        second.receipt_no, book.book_id, "预存", stored_fen - 3_000, stored_fen, third.receipt_no
    )
    undo(hall, third.payment_id)
    assert state(hall, someone.account_id) == later
    for payment in (second, first):
        undo(hall, payment.payment_id)
    after = state(hall, someone.account_id)
    assert {days: owed[:-1] for days, owed in after.pop("owed").items()} == before.pop("owed")
    assert after == before
    assert findings(hall) == []


def test_money_of_other_channels_and_of_the_hub_stands_in_the_way(hall: OpenHall) -> None:
    someone = halls.three_months_behind(hall)
    on = halls.an_open_shift(hall).business_date
    _, taken = halls.pay(hall, someone, halls.cash(50))
    with hall.reading() as reading:
        kept = kept_payment(reading, taken.payment_id, on)
    assert kept is not None
    part = kept.facts.parts[0]

    def comes(name: str, fen: int, days: int) -> None:
        values = {"settlement_id": name, "bill_id": part.bill_id, "settled_on": (on + timedelta(days)).isoformat()}
        more = {"principal_fen": fen, "late_fee_fen": 0, "cost_fen": 0, "source": "hub:import", "channel": "bank"}
        with hall.writing() as work:
            halls.put(work, t.settlements, {**values, **more})

    comes("bank-before", 1_000, 0)
    assert undoing.look(hall, halls.teller(), taken.payment_id).way == "reverse"
    comes("bank-after", 700, 1)
    assert refusal_of(hall, taken.payment_id) == LaterPaymentUsedIt(
        taken.receipt_no, part.bill_no, "", on + timedelta(1), "bank"
    )
    # what the hub took off again was never there
    comes("bank-after:excess", -700, 1)
    assert undoing.look(hall, halls.teller(), taken.payment_id).way == "reverse"
    comes(f"{part.settlement_id}:excess", -part.principal_fen, 0)
    assert refusal_of(hall, taken.payment_id) == CreditMadeOfIt(taken.receipt_no, "", part.principal_fen)
    credit = {"credit_id": f"{part.settlement_id}:excess", "principal_fen": 800, "late_fee_fen": 30, "cost_fen": 0}
    a_task(hall, "duplicate_payment", **credit, this={"entry_id": taken.payment_id})
    assert refusal_of(hall, taken.payment_id) == CreditMadeOfIt(taken.receipt_no, "t-duplicate_payment", 830)
    _, other = halls.pay(hall, halls.three_months_behind(hall, no="10002346"), halls.cash(50))
    a_task(hall, "suspense", entry_id=other.payment_id)
    assert refusal_of(hall, other.payment_id) == TaskOpenOnIt(other.receipt_no, "t-suspense", "suspense")


def test_money_goes_back_the_way_it_came_with_what_makes_it_traceable(hall: OpenHall) -> None:
    someone = halls.three_months_behind(hall)
    on = halls.an_open_shift(hall).business_date
    tenders = (
        Tender("card", 3_000, reference="4000"),
        Tender("cheque", 2_000, bank="工行", document_no="C-9", document_on=on),
        Tender("bank_slip", 1_000, document_no="B-9", document_on=on),
    )
    _, taken = halls.pay(hall, someone, *tenders)
    given = (TenderAnswer(1, reference="4111111111111111"), TenderAnswer(3, document_no="T-1"))
    assert refusal_of(hall, taken.payment_id, UndoWish("wish")) == WayNeedsReference(1, "card", "reference")
    assert refusal_of(hall, taken.payment_id, UndoWish("none")) == ReasonUnknown("none")
    assert refusal_of(hall, taken.payment_id, UndoWish("other")) == ReasonUnknown("other")
    banked = UndoWish("wish", answers=(*given, TenderAnswer(2, is_banked=True)))
    assert refusal_of(hall, taken.payment_id, banked) == WayNeedsReference(2, "bank_transfer", "document_no")
    wish = UndoWish("wish", "张先生电话 13800000000", answers=given, is_receipt_returned=False)
    plan = undoing.look(hall, halls.teller(), taken.payment_id, wish)
    assert [(back.kind, back.to, back.why) for back in plan.tenders] == [
        ("card", "card", ""),
        ("cheque", "cheque", ""),
        ("bank_slip", "bank_transfer", "came_by_bank"),
    ]
    assert plan.unrestorable[-1].what == "receipt_kept"
    done = undo(hall, taken.payment_id, wish)
    with hall.reading() as reading:
        question = "SELECT tender, amount_fen, reference, document_no FROM tender_moves ORDER BY line"
        rows = reading.driver.execute(question).fetchall()
        text = reading.driver.execute("SELECT content FROM entries WHERE entry_id = ?", (done.undo_id,)).fetchone()
    # a bank card's number is cut wherever it is typed, and a phone number in the reason is masked
    assert rows == [
        ("card", -3_000, "1111", ""),
        ("cheque", -2_000, "", "C-9"),
        ("bank_transfer", -1_000, "", "T-1"),
    ]
    assert text is not None
    body = json.loads(text[0])["body"]
    assert "13800000000" not in text[0]
    assert (body["paper"], body["ways"]) == ("lost", [[3, "bank_slip", "bank_transfer", "came_by_bank"]])
    assert findings(hall) == []


def test_nobody_undoes_alone_what_passed_through_their_hands(hall: OpenHall) -> None:
    with hall.writing() as work:
        add_staff(work, "2002", "周敏", Role.SUPERVISOR, halls.verifier())
    someone, boss = halls.three_months_behind(hall), halls.teller("2001", Role.SUPERVISOR)
    halls.an_open_shift(hall, boss)
    _, taken = halls.pay(hall, someone, halls.cash(50), session=boss)
    shown = undoing.look(hall, boss, taken.payment_id, WISH)

    def refused(by: str, plan: UndoPlan = shown) -> Refusal:
        with pytest.raises(Refused) as caught:
            undoing.undo(hall, boss, plan, WISH, signed(hall, shown, WISH, session=boss, by=(by,)))
        return caught.value.refusal

    assert refused("2001") == SignoffByWorker("2001")
    assert type(refused("1002")).__name__ == "NoRight"
    # what was signed is what is undone: another reason is another signature
    proofs = signed(hall, shown, WISH, session=boss, by=("2002",))
    with pytest.raises(Refused) as caught:
        undoing.undo(hall, boss, shown, UndoWish("wish"), proofs)
    assert isinstance(caught.value.refusal, SignoffForOther)
    assert undoing.undo(hall, boss, shown, WISH, proofs).approvers == ("2002",)


def test_a_payment_of_a_month_that_is_over_takes_two_signatures(hall: OpenHall) -> None:
    with hall.writing() as work:
        add_staff(work, "2002", "周敏", Role.SUPERVISOR, halls.verifier())
    someone, clock = halls.three_months_behind(hall), hall.opened_with
    assert isinstance(clock, FixedClock)
    halls.an_open_shift(hall)
    _, taken = halls.pay(hall, someone, halls.cash(50))
    halls.close_shift(hall, halls.teller(), CashCount({100: 550}), "", new_intent_id())
    assert refusal_of(hall, taken.payment_id) == NoOpenShift()
    clock.moment += timedelta(days=10)
    halls.an_open_shift(hall, float_fen=0)
    assert refusal_of(hall, taken.payment_id) == DrawerTooLow(5_000)
    shifts.move_cash(hall, halls.teller(), 5_000, "备用金", new_intent_id())
    shown = undoing.look(hall, halls.teller(), taken.payment_id, WISH)
    assert (shown.way, shown.why, shown.signatures) == ("refund", "month_over", 2)
    one = signed(hall, shown, WISH, by=("2001",))
    with pytest.raises(Refused) as refused:
        undoing.undo(hall, halls.teller(), shown, WISH, one)
    assert isinstance(refused.value.refusal, ApprovalMissing)
    with pytest.raises(Refused) as refused:
        signed(hall, shown, WISH, by=("2001", "2001"))
    assert refused.value.refusal == ApprovalTwice("2001")
    assert undo(hall, taken.payment_id).approvers == ("2001", "2002")
    assert findings(hall) == []


def test_a_shift_that_closes_between_look_and_press_asks_anew(hall: OpenHall) -> None:
    someone = halls.three_months_behind(hall)
    halls.an_open_shift(hall)
    _, taken = halls.pay(hall, someone, halls.cash(50))
    shown = undoing.look(hall, halls.teller(), taken.payment_id, WISH)
    proofs = signed(hall, shown, WISH)
    halls.close_shift(hall, halls.teller(), CashCount({100: 550}), "", new_intent_id())
    with pytest.raises(Refused) as refused:
        undoing.undo(hall, halls.teller(), shown, WISH, proofs)
    assert refused.value.refusal == NoOpenShift()
    halls.an_open_shift(hall)
    with pytest.raises(Refused) as refused:
        undoing.undo(hall, halls.teller(), shown, WISH, proofs)
    assert refused.value.refusal == UndoChanged(taken.receipt_no, "reverse", "refund")
    assert findings(hall) == []


def test_an_order_that_was_carried_out_stays_and_is_said_before(hall: OpenHall) -> None:
    someone = halls.three_months_behind(hall)
    with hall.writing() as work:
        work.driver.execute("UPDATE services SET state='stopped', state_reason='arrears'")
    halls.an_open_shift(hall)
    _, taken = halls.pay(hall, someone, halls.cash(500))
    (order,) = restores.running(hall)
    restores.confirm(hall, halls.teller(), order.order_id)
    plan = undoing.look(hall, halls.teller(), taken.payment_id)
    assert (plan.orders, [lost.what for lost in plan.unrestorable]) == ((), ["service_runs"])
    undo(hall, taken.payment_id)
    assert [row[1] for row in state(hall, someone.account_id)["services"]] == ["active"]
    assert findings(hall) == []


def test_a_payment_that_the_hub_says_is_undone_is_so_here(hall: OpenHall) -> None:
    someone = halls.three_months_behind(hall)
    on = halls.an_open_shift(hall).business_date
    _, taken = halls.pay(hall, someone, halls.cash(50))
    with hall.reading() as reading:
        (before,) = payments_of(reading, someone.customer_id)
    assert before.undone_way == ""
    told = {"payment_id": taken.payment_id, "undo_id": "u", "way": "refund", "counter_id": "c", "reason_code": "wish"}
    with hall.writing() as work:
        halls.put(work, undone_elsewhere, {**told, "receipt_no": taken.receipt_no, "business_date": on.isoformat()})
    with hall.reading() as reading:
        (after,) = payments_of(reading, someone.customer_id)
    assert (after.undone_way, after.undone_at) == ("refund", None)
    assert refusal_of(hall, taken.payment_id) == AlreadyUndone(taken.receipt_no, "refund", on, "u")


def test_what_cannot_be_given_back_is_said_before_the_press(hall: OpenHall) -> None:
    someone, clock = halls.three_months_behind(hall), hall.opened_with
    assert isinstance(clock, FixedClock)
    shift = halls.an_open_shift(hall)
    book = {"account_id": someone.account_id, "name": "赠送", "kind": "benefit", "items": "[]", "priority": 1}
    book |= {"opening_fen": 3_000, "opening_source": "import", "opened_on": "2026-01-01"}
    with hall.writing() as work:
        halls.put(work, t.books, {**book, "valid_to": shift.business_date.isoformat()})
    _, taken = halls.pay(hall, someone, Tender("prepaid", 2_000), halls.cash(10))
    # an order of a program of before, which did not say what state the service was in
    with hall.writing() as work:
        row = work.driver.execute("SELECT id FROM services").fetchone()
        assert row is not None
        said = {"order_id": "o", "service_id": row[0], "payment_id": taken.payment_id, "due_at": "2026-11-22T02:00:00Z"}
        entry = hall.journal.append(work, Draft("restore.sent", said, "1001", shift.business_date))
        moments = {"ordered_at": "2026-11-21T02:04:00Z", "due_at": said["due_at"]}
        add_order(work, order_id="o", service_id=row[0], payment_id=taken.payment_id, entry=entry.id, **moments)
        set_service_state(work, row[0], "restoring", shift.business_date, "paid")
    halls.close_shift(hall, halls.teller(), CashCount({100: 510}), "", new_intent_id())
    clock.moment += timedelta(days=1)
    halls.an_open_shift(hall)
    plan = undoing.look(hall, halls.teller(), taken.payment_id)
    assert [(lost.what, lost.of) for lost in plan.unrestorable][1:] == [("book_expired", "赠送")]
    assert (plan.amount_fen, plan.cash_fen) == (3_000, 1_000)
    undo(hall, taken.payment_id)
    after = state(hall, someone.account_id)
    assert [row[1:] for row in after["services"]] == [("stopped", shift.business_date, "arrears")]
    assert [fen for _, fen in after["books"]] == [3_000]
