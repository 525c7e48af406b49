"""Finding the customer from whatever a teller types: masked results, and what was tried when there are none."""

from __future__ import annotations

from dataclasses import dataclass

from counter_app.domain import masks
from counter_app.domain.identifiers import check_phone
from counter_app.domain.search import How, Kind, Query, read_query
from counter_app.storage import search as stored
from counter_app.storage.hall import OpenHall

_TRIED_AS = {
    Kind.NAME_PART: Kind.NAME,
    Kind.PINYIN_PART: Kind.PINYIN,
    Kind.INITIALS_PART: Kind.INITIALS,
    Kind.WORDS: Kind.ADDRESS,
}


@dataclass(frozen=True, slots=True)
class FoundCustomer:
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


@dataclass(frozen=True, slots=True)
class SearchAnswer:
    """Results, best first, and what was tried; `is_too_short` asks for more signs instead of an answer."""

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
    with hall.reading() as reading:
        found = stored.search(reading, query, limit)
    return SearchAnswer(query.text, tuple(map(_masked, found)), _tried(query))


def _tried(query: Query) -> tuple[Tried, ...]:
    ways: dict[Kind, Tried] = {}
    for lookup in query.lookups:
        for kind in lookup.kinds:
            shown = _TRIED_AS.get(kind, kind)
            ways.setdefault(shown, Tried(shown, lookup.how, len(lookup.term)))
    return tuple(ways.values())


def _masked(hit: stored.Hit) -> FoundCustomer:
    return FoundCustomer(
        hit.customer_id,
        hit.customer_no,
        _name(hit, hit.name),
        _phone(hit.phone),
        _id_number(hit, hit.id_number),
        hit.account_no,
        masks.mask("address", hit.address),
        hit.group_name,
        hit.kind,
        hit.how,
        _part(hit),
    )


def _part(hit: stored.Hit) -> str:
    """Only what the line does not show: a meter, a contract, an identity document."""
    if hit.kind is Kind.IDENTITY:
        return _id_number(hit, hit.part)
    return hit.part if hit.kind in (Kind.METER, Kind.CONTRACT, Kind.CUSTOMER) else ""


def _name(hit: stored.Hit, text: str) -> str:
    return masks.mask("name" if hit.is_person else "org_name", text)


def _id_number(hit: stored.Hit, text: str) -> str:
    return masks.mask("resident_id" if hit.is_person else "uscc", text)


def _phone(text: str) -> str:
    is_hotline = check_phone(text).kind == "hotline"
    return text if is_hotline else masks.mask("phone", text)
