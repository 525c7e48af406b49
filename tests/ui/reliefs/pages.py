"""A relief as it is looked at: what was granted on a bill's line and in its working, and the panel that asks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtWidgets import QWidget

from counter_app.ui.payments.bill_acts import relieve
from tests import halls
from tests.reliefs import ask, grant, wish
from tests.ui.payments.rooms import Counter, on_a_page, settle
from tests.ui.undo.pages import someone_of


def _ask(counter: Counter) -> None:
    someone = someone_of(counter)
    bills = [one.bill.bill_id for one in halls.position(counter.hall, someone).open_bills]
    part = replace(wish(counter.hall, someone), bill_ids=(bills[1],), amount_fen=100)
    grant(counter.hall, someone, part)
    grant(counter.hall, someone, replace(wish(counter.hall, someone, "defer"), bill_ids=(bills[1],)))
    ask(counter.hall, someone, replace(wish(counter.hall, someone), bill_ids=(bills[2],)))
    counter.view().read()
    settle()
    relieve(counter.desk, counter.frame, counter.view())
    settle()


RELIEF_PAGES: dict[str, Callable[[], QWidget]] = {"payments-relief": on_a_page(_ask)}
