"""The pictures of the 收费 room."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date

from PySide6.QtWidgets import QWidget

from counter_app.storage import tables as t
from counter_app.storage.hall import OpenHall
from tests import halls
from tests.ui.payments.rooms import Counter, on_a_page, settle

_LONG_NAME = "滨江市𬭎㛃䶮𠮷\u202e<b>粗</b>" * 8
_MONTHS = [f"{2024 + n // 12}-{n % 12 + 1:02d}" for n in range(34)]


def _typing(counter: Counter) -> None:
    counter.view().money_panel.received.entry.put_fen(35_000)


def _tenders(counter: Counter) -> None:
    money = counter.view().money
    counter.view().money_panel.received.entry.put_fen(10_000)
    money.add_tender()
    money.choose_tender("cheque")
    money.type_field("bank", "城东支行")
    money.deposit_part()
    money.type_deposit("50")
    counter.view().money_panel.fill_exact()


def _done(counter: Counter) -> None:
    _typing(counter)
    settle()
    counter.view().money_panel.press()


def _receipt(counter: Counter) -> None:
    _done(counter)
    counter.view().show_receipt(counter.view().money_panel.done.receipt_no)


def _hard_case(counter: Counter) -> None:
    customer_id = a_hard_case(counter.hall)
    counter.room.open_customer(customer_id)
    counter.view().money_panel.received.entry.put_fen(1_000_000)
    counter.view().money.press()


def _prepaid(counter: Counter) -> None:
    customer_id = a_hard_case(counter.hall)
    counter.room.open_customer(customer_id)
    counter.view().data.tabs.setCurrentIndex(3)


def a_hard_case(hall: OpenHall) -> int:
    """A firm with a name that tries to break the page, every flag, two accounts, a cut supply, books, many months."""
    someone = halls.a_customer(
        hall, no="3301080012345678", name=_LONG_NAME, kind="organisation", customer_class="other"
    )
    with hall.writing() as work:
        for flag in ("vip", "red_list", "black_list", "fraud", "protected", "dispute"):
            mark = {"flag": flag, "since_on": "2026-01-01", "note": ""}
            halls.put(work, t.customer_flags, {"customer_id": someone.customer_id, **mark})
        for line, (kind, value) in enumerate((("mobile", "13900007788"), ("mail", "accounts@example.cn"))):
            contact = {"line": line, "kind": kind, "value": value, "person": "赵大明"}
            halls.put(work, t.contacts, {"customer_id": someone.customer_id, **contact})
        facts = {"合同容量": "630 kVA", "供电电压": "10 kV", "用电类别": "大工业"}
        work.driver.execute("UPDATE accounts SET facts = ? WHERE id = ?", (json.dumps(facts), someone.account_id))
        work.driver.execute(
            "UPDATE services SET state = 'stopped', state_reason = 'arrears', kind = 'electricity', number = '30042',"
            " meter_no = '00427781' WHERE account_id = ?",
            (someone.account_id,),
        )
        other = {"account_no": "3301080012345679", "customer_id": someone.customer_id, "address": "解放路 2 号"}
        halls.put(work, t.accounts, {**other, "facts": "{}"})
        for name, kind, items, fen in (("预存", "cash", (), 2_000), ("电费专款", "earmarked", ("电度电费",), 150_000)):
            book = {"account_id": someone.account_id, "name": name, "kind": kind, "items": json.dumps(items)}
            start = {"priority": 1, "opening_fen": fen, "opening_source": "test", "opened_on": "2026-01-01"}
            halls.put(work, t.books, {**book, **start})
    for month in _MONTHS:
        year, number = map(int, month.split("-"))
        due = date(year + number // 12, number % 12 + 1, 15)
        halls.a_bill(hall, someone.account_id, month, 12_345_678 + number, due_on=due)
    return someone.customer_id


def _record(counter: Counter) -> None:
    with counter.hall.writing() as work:
        work.driver.execute("UPDATE customers SET id_number = NULL, since_on = NULL")
    counter.view().data.tabs.setCurrentIndex(4)


ROOM_PAGES: dict[str, Callable[[], QWidget]] = {
    "payments-behind": on_a_page(_typing),
    "payments-no-shift": on_a_page(lambda _counter: None, has_shift=False),
    "payments-tenders": on_a_page(_tenders),
    "payments-done": on_a_page(_done),
    "payments-receipt": on_a_page(_receipt),
    "payments-hard-case": on_a_page(_hard_case),
    "payments-prepaid": on_a_page(_prepaid),
    "payments-record": on_a_page(_record, trade="telecom"),
}
