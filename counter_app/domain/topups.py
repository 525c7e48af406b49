"""Prepaid money topped up elsewhere (网上充值, 充值卡): by what it is known, and whether a receipt was given for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from counter_app.domain.money import Fen
from counter_app.domain.refusals import Refusal

NOTE = "book.note"
"""The kind of the entry by which a receipt is given for it."""

TOPUP, NOTED = "topup:", "noted:"
"""What the move of a top-up begins with, with channel and number behind it; and what a move of nothing begins with that
says: for the move of this name a receipt was given."""


@dataclass(frozen=True, slots=True)
class Topup:
    """Money that another channel put into a book: the channel and its number there."""

    move_id: str
    book_id: int
    amount_fen: Fen
    paid_on: date
    channel: str
    reference: str


@dataclass(frozen=True, slots=True)
class TopupUnknown(Refusal):
    """There is no such top-up of this account here."""

    move_id: str


@dataclass(frozen=True, slots=True)
class TopupNoted(Refusal):
    """Another counter has given a receipt for this money: it is printed again there, and never given twice."""

    reference: str
    counter_name: str


def topup_id(channel: str, reference: str) -> str:
    """The name of the move of a top-up."""
    return f"{TOPUP}{channel}:{reference}"


def noted_id(move_id: str) -> str:
    """The name of what says that a receipt was given for a move."""
    return f"{NOTED}{move_id}"


def parts_of(move_id: str) -> tuple[str, str]:
    """Channel and number of a top-up by the name of its move."""
    channel, _, reference = move_id.removeprefix(TOPUP).partition(":")
    return channel, reference
