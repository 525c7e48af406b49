"""Cheats at the drawer and with the clock: cash that goes out, counts that are bent, days that are not today's."""

from __future__ import annotations

from datetime import timedelta

from counter_app.clock import new_intent_id
from counter_app.domain.payments import Tender
from counter_app.domain.shift_close import Declared, SlipCount
from counter_app.domain.shifts import CashCount
from counter_app.domain.sync_state import HubTime
from counter_app.services import approvals, drops, shift_clock, shift_close, shifts
from counter_app.storage.sync_state import keep
from tests import halls
from tests.fraud.place import TELLER, Place, answer

EXPECTED = CashCount({10_000: 6, 2_000: 1})
"""What lies in the drawer of a place: the float and the 120.00 that were paid."""


def no_sale(place: Place) -> tuple[str, ...]:
    """The drawer is kicked open without a payment."""
    silent = answer(lambda: shifts.open_drawer(place.hall, TELLER, "  "))
    shifts.open_drawer(place.hall, TELLER, "换零钱")
    return silent, *place.listed("drawer.opened")


def cash_out_for_nothing(place: Place) -> tuple[str, ...]:
    """Cash is taken out: without a reason, more than one person may, and little by little."""

    def out(fen: int, reason: str) -> str:
        return answer(lambda: shifts.move_cash(place.hall, TELLER, -fen, reason, new_intent_id()))

    return out(5_000, " "), out(20_100, "备用"), out(5_000, "买水"), *place.listed("cash.out")


def drop_to_pocket(place: Place) -> tuple[str, ...]:
    """Cash is said to be handed in to the safe: alone, more than was counted along, and as it was taken over."""
    hall, one, three = place.hall, CashCount({10_000: 1}), CashCount({10_000: 3})
    case = drops.look(hall, TELLER, one)

    def dropped(count: CashCount, by: str) -> str:
        return answer(
            lambda: drops.drop(
                hall, TELLER, count, approvals.sign(hall, TELLER, case, staff_no=by, password=halls.PASSWORD)
            )
        )

    return dropped(one, "1001"), dropped(three, "2001"), dropped(one, "2001"), *place.listed("cash.drop")


def lapping(place: Place) -> tuple[str, ...]:
    """Cash is kept, and the payment keyed as one by card; another customer's slip shall stand in for it later."""
    place.paid(place.other, Tender("card", 3_000, reference="0000"))
    place.counted(Declared(EXPECTED, ()), "少一张刷卡单", _close_signed(place, Declared(EXPECTED, ()), "少一张刷卡单"))
    return place.listed("difference.card", "difference.cash")


def skimming(place: Place) -> tuple[str, ...]:
    """20.00 of cash are missing, and the slips of the terminal are said to be 20.00 more."""
    place.paid(place.other, Tender("card", 3_000, reference="4000"))
    bent = Declared(CashCount({10_000: 6}), (SlipCount("card", 1, 5_000, (5_000,)),))
    alone = answer(lambda: place.counted(bent, "零钱"))
    if alone != "done":
        place.counted(bent, "零钱", _close_signed(place, bent, "零钱"))
    return alone, *place.listed("difference.card", "difference.cash")


def count_peeking(place: Place) -> tuple[str, ...]:
    """What must be there is looked up before the count; and a count is made to fit by counting again."""
    peeked = answer(lambda: shift_close.x_report(place.hall, TELLER))
    for pieces in (4, 6):
        declared = Declared(CashCount({10_000: pieces}), ())
        shift_close.count(place.hall, TELLER, declared, new_intent_id())
    return peeked, *place.listed("shift.count")


def backdating(place: Place) -> tuple[str, ...]:
    """The clock is put back in the middle of the shift, so that a bill is paid before it was late."""
    place.clock.moment -= timedelta(days=150)
    previewed, taken = halls.pay(place.hall, place.other, halls.cash(98))
    late_fee_fen = sum(line.working.due_fen for line in previewed.lines)
    return f"dated {taken.facts.business_date}", "late fee taken" if late_fee_fen else "no late fee"


def clock_put_back(place: Place) -> tuple[str, ...]:
    """Between two shifts the clock is put back to yesterday."""
    halls.close_shift(place.hall, TELLER, EXPECTED, "", new_intent_id())
    place.clock.moment -= timedelta(days=1)
    return (answer(lambda: halls.an_open_shift(place.hall)),)


def clock_put_forward(place: Place) -> tuple[str, ...]:
    """Between two shifts the clock is put forward, where the hub has told the time; with a signature it is listed."""
    halls.close_shift(place.hall, TELLER, EXPECTED, "", new_intent_id())
    clock = place.clock
    with place.hall.writing() as work:
        told_ms = round((halls.NOW - timedelta(days=3)).timestamp() * 1000)
        keep(work, hub_time=HubTime(clock.boot_id, told_ms - clock.monotonic_ms(), 40, clock.monotonic_ms()))
    alone = answer(lambda: halls.an_open_shift(place.hall))
    if alone == "done":
        return (alone,)
    case = shift_clock.ask(place.hall, TELLER)
    signed = approvals.sign(place.hall, TELLER, case, staff_no="2001", password=halls.PASSWORD)
    shifts.open_shift(place.hall, TELLER, EXPECTED, new_intent_id(), signed)
    return alone, *place.listed("clock.anomaly")


def _close_signed(place: Place, declared: Declared, reason: str) -> approvals.Signed:
    """A supervisor who signs what the count came to."""
    shift_close.count(place.hall, TELLER, declared, f"{reason}:count")
    case = shift_close.look(place.hall, TELLER, reason)
    return approvals.sign(place.hall, TELLER, case, staff_no="2001", password=halls.PASSWORD)
