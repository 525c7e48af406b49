"""Disputes at the hub: frozen where the bill is, settled once whoever else took money or made the bill smaller."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from counter_app.domain.bills import Bill, Settlement
from counter_app.domain.disputes import DECIDE, DISPUTED, OPEN, RELEASE, decided, open_dispute_of, opened, released
from counter_app.domain.journal import Posting, nonzero
from counter_app.domain.late_fee_policy import LateFeePolicy
from counter_app.domain.money import Rate
from counter_app.hub import tables as t
from counter_app.hub.database import Database
from counter_app.storage.disputes import said
from counter_app.sync.wire import Fate
from tests.hub.folds import check
from tests.hub.kit import DAY, Desk, HubHall
from tests.hub.rows import bill as bill_row
from tests.hub.rows import customer, ids, take

POLICY = LateFeePolicy(Rate.parse("0"))
BOOK = 2**40 + 1


class Quarrel:
    """A bill as its counter knows it, and what the counter writes about it."""

    def __init__(self, desk: Desk, fen: int, name: str = "d1") -> None:
        self.desk, self.name = desk, name
        bill_id, account_id = ids(desk.hub, "bill")["B1"], ids(desk.hub, "account")["70"]
        self.bill = Bill(bill_id, "B1", account_id, "2026-10", date(2026, 10, 20), fen)

    def open(self, fen: int, **more: Any) -> None:
        row = opened(self.bill, self.name, line=0, fen=fen, on=DAY)
        self.write(OPEN, [row], {"disputed_fen": fen, "line": 0, "item": "", "reason_code": "amount"}, **more)

    def release(self) -> None:
        self.write(RELEASE, [released(self.bill, open_dispute_of(self.bill, self.name), DAY)], {})

    def decide(self, lowered_fen: int, *, postings: Any = None, **more: Any) -> None:
        dispute = open_dispute_of(self.bill, self.name)
        made = decided(self.bill, dispute, POLICY, lowered_fen=lowered_fen, on=DAY + timedelta(1))
        subject = str(self.bill.bill_id)
        lines = [Posting(DISPUTED, subject, lowered_fen), Posting("prepaid", str(BOOK), -made.back_fen)]
        lines.append(Posting("receivable", subject, made.back_principal_fen - lowered_fen))
        body: dict[str, Any] = {"outcome": made.outcome, "lowered_fen": lowered_fen, "approvers": ["2001"]}
        body["books"] = [[BOOK, made.back_fen]] if made.back_fen else []
        more = {"approver_no": "2001", "staff_no": "1002", **more}
        self.write(DECIDE, made.rows, body, nonzero(lines) if postings is None else postings, **more)

    def paid(self, fen: int) -> None:
        """The counter knows of a payment of this bill."""
        self.bill = self.bill._replace(settlements=(*self.bill.settlements, Settlement("p:1", DAY, fen, 0)))

    def write(self, kind: str, rows: Any, body: dict[str, Any], postings: Any = (), **more: Any) -> None:
        self.bill = self.bill._replace(settlements=(*self.bill.settlements, *rows))
        common = {
            "dispute_id": self.name,
            "bill_id": self.bill.bill_id,
            "bill_no": self.bill.bill_no,
            "account_id": self.bill.account_id,
        }
        made = {**common, **body, "settlements": said(rows, self.bill.bill_id)}
        self.desk.write(kind, made, postings, customer_id=1, **more)


@pytest.fixture
def hall(database: Database) -> Iterator[HubHall]:
    """A hall with a bill of 100 yuan."""
    made = HubHall(database)
    take(made, [*customer("70"), bill_row("B1", "70", 10_000)])
    yield made
    check(made)


def settled(hall: HubHall) -> int:
    ((fen,),) = hall.rows(t.bill_sums, "settled_principal_fen")
    return int(fen)


def frozen(hall: HubHall) -> tuple[int, int]:
    """What is in dispute and what was lowered, by the rows that every counter gets."""
    rows = hall.rows(t.settlements, "source", "principal_fen")
    return tuple(sum(fen for of, fen in rows if of == source) for source in ("dispute", "lowered"))


def test_what_is_frozen_is_told_and_what_stands_is_owed_again(hall: HubHall) -> None:
    desk = hall.desk("A")
    quarrel = Quarrel(desk, 10_000)
    quarrel.open(4_000)
    assert desk.sent_all().fates == (Fate.APPLIED,)
    assert (settled(hall), frozen(hall)) == (4_000, (4_000, 0))
    kind, body = hall.feed()[-1]
    assert (kind, body["source"], body["principal_fen"], body["counter_id"]) == ("settlement", "dispute", 4_000, "A")
    quarrel.decide(0)
    assert desk.sent_all().fates == (Fate.APPLIED,)
    assert (settled(hall), frozen(hall), hall.balances()) == (0, (0, 0), {})
    assert hall.tasks() == []


def test_what_another_counter_took_of_it_is_kept_until_it_is_decided(hall: HubHall) -> None:
    desk, other = hall.desk("A"), hall.desk("B")
    stands, lowered = Quarrel(desk, 10_000), Quarrel(desk, 10_000, "d2")
    stands.open(4_000)
    desk.sent_all()
    # B knew of nothing and took all of it: what is frozen is a credit, and nobody's yet
    other.pay((ids(hall, "bill")["B1"], 10_000))
    other.sent_all()
    assert (settled(hall), [row[1] for row in hall.rows(t.credits_, "way", "amount_fen")]) == (10_000, [4_000])
    stands.decide(0)
    desk.sent_all()
    # the line stands: the credit pays it
    assert (settled(hall), hall.rows(t.credits_, "way")) == (10_000, [("withdrawn",)])
    lowered.paid(6_000)
    lowered.open(4_000)
    lowered.decide(4_000)
    desk.sent_all()
    # its counter knew of 60 yuan; the 40 that it did not know of were for a line that was never due
    assert (settled(hall), frozen(hall)) == (10_000, (0, 4_000))
    assert sorted(hall.rows(t.credits_, "amount_fen")) == [(4_000,), (4_000,)]
    assert hall.balances()[DISPUTED, ""] == 4_000


def test_a_bill_made_smaller_takes_the_place_of_a_dispute_however_far_it_is(hall: HubHall) -> None:
    desk = hall.desk("A")
    quarrel, later = Quarrel(desk, 10_000), Quarrel(desk, 6_000, "d2")
    desk.pay((ids(hall, "bill")["B1"], 6_000))
    quarrel.paid(6_000)
    quarrel.open(4_000)
    quarrel.decide(4_000)
    desk.sent_all()
    assert (settled(hall), frozen(hall)) == (10_000, (0, 4_000))
    # those who billed it follow the decision: nothing is taken off twice, and nobody is owed anything
    take(hall, [bill_row("B1", "70", 6_000)])
    assert (settled(hall), frozen(hall), hall.rows(t.credits_)) == (6_000, (0, 0), [])
    later.paid(6_000)
    later.open(3_000)
    desk.sent_all()
    take(hall, [bill_row("B1", "70", 4_000)])
    # they decided themselves, and for less than was contested: 20 yuan come back, 10 are in dispute still
    assert (frozen(hall), hall.rows(t.credits_, "amount_fen")) == ((1_000, 0), [(2_000,)])
    # a counter that has not heard of it decides for all 30: what both took off is taken off once
    later.decide(3_000)
    assert desk.sent_all().fates == (Fate.APPLIED,)
    assert frozen(hall) == (0, 1_000)
    assert sum(fen for (account, _), fen in hall.balances().items() if account == "prepaid") == -3_000
    open_credits = [fen for fen, way in hall.rows(t.credits_, "amount_fen", "way") if way != "withdrawn"]
    assert sum(open_credits) == 0
    assert settled(hall) == 4_000


def test_what_does_not_fit_is_kept_apart_with_its_reason(hall: HubHall) -> None:
    desk = hall.desk("A")
    quarrel = Quarrel(desk, 10_000)
    before = quarrel.bill
    quarrel.open(4_000)
    disputed = quarrel.bill
    subject = str(quarrel.bill.bill_id)
    wrong = [Posting(DISPUTED, subject, 3_000), Posting("receivable", subject, -3_000)]
    for more in ({"approver_no": "1001"}, {"approver_no": "1002"}, {"approver_no": "2001", "postings": wrong}):
        quarrel.bill = disputed
        quarrel.decide(4_000, **more)
    quarrel.bill = replace_name(before)
    quarrel.open(4_000)
    quarrel.bill, quarrel.name = disputed, "d1"
    quarrel.decide(0)
    quarrel.bill = disputed
    quarrel.decide(0)
    desk.sent_all()
    reasons = [row[0] for row in sorted(hall.rows(t.quarantine, "reason", "seq"), key=lambda row: row[1])]
    assert reasons == ["no_approver", "no_approver", "incoherent", "unknown_bill", "not_the_dispute"]
    assert (settled(hall), frozen(hall)) == (0, (0, 0))


def replace_name(bill: Bill) -> Bill:
    """The same bill by a number that nobody knows."""
    return bill._replace(bill_no="lost")
