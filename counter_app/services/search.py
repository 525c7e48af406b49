"""Finding the customer from whatever a teller types: masked results, and what was tried when there are none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from counter_app.domain import masks
from counter_app.domain.identifiers import check_phone
from counter_app.domain.search import WORDS, How, Kind, Query, read_query
from counter_app.storage import search as stored
from counter_app.storage.hall import OpenHall

_MOBILE_DIGITS = 11
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
    has_words = any(lookup.kinds == WORDS for lookup in query.lookups[-1:])
    with hall.reading() if has_words else hall.store.asking() as reading:
        found = stored.search(reading, query, limit)
    return SearchAnswer(query.text, tuple([_masked(hit) for hit in found]), () if found else _tried(query))


def _tried(query: Query) -> tuple[Tried, ...]:
    ways: dict[Kind, Tried] = {}
    for lookup in query.lookups:
        for kind in lookup.kinds:
            shown = _TRIED_AS.get(kind, kind)
            ways.setdefault(shown, Tried(shown, lookup.how, len(lookup.term)))
    return tuple(ways.values())


def _masked(hit: stored.Hit) -> FoundCustomer:
    customer_id, kind, how, part, is_person, customer_no, name, id_number, group_name, phone, account_no, address = hit
    if kind not in _SAID:
        part = ""  # the line shows it anyway
    if is_person:
        name, id_number = masks.mask_name(name), masks.mask_resident_id(id_number)
        part = masks.mask_resident_id(part) if part and kind is Kind.IDENTITY else part
    phone, address = _phone(phone), masks.mask_address(address)
    return FoundCustomer(
        customer_id, customer_no, name, phone, id_number, account_no, address, group_name, kind, how, part
    )


def _phone(text: str) -> str:
    if len(text) == _MOBILE_DIGITS and text[:1] == "1" and text.isascii() and text.isdecimal():
        return masks.mask_mobile(text)
    is_hotline = check_phone(text).kind == "hotline"
    return text if is_hotline else masks.mask_phone(text)
