"""What comes down beside what the counter did itself: nothing counts twice, nothing of ours is undone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from counter_app.domain.payments import Tender
from counter_app.domain.refusals import Refused
from counter_app.domain.staff import Right
from counter_app.domain.staff_refusals import NoRight, SignedOut
from counter_app.domain.sync_state import ChainMark
from counter_app.resources import resource
from counter_app.services import authority, customers, staff
from counter_app.storage.books import books_of_account
from counter_app.storage.feed_held import held_rows
from counter_app.storage.hall import OpenHall
from counter_app.storage.sync_state import keep
from tests import halls
from tests.sync.feeds import Feed, ask, body, findings


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[OpenHall]:
    opened = halls.a_hall(tmp_path / "hall")
    yield opened
    opened.close()


SOMEONE = halls.Someone(1, 11)


def filled(hall: OpenHall) -> Feed:
    feed = Feed().add("customer").add("account").add("service").add("bill").add("book")
    feed.into(hall)
    halls.an_open_shift(hall)
    return feed


def acked(hall: OpenHall) -> None:
    """The hub has acknowledged the journal as it stands."""
    epoch, seq, digest = ask(hall, "SELECT epoch, seq, hex(hash) FROM journal_head")[0]
    with hall.store.writing() as work:
        keep(work, acked=ChainMark(epoch, seq, digest.lower()))


def sums(hall: OpenHall) -> tuple[int, ...]:
    row: tuple[int, ...] = ask(hall, "SELECT count(*), sum(principal_fen), sum(late_fee_fen) FROM settlements")[0]
    return row


def test_what_a_payment_settled_and_moved_comes_back_and_changes_nothing(hall: OpenHall) -> None:
    feed = filled(hall)
    _, taken = halls.pay(hall, SOMEONE, halls.cash(60), Tender("prepaid", 2_000))
    before, balance = sums(hall), books_held(hall)
    (settlement,) = ask(hall, "SELECT settlement_id, principal_fen, late_fee_fen FROM settlements")
    feed.add(
        "settlement",
        settlement_id=settlement[0],
        settled_on="2026-11-21",
        principal_fen=settlement[1],
        late_fee_fen=settlement[2],
        source="counter",
        channel="counter",
        counter_id=hall.hall.counter_id,
    )
    feed.add("book_move", move_id=f"{taken.payment_id}:41", amount_fen=-2_000, counter_id=hall.hall.counter_id)
    feed.add("line", entry_id=taken.payment_id, counter_id=hall.hall.counter_id)
    assert feed.into(hall).held == 0
    assert (sums(hall), books_held(hall)) == (before, balance)
    assert ask(hall, "SELECT count(*) FROM ledger_lines") == [(0,)]
    assert findings(hall) == []


def books_held(hall: OpenHall) -> list[int]:
    with hall.reading() as reading:
        return [book.book.balance_fen for book in books_of_account(reading, 11)]


def test_a_bill_that_two_counters_took_owes_nothing_and_is_whole_after_the_hubs_answer(hall: OpenHall) -> None:
    feed = filled(hall)
    halls.pay(hall, SOMEONE, halls.cash(200))
    own = sums(hall)
    feed.add("settlement", settlement_id="theirs", principal_fen=9_800, source="counter", counter_id="c2")
    feed.into(hall)
    assert halls.position(hall, SOMEONE).open_bills == ()
    page = customers.open_customer(hall, halls.teller(), 1)
    assert page is not None
    feed.add("settlement", settlement_id="theirs:excess", principal_fen=-9_800, late_fee_fen=-10, source="hub")
    feed.into(hall)
    assert halls.position(hall, SOMEONE).open_bills == ()
    assert sums(hall)[1:] == own[1:]
    assert ask(hall, "SELECT source FROM settlements ORDER BY id")[1:] == [("hub:counter:c2",), ("hub:hub",)]
    assert findings(hall) == []


def test_a_state_that_our_entry_set_stays_until_the_hub_has_the_entry(hall: OpenHall) -> None:
    feed = filled(hall)
    feed.add("service", state="stopped", state_reason="arrears").into(hall)
    halls.pay(hall, SOMEONE, halls.cash(200))
    assert ask(hall, "SELECT state FROM services") == [("restoring",)]
    feed.add("service", state="stopped", state_reason="arrears", plan="88 元套餐").into(hall)
    assert ask(hall, "SELECT state, plan FROM services") == [("restoring", "88 元套餐")]
    acked(hall)
    feed.add("service", state="active", state_since_on="2026-11-22").into(hall)
    assert ask(hall, "SELECT state FROM services") == [("active",)]


def test_who_is_blocked_or_another_role_upstream_may_do_nothing_more_from_that_commit_on(hall: OpenHall) -> None:
    session = halls.teller()
    feed = Feed()
    for state in ("locked", "left"):
        feed.add("staff", staff_no="1001", name="王芳", state=state, must_change_password=0).into(hall)
        with hall.reading() as reading, pytest.raises(Refused) as refused:
            authority.still(reading, session, Right.RUN_SHIFT)
        assert isinstance(refused.value.refusal, SignedOut)
        feed.add("staff", staff_no="1001", name="王芳", must_change_password=0).into(hall)
        with hall.reading() as reading:
            authority.still(reading, session, Right.RUN_SHIFT)
    feed.add("staff", staff_no="1001", name="王芳", role="auditor", must_change_password=0).into(hall)
    with hall.reading() as reading, pytest.raises(Refused) as refused:
        authority.still(reading, session, Right.RUN_SHIFT)
    assert isinstance(refused.value.refusal, SignedOut | NoRight)


def test_a_sign_in_that_locked_itself_here_stays_locked_and_its_password_comes_from_upstream(hall: OpenHall) -> None:
    feed = Feed()
    with hall.store.writing() as work:
        work.driver.execute("UPDATE staff SET state = 'locked', failed_tries = 10 WHERE staff_no = '1001'")
    feed.add("staff", staff_no="1001", name="王芳芳", verifier="").into(hall)
    ((name, state, verifier),) = ask(hall, "SELECT name, state, verifier FROM staff WHERE staff_no = '1001'")
    assert (name, state) == ("王芳芳", "locked")
    assert verifier, "the hub was never told the password: the one that was set here stays"
    feed.add("staff", staff_no="1002", verifier="theirs").into(hall)
    assert ask(hall, "SELECT verifier FROM staff WHERE staff_no = '1002'") == [("theirs",)]


def test_a_password_changed_here_stays_until_the_hub_has_heard_of_it(hall: OpenHall) -> None:
    staff.change_own_password(hall, halls.teller(), halls.PASSWORD, "another-horse-9")
    mine = ask(hall, "SELECT verifier FROM staff WHERE staff_no = '1001'")
    feed = Feed().add("staff", staff_no="1001", verifier="older")
    feed.into(hall)
    assert ask(hall, "SELECT verifier FROM staff WHERE staff_no = '1001'") == mine
    acked(hall)
    feed.add("staff", staff_no="1001", verifier="newer").into(hall)
    assert ask(hall, "SELECT verifier FROM staff WHERE staff_no = '1001'") == [("newer",)]


def test_a_rule_pack_holds_when_it_is_whole_and_a_bad_one_waits_with_its_error(hall: OpenHall) -> None:
    text = resource("rules", "telecom.toml").read_text("utf-8")
    before = hall.pack
    feed = Feed().add("pack", text=text.replace("[[late_fee]]", "[[late_fees]]", 1))
    feed.into(hall)
    assert hall.pack is before
    with hall.reading() as reading:
        (held,) = held_rows(reading)
    assert (held.key, "errors, first: " in held.why) == ("telecom 2", True)
    feed.add("pack", version="3", text="# 3\n" + text).add("pack", trade="gas", version="1", text=text)
    feed.into(hall)
    assert hall.pack is not before
    assert hall.rules_on(date(2026, 11, 21)) is not None
    with hall.reading() as reading:
        assert [row.why for row in held_rows(reading)][1:] == ["a pack of the trade telecom"]
    assert ask(hall, "SELECT trade, version FROM packs_down") == [("telecom", "3")]


def test_our_own_counter_is_called_what_the_hub_calls_it(hall: OpenHall) -> None:
    own = hall.hall.counter_id
    Feed().add("counter", counter_id=own, ordinal=1, code="03", name="贵宾台").into(hall)
    assert hall.hall.counter_name == "贵宾台"
    assert ask(hall, "SELECT name FROM counters WHERE counter_id = ?", own) == [("贵宾台",)]


amounts = st.integers(-20_000, 20_000)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.tuples(amounts, st.integers(-500, 500)), max_size=6), taken_fen=st.integers(0, 12_000))
def test_whatever_settlements_come_no_bill_owes_less_than_nothing_and_no_money_is_allotted_to_a_paid_one(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[int, int]], taken_fen: int
) -> None:
    hall = halls.a_hall(tmp_path_factory.mktemp("hall"))
    try:
        feed = filled(hall)
        for at, (principal_fen, late_fee_fen) in enumerate(rows):
            feed.add("settlement", settlement_id=f"x{at}", principal_fen=principal_fen, late_fee_fen=late_fee_fen)
        feed.into(hall)
        owed = halls.position(hall, SOMEONE)
        settled = sum(part for part, _ in rows)
        open_fen = sum(bill.debt.principal_fen for bill in owed.open_bills)
        assert open_fen == max(0, 9_800 - settled)
        assert all(bill.debt.late_fee_fen >= 0 for bill in owed.open_bills)
        if taken_fen:
            made, _ = halls.pay(hall, SOMEONE, halls.cash(taken_fen // 100 + 1))
            assert sum(line.share.principal_fen for line in made.lines) <= open_fen
            assert made.settled_fen + made.stored_fen + made.change_fen == made.received_fen
        assert findings(hall) == []
    finally:
        hall.close()


KINDS = (
    *("customer", "account", "service", "bill", "settlement", "book", "book_move", "undone", "relief", "staff", "task"),
    "line",
)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_cut_of_the_feed_into_pages_gives_the_same_file(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    rows = [
        (kind, body(kind, **({"name": f"n{data.draw(st.integers(0, 3))}"} if kind in ("customer", "book") else {})))
        for kind in data.draw(st.lists(st.sampled_from(KINDS), min_size=1, max_size=14))
    ]
    cuts = data.draw(st.sets(st.integers(1, len(rows))))
    said = []
    for ends in (cuts, set(range(1, len(rows) + 1)), set[int]()):
        hall = halls.a_hall(tmp_path_factory.mktemp("hall"))
        feed = Feed()
        for at, (kind, text) in enumerate(rows, 1):
            feed.raw(kind, text)
            if at in ends or at == len(rows):
                feed.into(hall)
        said.append((digest(hall), findings(hall)))
        hall.close()
    assert said[0] == said[1] == said[2]
    assert said[0][1] == []


TABLES = (
    "customers", "contacts", "accounts", "services", "bills", "bill_items", "settlements", "books", "book_moves",
    "books_elsewhere", "undone_elsewhere", "roles_down", "tasks", "ledger_lines", "feed_checks", "search_cards",
    "search_terms",
)  # fmt: skip


def digest(hall: OpenHall) -> str:
    """Everything that came down, without what the clock and the order of tries say."""
    found = {name: sorted(map(repr, ask(hall, f"SELECT * FROM {name}"))) for name in TABLES}
    with hall.reading() as reading:
        found["held"] = sorted(f"{row.n} {row.kind} {row.why}" for row in held_rows(reading))
    return json.dumps(found, ensure_ascii=False)
