"""Disputes as they are looked at: a line is contested, and decided, with all that is known of it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from counter_app.clock import new_intent_id
from counter_app.services import disputes
from counter_app.storage import tables as t
from counter_app.ui.disputes.flow import Disputing
from tests import halls
from tests.ui.payments.rooms import Counter, on_a_page, settle

WISH = disputes.DisputeWish(1, 6_000, "not_used", "清单与用量不符", said="那个月家里没有人")


def with_items(counter: Counter) -> int:
    """The oldest bill of the customer on the screen gets two lines; its id."""
    with counter.hall.writing() as work:
        found = work.driver.execute("SELECT min(id) FROM bills").fetchone()
        assert found is not None
        bill_id = int(found[0])
        for line, (item, fen) in enumerate((("电费", 9_000), ("代征基金", 800)), 1):
            halls.put(work, t.bill_items, {"bill_id": bill_id, "line": line, "item": item, "amount_fen": fen})
    return bill_id


def disputed(counter: Counter) -> int:
    """A part of the oldest bill's first line is frozen; the bill."""
    bill_id, customer_id = with_items(counter), counter.view().customer_id
    disputes.open_dispute(counter.hall, halls.teller(), customer_id, bill_id, WISH, new_intent_id())
    counter.view().read()
    settle()
    return bill_id


def _begin(counter: Counter, bill_id: int) -> None:
    view = counter.view()
    Disputing(counter.desk, counter.frame, beside=view.money_panel).begin(view.customer_id, bill_id)
    settle()


def _open(counter: Counter) -> None:
    _begin(counter, with_items(counter))


def _decide(counter: Counter) -> None:
    _begin(counter, disputed(counter))


DISPUTE_PAGES: dict[str, Callable[[], QWidget]] = {
    "payments-dispute": on_a_page(_open),
    "payments-dispute-decide": on_a_page(_decide),
    "payments-dispute-bill": on_a_page(disputed),
}
