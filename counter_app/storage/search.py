"""Finding customers: look-ups in the table of terms and in the text index, best first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from itertools import chain
from typing import NamedTuple

from counter_app.domain.search import (
    NUMBERS,
    TAILED,
    How,
    Kind,
    Lookup,
    Query,
    is_room,
    latin_key,
    number_key,
    phone_key,
    text_key,
)
from counter_app.storage.search_card import (
    LATIN_SIGNS,
    NAME_SIGNS,
    NUMBER_SIGNS,
    PART_SIGNS,
    Card,
    CardAccount,
    latin_word,
    latin_words,
    query_grams,
    room_word,
    rooms_of,
    stored_tail,
    tail_word,
)
from counter_app.storage.sql import Reading, Row, Sql

MOST_CANDIDATES = 600
"""Rows of the text index that are looked at for one question; a teller adds a word before that."""

_WHOLE_NUMBER = 11
_TOP = "\U0010ffff"
_CUT = {Kind.NAME: NAME_SIGNS, Kind.GROUP: NAME_SIGNS, Kind.NAME_PART: PART_SIGNS, Kind.INITIALS_PART: PART_SIGNS}
_CUT |= dict.fromkeys((Kind.PINYIN, Kind.PINYIN_PART, Kind.INITIALS), LATIN_SIGNS)
_CUT |= dict.fromkeys(NUMBERS, NUMBER_SIGNS)

# put together as text: what SQLAlchemy would compile anew for each number of kinds, a teller waits for
_TERMS = (
    "SELECT s.customer_id, s.kind, s.term, c.card FROM search_terms s"
    " CROSS JOIN search_cards c ON c.customer_id = s.customer_id WHERE s.kind IN (#) AND "
)
_EXACT = _TERMS + "s.term = :term LIMIT :most"
_PREFIX = _TERMS + "s.term >= :term AND s.term < :above LIMIT :most"
_TEXT = (
    "SELECT s.rowid, c.card FROM search_text s CROSS JOIN search_cards c ON c.customer_id = s.rowid"
    " WHERE search_text MATCH :words"
)
_WORDS = Sql(_TEXT + " LIMIT :most")
_HOLDING = "WITH found AS (#) SELECT * FROM found WHERE ".replace("#", _WORDS)
_KIND_OF = {stored: kind for kind in Kind for stored in (kind.value, stored_tail(kind.value))}


class Hit(NamedTuple):
    """One customer found, unmasked; `part` is the stored number, name or address that matched, in its own writing."""

    customer_id: int
    is_person: bool
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


class _Found(NamedTuple):
    customer_id: int
    kind: Kind
    lookup: Lookup
    term: str
    card: str


def search(reading: Reading, query: Query, limit: int = 20) -> tuple[Hit, ...]:
    """The customers whom a query finds, best first and in a stable order, each once; at most `limit`."""
    taken: dict[int, tuple[int, _Found]] = {}
    spare: list[tuple[int, _Found]] = []
    for place, lookup in enumerate(query.lookups):
        if len(taken) >= limit or (taken and _is_settled(query.lookups[place - 1])):
            break
        share = limit
        if lookup.how is How.PREFIX and any(later.how is How.SUFFIX for later in query.lookups[place:]):
            share = limit // 2  # four digits may begin a number or end one: both are shown
        count = 0
        for found in _ask(reading, lookup, limit + len(taken)):
            if found.customer_id in taken:
                continue
            if count < share:
                taken[found.customer_id] = (place, found)
                count += 1
            else:
                spare.append((place, found))
            if len(taken) >= limit or len(spare) >= limit:
                break
    for place, found in spare:
        if len(taken) >= limit:
            break
        taken.setdefault(found.customer_id, (place, found))
    best = sorted(taken.values(), key=lambda pair: pair[0])
    return tuple(_hit(found) for _, found in best)


def _is_settled(lookup: Lookup) -> bool:
    """Whether what this look-up found leaves nothing to ask: a whole number that begins no other."""
    return lookup.how is How.EXACT and lookup.kinds[0] in NUMBERS and len(lookup.term) >= _WHOLE_NUMBER


def _ask(reading: Reading, lookup: Lookup, most: int) -> Iterator[_Found]:
    if lookup.kinds == (Kind.WORDS,):
        return _ask_words(reading, lookup, most)
    return _ask_terms(reading, lookup, most)


def _ask_terms(reading: Reading, lookup: Lookup, most: int) -> Iterator[_Found]:
    cut = min(_CUT[kind] for kind in lookup.kinds)
    term = lookup.term[::-1][:cut] if lookup.how is How.SUFFIX else lookup.term[:cut]
    is_cut = len(lookup.term) > cut
    how = How.PREFIX if lookup.how is How.SUFFIX or is_cut else lookup.how
    rows = reading.rows(
        _terms_sql(lookup.kinds, lookup.how is How.SUFFIX, how is How.EXACT),
        {"term": term, "above": term + _TOP, "most": most},
    )
    for customer_id, kind, stored, card in rows:
        found = _Found(customer_id, _KIND_OF[kind], lookup, stored, card)
        if not is_cut or _holds_all_of(found):
            yield found


@cache
def _terms_sql(kinds: tuple[Kind, ...], is_reversed: bool, is_exact: bool) -> Sql:
    """Kind after kind, each in the order of its terms: SQLite walks an IN list in order."""
    stored = [stored_tail(kind.value) if is_reversed else kind.value for kind in kinds]
    return Sql((_EXACT if is_exact else _PREFIX).replace("#", ",".join(f"'{kind}'" for kind in stored)))


@cache
def _holding_sql(count: int) -> Sql:
    return Sql(_HOLDING + " AND ".join(f"instr(card, :short{place}) > 0" for place in range(count)))


def _holds_all_of(found: _Found) -> bool:
    """A term longer than the index keeps is compared with the card."""
    card, whole = Card.read(found.card), found.lookup.term
    if found.kind in (Kind.NAME, Kind.NAME_PART, Kind.GROUP):
        text = text_key(card.group_name if found.kind is Kind.GROUP else card.name)
        exact = found.lookup.how is How.EXACT
        return text == whole if exact else whole in text if found.kind is Kind.NAME_PART else text.startswith(whole)
    if found.kind in NUMBERS:
        return any(
            number == whole or number.startswith(whole) for number in map(number_key, _numbers(card, found.kind))
        )
    return any(whole in reading.replace(" ", "") for reading in card.readings)


def _ask_words(reading: Reading, lookup: Lookup, most: int) -> Iterator[_Found]:
    words = lookup.term.split(" ")
    matches = {word: _match(word) for word in words}
    is_found = False
    if all(matches.values()):
        params = {"words": " AND ".join(matches.values()), "most": MOST_CANDIDATES}
        for found in _verified(reading.stream(_WORDS, params, size=2 * most), lookup, words):
            is_found = True
            yield found
    # single signs and pairs of digits stand in the index for names only; in addresses they are looked for row by row
    known = [word for word in words if matches[word]]
    long = [word for word in known if len(word) > 1] or known[:1]
    short = [word for word in words if word not in long]
    if long and short and not is_found:
        params = {"words": " AND ".join(matches[word] for word in long), "most": MOST_CANDIDATES}
        params |= {f"short{place}": word for place, word in enumerate(short)}
        yield from _verified(reading.stream(_holding_sql(len(short)), params, size=2 * most), lookup, words)


def _match(word: str) -> str:
    """The condition of the text index for one word; "" when it has none."""
    if is_room(word):
        grams = " AND ".join(f'"{gram}"' for gram in query_grams(text_key(word)))
        return f'("{room_word(word)}" OR ({grams}))'
    if word.isascii() and word.isdecimal() and len(word) < 3:
        return ""
    grams = " AND ".join(f'"{gram}"' for gram in query_grams(word))
    if word.isascii() and word[:-1].isdecimal() and len(word) >= 4:
        return f'("{tail_word(word.upper())}" OR ({grams}))'
    if latin_key(word) == word:
        return f'("{latin_word(word)}" OR ({grams}))'
    return f"({grams})" if len(word) > 2 else grams


def _verified(slices: Iterable[list[Row]], lookup: Lookup, words: list[str]) -> Iterator[_Found]:
    for customer_id, text in chain.from_iterable(slices):
        card = Card.read(text)
        if all(_field(card, word) for word in words):
            yield _Found(customer_id, Kind.WORDS, lookup, lookup.term, text)


def _field(card: Card, word: str) -> Kind | None:
    """Where on the card a word stands."""
    if _holds(card.name, word):
        return Kind.NAME_PART
    if any(_stands_in(account.address, word) for account in card.accounts):
        return Kind.ADDRESS
    if _holds(card.group_name, word):
        return Kind.GROUP
    if word.isascii() and word[:-1].isdecimal() and len(word) >= 4:
        kinds = (_KIND_OF[kind] for kind, number in card.numbers() if number.endswith(word.upper()))
        return next((kind for kind in kinds if kind in TAILED), None)
    if word.isascii() and word.isalpha() and word in latin_words(card.readings):
        return Kind.PINYIN
    return None


def _stands_in(address: str, word: str) -> bool:
    if _holds(address, word):
        return True
    return is_room(word) and (word in rooms_of(address) or text_key(word) in text_key(address))


def _holds(text: str, word: str) -> bool:
    """Whether a text holds a word; as written it does nearly always, so its key is made for the rest only."""
    return word in text or word in text_key(text)


def _hit(found: _Found) -> Hit:
    card, kind, term = Card.read(found.card), found.kind, found.lookup.term
    account = card.accounts[0] if card.accounts else CardAccount("", "", "", ())
    phone, part = (card.phones[0] if card.phones else ""), card.name
    if kind is Kind.WORDS:
        words = term.split(" ")
        fields = {word: _field(card, word) for word in words}
        kind = next(iter(fields.values())) or kind if len(set(fields.values())) == 1 else kind
        account = _account_with(card, [word for word, at in fields.items() if at is Kind.ADDRESS]) or account
        part = {Kind.ADDRESS: account.address, Kind.GROUP: card.group_name}.get(kind, card.name)
        phone = next((each for each in card.phones if any(phone_key(each).endswith(word) for word in words)), phone)
    elif kind is Kind.GROUP:
        part = card.group_name
    elif kind in NUMBERS:
        stored = found.term[::-1] if found.lookup.how is How.SUFFIX else found.term
        part = _number_written(card, kind, stored)
        phone = part if kind is Kind.PHONE else phone
        account = next((each for each in card.accounts if part in _account_numbers(each, kind)), account)
    return Hit(
        found.customer_id,
        card.is_person,
        card.customer_no,
        card.name,
        phone,
        card.id_number,
        account.account_no,
        account.address,
        card.group_name,
        kind,
        found.lookup.how,
        part,
    )


def _account_with(card: Card, words: list[str]) -> CardAccount | None:
    return next(
        (each for each in card.accounts if words and all(_stands_in(each.address, word) for word in words)), None
    )


def _numbers(card: Card, kind: Kind) -> list[str]:
    if kind is Kind.CUSTOMER:
        return [card.customer_no]
    if kind is Kind.IDENTITY:
        return [card.id_number]
    if kind is Kind.PHONE:
        return list(card.phones)
    return [number for account in card.accounts for number in _account_numbers(account, kind)]


def _account_numbers(account: CardAccount, kind: Kind) -> tuple[str, ...]:
    if kind is Kind.ACCOUNT:
        return (account.account_no,)
    return (account.contract_no,) if kind is Kind.CONTRACT else account.numbers


def _number_written(card: Card, kind: Kind, stored: str) -> str:
    key = phone_key if kind is Kind.PHONE else number_key
    numbers = _numbers(card, kind)
    return next((n for n in numbers if key(n).startswith(stored) or key(n).endswith(stored)), numbers[0])
