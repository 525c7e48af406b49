"""Why prepaid money is not moved, or not given back: each with its figures, and the way on in its sentence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from counter_app.domain.money import Fen
from counter_app.domain.prepaid import BookKind
from counter_app.domain.refusals import Refusal


@dataclass(frozen=True, slots=True)
class BookMoneyStays(Refusal):
    """Money of this kind is by the pack not the customer's own: it is spent, and neither moved nor given back."""

    book_name: str
    kind: BookKind


@dataclass(frozen=True, slots=True)
class BookExpired(Refusal):
    """The book's last day is over; what is in it is neither spent nor moved."""

    book_name: str
    valid_to: date


@dataclass(frozen=True, slots=True)
class SameBook(Refusal):
    """Nothing was chosen to move it to, or the book that it is in."""

    book_name: str


@dataclass(frozen=True, slots=True)
class BookSumMissing(Refusal):
    """No sum was given."""


@dataclass(frozen=True, slots=True)
class BookHoldsLess(Refusal):
    """The book holds less than that."""

    book_name: str
    left_fen: Fen
    wanted_fen: Fen


@dataclass(frozen=True, slots=True)
class BookReasonMissing(Refusal):
    """Money is moved and given back with a reason in words."""


@dataclass(frozen=True, slots=True)
class BooksChanged(Refusal):
    """The books are not as they were shown; nothing was done."""

    account_no: str


@dataclass(frozen=True, slots=True)
class AccountStillOpen(Refusal):
    """The rest comes back when the account is closed, and services of it are not."""

    account_no: str
    services: int


@dataclass(frozen=True, slots=True)
class AccountOwes(Refusal):
    """All bills come first, those not yet due and the late fees that were put off too."""

    account_no: str
    bills: int
    owed_fen: Fen


@dataclass(frozen=True, slots=True)
class NothingToGiveBack(Refusal):
    """There is no money of the customer's own; `kept_fen` is in books that are not."""

    account_no: str
    kept_fen: Fen


@dataclass(frozen=True, slots=True)
class BookActElse(Refusal):
    """The intent is in the journal already, with another act."""

    kind: str
