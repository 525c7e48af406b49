"""However the same entries come in (split, repeated, one by one, on either data base), the hub works out the same."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from counter_app.domain.journal import Posting
from counter_app.hub import applying, ledger
from counter_app.hub import tables as t
from counter_app.hub.batch import Batch
from counter_app.hub.database import Database
from counter_app.hub.entries import Arrived
from counter_app.hub.revisions import migrate
from counter_app.sync.wire import Fate, Uploaded
from tests.hub.folds import check, digest
from tests.hub.kit import Desk, HubHall
from tests.hub.rows import bill, customer, ids, take
from tests.hub.test_undo import undo

BILLS = 4
FEN = 1_000


class Done(NamedTuple):
    """One thing that a teller does: what, at which bill, how much."""

    what: str
    bill: int
    fen: int


class Plan(NamedTuple):
    """What two counters do, and the order in which their uploads come: (counter, entries)."""

    deeds: tuple[tuple[Done, ...], tuple[Done, ...]]
    order: tuple[tuple[int, int], ...]


WHATS = (
    "pay",
    "pay",
    "pay",
    "two",
    "unknown",
    "store",
    "use",
    "stranger",
    "poison",
    "float",
    "settle",
    "restore",
    "undo",
)
_deeds = st.lists(
    st.builds(Done, st.sampled_from(WHATS), st.integers(0, BILLS - 1), st.integers(1, 3).map(lambda n: n * FEN // 2)),
    min_size=1,
    max_size=9,
).map(tuple)


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """Two counters with some deeds each, and an order."""
    deeds = (draw(_deeds), draw(_deeds))
    left, order = [len(deeds[0]), len(deeds[1])], []
    while any(left):
        who = draw(st.integers(0, 1)) if all(left) else left.index(max(left))
        count = draw(st.integers(1, left[who]))
        left[who] -= count
        order.append((who, count))
    return Plan(deeds, tuple(order))


def hall_of(plan: Plan, database: Database | None = None) -> tuple[HubHall, list[Desk]]:
    """A hall, and two counters whose chains hold the deeds of a plan."""
    if database is None:
        database = Database.open("sqlite://")
        migrate(database)
    hall = HubHall(database)
    rows = [*customer("1001"), *(bill(f"B{n}", "1001", FEN, cost_fen=50) for n in range(BILLS))]
    take(hall, rows)
    known = ids(hall, "bill")
    desks = [hall.desk("A"), hall.desk("B")]
    for desk, deeds in zip(desks, plan.deeds, strict=True):
        for deed in deeds:
            do(desk, deed, [known[f"B{n}"] for n in range(BILLS)], ids(hall, "account")["1001"])
    return hall, desks


def do(desk: Desk, deed: Done, bills: list[int], account_id: int) -> None:
    """Write a deed into a counter's chain."""
    bill_id, fen, book = bills[deed.bill], deed.fen, 2**40 + deed.bill
    match deed.what:
        case "pay":
            desk.pay((bill_id, fen, 7, 50 if fen > FEN else 0), account_id=account_id)
        case "two":
            desk.pay((bill_id, fen), (bills[deed.bill - 1], fen, 3), account_id=account_id)
        case "unknown":
            desk.pay((9_000 + deed.bill, fen, 1), (bill_id, fen), account_id=account_id)
        case "store":
            desk.pay((bill_id, fen), stored=(book, fen), account_id=account_id)
        case "use":
            desk.pay((bill_id, fen), used=(book, fen), account_id=account_id)
        case "stranger":
            desk.pay((bill_id, fen), staff_no="4711", account_id=account_id)
        case "poison":
            desk.add('{"kind":')
        case "float":
            shift = f"shift-{desk.name}"
            lines = (Posting("drawer", shift, fen), Posting("float", shift, -fen))
            desk.write("shift.open", {"float_fen": fen}, lines, shift_id=shift)
        case "settle":
            other = "B" if desk.name == "A" else "A"
            credit = f"intent-{other}-1-1:{desk.number_of(bill_id)}:excess"
            lines = (Posting("credit", credit, fen), Posting("drawer", f"shift-{desk.name}", -fen))
            body = {"credit_id": credit, "way": "cash", "amount_fen": fen, "task_id": ""}
            desk.write("credit.settled", body, lines, shift_id=f"shift-{desk.name}", approver_no="2001")
        case "undo":
            paid = [sent.content for sent, _ in desk.sent if '"kind":"payment.take"' in sent.content]
            if paid:
                # the same one twice, at times
                undo(desk, desk, json.loads(paid[deed.bill % len(paid)])["entry_id"], staff_no="1002")
        case _:
            desk.write("restore.sent", {"service_id": 3, "order_id": "o"}, seen_n=1)


def send(desks: list[Desk], plan: Plan, *, most: int = 200, again: int = 0) -> None:
    """Let the uploads come in the plan's order, in pieces of at most `most`, each `again` times more."""
    for who, count in plan.order:
        left = count
        while left:
            size = min(left, most)
            desk, first, nonce = desks[who], desks[who].acknowledged + 1, desks[who].nonce
            assert isinstance(desk.send(count=size), Uploaded)
            for _ in range(again):
                assert isinstance(desk.send(first, size, nonce=nonce), Uploaded), "the reply was lost"
            left -= size


_many = settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)


@_many
@given(plans(), st.integers(1, 3), st.integers(0, 2))
def test_split_and_repeated_uploads_are_worked_out_the_same(plan: Plan, most: int, again: int) -> None:
    whole, desks = hall_of(plan)
    send(desks, plan)
    pieces, others = hall_of(plan)
    send(others, plan, most=most, again=again)

    check(whole)
    assert digest(pieces) == digest(whole)


@_many
@given(plans())
def test_whoever_comes_first_no_fen_is_lost_or_doubled(plan: Plan) -> None:
    first, desks = hall_of(plan)
    send(desks, plan)
    other, others = hall_of(plan)
    send(others, plan._replace(order=tuple(reversed(plan.order))))

    for hall in (first, other):
        check(hall)
    drawers = [{key: fen for key, fen in hall.balances().items() if key[0] == "drawer"} for hall in (first, other)]
    assert drawers[0] == drawers[1]
    lines = [Counter(row["entry_id"] for row in hall.rows(t.ledger_lines)) for hall in (first, other)]
    assert lines[0] == lines[1]
    assert set(lines[0].values()) <= {1}
    if not {"settle", "use"} & {deed.what for deeds in plan.deeds for deed in deeds}:
        # what is settled of a bill in the end is the same, whoever's money it was
        sums = [
            sorted((r["bill_id"], r["settled_principal_fen"]) for r in hall.rows(t.bill_sums))
            for hall in (first, other)
        ]
        assert sums[0] == sums[1]


@pytest.mark.parametrize("seed", range(3))
def test_both_data_bases_work_out_the_same(postgres_hub: Database, seed: int) -> None:
    deeds = [Done(what, place % BILLS, FEN) for place, what in enumerate(WHATS * 2, seed)]
    plan = Plan((tuple(deeds), tuple(reversed(deeds))), ((0, 5), (1, 9), (0, len(deeds) - 5), (1, len(deeds) - 9)))
    found = []
    for database in (None, postgres_hub):
        hall, desks = hall_of(plan, database)
        send(desks, plan, most=4, again=1)
        check(hall)
        found.append(digest(hall))
    assert found[0] == found[1]


def test_entries_that_are_applied_alone_are_worked_out_as_together(monkeypatch: pytest.MonkeyPatch) -> None:
    deeds = tuple(Done(what, place % BILLS, FEN) for place, what in enumerate(WHATS))
    plan = Plan((deeds, deeds[::-1]), ((0, len(deeds)), (1, len(deeds))))
    together, desks = hall_of(plan)
    send(desks, plan)

    apply = applying._apply

    def only_alone(connection: Connection, batch: Batch, entries: Sequence[Arrived]) -> list[Fate]:
        if len(entries) > 1:
            raise OverflowError
        return apply(connection, batch, entries)

    monkeypatch.setattr(applying, "_apply", only_alone)
    alone, others = hall_of(plan)
    send(others, plan)

    assert digest(alone) == digest(together)


@pytest.mark.parametrize("planted", ["late fee", "twice", "lost"])
def test_a_planted_fault_is_found_by_the_fold(planted: str, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = Plan(((Done("pay", 0, FEN),), (Done("pay", 0, FEN),)), ((0, 1), (1, 1)))
    hall, desks = hall_of(plan)
    if planted == "lost":
        monkeypatch.setitem(ledger.KINDS, "payment.take", lambda *_: None)
    send(desks, plan)
    with hall.database.transaction() as connection:
        if planted == "late fee":
            connection.execute(t.bill_sums.update().values(settled_late_fee_fen=t.bill_sums.c.settled_late_fee_fen + 1))
        elif planted == "twice":
            connection.execute(t.balances.update().values(balance_fen=2 * t.balances.c.balance_fen))

    with pytest.raises(AssertionError):
        check(hall)
