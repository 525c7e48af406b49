"""The pictures of the 收费 room."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from tests.ui.payments.rooms import Counter, on_a_page


def _typing(counter: Counter) -> None:
    counter.view().money_panel.received.entry.put_fen(35_000)


def _tenders(counter: Counter) -> None:
    money = counter.view().money
    counter.view().money_panel.received.entry.put_fen(10_000)
    money.add_tender()
    money.choose_tender("cheque")
    money.type_field("bank", "城东支行")
    counter.view().money_panel.fill_exact()


def _done(counter: Counter) -> None:
    _typing(counter)
    money = counter.view().money
    money.painted(money.revision)
    money.press()


def _receipt(counter: Counter) -> None:
    _done(counter)
    counter.view().show_receipt(counter.view().money_panel.done.receipt_no)


ROOM_PAGES: dict[str, Callable[[], QWidget]] = {
    "payments-behind": on_a_page(_typing),
    "payments-no-shift": on_a_page(lambda _counter: None, has_shift=False),
    "payments-tenders": on_a_page(_tenders),
    "payments-done": on_a_page(_done),
    "payments-receipt": on_a_page(_receipt),
}
