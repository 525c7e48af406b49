"""The feed of a hall: contiguous, hashed, and never with a hole, whoever writes meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import Connection, text

from counter_app.hub import feed
from counter_app.hub.calls import No
from counter_app.hub.database import Database
from counter_app.sync.wire import NO_HASH, FeedPage, Mark, Why, feed_hash
from tests.hub.kit import GENERATION, HubHall

START = Mark(n=0, hash=NO_HASH)


def page(hall: HubHall, after: Mark, *, generation: str = GENERATION, limit: int = 1000) -> FeedPage | No:
    """A page of the hall's feed."""
    with hall.database.transaction() as connection:
        return feed.page(connection, hall.desk_caller(), generation=generation, after=after, limit=limit)


def told(hall: HubHall, count: int) -> None:
    """Put rows behind the feed."""
    with hall.database.transaction() as connection:
        feed.tell(connection, hall.hall_id, [("hall", {"key": f"k{n}", "value": "值"}) for n in range(count)])


def test_pages_follow_each_other_under_the_rolling_hash(database: Database) -> None:
    hall = HubHall(database)
    told(hall, 3)
    told(hall, 4)
    mark, rows = START, []
    while mark.n < 7:
        found = page(hall, mark, limit=2)
        assert isinstance(found, FeedPage)
        assert found.hub.feed.n == 7
        for row in found.rows:
            assert row.n == mark.n + 1
            mark = Mark(n=row.n, hash=feed_hash(mark.hash, row.n, row.kind, row.body))
            rows.append(row)
        assert found.upto == mark
    assert len(rows) == 7
    end = page(hall, mark)
    assert isinstance(end, FeedPage)
    assert (end.rows, end.upto) == ((), mark)


def test_a_mark_of_another_history_is_refused(database: Database) -> None:
    hall = HubHall(database)
    told(hall, 3)
    found = page(hall, START, limit=2)
    assert isinstance(found, FeedPage)

    for after, generation, why in (
        (found.upto, "another", Why.OTHER_GENERATION),
        (Mark(n=2, hash="a" * 64), GENERATION, Why.OTHER_FEED),
        (Mark(n=0, hash="a" * 64), GENERATION, Why.OTHER_FEED),
        (Mark(n=9, hash="a" * 64), GENERATION, Why.OTHER_FEED),
    ):
        said = page(hall, after, generation=generation)
        assert isinstance(said, No)
        assert said.why is why
        assert said.hub is not None


def test_a_page_has_a_size_but_a_single_row_of_any(database: Database) -> None:
    hall = HubHall(database)
    with hall.database.transaction() as connection:
        texts = ("x" * 700_000, "x" * 2_000_000, "x")
        feed.tell(connection, hall.hall_id, [("pack", {"text": text}) for text in texts])

    mark, sizes = START, []
    while mark.n < 3:
        found = page(hall, mark)
        assert isinstance(found, FeedPage)
        sizes.append(len(found.rows))
        mark = found.upto
    assert sizes == [1, 1, 1]


WRITERS, EACH = 8, 60


def raced(hall: HubHall, write: Callable[[Connection, str], None], read: Callable[[Connection, int], list[int]]) -> int:
    """Let eight write while one reads behind the last row it has seen; how many rows it has never seen."""
    written, seen, last = WRITERS * EACH, 0, 0
    is_over = threading.Event()

    def writer(number: int) -> None:
        for n in range(EACH):
            with hall.database.transaction() as connection:
                write(connection, f"{number}-{n}")
                # the others get their turn between the row and its commit, as on a machine with many of them
                connection.execute(text("SELECT pg_sleep(0.0005)"))

    def reader() -> int:
        nonlocal seen, last
        while True:
            was_over = is_over.is_set()
            with hall.database.transaction() as connection:
                found = read(connection, last)
            seen += len(found)
            last = found[-1] if found else last
            if was_over and not found:
                return seen

    with ThreadPoolExecutor(WRITERS + 1) as pool:
        reading = pool.submit(reader)
        for done in [pool.submit(writer, number) for number in range(WRITERS)]:
            done.result()
        is_over.set()
        return written - reading.result()


def test_eight_writers_hide_no_row_from_a_reader(postgres_url: str) -> None:
    hall = HubHall(Database.open(postgres_url, pool=WRITERS + 2))
    marks: dict[int, str] = {0: NO_HASH}

    def write(connection: Connection, name: str) -> None:
        feed.tell(connection, hall.hall_id, [("hall", {"key": name, "value": ""})])

    def read(connection: Connection, last: int) -> list[int]:
        after = Mark(n=last, hash=marks[last])
        found = feed.page(connection, hall.desk_caller(), generation=GENERATION, after=after, limit=7)
        assert isinstance(found, FeedPage)
        marks[found.upto.n] = found.upto.hash
        assert [row.n for row in found.rows] == list(range(last + 1, found.upto.n + 1))
        return [row.n for row in found.rows]

    assert raced(hall, write, read) == 0
    hall.database.close()


def test_a_cursor_over_a_sequence_does_hide_rows(postgres_url: str) -> None:
    """The negative control: the popular way, in the same race, loses rows for ever."""
    hall = HubHall(Database.open(postgres_url, pool=WRITERS + 2))
    with hall.database.transaction() as connection:
        connection.execute(text("CREATE TABLE naive (id bigserial PRIMARY KEY, name text)"))

    def write(connection: Connection, name: str) -> None:
        connection.execute(text("INSERT INTO naive (name) VALUES (:name)"), {"name": name})

    def read(connection: Connection, last: int) -> list[int]:
        question = text("SELECT id FROM naive WHERE id > :last ORDER BY id")
        return list(connection.execute(question, {"last": last}).scalars())

    assert raced(hall, write, read) > 0
    hall.database.close()


def test_counters_that_upload_at_once_are_all_in_the_feed(postgres_url: str) -> None:
    hall = HubHall(Database.open(postgres_url, pool=WRITERS + 2))
    desks = [hall.desk(f"D{number}") for number in range(4)]
    for bill_id in range(1, 11):
        hall.bill(bill_id, 1_000)
    for desk in desks:
        for bill_id in range(1, 11):
            desk.pay((bill_id, 1_000))

    def send(number: int) -> None:
        desk = desks[number]
        while desk.acknowledged < 10:
            desk.send(count=2)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(send, range(4)))

    balances = hall.balances()
    assert (balances["receivable", ""], balances["credit", ""]) == (-10_000, -30_000)
    assert len([task for task in hall.tasks() if task["kind"] == "duplicate_payment"]) == 30
    mark = NO_HASH
    rows = sorted(hall.rows_of_feed())
    for n, kind, body, digest in rows:
        mark = feed_hash(mark, n, kind, body)
        assert mark == digest
    assert [row[0] for row in rows] == list(range(1, len(rows) + 1))
    hall.database.close()
