"""A search filled in short commits: the same as one made whole, wherever it was cut and whoever came between."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from counter_app.clock import SystemClock
from counter_app.storage import search_filling
from counter_app.storage.hall import OpenHall, create_hall
from counter_app.storage.search_filling import begin_filling, end_filling, filling
from counter_app.storage.search_index import index_customers
from counter_app.storage.sql import Reading
from tests.services.test_search import HALL
from tests.storage.test_search import put, random_person

PEOPLE = 40


@pytest.fixture
def hall(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[OpenHall]:
    """People whose search is not made; commits of a few rows only."""
    for name, size in (("TERMS", 7), ("RUN", 11), ("TEXTS", 3), ("MERGED_PAGES", 2), ("_READ", 9)):
        monkeypatch.setattr(search_filling, name, size)
    with closing(create_hall(tmp_path / "hall", HALL, clock=SystemClock.of_this_machine())) as made:
        rng = random.Random(7)
        with made.writing() as work:
            put(work, *[random_person(rng, n) for n in range(1, PEOPLE + 1)])
            for statement in (
                "DELETE FROM search_terms",
                "DELETE FROM search_cards",
                "INSERT INTO search_text (search_text) VALUES ('delete-all')",
            ):
                work.driver.execute(statement)
        yield made


def reader(hall: OpenHall) -> Callable[[Callable[[Reading], None]], None]:
    def read(question: Callable[[Reading], None]) -> None:
        with hall.reading() as reading:
            question(reading)

    return read


def fill(
    hall: OpenHall, after: int = 0, *, commits: int | None = None, between: Callable[[], None] | None = None
) -> int:
    """Fill from behind a customer, `commits` of them or all; returns how far it came."""
    with hall.writing() as work:
        begin_filling(work)
    for done, (write, reached) in enumerate(filling(reader(hall), list(range(after + 1, PEOPLE + 1)))):
        if done == commits:
            return after
        if done == 1 and between is not None:
            between()
        with hall.writing() as work:
            write(work)
        after = reached or after
    with hall.writing() as work:
        end_filling(work)
    return after


def held(hall: OpenHall) -> tuple[Sequence[object], ...]:
    """Everything that the search holds, the words of the text by customer."""
    with hall.writing() as work:
        ask = work.driver.execute
        ask("CREATE VIRTUAL TABLE temp.words USING fts5vocab(main, search_text, instance)")
        words = sorted(ask("SELECT doc, term FROM temp.words").fetchall())
        ask("DROP TABLE temp.words")
        terms = ask("SELECT kind, term, customer_id FROM search_terms ORDER BY 1, 2, 3").fetchall()
        return words, terms, ask("SELECT * FROM search_cards ORDER BY 1").fetchall()


def whole(hall: OpenHall) -> tuple[Sequence[object], ...]:
    with hall.writing() as work:
        index_customers(work)
    return held(hall)


def test_it_is_the_same_as_one_that_is_made_at_once(hall: OpenHall) -> None:
    assert fill(hall) == PEOPLE
    found = held(hall)
    assert len(found[0]) > PEOPLE, "there are words in it"
    assert found == whole(hall)


def test_wherever_it_is_cut_it_is_begun_again_behind_the_last_that_is_whole(hall: OpenHall) -> None:
    reached, cuts = 0, 0
    while reached < PEOPLE:
        cuts += 1
        reached = fill(hall, reached, commits=83 + cuts)
    assert cuts > 2
    assert held(hall) == whole(hall)


def test_who_became_known_otherwise_meanwhile_stays_as_they_became_known(hall: OpenHall) -> None:
    def another_name() -> None:
        with hall.writing() as work:
            work.driver.execute("UPDATE customers SET name = '欧阳慕云' WHERE id IN (5, 6)")
            index_customers(work, [5, 6, 7])

    fill(hall, between=another_name)
    assert held(hall) == whole(hall)


def test_afterwards_the_text_index_merges_its_own_way_again(hall: OpenHall) -> None:
    def options() -> dict[str, int]:
        with hall.writing() as work:
            return dict(work.driver.execute("SELECT k, v FROM search_text_config WHERE k LIKE '%merge'").fetchall())

    fill(hall, commits=1)
    assert options() == {"automerge": 0, "crisismerge": 256}
    fill(hall)
    # what SQLite itself does where nothing is said
    assert options() == {"automerge": 4, "crisismerge": 16}
