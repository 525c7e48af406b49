"""The use of an account's prepaid books as the window shows it: every figure opens to what it came from."""

from __future__ import annotations

from dataclasses import replace

from counter_app.domain.book_history import BookLine, lines_of
from counter_app.domain.staff import Right, Session
from counter_app.storage.book_history import moved_in_books
from counter_app.storage.books import book_names
from counter_app.storage.hall import OpenHall
from counter_app.storage.tasks import counter_names


def history(hall: OpenHall, session: Session, account_id: int) -> tuple[BookLine, ...]:
    """Every move of the account's books, the newest first, each with what its book held then.

    Raises:
        Refused: `NoRight`.
    """
    session.need(Right.SEE_CUSTOMERS)
    with hall.reading() as reading:
        moves, counters = list(moved_in_books(reading, account_id)), counter_names(reading)
        wanted = {move.book_id for move in moves} | {move.other_book_id for move in moves}
        names = book_names(reading, wanted - {0})
    named = (replace(move, counter_name=counters.get(move.counter_id, "")) for move in moves)
    return lines_of(named, names)
