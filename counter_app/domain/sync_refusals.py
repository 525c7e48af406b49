"""What is said no to between a counter and its hub."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from counter_app.domain.money import Fen
from counter_app.domain.refusals import Refusal


@dataclass(frozen=True, slots=True)
class NothingToConfirm(Refusal):
    """Nothing was found against this file, or it was confirmed already."""


@dataclass(frozen=True, slots=True)
class CodeUnreadable(Refusal):
    """What was typed is no one-time code with the fingerprint of its authority."""


@dataclass(frozen=True, slots=True)
class AddressUnreadable(Refusal):
    """What was typed is no address of a hub."""

    typed: str


@dataclass(frozen=True, slots=True)
class AuthorityIsAnother(Refusal):
    """Whoever answers at this address is not the hub that printed the code."""

    url: str
    expected: str
    found: str


@dataclass(frozen=True, slots=True)
class EnrolledAlready(Refusal):
    """This counter has its hub."""

    url: str


@dataclass(frozen=True, slots=True)
class NotEnrolled(Refusal):
    """The hub did not take this device in; `why` is its own word, `what` names what is taken already."""

    why: str
    what: str


@dataclass(frozen=True, slots=True)
class ElsewhereSilent(Refusal):
    """The hub gave no answer in time about a customer; `why` is the line's own word."""

    why: str


@dataclass(frozen=True, slots=True)
class ElsewhereRefused(Refusal):
    """The hub does not tell this person about that customer; `why` is its own word."""

    why: str


@dataclass(frozen=True, slots=True)
class ClockFarOff(Refusal):
    """The machine's clock is so many hours before (or, negative, behind) the hub's: a second person must look at it."""

    off_hours: int
    now: datetime


@dataclass(frozen=True, slots=True)
class ReceiptHeld(Refusal):
    """The payment of this receipt is recorded: nothing has to be entered again."""

    receipt_no: str


@dataclass(frozen=True, slots=True)
class ReceiptNotGenuine(Refusal):
    """No device of this hall signed this receipt."""

    receipt_no: str


@dataclass(frozen=True, slots=True)
class ReceiptOfOtherCounter(Refusal):
    """The receipt is of another counter: it is entered again there."""

    receipt_no: str


@dataclass(frozen=True, slots=True)
class ReceiptBillsUnknown(Refusal):
    """The receipt names bills that this hall does not hold, or only their digest and no account was named."""

    receipt_no: str
    account_no: str


@dataclass(frozen=True, slots=True)
class ReceiptPrepaidUnsaid(Refusal):
    """Part of a receipt may have come out of prepaid money, of which its code says nothing: how much stands on the
    paper, and has to be said, at most the receipt's sum. `prepaid_fen` is what the account's books hold now.
    """

    receipt_no: str
    amount_fen: Fen
    prepaid_fen: Fen


@dataclass(frozen=True, slots=True)
class ReceiptFromAhead(Refusal):
    """The receipt is of a day after today: this machine's date is wrong, or the paper is."""

    receipt_no: str
    issued_on: date
