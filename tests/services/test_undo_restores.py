"""A payment that is undone never was: for every mix of tenders, every allotment, every state of its services."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from counter_app.clock import FixedClock, new_intent_id
from counter_app.domain.payments import Tender
from counter_app.domain.shifts import CashCount
from counter_app.domain.staff import Role
from counter_app.domain.undo import TenderAnswer, UndoWish
from counter_app.services import payments
from counter_app.services import undo as undoing
from counter_app.storage import tables as t
from counter_app.storage.hall import OpenHall
from counter_app.storage.staff import add_staff
from tests import halls
from tests.undoing import findings, signed, state, undo

MIXES: dict[str, tuple[str, ...]] = {
    name: tuple(name.split("+"))
    for name in (
        *("cash", "card", "qr", "cheque", "bank_slip", "prepaid", "cash+card", "prepaid+cash", "prepaid+card"),
        *("qr+cheque", "bank_slip+cash", "card+qr+cash", "cheque+bank_slip+prepaid+cash"),
    )
}
ALLOTTED = ("part", "all", "change", "stored", "chosen", "twice")
STATES = ("active", "stopped", "stopped_out", "restoring", "left")
SEED = 20261122
DESK = halls.teller("2001", Role.SUPERVISOR)
SIGNS = ("2002",)
NEXT = halls.NOW.date() + timedelta(days=1)
PAPERS: dict[str, dict[str, Any]] = {
    "cash": {},
    "card": {"reference": "400012345678"},
    "qr": {"reference": "Q7"},
    "cheque": {"bank": "工行", "document_no": "C-1"},
    "bank_slip": {"document_no": "B-1", "document_on": date(2026, 11, 20)},
}
ANSWERS = tuple(TenderAnswer(line, reference=f"R{line}", document_no=f"D{line}") for line in range(1, 6))
WISH = UndoWish("wrong_amount", answers=ANSWERS)


@dataclass(frozen=True)
class Case:
    """One payment of one customer, and the state before it."""

    name: str
    account_id: int
    payment_id: str
    before: dict[str, Any]


def a_debtor(hall: OpenHall, no: int, service_state: str, chance: Random) -> halls.Someone:
    """Somebody with bills old and new, one with a cost, and three books: for one item, a gift, money of their own."""
    someone = halls.a_customer(hall, no=str(no), name="王芳")
    months = [date(2025, 12, 15), date(2026, 9, 15), date(2026, 11, 10), date(2026, 12, 15)]
    for due_on in months:
        fen = chance.randrange(3_000, 30_000)
        cost = {"cost_fen": 1_500} if due_on == months[1] else {}
        bill_id = halls.a_bill(hall, someone.account_id, f"{due_on:%Y-%m}", fen, due_on=due_on, **cost)
        with hall.writing() as work:
            item = {"bill_id": bill_id, "line": 1, "item": "流量费", "amount_fen": fen // 3}
            halls.put(work, t.bill_items, item)
    with hall.writing() as work:
        for kind, items, to in (("earmarked", ["流量费"], None), ("benefit", [], "2026-12-31"), ("cash", [], None)):
            values = {
                "account_id": someone.account_id,
                "name": kind,
                "kind": kind,
                "items": json.dumps(items),
                "priority": 1,
                "valid_to": to,
                "opening_fen": chance.randrange(10_000, 20_000),
                "opening_source": "import",
                "opened_on": "2026-01-01",
            }
            halls.put(work, t.books, values)
        work.driver.execute(
            "UPDATE services SET state = ?, state_since_on = ?, state_reason = 'arrears' WHERE account_id = ?",
            (service_state, "2026-10-08", someone.account_id),
        )
    return someone


def tenders_for(kinds: tuple[str, ...], allotted: str, due_fen: int, book_fen: int) -> tuple[Tender, ...]:
    """Tenders of these kinds that come to a part of what is due, all of it, or more."""
    wanted_fen = {"part": due_fen // 3, "twice": due_fen // 4}.get(allotted, due_fen)
    if kinds == ("prepaid",):
        return (Tender("prepaid", min(wanted_fen, book_fen)),)
    each: list[Tender] = []
    for kind in kinds[:-1]:
        fen = min(book_fen, wanted_fen // 2) if kind == "prepaid" else wanted_fen // (len(kinds) + 1)
        each.append(Tender(kind, fen, **PAPERS.get(kind, {})))
        wanted_fen -= fen
    extra_fen = {"change": 3_333, "stored": 2_222}.get(allotted, 0)
    return (*each, Tender(kinds[-1], wanted_fen + extra_fen, **PAPERS.get(kinds[-1], {})))


def pay(hall: OpenHall, someone: halls.Someone, kinds: tuple[str, ...], allotted: str) -> payments.Taken:
    """One payment of a mix."""
    stands = halls.position(hall, someone)
    wish: dict[str, Any] = {"is_change_stored": allotted == "stored"}
    due_fen = stands.due_fen
    if allotted == "chosen":
        newest = stands.open_bills[-1]
        wish |= {"choose": (newest.bill.bill_id,), "redirect_reason": "客户要求", "may_redirect": True}
        due_fen = newest.debt.payable_fen
    tenders = tenders_for(kinds, allotted, due_fen, min(stands.prepaid_fen, due_fen))
    return halls.pay(hall, someone, *tenders, session=DESK, **wish)[1]


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[OpenHall]:
    opened = halls.a_hall(tmp_path / "hall")
    with opened.writing() as work:
        add_staff(work, "2002", "周敏", Role.SUPERVISOR, halls.verifier())
    yield opened
    opened.close()


def test_a_payment_that_is_undone_never_was(hall: OpenHall) -> None:
    chance, numbers = Random(SEED), itertools.count(20_000_000)
    halls.an_open_shift(hall, DESK)
    seen = set[str]()
    for kinds, allotted in itertools.product(MIXES, ALLOTTED):
        service_state = STATES[next(numbers) % len(STATES)]
        someone = a_debtor(hall, next(numbers), service_state, chance)
        if allotted == "twice":
            pay(hall, someone, MIXES[kinds], "part")
        before = state(hall, someone.account_id)
        taken = pay(hall, someone, MIXES[kinds], allotted)
        assert state(hall, someone.account_id) != before
        done = undo(hall, taken.payment_id, WISH, session=DESK, by=SIGNS)
        assert done.back_fen == taken.facts.received_fen - taken.facts.change_fen
        after = state(hall, someone.account_id)
        assert _by_bank_alike(after) == _by_bank_alike(before), f"{kinds} {allotted} {service_state}"
        seen.add(done.way)
    assert seen == {"reverse"}
    assert {finding for finding in findings(hall) if "books opening_entry" not in finding} == set()


def test_a_refund_of_another_day_gives_back_the_same_and_leaves_the_closed_day(hall: OpenHall) -> None:
    chance, clock = Random(SEED), hall.opened_with
    assert isinstance(clock, FixedClock)
    first = halls.an_open_shift(hall, DESK)
    cases = list[Case]()
    for no, (kinds, allotted) in enumerate(zip(MIXES, itertools.cycle(ALLOTTED[:5]), strict=False)):
        someone = a_debtor(hall, 30_000_000 + no, STATES[no % len(STATES)], chance)
        before = state(hall, someone.account_id, on=NEXT)
        cases.append(Case(kinds, someone.account_id, pay(hall, someone, MIXES[kinds], allotted).payment_id, before))
    cash_fen = _of_shift(hall, first.shift_id)["drawer"]
    halls.close_shift(hall, DESK, CashCount({}, cash_fen), "", new_intent_id())
    closed = _of_shift(hall, first.shift_id)
    clock.moment += timedelta(days=1)
    second = halls.an_open_shift(hall, DESK, float_fen=5_000_000)
    opened = _of_shift(hall, second.shift_id)
    back_fen = 0
    for case in cases:
        shown = undoing.look(hall, DESK, case.payment_id, WISH)
        assert (shown.way, shown.why) == ("refund", "shift_closed")
        undone = undoing.undo(hall, DESK, shown, WISH, signed(hall, shown, WISH, session=DESK, by=SIGNS))
        back_fen += undone.back_fen
        after = state(hall, case.account_id, on=NEXT)
        same = ("owed", "books", "services", "flags", "orders on their way")
        assert {name: after[name] for name in same} == {name: case.before[name] for name in same}, case.name
    assert _of_shift(hall, first.shift_id) == closed
    assert sum(_of_shift(hall, second.shift_id).values()) - sum(opened.values()) == -back_fen
    assert {finding for finding in findings(hall) if "books opening_entry" not in finding} == set()


def _by_bank_alike(before: dict[str, Any]) -> dict[str, Any]:
    """A bank slip's money goes back by a transfer of the bank: together they come to nothing."""
    money: dict[str, int] = {}
    for name, fen in before["money"].items():
        one = name.replace("bank_transfer", "bank_slip")
        money[one] = money.get(one, 0) + fen
    return {**before, "money": {name: fen for name, fen in money.items() if fen}}


def _of_shift(hall: OpenHall, shift_id: str) -> dict[str, int]:
    with hall.reading() as reading:
        question = "SELECT account, balance_fen FROM balances WHERE subject = ?"
        return dict(reading.driver.execute(question, (shift_id,)).fetchall())
