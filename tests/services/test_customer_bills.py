"""A customer's bills: kept for later, the same from either end, and those that may owe taken apart at once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from counter_app.domain.late_rows import LateRows
from counter_app.services import customers
from counter_app.storage.accounts import load_account
from counter_app.storage.hall import OpenHall
from tests import halls


def test_rows_kept_for_later_are_the_same_from_the_end(hall: OpenHall) -> None:
    someone = halls.three_months_behind(hall)
    fresh = customers.open_customer(hall, halls.teller(), someone.customer_id).record.bills
    backwards = tuple(reversed(fresh))
    assert len(backwards) >= 3
    assert backwards[::-1] == tuple(fresh)
    assert tuple(reversed(fresh)) == backwards
    assert [(bill.account_id, bill.month) for bill in fresh] == sorted((b.account_id, b.month) for b in fresh)


def test_a_bill_of_several_settlements_stays_one_bill_from_either_end(hall: OpenHall) -> None:
    someone = halls.three_months_behind(hall)
    with hall.writing() as work:
        for part, fen in (("a", 1), ("b", 2)):
            work.driver.execute(
                "INSERT INTO settlements (settlement_id, bill_id, settled_on, principal_fen, late_fee_fen, cost_fen,"
                " source, channel) SELECT ?1 || id, id, due_on, ?2, 0, 0, 'upstream', 'bank' FROM bills",
                (part, fen),
            )
    record = customers.open_customer(hall, halls.teller(), someone.customer_id).record
    backwards = tuple(reversed(record.bills))
    assert backwards[::-1] == tuple(record.bills)
    assert {len(bill.settlements) for bill in backwards} == {2}
    assert record.may_owe == tuple(record.bills)


def test_what_hardly_a_bill_has_is_read_for_the_page_and_for_the_payment(hall: OpenHall) -> None:
    someone = halls.three_months_behind(hall)
    with hall.writing() as work:
        work.driver.execute(
            "UPDATE bills SET cost_fen = 300, accrual_start_on = '2026-06-01', accrual_stop_on = '2026-07-01',"
            " is_disputed = 1, is_late_fee_deferred = 1 WHERE id = (SELECT min(id) FROM bills)"
        )
        work.driver.execute(
            "INSERT INTO bill_items (bill_id, line, item, amount_fen) SELECT min(id), 1, 'a', 70 FROM bills"
        )
    record = customers.open_customer(hall, halls.teller(), someone.customer_id).record
    with hall.reading() as reading:
        loaded = load_account(reading, someone.account_id)
    assert loaded is not None
    for bills, items in ((record.bills, (("a", 70),)), (record.may_owe, (("a", 70),)), (loaded.bills, ())):
        marked, *others = sorted(bills, key=lambda bill: bill.bill_id)
        assert marked[6:7] + marked[8:12] == (300, date(2026, 6, 1), date(2026, 7, 1), True, True)
        assert marked.items == items
        assert len(others) == 2
        assert {bill[6:7] + bill[8:12] for bill in others} == {(0, None, None, False, False)}


def test_only_what_is_asked_for_from_the_end_is_made() -> None:
    made: list[int] = []

    def from_end() -> Iterator[int]:
        for row in (3, 2, 1):
            made.append(row)
            yield row

    rows: LateRows[int] = LateRows(lambda: (1, 2, 3), from_end)
    assert next(iter(reversed(rows))) == 3
    assert made == [3]
    assert tuple(rows) == (1, 2, 3)
    assert tuple(reversed(rows)) == (3, 2, 1)
    assert made == [3]
