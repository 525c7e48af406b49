"""A tender that was wrong is corrected with a trace, and an invoice stands once for the money it is about."""

from __future__ import annotations

from datetime import timedelta

import pytest

from counter_app.clock import FixedClock, new_intent_id
from counter_app.domain.payment_refusals import ReferenceMissing, TenderNotAllowed
from counter_app.domain.payments import Tender
from counter_app.domain.refusals import Refusal, Refused
from counter_app.domain.retenders import RetenderWish
from counter_app.domain.shifts import CashCount, DrawerTooLow, ReasonMissing, TenderTotal
from counter_app.domain.undo import TenderAnswer, UndoWish
from counter_app.domain.undo_refusals import (
    AlreadyUndone,
    InvoiceNoMissing,
    InvoiceNoted,
    InvoiceNotThere,
    RedNoteMissing,
    TenderAsItWas,
    TenderNotThere,
)
from counter_app.services import invoices, retenders, shifts
from counter_app.services import undo as undoing
from counter_app.storage.hall import OpenHall
from counter_app.storage.journal import balance
from tests import halls
from tests.undoing import WISH, findings, signatures, state, undo

ON = halls.NOW.date()
CARD = Tender("card", 3_000, reference="4000")


def corrected(hall: OpenHall, payment_id: str, wish: RetenderWish) -> retenders.RetenderDone:
    """Look, sign and correct."""
    who = halls.teller()
    shown = retenders.look(hall, who, payment_id, wish)
    (signed,) = signatures(hall, who, retenders.request(shown, wish))
    done = retenders.correct(hall, who, shown, wish, signed)
    assert retenders.correct(hall, who, shown, wish, signed) == done, "the same signature is one correction"
    return done


def refusal_of(hall: OpenHall, payment_id: str, wish: RetenderWish) -> Refusal:
    """Why a tender is not corrected."""
    with pytest.raises(Refused) as refused:
        retenders.look(hall, halls.teller(), payment_id, wish)
    return refused.value.refusal


def in_shift(hall: OpenHall, account: str, shift_id: str) -> int:
    with hall.reading() as reading:
        return balance(reading, account, shift_id)


def test_cash_that_was_a_card_leaves_the_drawer_and_the_payment_as_they_are(hall: OpenHall) -> None:
    someone = halls.three_months_behind(hall)
    shift = halls.an_open_shift(hall, float_fen=0)
    before = state(hall, someone.account_id)
    _, taken = halls.pay(hall, someone, halls.cash(50), settle_fen=4_700)
    paid = state(hall, someone.account_id)
    (line,) = retenders.tenders_of(hall, halls.teller(), taken.payment_id)
    assert (line.line, line.kind, line.amount_fen) == (1, "cash", 4_700)
    for wish, expected in (
        (RetenderWish(1, (Tender("card", 3_000),), "刷卡"), ReferenceMissing("card", "reference")),
        (RetenderWish(1, (CARD,), " "), ReasonMissing("retender")),
        (RetenderWish(2, (CARD,), "刷卡"), TenderNotThere(taken.receipt_no, 2)),
        (RetenderWish(1, (Tender("cash", 100),), "现金"), TenderAsItWas("cash")),
        (RetenderWish(1, (Tender("card", 4_701, reference="1"),), "刷卡"), TenderNotThere(taken.receipt_no, 1)),
    ):
        assert refusal_of(hall, taken.payment_id, wish) == expected
    from_book = RetenderWish(1, (Tender("prepaid", 100),), "预存")
    assert isinstance(refusal_of(hall, taken.payment_id, from_book), TenderNotAllowed)
    done = corrected(hall, taken.payment_id, RetenderWish(1, (CARD,), "实际刷卡"))
    assert (done.amount_fen, done.approver_no) == (3_000, "2001")
    assert [in_shift(hall, name, shift.shift_id) for name in ("drawer", "card")] == [1_700, 3_000]
    after = state(hall, someone.account_id)
    assert {**after, "money": {}} == {**paid, "money": {}}
    # what is undone goes back as it was really paid
    plan = undoing.look(hall, halls.teller(), taken.payment_id)
    assert [(back.to, back.fen, back.needs) for back in plan.tenders] == [
        ("cash", 1_700, ""),
        ("card", 3_000, "reference"),
    ]
    undo(hall, taken.payment_id, UndoWish("wish", answers=(TenderAnswer(2, reference="9"),)))
    assert state(hall, someone.account_id) == before
    assert isinstance(refusal_of(hall, taken.payment_id, RetenderWish(1, (CARD,), "刷卡")), AlreadyUndone)
    assert findings(hall) == []


def test_a_card_that_was_cash_is_corrected_on_another_day_in_todays_shift(hall: OpenHall) -> None:
    someone, clock = halls.three_months_behind(hall), hall.opened_with
    assert isinstance(clock, FixedClock)
    first = halls.an_open_shift(hall)
    _, taken = halls.pay(hall, someone, Tender("card", 2_000, reference="77"), halls.cash(50))
    halls.close_shift(hall, halls.teller(), CashCount({100: 550}), "", new_intent_id())
    clock.moment += timedelta(days=1)
    second = halls.an_open_shift(hall, float_fen=0)
    to_card = RetenderWish(2, (Tender("qr", 5_000, reference="Q"),), "实际扫码")
    assert refusal_of(hall, taken.payment_id, to_card) == DrawerTooLow(5_000)
    corrected(hall, taken.payment_id, RetenderWish(1, (halls.cash(15), Tender("card", 500, reference="78")), "现金"))
    assert [in_shift(hall, name, first.shift_id) for name in ("drawer", "card")] == [0, 2_000]
    assert [in_shift(hall, name, second.shift_id) for name in ("drawer", "card")] == [1_500, -1_500]
    sheet = shifts.sheet(hall)
    assert sheet is not None
    assert set(sheet.totals) == {TenderTotal("cash", 0, 1_500), TenderTotal("card", 0, -1_500)}
    tenders = retenders.tenders_of(hall, halls.teller(), taken.payment_id)
    assert [(x.kind, x.amount_fen, x.reference) for x in tenders] == [
        ("cash", 5_000, ""),
        ("cash", 1_500, ""),
        ("card", 500, "78"),
    ]
    assert findings(hall) == []


def test_an_invoice_stands_once_and_is_taken_back_in_red_before_the_money(hall: OpenHall) -> None:
    someone = halls.three_months_behind(hall)
    halls.an_open_shift(hall)
    _, taken = halls.pay(hall, someone, halls.cash(50))
    no = taken.receipt_no

    def note(invoice_no: str, red_of: str | None = None, intent_id: str = "") -> object:
        return invoices.note(hall, halls.teller(), no, invoice_no, ON, intent_id or new_intent_id(), red_of=red_of)

    def refused(invoice_no: str, red_of: str | None = None) -> Refusal:
        with pytest.raises(Refused) as caught:
            note(invoice_no, red_of)
        return caught.value.refusal

    assert refused(" ") == InvoiceNoMissing()
    assert refused("R-1", "F-1") == InvoiceNotThere(no, "F-1")
    intent_id = new_intent_id()
    assert note("F-1", intent_id=intent_id) == note("F-1", intent_id=intent_id)
    assert refused("F-2") == InvoiceNoted(no, "F-1")
    note("R-1", "F-1")
    assert refused("R-2", "F-1") == InvoiceNotThere(no, "F-1")
    assert refused("F-1") == InvoiceNoted(no, "F-1")
    note("F-2")
    with pytest.raises(Refused) as caught:
        undoing.look(hall, halls.teller(), taken.payment_id, WISH)
    assert caught.value.refusal == RedNoteMissing(no, "F-2")
    undo(hall, taken.payment_id, UndoWish("wish", red_no="R-2"))
    assert [(one.invoice_no, one.red_of) for one in invoices.notes_of(hall, no)] == [
        ("F-1", None),
        ("R-1", "F-1"),
        ("F-2", None),
        ("R-2", "F-2"),
    ]
    assert isinstance(refused("F-3"), AlreadyUndone)
    assert findings(hall) == []
