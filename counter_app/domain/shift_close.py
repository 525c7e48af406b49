"""The close of a shift (班结): what was counted, blind, and how it compares with what must be there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from counter_app.domain.money import LARGEST_FEN, Fen
from counter_app.domain.payments import CASH, PREPAID, TENDERS
from counter_app.domain.refusals import Refusal
from counter_app.domain.shifts import DENOMINATIONS_FEN, CashCount, CountIsWrong
from counter_app.domain.z_report import ShiftReport

SLIP_TENDERS: tuple[str, ...] = tuple(tender for tender in TENDERS if tender not in (CASH, PREPAID))
"""Tenders of which papers lie in the drawer: slips of terminals, cheques, bank slips."""
BY_PIECE = frozenset(("cheque", "bank_slip"))
"""Papers that are listed one by one; of the others the terminal says the total."""
_MOST_SLIPS = 9_999


class SlipCount(NamedTuple):
    """The papers of one tender as counted: how many, their sum in fen, and each of them where they are listed."""

    tender: str
    pieces: int
    fen: Fen
    each: tuple[Fen, ...] = ()


@dataclass(frozen=True, slots=True)
class Declared:
    """What was counted, by note and coin and by tender, before anything was said of what must be there."""

    cash: CashCount
    slips: tuple[SlipCount, ...] = ()

    def fen(self, tender: str) -> Fen:
        """What was counted of a tender, in fen."""
        return self.cash.total_fen if tender == CASH else sum(s.fen for s in self.slips if s.tender == tender)

    def pieces(self, tender: str) -> int:
        """How many papers were counted of a tender."""
        return sum(slip.pieces for slip in self.slips if slip.tender == tender)

    @property
    def body(self) -> dict[str, Any]:
        """As the entry of the count says it."""
        return {
            "cash": self.cash.as_rows(),
            "cash_fen": self.cash.total_fen,
            "slips": [[slip.tender, slip.pieces, slip.fen, list(slip.each)] for slip in self.slips if slip.pieces],
        }


def declared_of(body: Mapping[str, Any]) -> Declared:
    """What the entry of a count says was counted."""
    pieces = {fen: count for fen, count in body["cash"] if fen != 1}
    loose_fen = sum(count for fen, count in body["cash"] if fen == 1)
    slips = tuple(SlipCount(tender, count, fen, tuple(each)) for tender, count, fen, each in body["slips"])
    return Declared(CashCount(pieces, loose_fen), slips)


@dataclass(frozen=True, slots=True)
class Compared:
    """A tender counted and expected, in fen; how many papers were counted, and how many payments there were."""

    tender: str
    expected_fen: Fen
    counted_fen: Fen
    expected_pieces: int
    counted_pieces: int

    @property
    def difference_fen(self) -> Fen:
        """Counted less expected: too much is positive."""
        return self.counted_fen - self.expected_fen

    def as_row(self) -> list[Any]:
        """As entries and approvals keep it."""
        return [self.tender, self.expected_fen, self.counted_fen, self.expected_pieces, self.counted_pieces]


class ShiftEntry(NamedTuple):
    """An entry of the shift for a list: its words are a receipt number, or the reason; None: it is of no customer."""

    entry_id: str
    kind: str
    at: datetime
    staff_no: str
    words: str
    fen: int
    customer_id: int | None = None


def compare(report: ShiftReport, declared: Declared) -> tuple[Compared, ...]:
    """Each tender that the shift had or that was counted, cash first, in the order of the hall."""
    expected = report.expected_fen
    counted = {CASH, *(slip.tender for slip in declared.slips if slip.pieces or slip.fen)}
    return tuple(
        Compared(
            tender,
            expected.get(tender, 0),
            declared.fen(tender),
            report.count(f"taken.{tender}"),
            declared.pieces(tender),
        )
        for tender in (CASH, *SLIP_TENDERS)
        if tender in counted or expected.get(tender, 0) or report.count(f"taken.{tender}")
    )


def off_fen(compared: Sequence[Compared]) -> Fen:
    """How far off the count is, all tenders together, none offset with another (domain_rules 2.3, CTR5)."""
    return sum(abs(line.difference_fen) for line in compared)


@dataclass(frozen=True, slots=True)
class CountMissing(Refusal):
    """A shift is closed on a count, and there is none yet."""

    shift_no: str


@dataclass(frozen=True, slots=True)
class CountIsOld(Refusal):
    """Money has moved since the drawer was counted: it is counted again."""

    shift_no: str
    count_no: int


@dataclass(frozen=True, slots=True)
class SlipsAreWrong(Refusal):
    """The papers of a tender do not make sense as counted: a sum without papers, or papers without a sum."""

    tender: str
    pieces: int
    fen: Fen


@dataclass(frozen=True, slots=True)
class CustomerStillOpen(Refusal):
    """A customer is being served at this window: first that comes to its end (004-34)."""


@dataclass(frozen=True, slots=True)
class FiguresAfterCount(Refusal):
    """The sums of an own open shift are shown once its drawer was counted, and to others at any time."""

    shift_no: str


def wrong_count(declared: Declared) -> Refusal | None:
    """Why this cannot have been counted, or None: an unknown denomination, less than nothing, a sum without papers."""
    for denomination_fen, pieces in declared.cash.pieces.items():
        if denomination_fen not in DENOMINATIONS_FEN or pieces < 0:
            return CountIsWrong(denomination_fen, pieces)
    if declared.cash.loose_fen < 0:
        return CountIsWrong(1, declared.cash.loose_fen)
    for tender, pieces, fen, each in declared.slips:
        is_listed = tender in BY_PIECE
        is_whole = (not is_listed or (len(each) == pieces and sum(each) == fen)) and all(part > 0 for part in each)
        is_known = tender in SLIP_TENDERS and 0 <= pieces <= _MOST_SLIPS and abs(fen) <= LARGEST_FEN
        if not is_whole or not is_known or (fen != 0 and pieces == 0):
            return SlipsAreWrong(tender, pieces, fen)
    return None
