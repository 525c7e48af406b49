"""Searching a million customers against the bare index query that returns the same rows.

    python -m tests.benchmarks.search --data DIR [--customers N] [--samples N]

CPU time of the thread in milliseconds, the two in turn, warm pages. *ours* is everything from the typed text to the
masked lines of the result list, best first, each with why it was found. *bare* is one prepared statement over the same
tables that already knows which kinds of terms lead to which of our rows and how many there are of each, and parts each
card into the columns that a line shows; where nobody is found it asks every index that may know somebody.
"""

from __future__ import annotations

import argparse
import gc
import random
import re
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from counter_app.clock import SystemClock
from counter_app.domain.search import How, Kind, Lookup, read_query
from counter_app.services.search import find
from counter_app.storage.driver import connect, find_driver
from counter_app.storage.hall import open_hall
from counter_app.storage.search import search
from counter_app.storage.search_card import Card, query_grams, tail_word
from counter_app.storage.sql import DriverConnection, Reading
from counter_app.storage.store import FILE_NAME
from tests.benchmarks.big_hall import MILLION, big_hall

LIMIT = 20
_TOP = "\U0010ffff"
_JOIN = "CROSS JOIN search_cards c ON c.customer_id = s"
_TERMS = f"SELECT s.customer_id, c.card FROM search_terms s {_JOIN}.customer_id WHERE s.kind = ? AND s.term >= ?"
_UP_TO = {How.EXACT: " AND s.term <= ?", How.PREFIX: " AND s.term < ?"}
_UP_TO[How.SUFFIX] = _UP_TO[How.PREFIX]
_TEXT = f"SELECT s.rowid, c.card FROM search_text s {_JOIN}.rowid WHERE search_text MATCH ?"

Ask = Callable[[str], object]
Part = tuple[str, list[str | int]]
"""One statement's text without its limit, and its parameters."""


def kinds_of_query(people: list[Card]) -> dict[str, list[str]]:
    """What tellers type, taken from people who are there; the last are names that nobody has."""
    road = [_part("区(.+?路)", card) for card in people]
    return {
        "mobile whole": [card.phones[0] for card in people],
        "mobile 7": [card.phones[0][:7] for card in people],
        "mobile 3": [card.phones[0][:3] for card in people],
        "last 4": [card.phones[0][-4:] for card in people],
        "account whole": [card.accounts[0].account_no for card in people],
        "account 6": [card.accounts[0].account_no[:6] for card in people],
        "meter whole": [card.accounts[0].numbers[1] for card in people],
        "id whole": [card.id_number for card in people],
        "id last 6": [card.id_number[-6:] for card in people],
        "surname": [card.name[:1] for card in people],
        "name 2": [card.name[:2] for card in people],
        "name whole": [card.name for card in people],
        "given name": [card.name[1:] for card in people],
        "pinyin": [card.readings[0].replace(" ", "") for card in people],
        "pinyin 4": [card.readings[0].replace(" ", "")[:4] for card in people],
        "initials": ["".join(part[0] for part in card.readings[0].split()) for card in people],
        "initials 2": ["".join(part[0] for part in card.readings[0].split())[:2] for card in people],
        "road 2": [text[:2] for text in road],
        "road + no": [_part("区(.+?路[0-9]+)", card) for card in people],
        "estate, unit": [_part("号(.+?单元)", card) for card in people],
        "name + road": [f"{card.name} {text}" for card, text in zip(people, road, strict=True)],
        "surname + road": [f"{card.name[:1]} {text}" for card, text in zip(people, road, strict=True)],
        "name + last 4": [f"{card.name} {card.phones[0][-4:]}" for card in people],
        "initials + road": [
            f"{''.join(part[0] for part in card.readings[0].split())} {text}"
            for card, text in zip(people, road, strict=True)
        ],
        "nobody": [f"{card.name}鼋" for card in people],
        "nobody + road": [f"鼋鼍 {text}" for text in road],
    }


def bare(connection: DriverConnection, texts: list[str]) -> Ask:
    """The statement a script would run for each of these texts that knows what is asked and who is found."""
    known = {text: _question(connection, text) for text in texts}

    def ask(text: str) -> object:
        sql, params = known[text]
        return [(customer_id, *card.split("\x1d")) for customer_id, card in connection.execute(sql, params).fetchall()]

    return ask


def _question(connection: DriverConnection, text: str) -> Part:
    """The parts that lead to our rows, each with as many rows as reach the last of them."""
    query = read_query(text)
    hits = search(Reading(connection), query, LIMIT)
    wanted = {hit.customer_id for hit in hits}
    kinds = {(hit.kind, hit.how) for hit in hits}
    parts, params = list[str](), list[str | int]()
    for lookup in query.lookups:
        for sql, own in _parts(lookup, None if not hits else kinds):
            rows = connection.execute(f"{sql} LIMIT {10 * LIMIT}", own).fetchall()
            ours = [place for place, (customer_id, _) in enumerate(rows, 1) if customer_id in wanted]
            if ours or not hits:
                # written out: with a limit as a parameter SQLite would compile the statement anew each time
                parts.append(f"SELECT * FROM ({sql} LIMIT {ours[-1] if ours else LIMIT})")
                params += own
                wanted -= {customer_id for customer_id, _ in rows}
    assert not wanted, text
    return " UNION ALL ".join(parts), params


def _parts(lookup: Lookup, kinds: set[tuple[Kind, How]] | None) -> Iterator[Part]:
    """The parts of one look-up, of these kinds only."""
    if lookup.kinds == (Kind.WORDS,):
        yield _TEXT, [_match(lookup.term)]
        return
    for kind in lookup.kinds:
        if kinds is None or (kind, lookup.how) in kinds:
            is_end = lookup.how is How.SUFFIX
            term = lookup.term[::-1] if is_end else lookup.term
            above = term if lookup.how is How.EXACT else term + _TOP
            yield _TERMS + _UP_TO[lookup.how], [kind.upper() if is_end else kind.value, term, above]


def _match(words: str) -> str:
    return " AND ".join(
        f'"{tail_word(word)}"' if word.isdecimal() else f'"¦y{word}"' if word.isascii() else _grams(word)
        for word in words.split(" ")
    )


def _grams(word: str) -> str:
    return " AND ".join(f'"{gram}"' for gram in query_grams(word))


def _part(pattern: str, card: Card) -> str:
    found = re.search(pattern, card.accounts[0].address)
    assert found
    return found[1]


def _people(connection: DriverConnection, customers: int, samples: int) -> list[Card]:
    rng, found = random.Random(3), list[Card]()
    while len(found) < samples:
        row = connection.execute(
            "SELECT card FROM search_cards WHERE customer_id = ?", (rng.randrange(1, customers + 1),)
        ).fetchone()
        card = Card.read(row[0]) if row else None
        if card and card.is_person and len(card.name) == 3 and card.id_number.isdecimal():
            found.append(card)
    return found


def measure(ask: Ask, other: Ask, texts: list[str]) -> tuple[list[float], list[float]]:
    """CPU milliseconds of both, in turn, after one round that warms the pages."""
    for text in texts:
        ask(text), other(text)
    ours: list[float] = []
    bares: list[float] = []
    gc.disable()
    for text in texts:
        for one, kept in ((ask, ours), (other, bares)):
            begun = time.thread_time_ns()
            one(text)
            kept.append((time.thread_time_ns() - begun) / 1e6)
    gc.enable()
    return ours, bares


@contextmanager
def both_sides(folder: Path) -> Iterator[tuple[Ask, DriverConnection]]:
    """What the search box asks, and a connection of the same settings for the other side."""
    hall = open_hall(folder, clock=SystemClock.of_this_machine(), for_writing=False)
    connection = connect(find_driver(), folder / FILE_NAME, key=None, is_writer=False)
    try:
        yield lambda text: find(hall, text, LIMIT), connection
    finally:
        connection.close()
        hall.close()


def table(folder: Path, customers: int, samples: int) -> Iterator[str]:
    """The lines of the result."""
    with both_sides(folder) as (ours, connection):
        people = _people(connection, customers, samples)
        gc.collect()
        yield f"{customers:,} customers, CPU ms per question, {samples} questions of a kind"
        head = f"{'asked':16}{'for example':32}{'ours p50':>9}{'p99':>8}{'bare p50':>10}{'p99':>8}{'ratio':>7}"
        yield f"{head}{'rows':>6}"
        for kind, texts in kinds_of_query(people).items():
            reading = Reading(connection)
            rows = statistics.mean(len(search(reading, read_query(text), LIMIT)) for text in texts)
            mine, other = measure(ours, bare(connection, texts), texts)
            middle, bare_middle = statistics.median(mine), statistics.median(other)
            yield (
                f"{kind:16}{texts[0]:32}{middle:9.3f}{_p99(mine):8.3f}{bare_middle:10.3f}{_p99(other):8.3f}"
                f"{middle / bare_middle:7.2f}{rows:6.1f}"
            )


def _p99(values: list[float]) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * 0.99))]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="search against the bare index query")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--customers", type=int, default=MILLION)
    parser.add_argument("--samples", type=int, default=200)
    args = parser.parse_args()
    for line in table(big_hall(args.data, args.customers), args.customers, args.samples):
        print(line, flush=True)


if __name__ == "__main__":
    main()
