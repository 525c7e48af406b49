"""The drawer goes from one teller to the next: counted once, signed by who takes it, nothing in between."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from counter_app.clock import new_intent_id
from counter_app.domain.approvals import ApprovalMissing
from counter_app.domain.payments import Tender
from counter_app.domain.refusals import Refused
from counter_app.domain.shift_close import CountIsOld, CountMissing, Declared, SlipCount
from counter_app.domain.shifts import CashCount, ReasonMissing
from counter_app.domain.signoffs import SignoffByWorker, SignoffForOther
from counter_app.services import approvals, handovers, shift_close, shifts, z_reports
from counter_app.services.approvals import Signed
from counter_app.storage.hall import OpenHall
from counter_app.storage.journal import balance
from counter_app.storage.verify import verify
from tests import halls

CARD = (SlipCount("card", 1, 3_000),)


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[OpenHall]:
    opened = halls.a_hall(tmp_path)
    yield opened
    opened.close()


def signed(hall: OpenHall, reason: str = "", by: str = "1002") -> Signed:
    who = halls.teller()
    return approvals.sign(hall, who, handovers.look(hall, who, reason), staff_no=by, password=halls.PASSWORD)


def counted(hall: OpenHall, fen: int) -> shift_close.Counted:
    return shift_close.count(
        hall, halls.teller(), Declared(CashCount({100: fen // 100}, fen % 100), CARD), new_intent_id()
    )


def test_a_drawer_is_taken_over_as_it_was_counted(hall: OpenHall) -> None:
    who, someone = halls.teller(), halls.three_months_behind(hall)
    first = halls.an_open_shift(hall)
    halls.pay(hall, someone, Tender("card", 3_000, reference="6222"))
    halls.pay(hall, someone, halls.cash(120))
    with pytest.raises(Refused) as refused:
        handovers.look(hall, who, "")
    assert refused.value.refusal == CountMissing(first.shift_no)
    # a difference that somebody has to sign is not handed on
    assert counted(hall, 62_000 - 600).signatures == 1
    proof = signed(hall, "少六元")
    with pytest.raises(Refused) as refused:
        handovers.hand_over(hall, who, "少六元", proof)
    assert isinstance(refused.value.refusal, ApprovalMissing)
    assert counted(hall, 62_000 - 100).signatures == 0
    with pytest.raises(Refused) as refused:
        handovers.hand_over(hall, who, "少六元", proof)
    assert isinstance(refused.value.refusal, SignoffForOther), "it was signed for another count"
    with pytest.raises(Refused) as refused:
        handovers.hand_over(hall, who, "", signed(hall))
    assert refused.value.refusal == ReasonMissing("difference")
    with pytest.raises(Refused) as refused:
        signed(hall, "少一元", by="1001")
    assert refused.value.refusal == SignoffByWorker("1001")
    proof = signed(hall, "少一元")
    done = handovers.hand_over(hall, who, "少一元", proof)
    again = handovers.hand_over(hall, who, "少一元", proof)
    assert (again.closed.z_no, again.shift.shift_id) == (done.closed.z_no, done.shift.shift_id), "pressed again"
    assert (done.closed.counted_fen, done.closed.difference_fen) == (61_900, -100)
    assert (done.shift.staff_no, done.shift.float_fen) == ("1002", 61_900)
    accounts = ("drawer", "turned_in", "float", "over_short")
    with hall.reading() as reading:
        before = {name: balance(reading, name, first.shift_id) for name in accounts}
        after = {name: balance(reading, name, done.shift.shift_id) for name in accounts}
        between = reading.driver.execute(
            "SELECT count(*), sum(abs(balance_fen)) FROM balances WHERE account = 'handed_over'"
        ).fetchone()
    # the float is the second's to bring back
    assert before == {"drawer": 0, "turned_in": 0, "float": 0, "over_short": 100}
    assert after == {"drawer": 61_900, "turned_in": 0, "float": -50_000, "over_short": 0}
    assert between == (1, 0)
    sheet = shifts.sheet(hall)
    assert sheet is not None
    assert sheet.shift == done.shift
    taker = halls.teller("1002")
    halls.pay(hall, someone, halls.cash(100), session=taker)
    closed = halls.close_shift(hall, taker, CashCount({100: 719}), "", new_intent_id())
    assert closed.difference_fen == 0
    assert [facts.teller.staff_no for facts in z_reports.issued(hall)] == ["1002", "1001"]
    assert verify(hall.store).findings == ()


def test_money_that_came_after_the_count_is_counted_before_it_is_handed_over(hall: OpenHall) -> None:
    first = halls.an_open_shift(hall)
    shift_close.count(hall, halls.teller(), Declared(CashCount({10_000: 5})), new_intent_id())
    proof = signed(hall)
    shifts.move_cash(hall, halls.teller(), 100, "换零", new_intent_id())
    with pytest.raises(Refused) as refused:
        handovers.hand_over(hall, halls.teller(), "", proof)
    assert refused.value.refusal == CountIsOld(first.shift_no, 1)
    sheet = shifts.sheet(hall)
    assert sheet is not None
    assert sheet.shift.staff_no == "1001"
