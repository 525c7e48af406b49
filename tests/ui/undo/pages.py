"""The undo as it is looked at: everything at once, and why not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from PySide6.QtWidgets import QWidget

from counter_app.domain.payments import Tender
from counter_app.ui.undo.flow import Undoing
from tests import halls
from tests.ui.payments.rooms import Counter, on_a_page, settle


def someone_of(counter: Counter) -> halls.Someone:
    """The customer on the screen."""
    with counter.hall.reading() as reading:
        found = reading.driver.execute(
            "SELECT id FROM accounts WHERE customer_id = ?", (counter.view().customer_id,)
        ).fetchone()
    assert found is not None
    return halls.Someone(counter.view().customer_id, found[0])


def paid_in_all_ways(counter: Counter) -> str:
    """A stopped service is paid up by cheque, card, slip and cash, with something over; the receipt's number."""
    with counter.hall.writing() as work:
        work.driver.execute("UPDATE services SET state = 'stopped', state_reason = 'arrears'")
    tenders = (
        Tender("cheque", 10_000, bank="城东支行", document_no="00418827", document_on=date(2026, 11, 20)),
        Tender("card", 5_000, reference="118817"),
        Tender("bank_slip", 5_000, bank="城东支行", document_no="20261120-77", document_on=date(2026, 11, 20)),
        halls.cash(200),
    )
    _, taken = halls.pay(counter.hall, someone_of(counter), *tenders, is_change_stored=True)
    return taken.receipt_no


def _undo(counter: Counter) -> None:
    receipt_no = paid_in_all_ways(counter)
    Undoing(counter.desk, counter.frame, lambda: None, beside=counter.view().money_panel).begin(receipt_no)
    settle()


UNDO_PAGES: dict[str, Callable[[], QWidget]] = {"payments-undo": on_a_page(_undo)}
