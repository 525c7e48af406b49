"""The hall's cash beside the drawers (金库): floats given out of it, money turned in, and what goes on to the bank."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, NamedTuple

from counter_app.domain.money import Fen
from counter_app.domain.payments import CASH
from counter_app.domain.refusals import Refusal
from counter_app.domain.shifts import CashCount

ASK, ISSUE, ACCEPT, REFUSE = "float.ask", "float.issue", "float.accept", "float.refuse"
FUND, DROP, DEPOSIT = "safe.fund", "cash.drop", "deposit.made"

SAFE = "safe"
"""The posting account of the money kept for floats and change; its subject is the counter."""
ON_THE_WAY = "float_out"
"""A float that has left the safe and was not accepted yet; its subject is the id of the request."""
ISSUED = "float_issued"
"""What a shift has to give back to the safe of the float that it was given out of it."""
FLOAT, TURNED_IN, BANK = "float", "turned_in", "bank"

BANKED = (CASH, "cheque")
"""What is carried to the bank: everything else is there already, or is a paper."""

FloatState = Literal["asked", "issued"]


def account_of(tender: str) -> str:
    """The posting account under which a shift's money of this tender lies in the safe once it was turned in."""
    return TURNED_IN if tender == CASH else tender


@dataclass(frozen=True, slots=True)
class FloatWanted:
    """A float that was asked for and is not in a drawer yet."""

    ask_id: str
    staff_no: str
    name: str
    count: CashCount
    asked_at: datetime
    state: FloatState
    issued_by: str = ""

    @property
    def fen(self) -> Fen:
        """Its sum."""
        return self.count.total_fen


@dataclass(frozen=True, slots=True)
class InSafe:
    """What a shift has brought in of one tender that no bank has yet, since it was closed; None: it is still open."""

    shift_id: str
    shift_no: str
    business_date: date
    staff_no: str
    tender: str
    fen: Fen
    closed_at: datetime | None


class DepositLine(NamedTuple):
    """So much of what one shift turned in of one tender."""

    shift_id: str
    tender: str
    fen: Fen


@dataclass(frozen=True, slots=True)
class Deposit:
    """Money that was carried to the bank (解款), with the bank's own slip."""

    bank: str
    slip_no: str
    made_on: date
    lines: tuple[DepositLine, ...]

    @property
    def fen(self) -> Fen:
        """What the slip must say."""
        return sum(line.fen for line in self.lines)


@dataclass(frozen=True, slots=True)
class DepositMade:
    """A deposit as it was recorded."""

    entry_id: str
    at: datetime
    staff_no: str
    deposit: Deposit


def oldest_first(waiting: tuple[InSafe, ...], cash_fen: Fen | None = None) -> tuple[DepositLine, ...]:
    """What a deposit takes when nobody chooses: all cheques, and the cash of the oldest shifts up to this sum."""
    lines, left = [], cash_fen
    for held in waiting:
        if held.fen <= 0:
            continue
        fen = held.fen if held.tender != CASH or left is None else min(held.fen, left)
        if held.tender == CASH and left is not None:
            left -= fen
        if fen:
            lines.append(DepositLine(held.shift_id, held.tender, fen))
    return tuple(lines)


@dataclass(frozen=True, slots=True)
class FloatWaits(Refusal):
    """A float was asked for at this counter and is neither in its drawer nor given back."""

    staff_no: str
    name: str
    fen: Fen
    state: FloatState


@dataclass(frozen=True, slots=True)
class NoFloatWaits(Refusal):
    """There is no such float any more: it was accepted or given back."""


@dataclass(frozen=True, slots=True)
class FloatIsOther(Refusal):
    """What was counted is not what was given out: it is not accepted, and goes back whole."""

    issued_fen: Fen
    counted_fen: Fen


@dataclass(frozen=True, slots=True)
class FloatForOther(Refusal):
    """The float was given out to somebody else."""

    staff_no: str
    name: str


@dataclass(frozen=True, slots=True)
class SafeTooLow(Refusal):
    """More would leave the safe than lies in it."""

    wanted_fen: Fen
    held_fen: Fen


@dataclass(frozen=True, slots=True)
class CashIsNothing(Refusal):
    """Nothing was counted."""


@dataclass(frozen=True, slots=True)
class DepositIsWrong(Refusal):
    """A deposit without its bank, its slip or its money, or of a day that cannot be."""

    field: Literal["bank", "slip_no", "made_on", "lines"]


@dataclass(frozen=True, slots=True)
class DepositKnown(Refusal):
    """This slip of this bank stands in the journal already."""

    bank: str
    slip_no: str
    made_on: date


@dataclass(frozen=True, slots=True)
class DepositTooMuch(Refusal):
    """A deposit says more of a shift than lies there of it."""

    shift_no: str
    tender: str
    wanted_fen: Fen
    held_fen: Fen


def wrong_deposit(deposit: Deposit, today: date) -> DepositIsWrong | None:
    """What is missing in a deposit, or None; it is made on its day or before."""
    if not deposit.bank.strip():
        return DepositIsWrong("bank")
    if not deposit.slip_no.strip():
        return DepositIsWrong("slip_no")
    if deposit.made_on > today:
        return DepositIsWrong("made_on")
    keys = {(line.shift_id, line.tender) for line in deposit.lines}
    is_whole = all(line.fen > 0 and line.tender in BANKED for line in deposit.lines)
    return None if deposit.lines and is_whole and len(keys) == len(deposit.lines) else DepositIsWrong("lines")
