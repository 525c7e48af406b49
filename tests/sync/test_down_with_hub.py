"""Two counters and the real hub: a hall that worked alone goes up, a further counter has it whole, and they agree."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from counter_app.clock import FixedClock
from counter_app.domain.payments import Tender
from counter_app.hub.masters import take
from counter_app.services import payments
from counter_app.storage.hall import OpenHall, open_hall
from counter_app.sync.engine import Engine
from counter_app.sync.enrolment import join_new
from counter_app.sync.ground import Ground
from counter_app.sync.hub_line import LineDown
from counter_app.sync.snapshots import Snapshots
from tests import halls
from tests.sync.feeds import ask, findings
from tests.sync.real_hub import URL, RealHub, a_real_hub

CHANGED = ("customers", "contacts", "customer_flags", "accounts", "bills", "bill_items", "services")


@pytest.fixture
def hub() -> Iterator[RealHub]:
    with a_real_hub() as found:
        yield found


@pytest.fixture
def first(tmp_path: Path) -> Iterator[OpenHall]:
    """A hall with customers, a book from elsewhere, a note, and payments of its own."""
    hall = halls.a_hall(tmp_path / "first")
    someone = halls.three_months_behind(hall)
    halls.three_months_behind(hall, no="10002346", name="李雷\u2028")
    with hall.store.writing() as work:
        for statement in (
            "INSERT INTO contacts VALUES (1, 1, 'mobile', '13900000001', ''), (1, 2, 'mail', 'a@b', '家人')",
            "INSERT INTO contacts VALUES (2, 1, 'landline', '01012345678', '')",
            "INSERT INTO customer_flags VALUES (2, 'protected', '2020-01-01', ''), (2, 'vip', '2021-01-01', 'x')",
            "INSERT INTO bill_items VALUES (1, 1, '月租', 5800), (1, 2, '流量', 4000), (2, 1, '月租', 9800)",
        ):
            work.driver.execute(statement)
    halls.an_open_shift(hall)
    halls.pay(hall, someone, halls.cash(200), settle_fen=10_000, is_change_stored=True)
    yield hall
    hall.close()


def rounds(hub: RealHub, hall: OpenHall) -> None:
    """Rounds until there is nothing more to do."""
    engine = Engine(Ground(hall), lambda _enrolment: hub.line, Snapshots(), Random(1))
    for _ in range(40):
        done = engine.round()
        assert done.why == "", done
        if not (done.is_more or done.sent or done.taken):
            return
    raise AssertionError("the rounds do not end")


def joined(hub: RealHub, first: OpenHall, folder: Path) -> OpenHall:
    """A further counter of the hall, with an empty file."""
    from dataclasses import replace

    code = hub.code(replace(first.hall, counter_code="04"))
    join_new(folder, URL, code, "04", clock=FixedClock(halls.NOW), way=hub.way)
    return open_hall(folder, clock=FixedClock(halls.NOW))


def rows(hall: OpenHall, name: str) -> list[str]:
    return sorted(map(repr, ask(hall, f"SELECT * FROM {name}")))


def settled(hall: OpenHall) -> list[tuple[object, ...]]:
    names = "settlement_id, bill_id, principal_fen, late_fee_fen, cost_fen"
    return sorted(ask(hall, f"SELECT {names} FROM settlements"))


def books(hall: OpenHall) -> list[tuple[object, ...]]:
    return ask(
        hall,
        "SELECT b.id, opening_fen + coalesce(e.amount_fen, 0) - coalesce(m.balance_fen, 0) FROM books b"
        " LEFT JOIN books_elsewhere e ON e.book_id = b.id"
        " LEFT JOIN balances m ON m.account = 'prepaid' AND m.subject = CAST(b.id AS TEXT) ORDER BY b.id",
    )


def agreed(one: OpenHall, other: OpenHall) -> None:
    for name in CHANGED:
        assert rows(one, name) == rows(other, name), name
    assert settled(one) == settled(other)
    assert books(one) == books(other)
    assert findings(one) == findings(other) == []
    assert ask(one, "SELECT * FROM feed_held") == ask(other, "SELECT * FROM feed_held") == []


def test_a_hall_that_worked_alone_goes_up_and_a_further_counter_has_all_of_it(
    hub: RealHub, first: OpenHall, tmp_path: Path
) -> None:
    before = {name: rows(first, name) for name in CHANGED}
    assert hub.joined(first).enrolment.wants_master
    rounds(hub, first)
    assert {name: rows(first, name) for name in CHANGED} == before
    state = Ground(first).state()
    assert state.enrolment is not None
    assert (state.offer, state.enrolment.wants_master, state.feed is None) == (None, False, False)
    second = joined(hub, first, tmp_path / "second")
    rounds(hub, second)
    rounds(hub, first)
    agreed(first, second)
    second.close()


def test_an_offer_that_is_cut_at_any_request_goes_on_with_the_same_bytes(
    hub: RealHub, first: OpenHall, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("counter_app.sync.master_offer.PART_ROWS", 2)
    hub.joined(first)
    line, calls = hub.line, 0

    class Cutting:
        """Every request arrives; every other reply is lost."""

        def call(self, method: str, target: str, headers: dict[str, str], body: bytes) -> object:
            nonlocal calls
            reply = line.call(method, target, headers, body)
            calls += 1
            if calls % 2:
                raise LineDown("offline")
            return reply

    engine = Engine(Ground(first), lambda _enrolment: Cutting(), Snapshots(), Random(1))  # type: ignore[arg-type, return-value]  # it is a line
    for at in range(30):
        engine.round()
        if at == 3:
            with first.store.writing() as work:
                work.driver.execute("UPDATE services SET state_reason = 'x'")
    second = joined(hub, first, tmp_path / "second")
    rounds(hub, second)
    assert rows(second, "bills") == rows(first, "bills")
    assert settled(second) == settled(first)
    second.close()


def test_what_two_counters_do_reaches_both_and_they_agree(hub: RealHub, first: OpenHall, tmp_path: Path) -> None:
    hub.joined(first)
    rounds(hub, first)
    second = joined(hub, first, tmp_path / "second")
    rounds(hub, second)
    someone = halls.Someone(1, 1)
    teller = halls.teller()
    with second.store.writing() as work:
        # the first counter's passwords stay there; who works here is known
        work.driver.execute("UPDATE staff SET must_change_password = 0")
    halls.an_open_shift(second)
    halls.pay(second, someone, Tender("prepaid", 100), halls.cash(30), session=teller)
    halls.pay(first, halls.Someone(2, 2), halls.cash(500), is_change_stored=True)
    halls.pay(second, halls.Someone(2, 2), halls.cash(500), is_change_stored=True)
    for _ in range(3):
        rounds(hub, first)
        rounds(hub, second)
    agreed(first, second)
    assert ask(first, "SELECT kind, state FROM tasks") == ask(second, "SELECT kind, state FROM tasks")
    assert ("duplicate_payment", "open") in ask(first, "SELECT kind, state FROM tasks")
    for hall in (first, second):
        assert halls.position(hall, halls.Someone(2, 2)).open_bills == ()
        with hall.reading() as reading:
            assert payments.position_of(hall, reading, 2, 2, None)[1].prepaid_fen > 0
    second.close()


def test_a_file_of_the_hubs_to_all_counters(hub: RealHub, first: OpenHall, tmp_path: Path) -> None:
    hub.joined(first)
    rounds(hub, first)
    second = joined(hub, first, tmp_path / "second")
    rounds(hub, second)
    bill = {"account_no": "10002345", "bill_no": "N1", "month": "2026-10", "issued_on": "2026-10-28"}
    bill |= {"due_on": "2026-11-15", "principal_fen": 1_234, "items": [["月租", 1_234]]}  # type: ignore[dict-item]  # whole numbers, too
    with hub.hub.database.transaction() as connection:
        taken = take(connection, first.hall.hall_id, "2026-11-21T00:00:00+00:00", [("bill", bill)])
    assert taken.new == 1, taken
    rounds(hub, first)
    rounds(hub, second)
    agreed(first, second)
    assert ask(first, "SELECT principal_fen FROM bills WHERE bill_no = 'N1'") == [(1_234,)]
    second.close()
