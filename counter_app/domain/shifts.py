"""The shift (班次): opened with a counted float, carrying the business date, closed with a count."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from counter_app.domain.refusals import Refusal

# 100 yuan to 1 jiao, in fen; coins of fen are hardly used and are counted as one loose sum (domain_rules 10)
DENOMINATIONS_FEN: tuple[int, ...] = (10_000, 5_000, 2_000, 1_000, 500, 100, 50, 10)

Lateness = Literal["", "after_midnight", "forgotten"]
LATE_AFTER = timedelta(minutes=30)
FORGOTTEN_AFTER = timedelta(hours=4)


def lateness_of(business_date: date, now: datetime) -> Lateness:
    """How far an open shift has come into a day that is not its own, by the hall's clock (reliability 2.9): it keeps
    its date until it is closed; half an hour past midnight that is said, after four it is no late evening any more.
    """
    if business_date < (now - FORGOTTEN_AFTER).date():
        return "forgotten"
    return "after_midnight" if business_date < (now - LATE_AFTER).date() else ""


@dataclass(frozen=True, slots=True)
class CashCount:
    """Notes and coins as counted: `pieces` maps a denomination in fen to how many; `loose_fen` is the rest."""

    pieces: Mapping[int, int]
    loose_fen: int = 0

    @property
    def total_fen(self) -> int:
        """The counted sum in fen."""
        return sum(fen * count for fen, count in self.pieces.items()) + self.loose_fen

    def as_rows(self) -> list[list[int]]:
        """Denomination and pieces, largest first, the loose sum last as [1, fen]; for the journal."""
        rows = [[fen, self.pieces[fen]] for fen in sorted(self.pieces, reverse=True) if self.pieces[fen]]
        return [*rows, [1, self.loose_fen]] if self.loose_fen else rows


@dataclass(frozen=True, slots=True)
class Shift:
    """An open or closed shift of one counter."""

    shift_id: str
    shift_no: str
    counter_id: str
    staff_no: str
    business_date: date
    opened_at: datetime
    float_fen: int
    closed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class TenderTotal:
    """What one tender brought in a shift: how many payments, how much, in fen, less what went back of it meanwhile."""

    tender: str
    payments: int
    amount_fen: int


@dataclass(frozen=True, slots=True)
class ShiftSheet:
    """The running sums of a shift, each a sum of postings."""

    shift: Shift
    expected_cash_fen: int
    totals: tuple[TenderTotal, ...]
    payment_count: int
    cash_in_fen: int
    cash_out_fen: int
    given_back_fen: int = 0
    dropped_fen: int = 0


@dataclass(frozen=True, slots=True)
class NoOpenShift(Refusal):
    """Money needs an open shift; the panel offers to open one (feature 58)."""


@dataclass(frozen=True, slots=True)
class ShiftOfSomebodyElse(Refusal):
    """The counter's open shift belongs to another teller."""

    staff_no: str
    name: str
    shift_no: str


@dataclass(frozen=True, slots=True)
class ShiftAlreadyOpen(Refusal):
    """There is an open shift at this counter."""

    shift_no: str
    staff_no: str


@dataclass(frozen=True, slots=True)
class DiskTooFull(Refusal):
    """The disk has no room for a whole shift (bytes; reliability 2.9); one that is open goes on to its end."""

    free_bytes: int
    needed_bytes: int


@dataclass(frozen=True, slots=True)
class CountIsWrong(Refusal):
    """A count holds a negative number of pieces or an unknown denomination."""

    denomination_fen: int
    pieces: int


@dataclass(frozen=True, slots=True)
class ReasonMissing(Refusal):
    """The act needs a reason in words."""

    what: str


@dataclass(frozen=True, slots=True)
class DrawerTooLow(Refusal):
    """More would leave the drawer than it holds; what that is stays unsaid, for its teller counts blind."""

    wanted_fen: int


@dataclass(frozen=True, slots=True)
class CashMoved(Refusal):
    """This very movement was recorded already, with this amount (in is positive, out negative) and reason."""

    amount_fen: int
    reason: str


@dataclass(frozen=True, slots=True)
class ClockOff(Refusal):
    """The machine's clock is off against the journal: a shift cannot be opened on such a date (reliability 2.9)."""

    last_at: datetime
    now: datetime
