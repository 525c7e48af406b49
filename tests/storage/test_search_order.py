"""The search's one statement takes whom a plain plan takes: each look-up and each kind asked for by itself, in turn."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

import pytest

from counter_app.domain.search import NUMBERS, WORDS, How, Kind, Lookup, read_query
from counter_app.storage.search import search
from counter_app.storage.search_index import index_customers
from counter_app.storage.sql import Reading
from counter_app.storage.store import Store
from counter_app.storage.trouble import StoreTrouble
from tests.storage.test_search import fill, questions_of, random_person, store

__all__ = ["store"]

_Taken = dict[int, tuple[Kind, How]]
_WHOLE_NUMBER = 11


def planned(reading: Reading, lookups: Sequence[Lookup], limit: int) -> _Taken:
    """Whom the terms find: whole numbers alone where they find anybody; else half for those who begin so, where some
    may end so, and the rest in the order of the look-ups.
    """
    terms = [lookup for lookup in lookups if lookup.kinds != WORDS]
    for place, lookup in enumerate(terms):
        if not (len(lookup.term) >= _WHOLE_NUMBER and lookup.how is How.EXACT and lookup.kinds[0] in NUMBERS):
            return _merged(reading, terms[place:], limit)
        if alone := _merged(reading, [lookup], limit):
            return alone
    return {}


def _merged(reading: Reading, lookups: Sequence[Lookup], limit: int) -> _Taken:
    is_shared = any(lookup.how is How.SUFFIX for lookup in lookups)
    taken: dict[int, tuple[int, Kind, How]] = {}
    spare: list[tuple[int, int, Kind, How]] = []
    for place, lookup in enumerate(lookups):
        begins = is_shared and lookup.how is How.PREFIX
        rows = list(_each(reading, lookup))
        for customer_id, kind in rows[:limit] if begins else rows:
            if len(taken) >= limit:
                break
            if begins and customer_id not in taken and len(taken) >= limit // 2:
                spare.append((customer_id, place, kind, lookup.how))
            else:
                taken.setdefault(customer_id, (place, kind, lookup.how))
    for customer_id, place, kind, how in spare[: limit - len(taken)]:
        taken.setdefault(customer_id, (place, kind, how))
    best = sorted(taken.items(), key=lambda item: item[1][0]) if spare else taken.items()
    return {customer_id: (kind, how) for customer_id, (_, kind, how) in best}


def _each(reading: Reading, lookup: Lookup) -> Iterator[tuple[int, Kind]]:
    for kind in lookup.kinds:
        stored, term = kind.value, lookup.term
        if lookup.how is How.SUFFIX:
            stored, term = stored.upper(), term[::-1]
        rows = reading.driver.execute(
            "SELECT customer_id, term FROM search_terms WHERE kind = ? ORDER BY term, customer_id", (stored,)
        ).fetchall()
        for customer_id, held in rows:
            if held == term if lookup.how is How.EXACT else held.startswith(term):
                yield customer_id, kind


@pytest.mark.parametrize("limit", [20, 7, 1])
def test_everybody_is_taken_in_the_order_of_the_plan(store: Store, limit: int) -> None:
    rng = random.Random(11)
    people = [random_person(rng, number) for number in range(1, 120)]
    fill(store, *people)
    with store.writing() as work:
        for person in people[::3]:
            work.driver.execute(
                "INSERT INTO accounts (id, account_no, customer_id, address, facts)"
                " VALUES (?, ?, ?, '海河区新路1号', '{}')",
                (1000 + person.id, f"{person.account_no[:4]}{person.id:06d}", person.id),
            )
            work.driver.execute(
                "INSERT INTO contacts VALUES (?, 2, 'mobile', ?, '')", (person.id, f"138{person.id:08d}")
            )
        index_customers(work)
    texts = [text for person in people[::8] for text in questions_of(person)]
    texts += [text[:size] for text in texts if text.isdecimal() for size in (2, 3, 4, 5)]
    compared = 0
    with store.reading() as reading:
        for text in dict.fromkeys(texts):
            query = read_query(text)
            expected = planned(reading, query.lookups, limit)
            hits = search(reading, query, limit)
            found = {hit.customer_id: (hit.kind, hit.how) for hit in hits if hit.how is not How.ANY}
            assert list(found.items()) == list(expected.items()), text
            compared += len(expected)
    assert compared > len(people)


def test_a_line_shows_the_phone_and_the_account_that_matched(store: Store) -> None:
    rng = random.Random(12)
    first, second = (random_person(rng, number) for number in (1, 2))
    fill(store, first, second)
    with store.writing() as work:
        work.driver.execute(
            "INSERT INTO accounts (id, account_no, customer_id, address, facts)"
            " VALUES (77, '88880000', 1, '新路9号', '{}')"
        )
        work.driver.execute("INSERT INTO contacts VALUES (1, 2, 'mobile', '13700000099', '')")
        index_customers(work)
    with store.reading() as reading:
        shown = {
            text: [(hit.phone, hit.account_no, hit.address) for hit in search(reading, read_query(text))]
            for text in ("13700000099", "88880000", "新路", first.name, first.phone, second.name)
        }
    usual = (first.phone, first.account_no, first.address)
    assert shown == {
        "13700000099": [("13700000099", first.account_no, first.address)],
        "88880000": [(first.phone, "88880000", "新路9号")],
        "新路": [(first.phone, "88880000", "新路9号")],
        first.name: [usual],
        first.phone: [usual],
        second.name: [(second.phone, second.account_no, second.address)],
    }


def test_a_question_by_itself_holds_nothing_once_it_is_answered(store: Store) -> None:
    rng = random.Random(13)
    fill(store, *[random_person(rng, number) for number in range(1, 60)])
    with store.asking() as reading:
        assert len(search(reading, read_query("K00"), 3)) == 3  # not read to its end
    with store.writing() as work:
        work.driver.execute("DELETE FROM customers WHERE id = 1")
        index_customers(work, [1])
    with store.asking() as reading:
        # a question that is still open would show its own moment
        assert reading.driver.execute("SELECT count(*) FROM customers").fetchone() == (58,)
    with pytest.raises(StoreTrouble, match="nowhere"), store.asking() as reading:
        reading.driver.execute("SELECT 1 FROM nowhere")
