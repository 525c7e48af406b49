"""Why a payment is not taken."""

from __future__ import annotations

from dataclasses import dataclass

from counter_app.domain.money import Fen
from counter_app.domain.refusals import Refusal


@dataclass(frozen=True, slots=True)
class NothingToPay(Refusal):
    """No money lies on the table."""


@dataclass(frozen=True, slots=True)
class TenderNotAllowed(Refusal):
    """The rule pack does not take this tender for this business; `allowed` are those it takes (feature 27)."""

    tender: str
    allowed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReferenceMissing(Refusal):
    """A tender lacks what makes it traceable: `field` is reference, bank or document_no."""

    tender: str
    field: str


@dataclass(frozen=True, slots=True)
class DateMissing(Refusal):
    """A bank slip lacks its date."""

    tender: str


@dataclass(frozen=True, slots=True)
class PrepaidNotEnough(Refusal):
    """The books that may pay these bills hold less than is asked for; `expired_fen` is in books that have ended."""

    wanted_fen: Fen
    available_fen: Fen
    expired_fen: Fen = 0


@dataclass(frozen=True, slots=True)
class PrepaidMoreThanDue(Refusal):
    """Prepaid money pays what is due and not more."""

    wanted_fen: Fen
    due_fen: Fen


@dataclass(frozen=True, slots=True)
class SettleMoreThanGiven(Refusal):
    """More is to be settled than lies on the table."""

    settle_fen: Fen
    given_fen: Fen


@dataclass(frozen=True, slots=True)
class BillsChanged(Refusal):
    """What is due changed between the preview and the press; the new figures are on the screen now."""

    due_before_fen: Fen
    due_now_fen: Fen


@dataclass(frozen=True, slots=True)
class IntentUsed(Refusal):
    """This very payment was recorded already; it is not taken twice."""

    receipt_no: str
