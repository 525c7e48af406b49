"""Moving a payment to another account: the wrong one is as before, the right one as if it had been paid at first."""

from __future__ import annotations

import itertools
from random import Random
from typing import Any

import pytest

from counter_app.clock import new_intent_id
from counter_app.domain.payments import Tender
from counter_app.domain.refusals import Refused
from counter_app.domain.shifts import CashCount
from counter_app.domain.undo import TenderAnswer, UndoWish
from counter_app.domain.undo_refusals import AlreadyUndone, NothingToMove, SameAccount
from counter_app.services import moves
from counter_app.services import undo as undoing
from counter_app.services.undo_recording import request
from counter_app.storage.hall import OpenHall
from counter_app.storage.journal import balance
from tests import halls
from tests.undoing import findings, signatures, state, undo

WISH = UndoWish("wrong_account", "报错户号")
SAME = ("owed", "books", "services", "flags")


def moved(hall: OpenHall, payment_id: str, to_account_id: int) -> moves.MoveDone:
    """Look, sign and move."""
    who = halls.teller()
    shown = moves.look(hall, who, payment_id, to_account_id, WISH)
    asked = request(shown.undone, WISH, to_account_id=shown.to.account.id)
    return moves.move(hall, who, shown, WISH, signatures(hall, who, asked))


def paid_by(fen: int, mix: str) -> tuple[Tender, ...]:
    """One or two tenders of a sum."""
    if mix == "cash":
        return (Tender("cash", fen),)
    if mix == "card":
        return (Tender("card", fen, reference="4000"),)
    return Tender("qr", fen // 3, reference="Q"), Tender("cash", fen - fen // 3)


def without_ids(owed: dict[int, list[Any]]) -> dict[int, list[Any]]:
    """What bills owe, whosever they are."""
    return {days: [(debt[2:], *fees) for debt, *fees in rows] for days, rows in owed.items()}


def test_a_payment_that_is_moved_is_as_if_it_had_been_taken_there_at_first(hall: OpenHall) -> None:
    chance, numbers = Random(55), itertools.count(40_000_000)
    shift = halls.an_open_shift(hall)
    sums = (1_000, 9_900, 25_000, 31_234, 90_000)
    for mix, about_fen in itertools.product(("cash", "card", "both"), sums):
        fen = about_fen + chance.randrange(99)
        wrong, right, at_first = (halls.three_months_behind(hall, no=str(next(numbers))) for _ in range(3))
        before, other = state(hall, wrong.account_id), state(hall, at_first.account_id)
        _, taken = halls.pay(hall, wrong, *paid_by(fen, mix), is_change_stored=True)
        done = moved(hall, taken.payment_id, right.account_id)
        after = state(hall, wrong.account_id)
        assert {name: after[name] for name in SAME} == {name: before[name] for name in SAME}, (mix, fen)
        _, direct = halls.pay(hall, at_first, *paid_by(fen, mix), is_change_stored=True)
        now, then = state(hall, right.account_id), state(hall, at_first.account_id)
        assert [row[1:] for row in now["books"]] == [row[1:] for row in then["books"]]
        assert without_ids(now["owed"]) == without_ids(then["owed"]) != without_ids(other["owed"])
        assert done.taken.facts.total_fen == direct.facts.total_fen
        assert done.taken.facts.serial == taken.facts.serial + 1
        with hall.reading() as reading:
            assert balance(reading, "transfer", taken.payment_id) == 0
    assert findings(hall) == []
    # in no drawer and under no tender of the shift: it closes as if nothing had been moved
    with hall.reading() as reading:
        in_drawer_fen = balance(reading, "drawer", shift.shift_id)
    closed = halls.close_shift(hall, halls.teller(), CashCount({}, in_drawer_fen), "", new_intent_id())
    assert [line.difference_fen for line in closed.lines if line.difference_fen] == []


def test_what_was_moved_is_undone_by_the_way_the_money_came_and_moved_on(hall: OpenHall) -> None:
    wrong, right, third = (halls.three_months_behind(hall, no=f"1000234{no}") for no in range(3))
    shift = halls.an_open_shift(hall)
    states = [state(hall, one.account_id) for one in (wrong, right, third)]
    _, taken = halls.pay(hall, wrong, Tender("card", 2_000, reference="4000"), halls.cash(50))
    with pytest.raises(Refused) as refused:
        moves.look(hall, halls.teller(), taken.payment_id, wrong.account_id)
    assert isinstance(refused.value.refusal, SameAccount)
    first = moved(hall, taken.payment_id, right.account_id)
    with pytest.raises(Refused) as refused:
        moves.look(hall, halls.teller(), taken.payment_id, third.account_id)
    assert refused.value.refusal == AlreadyUndone(taken.receipt_no, "move", shift.business_date, first.move_id)
    second = moved(hall, first.taken.payment_id, third.account_id)
    plan = undoing.look(hall, halls.teller(), second.taken.payment_id)
    assert [(back.kind, back.to, back.fen, back.why) for back in plan.tenders] == [
        ("transfer", "card", 2_000, "moved"),
        ("transfer", "cash", 5_000, "moved"),
    ]
    answer = UndoWish("wish", answers=(TenderAnswer(1, reference="5000"),))
    undo(hall, second.taken.payment_id, answer)
    assert [state(hall, one.account_id) for one in (wrong, right, third)] == states
    assert findings(hall) == []


def test_what_came_out_of_the_accounts_own_books_is_not_moved(hall: OpenHall) -> None:
    wrong, right = (halls.three_months_behind(hall, no=f"1000234{no}") for no in range(2))
    halls.an_open_shift(hall)
    halls.pay(hall, wrong, halls.cash(500), is_change_stored=True)
    halls.a_bill(hall, wrong.account_id, "2026-11", 5_000, due_on=halls.NOW.date())
    before = state(hall, wrong.account_id)
    _, from_book = halls.pay(hall, wrong, Tender("prepaid", 2_000))
    with pytest.raises(Refused) as refused:
        moves.look(hall, halls.teller(), from_book.payment_id, right.account_id)
    assert refused.value.refusal == NothingToMove(from_book.receipt_no)
    undo(hall, from_book.payment_id)
    assert state(hall, wrong.account_id) == before
    # of a payment that was part prepaid, the book gets its own back and the rest is moved
    _, mixed = halls.pay(hall, wrong, Tender("prepaid", 2_000), halls.cash(10))
    done = moved(hall, mixed.payment_id, right.account_id)
    assert done.taken.facts.total_fen == 1_000
    after = state(hall, wrong.account_id)
    assert {name: after[name] for name in SAME} == {name: before[name] for name in SAME}
    assert findings(hall) == []
