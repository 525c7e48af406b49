"""The search of a hall that comes down whole: filled in short commits, each page of it written a few times only."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from counter_app.storage.search_card import Card
from counter_app.storage.search_index import CARDS, DROP_TERM, PUT_CARD, PUT_TEXT, Found, cards_of
from counter_app.storage.search_line import line_of
from counter_app.storage.search_sorting import Packed, SortedTerms
from counter_app.storage.search_words import words_of
from counter_app.storage.sql import Reading, Writing

TERMS = 2_000
"""Terms of one commit. They are in one order over all customers of a filling, and so share their pages."""

TEXTS = 150
"""Customers whose words and cards are written in one commit."""

MERGED_PAGES = 32
"""Pages of the text index that one commit merges: 17 are made anew for each `TEXTS` customers when there are a
million. Left to itself the index merges half a second's worth in one commit.
"""

RUN = 1_000
"""Customers whose terms are sorted at once: some 10 ms, in which nothing else of the program runs."""

_READ = 100
_PUT_TERM = "INSERT OR IGNORE INTO search_terms (kind, term, customer_id) VALUES ('#', ?, ?)"
_SET = "INSERT INTO search_text (search_text, rank) VALUES (?, ?)"
_AUTOMERGE, _CRISIS = "automerge", "crisismerge"
_OWN_WAY = {_AUTOMERGE: 4, _CRISIS: 16}
_BY_HAND = {_AUTOMERGE: 0, _CRISIS: 256}

_Text = tuple[int, str, str, str]
"""A customer, the card, its line, the words of the text index."""

Commit = tuple[Callable[[Writing], None], int]
"""What one commit writes, and the customer up to whom the search is filled behind it (0: the same as before)."""


def begin_filling(work: Writing) -> None:
    """From now on the text index merges only as much at a time as it is told to."""
    _set(work, _BY_HAND)


def end_filling(work: Writing) -> None:
    """The text index goes its own way again."""
    _set(work, _OWN_WAY)


def filling(read: Callable[[Callable[[Reading], None]], None], customer_ids: Sequence[int]) -> Iterator[Commit]:
    """The commits that make the search know these customers, in order; `read` runs a question on the reader's side.

    After a crash in between it is begun again behind the last customer that a commit named.
    """
    terms, texts = SortedTerms(), Packed[_Text]()
    for start in range(0, len(customer_ids), RUN):
        found = _look(read, customer_ids[start : start + RUN], texts)
        for kind, rows in found.terms():
            terms.add(kind, rows)
    # terms first: whoever has a card is found by all of them
    for kind, part in terms.parts(TERMS):
        yield _terms(kind, part), 0
    for block in texts.blocks():
        yield _texts(block), block[-1][0]
        yield _merge, 0


def _look(read: Callable[[Callable[[Reading], None]], None], ids: Sequence[int], texts: Packed[_Text]) -> Found:
    """What some customers are found by; their cards and words go to the others."""
    cards, found = list[tuple[int, str, str]](), Found()

    def look(some: Sequence[int]) -> Callable[[Reading], None]:
        def question(reading: Reading) -> None:
            for customer_id, card in cards_of(reading, some):
                text = card.write()
                cards.append((customer_id, text, line_of(text)))
                found.add(customer_id, card)

        return question

    for start in range(0, len(ids), _READ):
        read(look(ids[start : start + _READ]))
    made = [(*card, body) for card, (_, body) in zip(cards, found.bodies(), strict=True)]
    for start in range(0, len(made), TEXTS):
        texts.add(made[start : start + TEXTS])
    return found


def _set(work: Writing, options: dict[str, int]) -> None:
    for name, number in options.items():
        work.driver.execute(_SET, (name, number))


def _merge(work: Writing) -> None:
    work.driver.execute(_SET, ("merge", MERGED_PAGES))


def _terms(kind: str, rows: Sequence[Sequence[Any]]) -> Callable[[Writing], None]:
    return lambda work: _put_terms(work, kind, rows)


def _put_terms(work: Writing, kind: str, rows: Sequence[Sequence[Any]]) -> None:
    # some stand there already when a filling is begun again
    work.driver.executemany(_PUT_TERM.replace("#", kind), rows)


def _texts(made: Sequence[_Text]) -> Callable[[Writing], None]:
    def write(work: Writing) -> None:
        held: dict[int, str] = dict(work.rows(CARDS, {"ids": json.dumps([row[0] for row in made])}))
        new = [row for row in made if row[0] not in held]
        work.driver.executemany(PUT_TEXT, [(customer_id, body) for customer_id, _, _, body in new])
        work.driver.executemany(PUT_CARD, [row[:3] for row in new])
        for customer_id, text, _, _ in made:
            if held.get(customer_id, text) != text:
                _give_way(work, customer_id, ours=text, theirs=held[customer_id])

    return write


def _give_way(work: Writing, customer_id: int, *, ours: str, theirs: str) -> None:
    """Somebody else made the search know this customer meanwhile, and knew better: their terms stand, ours go."""
    for kind, term in words_of(Card.read(ours)).terms:
        work.driver.execute(DROP_TERM.replace("#", kind), (term, customer_id))
    for kind, term in words_of(Card.read(theirs)).terms:
        _put_terms(work, kind, [(term, customer_id)])
