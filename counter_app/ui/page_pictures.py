"""Which pages can be drawn without a screen, and how a drawing gets to each."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QApplication

from counter_app.domain.shifts import CashCount
from counter_app.domain.staff import Role
from counter_app.services import search, staff
from counter_app.ui.counter import Counter
from counter_app.ui.pictures import settle

_FLOAT = CashCount({10_000: 3, 5_000: 2, 1_000: 8, 100: 20})
_SHOWN_CUSTOMER = "13800000013"


def _sign_in(counter: Counter, role: Role) -> None:
    hall = counter.desk.hall
    staff_no, _name, _role, password = next(s for s in staff.demo_sign_ins(hall) if s[2] is role)
    counter.sign_in_page.fill(staff_no, password)
    counter.sign_in_page.sign_in()


def _at_work(counter: Counter) -> None:
    """The demo teller with an open shift: the one that is open, or a new one."""
    _sign_in(counter, Role.TELLER)
    counter.shifts.presenter.open(_FLOAT, lambda _shift: None, lambda _words: None, lambda _words: None)
    counter.frame.show_room("payments")


def _sign_in_page(_counter: Counter) -> None:
    pass


def _customer(counter: Counter) -> None:
    _at_work(counter)
    hits = search.find(counter.desk.hall, _SHOWN_CUSTOMER, 1).hits
    counter.payments.open_customer(hits[0].customer_id)
    _settle()


def _paying(counter: Counter) -> None:
    _customer(counter)
    view = counter.payments.current()
    assert view is not None
    view.money_panel.received.entry.put_fen(30_000)
    _settle()


def _receipt(counter: Counter) -> None:
    _paying(counter)
    view = counter.payments.current()
    assert view is not None
    view.money_panel.press()
    _settle()
    view.show_receipt(view.money_panel.done.receipt_no)


def _retention(counter: Counter) -> None:
    """The talk with the demo customer, with two reasons chosen."""
    _customer(counter)
    view = counter.payments.current()
    assert view is not None
    counter.retention.open_customer(view.customer_id)
    _settle()
    if counter.retention.view is not None:
        counter.retention.view.presenter.type_line("reasons", "1.2 2")


def _signoffs(counter: Counter) -> None:
    _sign_in(counter, Role.SUPERVISOR)
    counter.frame.show_room("signoffs")


def _shift(counter: Counter) -> None:
    _paying(counter)
    view = counter.payments.current()
    assert view is not None
    view.money_panel.press()
    _settle()
    counter.frame.show_room("shifts")


def _opening(counter: Counter) -> None:
    _sign_in(counter, Role.TELLER)
    counter.frame.show_room("shifts")


def _settings(counter: Counter, page: str = "hall") -> None:
    _sign_in(counter, Role.ADMIN)
    counter.frame.show_room("settings")
    counter.settings.show_page(page)


def _lock(counter: Counter) -> None:
    _at_work(counter)
    counter.lock()


PAGES: dict[str, Callable[[Counter], None]] = {
    "customer": _customer,
    "home": _at_work,
    "lock": _lock,
    "opening": _opening,
    "paying": _paying,
    "receipt": _receipt,
    "retention": _retention,
    "rules": lambda counter: _settings(counter, "rules"),
    "settings": _settings,
    "shift": _shift,
    "sign-in": _sign_in_page,
    "signoffs": _signoffs,
    "staff": lambda counter: _settings(counter, "staff"),
}
"""Names that `--page` takes."""


def go_to(counter: Counter, page: str) -> None:
    """Bring the counter to a page, signed in as a demo person where the page needs one.

    Raises:
        KeyError: there is no such page.
    """
    PAGES[page](counter)


def _settle() -> None:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    settle(app)
