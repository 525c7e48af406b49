"""Which pages can be drawn without a screen, and how a drawing gets to each."""

from __future__ import annotations

from collections.abc import Callable

from counter_app.domain.shifts import CashCount
from counter_app.domain.staff import Role
from counter_app.services import search, staff
from counter_app.ui.counter import Counter

_FLOAT = CashCount({10_000: 3, 5_000: 2, 1_000: 8, 100: 20})
_SHOWN_CUSTOMER = "13800000013"


def _sign_in(counter: Counter, role: Role) -> None:
    hall = counter.desk.hall
    staff_no, _name, _role, password = next(s for s in staff.demo_sign_ins(hall) if s[2] is role)
    counter.sign_in_page.fill(staff_no, password)
    counter.sign_in_page.sign_in()


def _open_shift(counter: Counter) -> None:
    counter.shifts.presenter.open(_FLOAT, lambda _shift: None, lambda _words: None)


def _sign_in_page(_counter: Counter) -> None:
    pass


def _customer(counter: Counter) -> None:
    _sign_in(counter, Role.TELLER)
    _open_shift(counter)
    hits = search.find(counter.desk.hall, _SHOWN_CUSTOMER, 1).hits
    counter.frame.show_room("payments")
    counter.payments.open_customer(hits[0].customer_id)


def _home(counter: Counter) -> None:
    _sign_in(counter, Role.TELLER)
    _open_shift(counter)
    counter.frame.show_room("payments")


def _shift(counter: Counter) -> None:
    _sign_in(counter, Role.TELLER)
    _open_shift(counter)
    counter.frame.show_room("shifts")


def _opening(counter: Counter) -> None:
    _sign_in(counter, Role.TELLER)
    counter.frame.show_room("shifts")


def _settings(counter: Counter) -> None:
    _sign_in(counter, Role.ADMIN)
    counter.frame.show_room("settings")


PAGES: dict[str, Callable[[Counter], None]] = {
    "customer": _customer,
    "home": _home,
    "opening": _opening,
    "settings": _settings,
    "shift": _shift,
    "sign-in": _sign_in_page,
}
"""Names that `--page` takes."""


def go_to(counter: Counter, page: str) -> None:
    """Bring the counter to a page, signed in as a demo person where the page needs one.

    Raises:
        KeyError: there is no such page.
    """
    PAGES[page](counter)
