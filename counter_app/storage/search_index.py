"""Filling the search: cards, terms and words of customers, whole or for those that changed."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from operator import itemgetter

from sqlalchemy import bindparam, delete, func, select

from counter_app.storage import tables as t
from counter_app.storage.search_card import Card, CardAccount
from counter_app.storage.search_line import line_of
from counter_app.storage.search_words import words_of
from counter_app.storage.sql import Reading, Sql, Writing, compiled

_asked = func.json_each(bindparam("ids")).table_valued("value")
_IDS = select(_asked.c.value).scalar_subquery()

_ALL = compiled(select(t.customers.c.id).order_by(t.customers.c.id))
_CUSTOMERS = compiled(
    select(
        t.customers.c.id,
        t.customers.c.customer_no,
        t.customers.c.name,
        t.customers.c.id_number,
        t.customers.c.group_name,
        t.customers.c.kind,
    ).where(t.customers.c.id.in_(_IDS))
)
_CONTACTS = compiled(
    select(t.contacts.c.customer_id, t.contacts.c.value)
    .where(t.contacts.c.customer_id.in_(_IDS), t.contacts.c.kind != bindparam("mail"))
    .order_by(t.contacts.c.customer_id, t.contacts.c.line)
)
_ACCOUNTS = compiled(
    select(
        t.accounts.c.id,
        t.accounts.c.customer_id,
        t.accounts.c.account_no,
        t.accounts.c.address,
        t.accounts.c.contract_no,
    )
    .where(t.accounts.c.customer_id.in_(_IDS))
    .order_by(t.accounts.c.customer_id, t.accounts.c.id)
)
_SERVICES = compiled(
    select(t.services.c.account_id, t.services.c.number, t.services.c.meter_no)
    .where(t.services.c.account_id.in_(_IDS))
    .order_by(t.services.c.account_id, t.services.c.id)
)
CARDS = compiled(
    select(t.search_cards.c.customer_id, t.search_cards.c.card).where(t.search_cards.c.customer_id.in_(_IDS))
)
# the last customer stands for all: cards are written in the same commit as the customers
_UNFILLED = Sql(
    "SELECT id FROM (SELECT max(id) AS id FROM customers) WHERE id IS NOT NULL"
    " AND NOT EXISTS (SELECT 1 FROM search_cards WHERE customer_id = id)"
)
_LAST_LINE = Sql("SELECT line FROM search_cards ORDER BY customer_id DESC LIMIT 1")
_NEXT_CARDS = Sql("SELECT customer_id, card FROM search_cards WHERE customer_id > ? ORDER BY customer_id LIMIT ?")
_PUT_LINE = "UPDATE search_cards SET line = ? WHERE customer_id = ?"
# by place: millions of terms of a big hall are written as the tuples they were sorted as
PUT_CARD = "INSERT OR REPLACE INTO search_cards (customer_id, card, line) VALUES (?, ?, ?)"
_DROP_CARD = "DELETE FROM search_cards WHERE customer_id = ?"
_DROP_CARDS = compiled(delete(t.search_cards))
_PUT_TERM = "INSERT INTO search_terms (kind, term, customer_id) VALUES ('#', ?, ?)"
DROP_TERM = "DELETE FROM search_terms WHERE kind = '#' AND term = ? AND customer_id = ?"
_DROP_TERMS = compiled(delete(t.search_terms))
PUT_TEXT = "INSERT INTO search_text (rowid, body) VALUES (?, ?)"
_DROP_TEXT = "INSERT INTO search_text (search_text, rowid, body) VALUES ('delete', ?, ?)"
_DROP_TEXTS = Sql("INSERT INTO search_text (search_text) VALUES ('delete-all')")


def is_filled(reading: Reading) -> bool:
    """Whether the search knows the hall's customers; it does not after a migration that made its tables anew."""
    return reading.one(_UNFILLED) is None


def has_lines(reading: Reading) -> bool:
    """Whether the cards have their lines; they do not after a migration that added or emptied them."""
    row = reading.one(_LAST_LINE)
    return row is None or row[0] != ""


def write_lines(work: Writing, *, batch: int = 20_000) -> None:
    """Make the line of every card anew."""
    last = 0
    while cards := work.rows(_NEXT_CARDS, (last, batch)):
        work.driver.executemany(_PUT_LINE, [(line_of(card), customer_id) for customer_id, card in cards])
        last = cards[-1][0]


def index_customers(
    work: Writing,
    customer_ids: Iterable[int] | None = None,
    *,
    batch: int = 20_000,
    progress: Callable[[int, int], object] | None = None,
) -> None:
    """Make the search know these customers as the master data has them now; without ids, all of them from nothing.

    What the search held of them before is taken out; a customer who is gone is forgotten. `progress` gets the number
    done and the number in all.
    """
    if customer_ids is None:
        work.run(_DROP_TERMS)
        work.run(_DROP_CARDS)
        work.run(_DROP_TEXTS)
        ids = [row[0] for row in work.rows(_ALL)]
    else:
        ids = sorted(set(customer_ids))
    for start in range(0, len(ids), batch):
        part = ids[start : start + batch]
        _index(work, part, is_fresh=customer_ids is None)
        if progress is not None:
            progress(start + len(part), len(ids))


def _index(work: Writing, ids: Sequence[int], *, is_fresh: bool) -> None:
    old: dict[int, str] = {} if is_fresh else dict(work.rows(CARDS, {"ids": json.dumps(ids)}))
    cards, taken_out, found = list[tuple[int, str, str]](), set(old), Found()
    for customer_id, card in cards_of(work, ids):
        text = card.write()
        if old.get(customer_id) == text:
            taken_out.discard(customer_id)
            continue
        cards.append((customer_id, text, line_of(text)))
        found.add(customer_id, card)
    if taken_out:
        _forget(work, {customer_id: Card.read(old[customer_id]) for customer_id in sorted(taken_out)})
    found.write(work, _PUT_TERM, PUT_TEXT)
    work.driver.executemany(PUT_CARD, cards)


def _forget(work: Writing, cards: dict[int, Card]) -> None:
    found = Found()
    for customer_id, card in cards.items():
        found.add(customer_id, card)
    found.write(work, DROP_TERM, _DROP_TEXT)
    work.driver.executemany(_DROP_CARD, [(customer_id,) for customer_id in cards])


_TERM = itemgetter(0)


class Found:
    """What the cards of a batch are found by: the terms of each kind, and the words of each text."""

    def __init__(self) -> None:
        self._terms: defaultdict[str, list[tuple[str, int]]] = defaultdict(list)
        self._bodies: list[tuple[int, str]] = []

    def add(self, customer_id: int, card: Card) -> None:
        """Take in what a card is found by."""
        words, terms = words_of(card), self._terms
        self._bodies.append((customer_id, words.body))
        for kind, term in words.terms:
            terms[kind].append((term, customer_id))

    def terms(self) -> Iterator[tuple[str, list[tuple[str, int]]]]:
        """The terms of each kind with their customers, in the order of the table. They are used up."""
        for kind in sorted(self._terms):
            rows = self._terms.pop(kind)
            rows.sort(key=_TERM)  # customers come by their ids, and stay so among those of one term
            yield kind, rows

    def bodies(self) -> list[tuple[int, str]]:
        """The words of each customer, as the cards came."""
        return self._bodies

    def write(self, work: Writing, term_statement: str, text_statement: str) -> None:
        """In the order of the tables: each page of them is written once for a batch. The lists are used up."""
        for kind, rows in self.terms():
            work.driver.executemany(term_statement.replace("#", kind), rows)
        work.driver.executemany(text_statement, self._bodies)


def cards_of(reading: Reading, ids: Sequence[int]) -> Iterator[tuple[int, Card]]:
    """The cards of these customers as the master data has them now."""
    params = {"ids": json.dumps(ids)}
    phones: dict[int, list[str]] = {}
    for customer_id, value in reading.rows(_CONTACTS, {**params, "mail": "mail"}):
        phones.setdefault(customer_id, []).append(value)
    held = reading.rows(_ACCOUNTS, params)
    numbers: dict[int, list[str]] = {}
    for account_id, number, meter_no in reading.rows(_SERVICES, {"ids": json.dumps([row[0] for row in held])}):
        numbers.setdefault(account_id, []).extend(dict.fromkeys(filter(None, (number, meter_no))))
    accounts: dict[int, list[CardAccount]] = {}
    for account_id, customer_id, account_no, address, contract_no in held:
        account = CardAccount(account_no, address, contract_no or "", tuple(numbers.get(account_id, ())))
        accounts.setdefault(customer_id, []).append(account)
    for customer_id, customer_no, name, id_number, group_name, kind in reading.rows(_CUSTOMERS, params):
        yield (
            customer_id,
            Card.make(
                is_person=kind == "person",
                customer_no=customer_no,
                name=name,
                id_number=id_number or "",
                group_name=group_name or "",
                phones=phones.get(customer_id, ()),
                accounts=accounts.get(customer_id, ()),
            ),
        )
