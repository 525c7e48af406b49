"""Why a late fee is not let off or put off, or a relief not ended; each names its reason and what the way is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from counter_app.domain.money import Fen
from counter_app.domain.refusals import Refusal


@dataclass(frozen=True, slots=True)
class NothingToRelieve(Refusal):
    """The bill has no late fee that is still to pay."""

    bill_no: str


@dataclass(frozen=True, slots=True)
class ReliefAsked(Refusal):
    """For this bill one is asked for already, and not decided."""

    bill_no: str
    asked_by: str
    asked_on: date


@dataclass(frozen=True, slots=True)
class DeferredAlready(Refusal):
    """The late fee is put off already, up to and including this day."""

    bill_no: str
    until: date


@dataclass(frozen=True, slots=True)
class WaiverAboveDue(Refusal):
    """More would be let off than is still to pay: of these bills together, or of this one since it was asked for."""

    bill_no: str
    wanted_fen: Fen
    due_fen: Fen


@dataclass(frozen=True, slots=True)
class DeferralDayWrong(Refusal):
    """The day up to which it is put off lies between tomorrow and `latest`."""

    until: date | None
    earliest: date
    latest: date


@dataclass(frozen=True, slots=True)
class DeferralOver(Refusal):
    """The day up to which it was to be put off has passed: it is asked for anew."""

    until: date


@dataclass(frozen=True, slots=True)
class ReliefReasonMissing(Refusal):
    """The reason is none of those that the hall keeps, or needs words beside it."""

    reason_code: str


@dataclass(frozen=True, slots=True)
class ReliefUnknown(Refusal):
    """No such relief is known here."""

    relief_id: str


@dataclass(frozen=True, slots=True)
class ReliefMovedOn(Refusal):
    """It stands otherwise by now: decided, withdrawn, ended or over meanwhile."""

    bill_no: str
    state: str
    by: str
    on: date | None


@dataclass(frozen=True, slots=True)
class ReliefOwnAsking(Refusal):
    """Nobody decides what they asked for themselves."""

    staff_no: str


@dataclass(frozen=True, slots=True)
class ReliefUsed(Refusal):
    """The bill was paid after its late fee was let off: that payment reckoned with it, and is undone first.

    `receipt_no` is the newest of them here, empty where the money came another way.
    """

    bill_no: str
    receipt_no: str
    on: date


@dataclass(frozen=True, slots=True)
class ReliefAwayFromHome(Refusal):
    """The customer belongs to another hall: its late fees are let off there."""

    bill_no: str


@dataclass(frozen=True, slots=True)
class ReliefChanged(Refusal):
    """What is asked for came to another sum than was shown: the bills have moved on; nothing was written."""

    shown_fen: Fen
    now_fen: Fen
