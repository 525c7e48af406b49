"""Pages of the feed in the file: each kind where it belongs, in order, once, and nothing lost that does not fit."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from counter_app.domain.search import read_query
from counter_app.domain.sync_state import FeedMark
from counter_app.services import customers
from counter_app.storage.books import books_of_customer
from counter_app.storage.feed_held import held_rows
from counter_app.storage.hall import OpenHall
from counter_app.storage.search import search
from counter_app.storage.sync_state import read_state
from counter_app.sync.apply_feed import SLICE_WORK, Applied, apply_page, try_held
from counter_app.sync.wire import ROW_KEYS, FeedRow, Mark
from tests import halls
from tests.sync.feeds import GENERATION, ROWS, Feed, ask, body, broken, page_of


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[OpenHall]:
    opened = halls.a_hall(tmp_path / "hall")
    yield opened
    opened.close()


def mark_of(hall: OpenHall) -> FeedMark | None:
    with hall.reading() as reading:
        return read_state(reading).feed


def waiting(hall: OpenHall) -> list[tuple[int, str, str, str]]:
    with hall.reading() as reading:
        return [(row.n, row.kind, row.key, row.why) for row in held_rows(reading)]


def found(hall: OpenHall, words: str) -> list[int]:
    with hall.reading() as reading:
        return [hit.customer_id for hit in search(reading, read_query(words))]


def test_the_rows_here_have_every_kind_of_the_contract() -> None:
    assert ROWS.keys() == ROW_KEYS.keys()


def test_each_kind_of_row_finds_its_table_and_the_mark_moves_with_it(hall: OpenHall) -> None:
    feed = Feed().all_kinds()
    done = feed.into(hall)
    assert (done.taken, done.held) == (len(ROWS) - 1, 0)
    assert mark_of(hall) == done.mark == FeedMark(GENERATION, feed.n, feed.hash)
    assert ask(hall, "SELECT name, since_on FROM customers") == [("张伟", "2019-05-01")]
    assert ask(hall, "SELECT line, kind, value FROM contacts") == [(1, "mobile", "13800138000")]
    assert ask(hall, "SELECT account_no, json_extract(facts, '$.片区') FROM accounts") == [("10002345", "东")]
    assert ask(hall, "SELECT number, state FROM services") == [("13800138000", "active")]
    assert ask(hall, "SELECT line, item, amount_fen FROM bill_items") == [(1, "月租", 5_800), (2, "流量", 4_000)]
    assert ask(hall, "SELECT settlement_id, source, channel, entry FROM settlements") == [
        ("s1", "hub:import", "bank", None)
    ]
    assert ask(hall, "SELECT role, must_change_password FROM staff WHERE staff_no = '1003'") == [("teller", 1)]
    assert ask(hall, "SELECT name, is_active FROM counters WHERE counter_id = 'c2'") == [("2 号台", 1)]
    assert ask(hall, "SELECT ordinal, code FROM counters_down") == [(2, "02")]
    assert ask(hall, "SELECT hex(public_key) FROM devices WHERE device_id = 'd2'") == [("AB" * 32,)]
    assert ask(hall, "SELECT kind, json_extract(facts, '$.bill_no') FROM tasks") == [("duplicate_payment", "B31")]
    assert ask(hall, "SELECT entry_id, amount_fen FROM ledger_lines") == [("e1", 9_800)]
    assert hall.hall.hotline == "10086"


def test_a_customer_who_came_down_is_found_shown_and_holds_what_moved_elsewhere(hall: OpenHall) -> None:
    Feed().all_kinds().into(hall)
    assert [found(hall, words) for words in ("10002345", "13800138000", "幸福路", "zw")] == [[1]] * 4
    with hall.reading() as reading:
        books = books_of_customer(reading, 1)
    assert [book.book.balance_fen for book in books] == [5_000 - 1_200]
    shown = customers.open_customer(hall, halls.teller(), 1)
    assert shown is not None


def test_a_newer_row_takes_the_place_of_the_older_and_the_search_forgets_that(hall: OpenHall) -> None:
    feed = Feed().all_kinds()
    feed.into(hall)
    feed.add("customer", name="李雷", contacts=[]).add("bill", principal_fen=9_900, items=[["月租", 9_900]])
    feed.add("account", address="和平里 3 号").add("book", name="赠款")
    feed.into(hall)
    assert ask(hall, "SELECT count(*) FROM contacts") == [(0,)]
    assert ask(hall, "SELECT line, amount_fen FROM bill_items") == [(1, 9_900)]
    assert ask(hall, "SELECT name FROM books") == [("赠款",)]
    assert [found(hall, words) for words in ("和平里", "幸福路", "zw")] == [[1], [], []]


@pytest.mark.parametrize(
    ("kind", "text", "why"),
    [
        ("weather", "{}", "unknown kind"),
        ("customer", "{", "no JSON"),
        ("customer", "[1]", "no JSON object"),
        ("hall", '{"key": "hotline"}', "value is missing"),
        ("hall", '{"key": "hotline", "value": "1", "more": 1}', "more is not known"),
        ("hall", '{"key": "hotline", "value": 1}', "value is int"),
        ("hall", '{"key": "trade", "value": "gas"}', "trade: editable"),
        ("hall", '{"key": "footer", "value": "发票"}', "footer: no_invoice_word"),
        ("bill", body("bill", due_on="2026-02-30"), "due_on is out of its range"),
        ("bill", body("bill", principal_fen=10**14), "principal_fen is out of its range"),
        ("bill", body("bill", items=[["月租", 1.5]]), "items is out of its range"),
        ("bill", body("bill", principal_fen=1.5), "principal_fen is float"),
        ("customer", body("customer", id=2**63), "id is out of its range"),
        ("customer", body("customer", flags=[["vip", "2026-01-01", ""]] * 2), "UNIQUE constraint failed"),
        ("customer", body("customer", flags=[["king", "2026-01-01", ""]]), "flags is out of its range"),
        ("customer", body("customer").replace("张伟", "\\ud800"), "a text that cannot be kept"),
        ("account", body("account", customer_id=99), "no customer 99"),
        ("staff", body("staff", role="king"), "role is out of its range"),
        ("pack", body("pack", text="a = 1"), "errors, first: "),
        ("device", body("device", counter_id="c9"), "no counter c9"),
    ],
)
def test_a_row_that_does_not_fit_is_kept_raw_with_its_reason_and_the_mark_moves_on(
    hall: OpenHall, kind: str, text: str, why: str
) -> None:
    before = ask(hall, "SELECT count(*) FROM customers, accounts, bills, staff")
    feed = Feed().raw(kind, text).add("task", task_id="t2")
    done = feed.into(hall)
    assert (done.taken, done.held, done.mark.n) == (1, 1, 2)
    with hall.reading() as reading:
        (held,) = held_rows(reading)
    assert (held.generation, held.n, held.kind, held.body) == (GENERATION, 1, kind, text)
    assert why in held.why
    assert ask(hall, "SELECT count(*) FROM customers, accounts, bills, staff") == before
    assert ask(hall, "SELECT task_id FROM tasks") == [("t2",)]


def test_rows_wait_for_what_they_belong_to_and_are_taken_when_it_comes(hall: OpenHall) -> None:
    feed = Feed().add("settlement").add("bill").add("account")
    assert feed.into(hall).held == 3
    assert [why for *_, why in waiting(hall)] == ["no bill 31", "no account 11", "no customer 1"]
    feed.add("customer").into(hall)
    assert waiting(hall) == []
    assert ask(hall, "SELECT settlement_id FROM settlements") == [("s1",)]


def test_a_row_that_waits_is_forgotten_when_a_newer_one_of_its_key_fits(hall: OpenHall) -> None:
    feed = Feed().add("account", customer_id=2, address="旧").add("customer").add("account", address="新")
    assert feed.into(hall).held == 1
    assert waiting(hall) == []
    feed.add("customer", id=2, customer_no="C2").into(hall)
    assert ask(hall, "SELECT customer_id, address FROM accounts") == [(1, "新")]


def test_an_upgraded_program_takes_the_rows_that_the_older_one_did_not_know(
    hall: OpenHall, monkeypatch: pytest.MonkeyPatch
) -> None:
    from counter_app.sync import feed_rows

    with monkeypatch.context() as older:
        older.delitem(feed_rows._FORMS, "task")
        Feed().add("task").add("customer").into(hall)
    assert [(kind, why) for _, kind, _, why in waiting(hall)] == [("task", "unknown kind")]
    assert try_held(hall) == 0
    assert ask(hall, "SELECT task_id FROM tasks") == [("t1",)]


def test_a_page_that_does_not_follow_is_refused_whole(hall: OpenHall) -> None:
    feed = Feed().add("customer")
    feed.into(hall)
    mark = mark_of(hall)
    row = FeedRow(n=2, kind="hall", body=body("hall"))
    end = Feed(n=1, hash=feed.hash).raw("hall", body("hall"))
    good = Mark(n=2, hash=end.hash)
    assert broken(hall, page_of([row.model_copy(update={"n": 3})], good)).n == 2
    assert "hash" in broken(hall, page_of([row], Mark(n=2, hash="a" * 64))).why
    assert "hash" in broken(hall, page_of([row.model_copy(update={"body": "{}"})], good)).why
    assert "generation" in broken(hall, page_of([row], good, "g2")).why
    assert mark_of(hall) == mark
    assert hall.hall.hotline == "10000"
    assert not isinstance(apply_page(hall, page_of([row], good)), type(None))
    assert hall.hall.hotline == "10086"


def test_a_page_is_taken_in_several_commits_and_a_crash_between_them_goes_on_where_it_was(hall: OpenHall) -> None:
    feed = Feed().add("customer").add("account")
    for at in range(SLICE_WORK + 50):
        feed.add("bill", id=100 + at, bill_no=f"B{at}")
    page = feed.page()
    commits = 0

    def crash(work: Callable[[], None]) -> None:
        nonlocal commits
        if commits == 1:
            raise KeyboardInterrupt
        commits += 1
        work()

    with pytest.raises(KeyboardInterrupt):
        apply_page(hall, page, on_writer=crash)
    mark = mark_of(hall)
    assert mark is not None
    assert 0 < mark.n < feed.n
    taken = ask(hall, "SELECT count(*) FROM bills")[0][0]
    assert taken == mark.n - 2
    rest = page_of(page.rows[mark.n :], page.upto)
    apply_page(hall, rest)
    assert ask(hall, "SELECT count(*) FROM bills") == [(SLICE_WORK + 50,)]
    assert mark_of(hall) == FeedMark(GENERATION, feed.n, feed.hash)


def test_numbers_that_are_somebody_elses_wait_and_take_nothing_from_anybody(hall: OpenHall) -> None:
    feed = Feed().all_kinds()
    feed.into(hall)
    feed.add("customer", id=2, name="韩梅梅").add("customer", id=3, customer_no="C3", name="王五")
    feed.add("settlement", principal_fen=1).add("book_move", amount_fen=-1).add("book", opening_fen=1)
    feed.add("device", public_key="cd" * 32).add("undone", undo_id="u2")
    feed.add("relief", amount_fen=1)
    assert feed.into(hall).held == 7
    assert [(kind, key) for _, kind, key, _ in waiting(hall)] == [
        ("customer", "2"),
        ("settlement", "s1"),
        ("book_move", "e1:41"),
        ("book", "41"),
        ("device", "d2"),
        ("undone", "p1"),
        ("relief", "r1:approved:B31"),
    ]
    assert [row[0] for row in ask(hall, "SELECT name FROM customers ORDER BY id")] == ["张伟", "王五"]
    assert ask(hall, "SELECT principal_fen FROM settlements") == [(4_000,)]
    with hall.reading() as reading:
        assert books_of_customer(reading, 1)[0].book.balance_fen == 3_800


def test_facts_of_an_account_stay_json_that_the_screens_read(hall: OpenHall) -> None:
    Feed().add("customer").add("account", facts={"楼层": "3", "b": "x"}).into(hall)
    assert json.loads(ask(hall, "SELECT facts FROM accounts")[0][0]) == {"楼层": "3", "b": "x"}


def test_the_fallback_driver_is_asked_on_the_writers_thread_alone(tmp_path: Path) -> None:
    writer = ThreadPoolExecutor(1)
    hall = writer.submit(lambda: halls.a_hall(tmp_path / "hall", driver="sqlite3")).result()
    page = Feed().all_kinds().page()
    done = apply_page(hall, page, on_writer=lambda work: writer.submit(work).result())
    assert isinstance(done, Applied)
    assert writer.submit(lambda: mark_of(hall)).result() == done.mark
    assert try_held(hall, on_writer=lambda work: writer.submit(work).result()) == 0
    writer.submit(hall.close).result()
    writer.shutdown()
