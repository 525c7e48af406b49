"""What a payment reads of an account is all of it that may owe: nothing is lost by leaving settled bills out."""

from __future__ import annotations

import random
from datetime import date, timedelta
from pathlib import Path

import pytest

from counter_app.domain.payments import open_bills
from counter_app.storage import tables as t
from counter_app.storage.accounts import load_account
from counter_app.storage.books import add_cash_book
from counter_app.storage.customers import load_record
from counter_app.storage.hall import OpenHall
from tests import halls

ON = date(2026, 11, 21)


@pytest.mark.parametrize("trade", ["telecom", "electricity", "gas", "water", "heating", "property"])
def test_the_payment_sees_every_bill_that_owes(tmp_path: Path, trade: str) -> None:
    hall = halls.a_hall(tmp_path, trade=trade)
    rng = random.Random(f"open bills of {trade}")
    someone = halls.a_customer(hall)
    for number in range(120):
        _bill_with_past(hall, someone.account_id, rng, number)
    policy = hall.pack.late_fee_policy("resident", ON)
    with hall.reading() as reading:
        record, loaded = load_record(reading, someone.customer_id), load_account(reading, someone.account_id)
    assert record is not None
    assert loaded is not None
    whole, read = open_bills(record.bills, policy, ON), open_bills(loaded.bills, policy, ON)
    assert open_bills(record.may_owe, policy, ON) == whole
    assert len(record.may_owe) < len(record.bills)
    assert [o.debt for o in whole] == [o.debt for o in read]
    assert [o.bill for o in whole] == [o.bill for o in read]
    assert 0 < len(whole) <= len(loaded.bills) < len(record.bills)
    hall.close()


def test_the_payment_sees_the_account_as_the_customer_page_does(tmp_path: Path) -> None:
    hall = halls.a_hall(tmp_path, trade="telecom")
    plain, someone = halls.a_customer(hall, no="10002345"), halls.a_customer(hall, no="10002346")
    with hall.writing() as work:
        for flag in ("vip", "dispute"):
            halls.put(
                work,
                t.customer_flags,
                {"customer_id": someone.customer_id, "flag": flag, "since_on": "2026-01-01", "note": ""},
            )
        more = {"kind": "fixed", "number": "057188886666", "plan": "固话", "state": "active", "state_reason": ""}
        halls.put(work, t.services, {"account_id": someone.account_id, "state_since_on": "2020-01-01", **more})
        add_cash_book(work, someone.account_id, ON)
    with hall.reading() as reading:
        for each in (plain, someone):
            record, loaded = load_record(reading, each.customer_id), load_account(reading, each.account_id)
            assert record is not None
            assert loaded is not None
            assert loaded.customer == record.customer
            assert (loaded.account,) == record.accounts
            assert loaded.services == record.services
            assert loaded.books == record.books
        assert loaded is not None
        assert len(loaded.services) == len(loaded.customer.flags) == 2
        assert len(loaded.books) == 1
        assert load_account(reading, 999_999) is None
    hall.close()


def _bill_with_past(hall: OpenHall, account_id: int, rng: random.Random, number: int) -> None:
    due_on = ON - timedelta(days=rng.randrange(-20, 500))
    principal_fen = rng.choice((0, 1, 5_000, 12_345))
    more: dict[str, object] = {"bill_no": f"N{number}", "cost_fen": rng.choice((0, 0, 0, 500))}
    if rng.random() < 0.1:
        more["accrual_start_on"] = (due_on - timedelta(days=rng.randrange(30))).isoformat()
    bill_id = halls.a_bill(hall, account_id, f"{due_on:%Y-%m}", principal_fen, due_on=due_on, **more)
    parts = rng.choice(([], [principal_fen], [principal_fen], [principal_fen // 2, principal_fen - principal_fen // 2]))
    if rng.random() < 0.1:
        parts = [*parts, -100]
    for place, part_fen in enumerate(parts):
        settled_on = due_on + timedelta(days=rng.choice((-9, -1, 0, 1, 30)))
        with hall.writing() as work:
            halls.put(
                work,
                t.settlements,
                {
                    "settlement_id": f"S{number}-{place}",
                    "bill_id": bill_id,
                    "settled_on": settled_on.isoformat(),
                    "principal_fen": part_fen,
                    "late_fee_fen": 0,
                    "cost_fen": rng.choice((0, 500)) if place == 0 else 0,
                    "source": "upstream",
                    "channel": "bank",
                },
            )
