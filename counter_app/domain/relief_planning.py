"""What letting off or putting off late fees does: decided from facts, the same for the look and for the commit."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from counter_app.domain.money import Fen
from counter_app.domain.payments import OpenBill
from counter_app.domain.refusals import Refused
from counter_app.domain.relief_refusals import (
    DeferralDayWrong,
    DeferralOver,
    DeferredAlready,
    NothingToRelieve,
    ReliefAsked,
    ReliefMovedOn,
    ReliefReasonMissing,
    WaiverAboveDue,
)
from counter_app.domain.reliefs import LONGEST_DAYS, REASONS, Relief, Way


class ReliefPart(NamedTuple):
    """What one bill's part is: the late fee that is let off, or what one that is put off comes to on the day of asking;
    beside it the working's figures of that day.
    """

    bill_id: int
    bill_no: str
    month: str
    amount_fen: Fen
    computed_fen: Fen
    due_fen: Fen


@dataclass(frozen=True, slots=True)
class ReliefWish:
    """What the teller asks for: `amount_fen` of a waiver over all bills together (None: all that is due); `until` of a
    deferral. `document` is what was shown as a proof, in words that may name a person.
    """

    way: Way
    bill_ids: tuple[int, ...]
    reason_code: str
    reason: str = ""
    amount_fen: Fen | None = None
    until: date | None = None
    document: str = ""


@dataclass(frozen=True, slots=True)
class ReliefPlan:
    """What is asked for, to the fen: shown before it is written, and signed as it is."""

    way: Way
    parts: tuple[ReliefPart, ...]
    until: date | None
    on: date

    @property
    def amount_fen(self) -> Fen:
        """What is let off, or put off, of all bills together."""
        return sum(part.amount_fen for part in self.parts)


def plan_relief(open_bills: Sequence[OpenBill], wish: ReliefWish, on: date) -> ReliefPlan:
    """What the wish comes to on a day; a waiver goes to the oldest of its bills first, none gets more than it owes.

    Raises:
        Refused: `NothingToRelieve`, `ReliefAsked`, `DeferredAlready`, `WaiverAboveDue`, `DeferralDayWrong`,
            `ReliefReasonMissing`.
    """
    chosen = [found for found in open_bills if found.bill.bill_id in wish.bill_ids]
    for found in chosen:
        _check_bill(found, wish.way, on)
    owing = [found for found in chosen if found.working.due_fen]
    if not owing:
        raise Refused(NothingToRelieve(chosen[0].bill.bill_no if chosen else ""))
    due_fen = sum(found.working.due_fen for found in owing)
    wanted_fen = due_fen if wish.amount_fen is None or wish.way == "defer" else wish.amount_fen
    if not 0 < wanted_fen <= due_fen:
        raise Refused(WaiverAboveDue(owing[0].bill.bill_no if len(owing) == 1 else "", wanted_fen, due_fen))
    if wish.way == "defer":
        check_until(wish.until, on)
    if wish.reason_code not in REASONS or (wish.reason_code == "other" and not wish.reason.strip()):
        raise Refused(ReliefReasonMissing(wish.reason_code))
    return ReliefPlan(wish.way, _parts(owing, wanted_fen), wish.until if wish.way == "defer" else None, on)


def check_until(until: date | None, on: date) -> None:
    """Hold the day up to which a late fee is put off.

    Raises:
        Refused: `DeferralDayWrong`.
    """
    earliest, latest = on + timedelta(days=1), on + timedelta(days=LONGEST_DAYS)
    if until is None or not earliest <= until <= latest:
        raise Refused(DeferralDayWrong(until, earliest, latest))


def check_approval(reliefs: Collection[Relief], due_fen: Mapping[int, Fen], on: date) -> None:
    """Hold what was asked for against the bills as they stand when it is decided: `due_fen` is the late fee that each
    still owes.

    Raises:
        Refused: `ReliefMovedOn`, `WaiverAboveDue`, `DeferralOver`.
    """
    for relief in reliefs:
        check_asked(relief, on)
        left_fen = due_fen.get(relief.bill_id, 0)
        if relief.way == "waive" and relief.amount_fen > left_fen:
            raise Refused(WaiverAboveDue(relief.bill_no, relief.amount_fen, left_fen))
        if relief.until is not None and relief.until < on:
            raise Refused(DeferralOver(relief.until))


def check_asked(relief: Relief, on: date) -> None:
    """Whether it still waits for a decision.

    Raises:
        Refused: `ReliefMovedOn`.
    """
    if relief.step != "asked":
        raise Refused(moved_on(relief, on))


def moved_on(relief: Relief, on: date) -> ReliefMovedOn:
    """How it stands by now, and by whom."""
    by = relief.ended_by or next(iter(relief.approvers), relief.decided_by) or relief.asked_by
    return ReliefMovedOn(relief.bill_no, relief.state(on), by, relief.ended_on or relief.decided_on)


def _check_bill(found: OpenBill, way: Way, on: date) -> None:
    for relief in found.bill.reliefs:
        if relief.step == "asked":
            raise Refused(ReliefAsked(relief.bill_no, relief.asked_by, relief.asked_on))
        if way == "defer" and relief.is_deferring(on) and relief.until is not None:
            raise Refused(DeferredAlready(relief.bill_no, relief.until))


def _parts(owing: Sequence[OpenBill], wanted_fen: Fen) -> tuple[ReliefPart, ...]:
    parts = []
    for bill, working, _ in sorted(owing, key=lambda found: (found.bill.month, found.bill.due_on, found.bill.bill_id)):
        amount_fen = min(wanted_fen, working.due_fen)
        wanted_fen -= amount_fen
        if amount_fen:
            figures = (amount_fen, working.computed_fen, working.due_fen)
            parts.append(ReliefPart(bill.bill_id, bill.bill_no, bill.month, *figures))
    return tuple(parts)
