"""Prepaid books as they are looked at: their use, and a move beside it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta, timezone

from PySide6.QtWidgets import QWidget

from counter_app.clock import FixedClock
from counter_app.storage import tables as t
from tests import halls
from tests.ui.payments.rooms import Counter, on_a_page, settle
from tests.ui.undo.pages import someone_of

GIFT = {"name": "缴费活动赠送", "kind": "benefit", "items": "[]", "priority": 2, "opening_fen": 3_000}
OLD = {**GIFT, "valid_to": "2026-11-01", "opening_fen": 1_200}


def with_books(counter: Counter) -> halls.Someone:
    """The customer pays what is owed and more, and has a gift and one that is over; the hall's clock is that of China,
    as the bar of the pictures is.
    """
    assert isinstance(counter.hall.clock, FixedClock)
    counter.hall.clock.moment = halls.NOW.astimezone(timezone(timedelta(hours=8)))
    someone = someone_of(counter)
    halls.pay(counter.hall, someone, halls.cash(900), is_change_stored=True)
    with counter.hall.writing() as work:
        for book in (GIFT, OLD):
            opened = {"opening_source": "import", "opened_on": "2026-10-01", "opening_entry": None}
            halls.put(work, t.books, {"account_id": someone.account_id, "valid_to": None, **opened, **book})
    counter.view().read()
    settle()
    return someone


def look_at_books(counter: Counter) -> None:
    """The page of the books."""
    counter.view().data.tabs.setCurrentIndex(3)
    settle()


def closed(counter: Counter) -> None:
    """All services of the customer are no more."""
    with counter.hall.writing() as work:
        work.driver.execute("UPDATE services SET state = 'closed'")


def _move(counter: Counter) -> None:
    with_books(counter)
    look_at_books(counter)
    counter.view().books.move()
    settle()


book_move_page: Callable[[], QWidget] = on_a_page(_move)
"""A move beside the use of the books, which is a page of `tests.ui.pages` by itself."""
