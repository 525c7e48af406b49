"""The slips for prepaid money moved (预存转用凭证) or given back at closing (销户退款凭证): the facts of a print."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from counter_app.domain.money import Fen
from counter_app.domain.papers import PaperPerson, facts_of, series_number

MOVE_SLIP, REFUND_SLIP = "book_move_slip", "book_refund_slip"
"""The kinds of these papers among the numbered ones; each has a series of its own."""

HEADINGS = {MOVE_SLIP: "预存转用凭证", REFUND_SLIP: "销户退款凭证"}
VERSION = 1
_LETTERS = {MOVE_SLIP: "YZ", REFUND_SLIP: "YT"}


@dataclass(frozen=True, slots=True)
class SlipBook:
    """A book of an account before and after, in fen; out of it is negative."""

    account_no: str
    name: str
    before_fen: Fen
    moved_fen: Fen

    @property
    def after_fen(self) -> Fen:
        """What the book holds afterwards."""
        return self.before_fen + self.moved_fen


@dataclass(frozen=True, slots=True)
class BookSlipFacts:
    """What stands on it. `books` are those that moved, `kept` those whose money is not given back: they do not move.

    Raises:
        ValueError: the facts contradict themselves: a bug of the caller.
    """

    hall_name: str
    company: str
    hall_id: str
    counter_id: str
    counter_name: str
    hotline: str
    paper_no: str
    kind: str
    year: int
    serial: int
    act_id: str
    issued_at: datetime
    business_date: date
    staff: PaperPerson
    approvers: tuple[PaperPerson, ...]
    customer_no: str
    customer_name_masked: str
    account_no: str
    books: tuple[SlipBook, ...]
    kept: tuple[SlipBook, ...]
    amount_fen: Fen
    reason: str
    is_demo: bool = False
    version: int = VERSION

    def __post_init__(self) -> None:
        """Refuses facts that could not be printed truthfully."""
        out_fen = -sum(book.moved_fen for book in self.books if book.moved_fen < 0)
        in_fen = sum(book.moved_fen for book in self.books if book.moved_fen > 0)
        wanted_fen = self.amount_fen if self.kind == MOVE_SLIP else 0
        if self.kind not in HEADINGS or (out_fen, in_fen) != (self.amount_fen, wanted_fen):
            message = f"slip: {out_fen} out and {in_fen} in, for {self.amount_fen}"
            raise ValueError(message)

    @property
    def heading(self) -> str:
        """The title of the paper."""
        return HEADINGS[self.kind]


def book_slip_number(kind: str, *, hall_code: str, counter_code: str, year: int, serial: int) -> str:
    """`HZ01-03-2026-YZ000001`."""
    return series_number(_LETTERS[kind], hall_code=hall_code, counter_code=counter_code, year=year, serial=serial)


def book_slip_of_text(text: str) -> BookSlipFacts:
    """The facts that `papers.facts_text` wrote.

    Raises:
        ValueError: as `papers.facts_of` says.
    """
    return facts_of(text, BookSlipFacts, place="slip", version=VERSION)
