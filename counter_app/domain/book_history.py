"""What became of prepaid money (预存变动): every move of every book in the order of time, with what each held then."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from counter_app.domain.money import Fen


@dataclass(frozen=True, slots=True)
class BookMoved:
    """One move of one book, in is positive. `what` is the kind of the entry that made it, `opening`, or `hub` where the
    hub took an unfit one back; empty for one elsewhere of which only the sum is known.

    `receipt_no` and `paper_no` are the papers it stands on, `other_book_id` the book on the other side of a move within
    the hall, `counter_id` another counter. `is_elsewhere`: no entry of this counter's journal made it. Of a `topup`
    `source` is the channel, `move_id` its name, `paper_no` the receipt that was given here, `counter_id` who gave one.
    """

    book_id: int
    at: datetime
    what: str
    amount_fen: Fen
    entry_id: str = ""
    staff_no: str = ""
    receipt_no: str = ""
    paper_no: str = ""
    counter_id: str = ""
    counter_name: str = ""
    other_book_id: int = 0
    source: str = ""
    is_elsewhere: bool = False
    move_id: str = ""


@dataclass(frozen=True, slots=True)
class BookLine:
    """A move with the names of its books, and what the book held when it was made."""

    moved: BookMoved
    book_name: str
    other_name: str
    balance_fen: Fen


def lines_of(moves: Iterable[BookMoved], names: Mapping[int, str]) -> tuple[BookLine, ...]:
    """The moves, the newest first. The balance beside each is the sum of all of its book up to there, so that the
    newest line of a book stands at what the book holds.
    """
    held: dict[int, Fen] = {}
    made = []
    # what opened a book came before whatever else is of that day
    for moved in sorted(moves, key=lambda move: (move.at, move.what != "opening")):
        held[moved.book_id] = held.get(moved.book_id, 0) + moved.amount_fen
        name, other = names.get(moved.book_id, ""), names.get(moved.other_book_id, "")
        made.append(BookLine(moved, name, other, held[moved.book_id]))
    return tuple(reversed(made))


def balances_of(lines: Sequence[BookLine]) -> dict[int, Fen]:
    """What each book holds by its newest line."""
    found: dict[int, Fen] = {}
    for line in lines:
        found.setdefault(line.moved.book_id, line.balance_fen)
    return found
