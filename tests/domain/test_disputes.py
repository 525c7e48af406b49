"""Disputes against a plain walk over every day in fractions; what was paid of a line that was lowered is never lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from math import floor
from random import Random

import pytest

from counter_app.domain.bills import Bill, Settlement
from counter_app.domain.disputes import (
    DisputeDecided,
    DisputeElsewhere,
    DisputeNothing,
    DisputeReleased,
    DisputeTooLarge,
    DisputeUnknown,
    LoweredTooMuch,
    contested,
    decided,
    disputes_of,
    frozen_fen,
    is_in_dispute,
    money_of,
    open_dispute_of,
    opened,
    released,
)
from counter_app.domain.late_fee_policy import Cap, LateFeePolicy
from counter_app.domain.late_fees import late_fee
from counter_app.domain.money import Rate
from counter_app.domain.refusals import Refusal, Refused

DUE = date(2025, 11, 20)
RATE, NEW_YEARS_RATE, CAP = "0.002", "0.003", "0.3"
POLICY = LateFeePolicy(Rate.parse(RATE), cross_year_rate=Rate.parse(NEW_YEARS_RATE), cap=Cap(Rate.parse(CAP)))
SPARING = LateFeePolicy(
    Rate.parse(RATE), cross_year_rate=Rate.parse(NEW_YEARS_RATE), cap=Cap(Rate.parse(CAP)), is_spared_in_dispute=True
)


@dataclass
class Told:
    """A dispute as a person tells it."""

    opened_on: date
    fen: int
    released_on: date | None = None
    decided_on: date | None = None
    lowered_fen: int = 0


def slow_fee(
    principal_fen: int, paid: Sequence[tuple[date, int]], told: Sequence[Told], on: date, *, spares: bool
) -> int:
    """The computed late fee by walking through every day, told in words: what stands was due all along, or not on the
    days that are spared; what was lowered never was.
    """
    known = [one for one in told if one.opened_on <= on]
    asked_fen = principal_fen - sum(one.lowered_fen for one in known if one.decided_on)
    total, day = Fraction(0), DUE + timedelta(1)
    while day <= on:
        base = asked_fen - sum(fen for when, fen in paid if when < day)
        for one in known:
            ends_on = min(filter(None, (one.released_on, one.decided_on)), default=date.max)
            if one.opened_on < day <= ends_on and not (one.decided_on and not spares):
                base -= one.fen - (one.lowered_fen if one.decided_on else 0)
        if base > 0:
            total += base * Fraction(NEW_YEARS_RATE if day.year > DUE.year else RATE)
        day += timedelta(1)
    return min(floor(total + Fraction(1, 2)), floor(asked_fen * Fraction(CAP) + Fraction(1, 2)))


def some_life(chance: Random, policy: LateFeePolicy) -> tuple[Bill, list[Told], list[tuple[date, int]], int]:
    """A bill with two lines, payments before and after, and up to two disputes that go as far as chance has it; how
    much was paid, and how much of it went into the book.
    """
    lines = (("water", chance.choice((700, 60_000))), ("sewage", chance.choice((300, 33_333))))
    bill = Bill(1, "B1", 1, "2025-11", DUE, sum(fen for _, fen in lines), items=lines)
    told, paid, back_fen = list[Told](), list[tuple[date, int]](), 0
    today = DUE + timedelta(chance.randrange(-10, 40))
    waiting: dict[str, Told] = {}
    for step in range(chance.randrange(3, 10)):
        rows: tuple[Settlement, ...] = ()
        act = chance.choice(("pay", "open", "open", "release", "decide", "decide"))
        if act == "pay":
            fen, fee_fen = chance.choice((bill.principal_fen // 3, bill.principal_fen)), chance.choice((0, 90, 900))
            rows = (Settlement(f"p{step}:B1", today, fen, fee_fen),)
            paid.append((today, fen))
        elif act == "open" and len(told) < 2:
            one = contested(bill)[len(told) + 1]
            fen = chance.choice((one.room_fen, one.room_fen // 2 + 1))
            if 0 < fen <= one.room_fen:
                rows = (opened(bill, f"d{step}", line=one.line, fen=fen, on=today),)
                told.append(Told(today, fen))
                waiting[f"d{step}"] = told[-1]
        elif waiting:
            name, one_told = sorted(waiting.items())[0]
            dispute = open_dispute_of(bill, name)
            if act == "release" and dispute.frozen_fen:
                rows = (released(bill, dispute, today),)
                one_told.released_on = today
            elif act == "decide":
                one_told.lowered_fen = chance.choice((0, dispute.disputed_fen, dispute.disputed_fen // 2))
                made = decided(bill, dispute, policy, lowered_fen=one_told.lowered_fen, on=today)
                rows, one_told.decided_on = made.rows, today
                back_fen += made.back_fen
                if made.back_principal_fen:
                    paid.append((today, -made.back_principal_fen))
                del waiting[name]
        bill = bill._replace(settlements=(*bill.settlements, *rows))
        today += timedelta(chance.choice((0, 1, 17, 60)))
    return bill, told, paid, back_fen


@pytest.mark.parametrize("policy", [POLICY, SPARING], ids=["charged", "spared"])
def test_every_life_of_a_disputed_bill_is_that_of_the_plain_walk(policy: LateFeePolicy) -> None:
    chance, decisions, backs = Random(f"{policy.is_spared_in_dispute}"), 0, 0
    for _ in range(120):
        bill, told, paid, back_fen = some_life(chance, policy)
        last = max([DUE, *(row.settled_on for row in bill.settlements)])
        for days in (0, 1, 90):
            on = last + timedelta(days)
            expected = slow_fee(bill.principal_fen, paid, told, on, spares=policy.is_spared_in_dispute)
            working = late_fee(bill, policy, on)
            assert working.computed_fen == expected, (bill, told, on)
            assert sum(part.numerator for part in working.segments) == working.numerator
        lowered_fen = sum(one.lowered_fen for one in told)
        still_frozen = sum(one.fen for one in told if not (one.released_on or one.decided_on))
        assert frozen_fen(bill) == still_frozen
        assert is_in_dispute(bill) == any(not one.decided_on for one in told)
        # whatever was paid is on the bill still, or went into the book
        money = sum(row.principal_fen + row.late_fee_fen for row in money_of(bill.settlements))
        given = sum(row.principal_fen + row.late_fee_fen for row in bill.settlements if row.source == "counter")
        assert money + back_fen == given
        asked_fen = bill.principal_fen - lowered_fen - still_frozen
        assert bill.principal_open_fen == max(0, asked_fen - sum(fen for _, fen in paid))
        decisions += sum(one.decided_on is not None for one in told)
        backs += bool(back_fen)
    assert decisions > 60, decisions
    assert backs > 10, backs


def test_what_is_frozen_is_not_asked_for_and_the_rest_stays_payable() -> None:
    bill = Bill(1, "B1", 1, "2025-11", DUE, 67_000, items=(("calls", 60_000), ("rent", 7_000)))
    on = DUE + timedelta(10)
    bill = bill._replace(settlements=(opened(bill, "d1", line=1, fen=60_000, on=on),))
    assert bill.principal_open_fen == 7_000
    before, after = late_fee(bill, POLICY, on), late_fee(bill, POLICY, on + timedelta(5))
    assert after.numerator - before.numerator == 5 * 7_000 * 2 * POLICY.scale // 1000
    (dispute,) = disputes_of(bill)
    assert [(one.line, one.room_fen) for one in contested(bill)] == [(0, 7_000), (1, 0), (2, 7_000)]
    # paid under protest: payable again, and the dispute goes on
    freed = bill._replace(settlements=(*bill.settlements, released(bill, dispute, on)))
    assert (freed.principal_open_fen, is_in_dispute(freed)) == (67_000, True)
    paid = freed._replace(settlements=(*freed.settlements, Settlement("p:B1", on, 67_000, before.due_fen)))
    made = decided(paid, open_dispute_of(paid, "d1"), POLICY, lowered_fen=60_000, on=on + timedelta(30))
    assert made.back_principal_fen == 60_000
    assert made.back_late_fee_fen == before.due_fen - 10 * 7_000 * 2 // 1000
    assert (made.outcome, made.due_fen) == ("lowered", 0)


def test_what_was_let_off_of_a_late_fee_is_no_money() -> None:
    bill = Bill(1, "B1", 1, "2025-11", DUE, 10_000)
    on = DUE + timedelta(10)
    let_off = Settlement("w1", on, 0, 150, 0, "waiver")
    bill = bill._replace(settlements=(let_off, Settlement("p:B1", on, 10_000, 50)))
    bill = bill._replace(settlements=(*bill.settlements, opened(bill, "d1", line=0, fen=10_000, on=on)))
    made = decided(bill, open_dispute_of(bill, "d1"), POLICY, lowered_fen=10_000, on=on)
    assert (made.back_principal_fen, made.back_late_fee_fen) == (10_000, 50)


def test_a_dispute_refuses_what_it_cannot_be() -> None:
    plain = Bill(1, "B1", 1, "2025-11", DUE, 1_000, items=(("water", 600), ("sewage", 400)))

    def why(act: object) -> type[Refusal]:
        with pytest.raises(Refused) as refused:
            act()  # type: ignore[operator]  # a lambda below
        return type(refused.value.refusal)

    on = DUE + timedelta(3)
    assert why(lambda: opened(plain, "d1", line=3, fen=1, on=on)) is DisputeUnknown
    assert why(lambda: opened(plain, "d1", line=1, fen=0, on=on)) is DisputeNothing
    assert why(lambda: opened(plain, "d1", line=1, fen=601, on=on)) is DisputeTooLarge
    bill = plain._replace(settlements=(opened(plain, "d1", line=1, fen=600, on=on),))
    assert why(lambda: opened(bill, "d2", line=1, fen=1, on=on)) is DisputeTooLarge
    assert why(lambda: opened(bill, "d2", line=0, fen=401, on=on)) is DisputeTooLarge
    dispute = open_dispute_of(bill, "d1")
    assert why(lambda: decided(bill, dispute, POLICY, lowered_fen=601, on=on)) is LoweredTooMuch
    rows = decided(bill, dispute, POLICY, lowered_fen=0, on=on).rows
    over = bill._replace(settlements=(*bill.settlements, *rows))
    assert why(lambda: open_dispute_of(over, "d1")) is DisputeDecided
    assert why(lambda: open_dispute_of(plain, "d1")) is DisputeUnknown
    assert why(lambda: released(over, disputes_of(over)[0], on)) is DisputeReleased
    down = bill._replace(settlements=(bill.settlements[0]._replace(source="hub:dispute:B"),))
    assert why(lambda: open_dispute_of(down, "d1")) is DisputeElsewhere
    assert (frozen_fen(down), is_in_dispute(down), late_fee(down, POLICY, on + timedelta(9)).computed_fen) == (
        600,
        True,
        late_fee(bill, POLICY, on + timedelta(9)).computed_fen,
    )
    assert is_in_dispute(plain._replace(is_disputed=True))
