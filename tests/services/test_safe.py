"""The safe: a float asked for, given out, accepted or given back; cash handed in; papers missing; money to the bank."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import partial
from pathlib import Path

import pytest

from counter_app.clock import new_intent_id
from counter_app.domain.approvals import ApprovalCase, ApprovalKind, ApprovalMissing
from counter_app.domain.payments import Tender
from counter_app.domain.proofs import ProofKey, ProofNotShort, ProofUnknown
from counter_app.domain.refusals import Refusal, Refused
from counter_app.domain.safe import (
    CashIsNothing,
    Deposit,
    DepositIsWrong,
    DepositKnown,
    DepositLine,
    DepositTooMuch,
    FloatForOther,
    FloatIsOther,
    FloatWaits,
    NoFloatWaits,
    SafeTooLow,
    oldest_first,
)
from counter_app.domain.shift_close import CountMissing, Declared, SlipCount
from counter_app.domain.shifts import CashCount, DrawerTooLow, ReasonMissing, Shift
from counter_app.domain.signoffs import SignoffByWorker
from counter_app.domain.staff import Role
from counter_app.services import approvals, days, deposits, drops, floats, handovers, proofs, shift_close, shifts
from counter_app.services.approvals import Signed
from counter_app.storage.hall import OpenHall
from counter_app.storage.journal import balance
from counter_app.storage.safe import safe_cash_fen
from counter_app.storage.verify import verify
from tests import halls

HUNDREDS = CashCount({10_000: 5})
SUPERVISOR = halls.teller("2001", Role.SUPERVISOR)


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[OpenHall]:
    opened = halls.a_hall(tmp_path)
    yield opened
    opened.close()


def refusal_of(act: Callable[[], object]) -> Refusal:
    with pytest.raises(Refused) as refused:
        act()
    return refused.value.refusal


def signed(hall: OpenHall, case: ApprovalCase, by: str = "2001") -> Signed:
    return approvals.sign(hall, halls.teller(), case, staff_no=by, password=halls.PASSWORD)


def held(hall: OpenHall, *accounts: tuple[str, str]) -> list[int]:
    with hall.reading() as reading:
        return [balance(reading, *one) for one in accounts]


def in_safe(hall: OpenHall) -> int:
    with hall.reading() as reading:
        return safe_cash_fen(reading, hall.hall.counter_id)


def with_a_float(hall: OpenHall) -> Shift:
    """A float of five hundred out of the safe, which held six."""
    who = halls.teller()
    floats.put_in(hall, SUPERVISOR, CashCount({10_000: 6}), "从银行领", new_intent_id())
    floats.ask(hall, who, HUNDREDS, new_intent_id())
    floats.issue(hall, who, signed(hall, floats.look(hall, who)))
    return floats.accept(hall, who, HUNDREDS, new_intent_id())


def test_a_float_comes_out_of_the_safe_by_two_and_goes_back_whole_when_it_is_not_accepted(hall: OpenHall) -> None:
    who, other = halls.teller(), halls.teller("1002")
    assert refusal_of(lambda: floats.ask(hall, who, CashCount({}), new_intent_id())) == CashIsNothing()
    asked = floats.ask(hall, who, HUNDREDS, new_intent_id())
    assert refusal_of(lambda: floats.ask(hall, other, HUNDREDS, new_intent_id())) == FloatWaits(
        "1001", "王芳", 50_000, "asked"
    )
    assert refusal_of(lambda: floats.look(hall, who)) == SafeTooLow(50_000, 0)
    assert refusal_of(lambda: floats.accept(hall, who, HUNDREDS, new_intent_id())) == NoFloatWaits()
    assert floats.put_in(hall, SUPERVISOR, CashCount({10_000: 6}), "从银行领", new_intent_id()) == 60_000
    case = floats.look(hall, who)
    assert refusal_of(lambda: signed(hall, case, by="1001")) == SignoffByWorker("1001")
    proof = signed(hall, case)
    given = floats.issue(hall, who, proof)
    assert (given.state, given.issued_by, floats.issue(hall, who, proof).ask_id) == ("issued", "2001", asked.ask_id)
    assert in_safe(hall) == 10_000
    # a shift with other money would leave it nobody's
    assert refusal_of(lambda: halls.an_open_shift(hall)) == FloatWaits("1001", "王芳", 50_000, "issued")
    assert refusal_of(lambda: floats.accept(hall, other, HUNDREDS, new_intent_id())) == FloatForOther("1001", "王芳")
    short = CashCount({10_000: 4})
    assert refusal_of(lambda: floats.accept(hall, who, short, new_intent_id())) == FloatIsOther(50_000, 40_000)
    assert refusal_of(lambda: floats.refuse(hall, who, " ", new_intent_id())) == ReasonMissing("float")
    assert refusal_of(lambda: floats.refuse(hall, other, "不对", new_intent_id())) == FloatForOther("1001", "王芳")
    floats.refuse(hall, who, "少一张", new_intent_id())
    assert held(hall, ("float_out", asked.ask_id), ("safe", hall.hall.counter_id)) == [0, 60_000]
    assert floats.wanted(hall) is None
    floats.ask(hall, who, HUNDREDS, new_intent_id())
    floats.issue(hall, who, signed(hall, floats.look(hall, who)))
    intent_id = new_intent_id()
    shift = floats.accept(hall, who, HUNDREDS, intent_id)
    assert floats.accept(hall, who, HUNDREDS, intent_id) == shift, "pressed again"
    assert (shift.float_fen, in_safe(hall)) == (50_000, 10_000)
    halls.close_shift(hall, who, HUNDREDS, "", new_intent_id())
    # it is in the safe again, and nothing of it goes to the bank
    assert (in_safe(hall), deposits.waiting(hall, SUPERVISOR)) == (60_000, ())
    assert verify(hall.store).findings == ()


def test_what_a_shift_took_is_handed_in_missed_found_and_banked(hall: OpenHall) -> None:
    who, shift = halls.teller(), with_a_float(hall)
    someone = halls.three_months_behind(hall)
    _, by_card = halls.pay(hall, someone, Tender("card", 3_000, reference="6222"))
    halls.pay(hall, someone, Tender("cheque", 9_000, bank="工行", document_no="A1"))
    halls.pay(hall, someone, halls.cash(120))
    assert refusal_of(lambda: drops.look(hall, who, CashCount({10_000: 7}))) == DrawerTooLow(70_000)
    assert refusal_of(lambda: drops.look(hall, who, CashCount({}))) == CashIsNothing()
    case = drops.look(hall, who, CashCount({10_000: 1}))
    assert refusal_of(lambda: signed(hall, case, by="1001")) == SignoffByWorker("1001")
    assert drops.drop(hall, who, CashCount({10_000: 1}), signed(hall, case, by="1002")) == 10_000
    sheet = shifts.sheet(hall)
    assert sheet is not None
    assert (sheet.dropped_fen, sheet.expected_cash_fen) == (10_000, 52_000)
    assert deposits.waiting(hall, SUPERVISOR)[0].fen == 10_000, "it may go to the bank before the shift ends"
    # the card's slip is not there: that is no cash
    assert refusal_of(lambda: proofs.of_shift(hall, who)) == CountMissing(shift.shift_no)
    slips = (SlipCount("cheque", 1, 9_000, (9_000,)),)
    shift_close.count(hall, who, Declared(CashCount({10_000: 5, 1_000: 2}), slips), new_intent_id())
    card, cheque = proofs.of_shift(hall, who)
    assert (card.key, card.tender, card.fen, card.words) == (ProofKey(by_card.payment_id, 1), "card", 3_000, "6222")
    unknown = frozenset((ProofKey("x", 1),))
    assert refusal_of(lambda: shift_close.look(hall, who, "缺单", unknown)) == ProofUnknown()
    assert refusal_of(lambda: shift_close.look(hall, who, "缺单", frozenset((cheque.key,)))) == ProofNotShort(
        "cheque", 9_000, 0
    )
    gone = frozenset((card.key,))
    proof = signed(hall, shift_close.look(hall, who, "缺单", gone))
    closed = shift_close.close(hall, who, "缺单", "", proof, gone)
    assert closed.difference_fen == 0
    assert held(hall, ("over_short", shift.shift_id), ("float_issued", shift.shift_id)) == [0, 0]
    (missed,) = proofs.missing(hall, SUPERVISOR)
    assert (missed.key, missed.staff_no, missed.fen) == (card.key, "1001", 3_000)
    proofs.found(hall, SUPERVISOR, card.key, "夹在账本里", new_intent_id())
    assert proofs.missing(hall, SUPERVISOR) == ()
    assert refusal_of(lambda: proofs.found(hall, SUPERVISOR, card.key, "再找", new_intent_id())) == ProofUnknown()
    waiting = deposits.waiting(hall, SUPERVISOR)
    assert [(one.shift_no, one.tender, one.fen) for one in waiting] == [
        (shift.shift_no, "cash", 12_000),
        (shift.shift_no, "cheque", 9_000),
    ]
    assert in_safe(hall) == 72_000
    banked(hall, shift)
    assert verify(hall.store).findings == ()


def banked(hall: OpenHall, shift: Shift) -> None:
    """A part goes to the bank, then the rest; no slip twice, and never more than lies there."""
    lines = oldest_first(deposits.waiting(hall, SUPERVISOR), 10_000)
    today = halls.NOW.date()
    slip = Deposit("工行", "J-1", today, lines)
    assert slip.fen == 19_000
    wrongs = {
        "bank": Deposit(" ", "J-1", today, lines),
        "slip_no": Deposit("工行", "", today, lines),
        "made_on": Deposit("工行", "J-1", date(2026, 11, 22), lines),
        "lines": Deposit("工行", "J-1", today, (*lines, lines[0])),
    }
    for field, wrong in wrongs.items():
        refusal = refusal_of(partial(deposits.deposit, hall, SUPERVISOR, wrong, new_intent_id()))
        assert isinstance(refusal, DepositIsWrong)
        assert refusal.field == field
    intent_id = new_intent_id()
    made = deposits.deposit(hall, SUPERVISOR, slip, intent_id)
    assert deposits.deposit(hall, SUPERVISOR, slip, intent_id) == made, "pressed again"
    assert refusal_of(lambda: deposits.deposit(hall, SUPERVISOR, slip, new_intent_id())) == DepositKnown(
        "工行", "J-1", today
    )
    more = Deposit("工行", "J-2", today, (DepositLine(shift.shift_id, "cash", 2_001),))
    assert refusal_of(lambda: deposits.deposit(hall, SUPERVISOR, more, new_intent_id())) == DepositTooMuch(
        shift.shift_no, "cash", 2_001, 2_000
    )
    rest = Deposit("工行", "J-2", today, oldest_first(deposits.waiting(hall, SUPERVISOR)))
    deposits.deposit(hall, SUPERVISOR, rest, new_intent_id())
    assert (deposits.waiting(hall, SUPERVISOR), in_safe(hall)) == ((), 60_000)
    assert [one.deposit.slip_no for one in deposits.made(hall, SUPERVISOR)] == ["J-2", "J-1"]
    assert held(hall, ("bank", hall.hall.counter_id)) == [21_000]


def test_a_float_of_the_safe_goes_from_drawer_to_drawer_and_comes_back_with_the_last(hall: OpenHall) -> None:
    who, first = halls.teller(), with_a_float(hall)
    someone = halls.three_months_behind(hall)
    halls.pay(hall, someone, halls.cash(100))
    shift_close.count(hall, who, Declared(CashCount({10_000: 6})), new_intent_id())
    second = handovers.hand_over(hall, who, "", signed(hall, handovers.look(hall, who, ""), by="1002")).shift
    assert deposits.waiting(hall, SUPERVISOR) == (), "what the first took lies in the second's drawer"
    halls.pay(hall, someone, halls.cash(20), session=halls.teller("1002"))
    halls.close_shift(hall, halls.teller("1002"), CashCount({10_000: 6, 1_000: 2}), "", new_intent_id())
    assert [(one.shift_no, one.fen) for one in deposits.waiting(hall, SUPERVISOR)] == [(second.shift_no, 12_000)]
    assert held(hall, ("safe", hall.hall.counter_id), ("float_issued", first.shift_id)) == [60_000, 0]
    assert verify(hall.store).findings == ()


def test_many_small_sums_of_one_day_need_a_second_person_too(hall: OpenHall) -> None:
    who = halls.teller()
    halls.an_open_shift(hall, float_fen=200_000)
    for _ in range(5):
        shifts.move_cash(hall, who, -20_000, "换零", new_intent_id())
    missing = ApprovalMissing(ApprovalKind.CASH_OUT, 100, 1, 0)
    assert refusal_of(lambda: shifts.move_cash(hall, who, -100, "换零", new_intent_id())) == missing
    intent_id = new_intent_id()
    proof = signed(hall, shifts.ask_cash(hall, who, -100, "换零", intent_id))
    assert shifts.move_cash(hall, who, -100, "换零", intent_id, proof).cash_out_fen == 100_100
    too_much = ApprovalMissing(ApprovalKind.CASH_IN, 100_001, 1, 0)
    assert refusal_of(lambda: shifts.move_cash(hall, who, 100_001, "备用", new_intent_id())) == too_much
    shifts.move_cash(hall, who, 100_000, "备用", new_intent_id())


def given_back(hall: OpenHall, seq: int, kind: str, body: Mapping[str, object]) -> None:
    """An entry that this file has lost and the hub gave back."""
    said = {
        "entry_id": f"lost-{seq}",
        "kind": kind,
        "body": body,
        "at": halls.NOW.isoformat(),
        "staff_no": "2001",
        "business_date": halls.NOW.date().isoformat(),
        "approver_no": None,
    }
    row = (9, seq, said["entry_id"], kind, json.dumps(said), b"", b"", b"", "")
    with hall.writing() as work:
        work.driver.execute(
            "INSERT INTO foreign_entries (epoch, seq, entry_id, kind, content, prev_hash, hash, signature, fetched_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            row,
        )


def test_what_a_file_has_lost_of_the_safe_and_the_hub_gave_back_is_not_done_again(hall: OpenHall) -> None:
    who, shift = halls.teller(), with_a_float(hall)
    halls.pay(hall, halls.three_months_behind(hall), halls.cash(120))
    halls.close_shift(hall, who, CashCount({10_000: 6, 1_000: 2}), "", new_intent_id())
    day = halls.NOW.date()
    lost = {"bank": "工行", "slip_no": "J-1", "made_on": day.isoformat(), "lines": [[shift.shift_id, "cash", 10_000]]}
    given_back(hall, 1, "deposit.made", lost)
    assert [one.fen for one in deposits.waiting(hall, SUPERVISOR)] == [2_000]
    again = Deposit("工行", "J-1", day, oldest_first(deposits.waiting(hall, SUPERVISOR)))
    assert refusal_of(lambda: deposits.deposit(hall, SUPERVISOR, again, new_intent_id())) == DepositKnown(
        "工行", "J-1", day
    )
    floats.ask(hall, who, HUNDREDS, new_intent_id())
    given = floats.issue(hall, who, signed(hall, floats.look(hall, who)))
    assert floats.wanted(hall) == given
    given_back(hall, 2, "float.accept", {"ask_id": given.ask_id})
    assert floats.wanted(hall) is None, "it is in a drawer that the hub knows of"
    given_back(hall, 3, "day.close", {"shifts": [[shift.shift_id, shift.shift_no, ""]]})
    assert days.waiting(hall, SUPERVISOR) == ()
