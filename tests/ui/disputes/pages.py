"""A line that is contested, as it is looked at: the taller of the two panels."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from counter_app.storage import tables as t
from counter_app.ui.disputes.flow import Disputing
from tests import halls
from tests.ui.payments.rooms import Counter, on_a_page, settle


def with_items(counter: Counter) -> int:
    """The oldest bill of the customer on the screen gets two lines; its id."""
    with counter.hall.writing() as work:
        found = work.driver.execute("SELECT min(id) FROM bills").fetchone()
        assert found is not None
        bill_id = int(found[0])
        for line, (item, fen) in enumerate((("电费", 9_000), ("代征基金", 800)), 1):
            halls.put(work, t.bill_items, {"bill_id": bill_id, "line": line, "item": item, "amount_fen": fen})
    return bill_id


def _begin(counter: Counter, bill_id: int) -> None:
    view = counter.view()
    Disputing(counter.desk, counter.frame, beside=view.money_panel).begin(view.customer_id, bill_id)
    settle()


def _open(counter: Counter) -> None:
    _begin(counter, with_items(counter))


DISPUTE_PAGES: dict[str, Callable[[], QWidget]] = {
    "payments-dispute": on_a_page(_open),
}
