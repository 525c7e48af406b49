"""Finding the customer from whatever a teller types: masked results, and what was tried when there are none."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from counter_app.domain import masks
from counter_app.domain.search import WORDS, How, Kind, Query, read_query
from counter_app.storage import search as stored
from counter_app.storage.hall import OpenHall
from counter_app.storage.search_card import FIELD, GROUP
from counter_app.storage.search_line import masked
from counter_app.storage.sql import Row

_SAID = (Kind.METER, Kind.CONTRACT, Kind.CUSTOMER, Kind.IDENTITY)
"""What a line does not show of itself when it is what matched."""
_TRIED_AS = {
    Kind.NAME_PART: Kind.NAME,
    Kind.PINYIN_PART: Kind.PINYIN,
    Kind.INITIALS_PART: Kind.INITIALS,
    Kind.WORDS: Kind.ADDRESS,
}


class FoundCustomer(NamedTuple):
    """One line of the result list, masked; `part` is what matched, masked as well, "" when the line shows it anyway."""

    customer_id: int
    customer_no: str
    name: str
    phone: str
    id_number: str
    account_no: str
    address: str
    group_name: str
    kind: Kind
    how: How
    part: str


_found = partial(tuple.__new__, FoundCustomer)
"""A line without the check of its length: twenty are made at every keystroke."""
_IDENTITY = Kind.IDENTITY
_PART_AT = {Kind.CUSTOMER: 0, Kind.IDENTITY: 3}
"""Where what matched stands on a kept line, of what a list does not show of itself."""


@dataclass(frozen=True, slots=True)
class Tried:
    """One way that was tried: by which kind of thing, in the strictest sense first, and with how many signs."""

    kind: Kind
    how: How
    sign_count: int


class SearchAnswer(NamedTuple):
    """Results, best first, or what was tried when there are none; `is_too_short` asks for more signs instead."""

    text: str
    hits: tuple[FoundCustomer, ...]
    tried: tuple[Tried, ...]
    is_too_short: bool = False


def find(hall: OpenHall, text: str, limit: int = 20) -> SearchAnswer:
    """The customers whom a text finds, at most `limit`; may be asked at every keystroke, on any thread.

    Raises:
        StoreTrouble: the file cannot be read.
    """
    query = read_query(text)
    if query.is_too_short:
        return SearchAnswer(query.text, (), (), is_too_short=True)
    # where words are asked for after the terms, both answers are of one moment
    has_words = bool(query.lookups) and query.lookups[-1].kinds == WORDS
    with hall.reading() if has_words else hall.store.asking() as reading:
        found = stored.search(reading, query, limit, lines_of=_lines)
    return SearchAnswer(query.text, found, () if found else _tried(query))


def _tried(query: Query) -> tuple[Tried, ...]:
    ways: dict[Kind, Tried] = {}
    for lookup in query.lookups:
        for kind in lookup.kinds:
            shown = _TRIED_AS.get(kind, kind)
            ways.setdefault(shown, Tried(shown, lookup.how, len(lookup.term)))
    return tuple(ways.values())


def _lines(kind: Kind, how: How, matched: str | stored.Fields, rows: Iterable[Row]) -> list[FoundCustomer]:
    # nothing is masked while somebody types: the line was, when it was kept
    at = _PART_AT.get(kind)
    if at is None:
        return [
            _made(stored.Hit(customer_id, kind, how, text, matched))
            if GROUP in text
            else _found((customer_id, *text[1:].split(FIELD), kind, how, ""))
            for _, customer_id, text in rows
        ]
    lines = []
    for _, customer_id, text in rows:
        if GROUP in text:
            lines.append(_made(stored.Hit(customer_id, kind, how, text, matched)))
        else:
            parts = text[1:].split(FIELD)
            lines.append(_found((customer_id, *parts, kind, how, parts[at])))
    return lines


def _made(hit: stored.Hit) -> FoundCustomer:
    """The line of a customer whose kept line does not show what matched."""
    is_person, face, part = hit.seen
    kind = hit.kind
    if kind not in _SAID:
        part = ""  # the line shows it anyway
    elif is_person and kind is _IDENTITY:
        part = masks.mask_resident_id(part)
    return FoundCustomer(hit.customer_id, *masked(face, is_person=is_person), kind, hit.how, part)
