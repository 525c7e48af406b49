"""A shift: counted float, cash in and out, the close with its difference, and the clock that must not lie."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from counter_app.clock import FixedClock, new_intent_id
from counter_app.domain.approvals import ApprovalKind, ApprovalMissing
from counter_app.domain.payments import Tender
from counter_app.domain.refusals import Refusal, Refused
from counter_app.domain.shifts import (
    CashCount,
    ClockOff,
    CountIsWrong,
    DiskTooFull,
    DrawerTooLow,
    NoOpenShift,
    ReasonMissing,
    ShiftAlreadyOpen,
    ShiftOfSomebodyElse,
    TenderTotal,
)
from counter_app.domain.signoffs import SignoffByWorker, SignoffForOther, SignoffUsed
from counter_app.domain.staff import Role
from counter_app.domain.staff_refusals import NoRight
from counter_app.domain.sync_refusals import ClockFarOff
from counter_app.domain.sync_state import HubTime
from counter_app.services import approvals, shift_clock, shifts
from counter_app.services.approvals import Signed
from counter_app.storage import disk_room
from counter_app.storage.hall import OpenHall
from counter_app.storage.journal import balance
from counter_app.storage.sync_state import keep
from counter_app.storage.verify import verify
from tests import halls


def test_opening_counts_the_float_and_numbers_the_shift(hall: OpenHall) -> None:
    shift = shifts.open_shift(hall, halls.teller(), CashCount({10_000: 4, 50: 200}), new_intent_id())
    assert shift.float_fen == 50_000
    assert shift.shift_no == "03-20261121-1"
    with hall.reading() as reading:
        assert balance(reading, "drawer", shift.shift_id) == 50_000
        assert balance(reading, "float", shift.shift_id) == -50_000


def test_a_counter_has_one_open_shift(hall: OpenHall) -> None:
    shift = halls.an_open_shift(hall)
    with pytest.raises(Refused) as refused:
        halls.an_open_shift(hall, halls.teller("1002"))
    assert refused.value.refusal == ShiftAlreadyOpen(shift.shift_no, "1001")


def test_no_shift_begins_on_a_disk_that_has_no_room_for_it(hall: OpenHall, monkeypatch: pytest.MonkeyPatch) -> None:
    free = [disk_room.SHIFT_BYTES - 1]
    monkeypatch.setattr(disk_room, "free_bytes", lambda _folder: free[0])
    with pytest.raises(Refused) as refused:
        halls.an_open_shift(hall)
    assert refused.value.refusal == DiskTooFull(disk_room.SHIFT_BYTES - 1, disk_room.SHIFT_BYTES)
    free[0] = disk_room.SHIFT_BYTES
    halls.an_open_shift(hall)
    free[0] = disk_room.LAST_BYTES
    # the one that is open comes to its end
    halls.pay(hall, halls.three_months_behind(hall), halls.cash(500))
    halls.close_shift(hall, halls.teller(), CashCount({10_000: 1}), "清点", new_intent_id())


def test_the_running_sums_follow_every_tender(hall: OpenHall) -> None:
    someone = halls.three_months_behind(hall)
    halls.an_open_shift(hall)
    due_fen = halls.position(hall, someone).due_fen
    halls.pay(hall, someone, Tender("card", 10_000, reference="77"), halls.cash(500))
    cash_fen = due_fen - 10_000
    sheet = shifts.sheet(hall)
    assert sheet is not None
    assert sheet.expected_cash_fen == 50_000 + cash_fen
    assert set(sheet.totals) == {TenderTotal("card", 1, 10_000), TenderTotal("cash", 1, cash_fen)}
    assert sheet.payment_count == 1


def signed_out(hall: OpenHall, amount_fen: int, reason: str = "缴存银行") -> tuple[str, Signed]:
    """A supervisor's signature for cash taken out, and the intent that it goes with."""
    intent_id = new_intent_id()
    case = shifts.ask_cash(hall, halls.teller(), -amount_fen, reason, intent_id)
    return intent_id, approvals.sign(hall, halls.teller(), case, staff_no="2001", password=halls.PASSWORD)


def test_more_cash_than_the_pack_leaves_to_one_goes_out_signed_once_and_for_that_sum(hall: OpenHall) -> None:
    halls.an_open_shift(hall)
    shifts.move_cash(hall, halls.teller(), -20_000, "缴存银行", new_intent_id())

    def refusal_of(amount_fen: int, intent_id: str, signed: Signed | None = None, reason: str = "缴存银行") -> Refusal:
        with pytest.raises(Refused) as refused:
            shifts.move_cash(hall, halls.teller(), -amount_fen, reason, intent_id, signed)
        return refused.value.refusal

    assert refusal_of(20_001, new_intent_id()) == ApprovalMissing(ApprovalKind.CASH_OUT, 20_001, 1, 0)
    intent_id, signed = signed_out(hall, 20_001)
    assert refusal_of(20_002, intent_id, signed) == SignoffForOther("amount_fen")
    assert refusal_of(20_001, intent_id, signed, "给客户") == SignoffForOther("words")
    assert refusal_of(20_001, new_intent_id(), signed) == SignoffForOther("nonce")
    sheet = shifts.move_cash(hall, halls.teller(), -20_001, "缴存银行", intent_id, signed)
    again = shifts.move_cash(hall, halls.teller(), -20_001, "缴存银行", intent_id, signed)
    assert again == sheet
    assert sheet.cash_out_fen == 40_001
    with hall.reading() as reading:
        (entry,) = reading.driver.execute("SELECT content FROM entries WHERE intent_id = ?", (intent_id,)).fetchall()
    assert (json.loads(entry[0])["approver_no"], json.loads(entry[0])["body"]["approvers"]) == ("2001", ["2001"])
    assert verify(hall.store).findings == ()


def test_cash_in_and_out_needs_a_reason_and_never_more_than_is_there(hall: OpenHall) -> None:
    halls.an_open_shift(hall)
    sheet = shifts.move_cash(hall, halls.teller(), 20_000, "换零钱", new_intent_id())
    assert (sheet.expected_cash_fen, sheet.cash_in_fen) == (70_000, 20_000)
    sheet = shifts.move_cash(hall, halls.teller(), -60_000, "缴存银行", *signed_out(hall, 60_000))
    assert (sheet.expected_cash_fen, sheet.cash_out_fen) == (10_000, 60_000)
    with pytest.raises(Refused) as refused:
        shifts.move_cash(hall, halls.teller(), -10_001, "缴存银行", new_intent_id())
    assert refused.value.refusal == DrawerTooLow(10_001)
    with pytest.raises(Refused) as refused:
        shifts.move_cash(hall, halls.teller(), 100, "  ", new_intent_id())
    assert refused.value.refusal == ReasonMissing("cash")


def test_closing_posts_the_difference_and_empties_the_drawer(hall: OpenHall) -> None:
    shift = halls.an_open_shift(hall)
    with pytest.raises(Refused) as refused:
        halls.close_shift(hall, halls.teller(), CashCount({10_000: 4}), "", new_intent_id())
    assert refused.value.refusal == ReasonMissing("difference")
    closed = halls.close_shift(hall, halls.teller(), CashCount({10_000: 4}), "少一张一百元", new_intent_id())
    assert closed.difference_fen == -10_000
    with hall.reading() as reading:
        assert balance(reading, "drawer", shift.shift_id) == 0
        assert balance(reading, "over_short", shift.shift_id) == 10_000
    assert shifts.sheet(hall) is None


def test_the_next_shift_of_the_day_has_the_next_number(hall: OpenHall) -> None:
    halls.an_open_shift(hall)
    halls.close_shift(hall, halls.teller(), CashCount({10_000: 5}), "", new_intent_id())
    assert halls.an_open_shift(hall, halls.teller("1002")).shift_no == "03-20261121-2"


def test_a_shift_belongs_to_who_opened_it(hall: OpenHall) -> None:
    shift = halls.an_open_shift(hall)
    for act in (
        lambda who: shifts.move_cash(hall, who, 100, "x", new_intent_id()),
        lambda who: halls.close_shift(hall, who, CashCount({}), "x", new_intent_id()),
        lambda who: shifts.open_drawer(hall, who, "x"),
    ):
        with pytest.raises(Refused) as refused:
            act(halls.teller("1002"))
        assert refused.value.refusal == ShiftOfSomebodyElse("1001", "王芳", shift.shift_no)


def test_opening_the_drawer_is_an_entry_with_its_reason(hall: OpenHall) -> None:
    with pytest.raises(Refused) as refused:
        shifts.open_drawer(hall, halls.teller(), "换零")
    assert refused.value.refusal == NoOpenShift()
    halls.an_open_shift(hall)
    shifts.open_drawer(hall, halls.teller(), "换零")
    with hall.reading() as reading:
        row = reading.driver.execute("SELECT kind, content FROM entries ORDER BY id DESC LIMIT 1").fetchone()
    assert row is not None
    assert row[0] == "drawer.opened"
    assert "换零" in row[1]


@pytest.mark.parametrize("count", [CashCount({10_000: -1}), CashCount({123: 1}), CashCount({}, loose_fen=-5)])
def test_an_impossible_count_is_refused(hall: OpenHall, count: CashCount) -> None:
    with pytest.raises(Refused) as refused:
        shifts.open_shift(hall, halls.teller(), count, new_intent_id())
    assert isinstance(refused.value.refusal, CountIsWrong)


def test_a_clock_behind_the_journal_opens_no_shift(hall: OpenHall) -> None:
    behind = replace(hall.journal, clock=FixedClock(halls.NOW - timedelta(minutes=10)))
    halls.three_months_behind(hall)
    halls.an_open_shift(hall)
    halls.close_shift(hall, halls.teller(), CashCount({10_000: 5}), "", new_intent_id())
    hall.journal = behind
    with pytest.raises(Refused) as refused:
        halls.an_open_shift(hall)
    assert isinstance(refused.value.refusal, ClockOff)


def off_the_hub(hall: OpenHall, off: timedelta) -> None:
    """The hub was asked at the hall's moment; the wall clock is off from it by so much, the monotonic one is not."""
    clock = hall.clock
    hub_ms = round((halls.NOW - off).timestamp() * 1000)
    at = HubTime(clock.boot_id, hub_ms - clock.monotonic_ms(), 40, clock.monotonic_ms())
    with hall.writing() as work:
        keep(work, hub_time=at)


@pytest.mark.parametrize("hours", [-25, 25])
def test_a_clock_a_day_off_the_hub_needs_a_second_person(hall: OpenHall, hours: int) -> None:
    off_the_hub(hall, timedelta(hours=hours))
    with pytest.raises(Refused) as refused:
        halls.an_open_shift(hall)
    far = refused.value.refusal
    assert isinstance(far, ClockFarOff)
    assert far.off_hours == hours
    session, count, intent_id = halls.teller(), CashCount({10_000: 5}), new_intent_id()
    challenge = shift_clock.ask(hall, session)
    for staff_no, kind in (("1001", SignoffByWorker), ("1002", NoRight)):
        with pytest.raises(Refused) as no:
            approvals.sign(hall, session, challenge, staff_no=staff_no, password=halls.PASSWORD)
        assert isinstance(no.value.refusal, kind)
    signed = approvals.sign(hall, session, challenge, staff_no="2001", password=halls.PASSWORD)
    shift = shifts.open_shift(hall, session, count, intent_id, signed)
    with hall.reading() as reading:
        row = reading.driver.execute("SELECT content FROM entries WHERE kind = 'clock.anomaly'").fetchone()
    assert row is not None
    entry = json.loads(row[0])
    assert (entry["approver_no"], entry["body"]["what"]) == ("2001", "clock_far_off")
    halls.close_shift(hall, session, count, "", new_intent_id())
    with pytest.raises(Refused) as used:
        shifts.open_shift(hall, session, count, new_intent_id(), signed)
    assert isinstance(used.value.refusal, SignoffUsed)
    assert shift.business_date == halls.NOW.date()


@pytest.mark.parametrize("off", [timedelta(hours=23), timedelta(minutes=-3), timedelta()])
def test_a_clock_less_than_a_day_off_opens_a_shift(hall: OpenHall, off: timedelta) -> None:
    off_the_hub(hall, off)
    assert halls.an_open_shift(hall).business_date == halls.NOW.date()


def test_a_clock_behind_the_journal_can_be_signed(hall: OpenHall) -> None:
    halls.an_open_shift(hall)
    halls.close_shift(hall, halls.teller(), CashCount({10_000: 5}), "", new_intent_id())
    hall.journal = replace(hall.journal, clock=FixedClock(halls.NOW - timedelta(minutes=10)))
    session = halls.teller()
    challenge = shift_clock.ask(hall, session)
    signed = approvals.sign(hall, session, challenge, staff_no="2001", password=halls.PASSWORD)
    shifts.open_shift(hall, session, CashCount({10_000: 5}), new_intent_id(), signed)
    assert verify(hall.store).findings == ()


def test_an_admin_runs_no_shift(hall: OpenHall) -> None:
    with pytest.raises(Refused) as refused:
        halls.an_open_shift(hall, halls.teller("9001", Role.ADMIN))
    assert isinstance(refused.value.refusal, NoRight)


def test_half_a_pasted_character_in_a_reason_is_kept_as_an_escape(hall: OpenHall) -> None:
    halls.an_open_shift(hall)
    shifts.open_drawer(hall, halls.teller(), "换零\ud83d")
    with hall.reading() as reading:
        row = reading.driver.execute("SELECT content FROM entries ORDER BY id DESC LIMIT 1").fetchone()
    assert row is not None
    assert "换零\\ud83d" in row[0]
