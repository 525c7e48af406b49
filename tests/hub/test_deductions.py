"""A deduction at the hub: in its order, once; what two counters took is in the book again without anybody's doing."""

from __future__ import annotations

from typing import Any

import pytest

from counter_app.domain.deductions import BY_ITSELF
from counter_app.domain.journal import Posting
from counter_app.hub import tables as t
from counter_app.hub.database import Database
from counter_app.storage.hall import SYSTEM
from tests.hub.folds import check
from tests.hub.kit import Desk, HubHall
from tests.hub.rows import bill, customer, ids, take
from tests.hub.test_undo import undo


@pytest.fixture
def hall(database: Database) -> HubHall:
    made = HubHall(database)
    opening = {"account_no": "1001", "kind": "gift", "opening_fen": 20_000, "opened_on": "2026-11-01"}
    rows = [*customer("1001"), bill("B1", "1001", 6_000), bill("B2", "1001", 3_000), ("book", opening)]
    take(made, rows)
    return made


def deduct(desk: Desk, *bills: tuple[str, int, int], by: str = SYSTEM, **more: Any) -> str:
    """A deduction from one book (bill, principal, late fee), as a counter writes it."""
    known, account = ids(desk.hub, "bill"), ids(desk.hub, "account")["1001"]
    fen = sum(sum(parts) for _, *parts in bills)
    [(book_id,)] = desk.hub.rows(t.book_sums, "book_id")
    intent = f"d-{desk.name}-{len(desk.sent)}"
    postings = [Posting("prepaid", str(book_id), fen)]
    postings += [Posting("receivable", str(known[no]), -principal) for no, principal, _ in bills]
    postings += [Posting("late_fee", str(known[no]), -late) for no, _, late in bills if late]
    body = {
        "account_id": account,
        "account_no": "1001",
        "batch_on": "2026-11-21",
        "books": [[book_id, -fen]],
        "receipt_no": "ZK20261121-1001",
        "settled_fen": fen,
        "balance_fen": 20_000,
        "change_fen": 0,
        "settlements": [[f"{intent}:{no}", known[no], principal, late, 0] for no, principal, late in bills],
        "tenders": [["prepaid", fen, "", "", "", None]],
        **more,
    }
    return desk.write("book.deduct", body, postings, staff_no=by, intent_id=intent, customer_id=1)


def book(hall: HubHall) -> int:
    """What the book holds."""
    [(opening, moved)] = hall.rows(t.book_sums, "opening_fen", "moved_fen")
    return int(opening + moved)


def settled(hall: HubHall) -> list[tuple[str, int, int]]:
    """What is settled of each bill."""
    return hall.rows(t.bill_sums, "bill_no", "settled_principal_fen", "settled_late_fee_fen")


def test_two_counters_that_both_deduct_come_to_one_deduction(hall: HubHall) -> None:
    assert BY_ITSELF == SYSTEM
    first, second = hall.desk("A"), hall.desk("B")
    paid_id = deduct(first, ("B1", 6_000, 40))
    first.write(
        "restore.sent",
        {"service_id": next(iter(ids(hall, "service").values())), "payment_id": paid_id},
        staff_no=SYSTEM,
        seen_n=1,
    )
    first.sent_all()
    assert (book(hall), settled(hall)) == (13_960, [("B1", 6_000, 40), ("B2", 0, 0)])
    # the other one knew of one bill more; what it took of the first is back where it was
    again_id = deduct(second, ("B1", 6_000, 40), ("B2", 3_000, 0))
    second.sent_all()
    assert (book(hall), settled(hall)) == (10_960, [("B1", 6_000, 40), ("B2", 3_000, 0)])
    assert hall.tasks() == []
    assert [(task["kind"], task["amount_fen"]) for task in hall.tasks("done")] == [("duplicate_payment", 6_040)]
    check(hall)
    assert [row[1] for row in hall.rows(t.credits_, "credit_id", "spent_by")] == [again_id]
    assert {body["channel"] for kind, body in hall.feed() if kind == "settlement"} == {"deduction", "hub"}
    assert [body["state"] for kind, body in hall.feed() if kind == "service"][-1] == "restoring"
    # the first is undone: its bill is open again, and the book has that money back
    undo(first, first, paid_id, kind="payment.refund", wrong={"tenders": []})
    first.sent_all()
    assert (book(hall), settled(hall)) == (17_000, [("B1", 0, 0), ("B2", 3_000, 0)])
    assert hall.tasks() == []
    check(hall)
    # the second is undone by a counter that has not heard yet what came back of it: that came back twice, and is said
    undo(second, second, again_id, kind="payment.refund", wrong={"tenders": []})
    second.sent_all()
    assert (book(hall), settled(hall)) == (26_040, [("B1", 0, 0), ("B2", 0, 0)])
    assert [(task["kind"], task["amount_fen"]) for task in hall.tasks()] == [("given_twice", 6_040)]
    check(hall)


def test_a_payment_that_the_hub_knows_first_keeps_the_book_whole(hall: HubHall) -> None:
    first, second = hall.desk("A"), hall.desk("B")
    bills, account = ids(hall, "bill"), ids(hall, "account")["1001"]
    first.pay((bills["B1"], 6_000), account_id=account, account_no="1001")
    first.sent_all()
    deduct(second, ("B1", 6_000, 0), by="2001")
    second.sent_all()
    assert (book(hall), settled(hall), hall.tasks()) == (20_000, [("B1", 6_000, 0), ("B2", 0, 0)], [])
    check(hall)


def test_a_deduction_that_is_none_moves_nothing(hall: HubHall) -> None:
    desk = hall.desk("A")
    deduct(desk, ("B1", 6_000, 0), by="1001")
    deduct(desk, ("B1", 6_000, 0), books=[[1, -5_999]])
    deduct(desk, ("B1", 6_000, 0), settlements=[])
    desk.write(
        "restore.sent", {"service_id": next(iter(ids(hall, "service").values())), "payment_id": "x"}, staff_no=SYSTEM
    )
    desk.sent_all()
    reasons = sorted(task["facts"]["reason"] for task in hall.tasks())
    assert reasons == ["incoherent", "incoherent", "no_right", "unknown_staff"]
    assert (book(hall), settled(hall)) == (20_000, [("B1", 0, 0), ("B2", 0, 0)])
    check(hall)
