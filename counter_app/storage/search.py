"""Finding customers: look-ups in the table of terms and in the text index, best first."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from functools import cache
from itertools import islice
from typing import overload

from counter_app.domain.search import (
    NUMBERS,
    TAILED,
    WORDS,
    How,
    Kind,
    Lookup,
    Query,
    is_room,
    latin_key,
    number_key,
    text_key,
)
from counter_app.storage.search_card import (
    LATIN_SIGNS,
    NAME_SIGNS,
    NUMBER_SIGNS,
    PART_SIGNS,
    Card,
    face_of,
    latin_word,
    latin_words,
    query_grams,
    room_word,
    tail_word,
)
from counter_app.storage.search_hits import (
    KIND_OF,
    NO_LINE,
    Fields,
    Hit,
    LineOf,
    Plan,
    T,
    hit_of_words,
    hits_of_terms,
    holds,
    line_with,
    numbers_of,
    stands_in,
)
from counter_app.storage.sql import Params, Reading, Row, Sql

__all__ = ["MOST_CANDIDATES", "Hit", "search"]

MOST_CANDIDATES = 600
"""Rows of the text index that are looked at for one question; a teller adds a word before that."""

_WHOLE_NUMBER = 11
_TOP = "\U0010ffff"
_CUT = {Kind.NAME: NAME_SIGNS, Kind.GROUP: NAME_SIGNS, Kind.NAME_PART: PART_SIGNS, Kind.INITIALS_PART: PART_SIGNS}
_CUT |= dict.fromkeys((Kind.PINYIN, Kind.PINYIN_PART, Kind.INITIALS), LATIN_SIGNS)
_CUT |= dict.fromkeys(NUMBERS, NUMBER_SIGNS)

# put together as text: what SQLAlchemy would compile anew for each number of kinds, a teller waits for
_TERMS = (
    "SELECT a.column1, s.customer_id, c.line, iif(c.line < a.column5, c.card, '') FROM (VALUES {asked}) a"
    " CROSS JOIN search_terms s ON s.kind = a.column2 AND s.term BETWEEN a.column3 AND a.column4"
    " CROSS JOIN search_cards c ON c.customer_id = s.customer_id"
)
# every limit is written out: one given as a parameter makes SQLite compile the statement anew for each question
_SOME = "SELECT * FROM ({walk} LIMIT {limit})"
_EXACT, _BEGIN, _END = "=", ">", "<"
"""How a look-up stands in the shape of a statement: the whole term, its beginning, its end."""
_TEXT = (
    "SELECT s.rowid, c.line, c.card FROM search_text s CROSS JOIN search_cards c ON c.customer_id = s.rowid"
    " WHERE search_text MATCH :words"
)
_WORDS = Sql(f"{_TEXT} LIMIT {MOST_CANDIDATES}")
_HOLDING = "WITH found AS (#) SELECT * FROM found WHERE ".replace("#", _WORDS)
_NAME_AT, _GROUP_AT, _ADDRESS_AT = 1, 3, 6
"""Places in a card's face."""
# reaching for a member of an enumeration is slow
_NAME_PART, _ADDRESS = Kind.NAME_PART, Kind.ADDRESS
_WHOLE, _ENDING = How.EXACT, How.SUFFIX


_Candidate = tuple[int, str, str, Fields]
"""The customer, the kept line, the card as it is written, and where each word stands."""
_Found = Row
"""The place in the plan, the customer, the kept line, and the card as it is written or "" where nobody needs it."""


@overload
def search(reading: Reading, query: Query, limit: int = 20) -> tuple[Hit, ...]: ...


@overload
def search(reading: Reading, query: Query, limit: int, *, line_of: LineOf[T]) -> tuple[Hit | T, ...]: ...


def search(reading: Reading, query: Query, limit: int = 20, *, line_of: LineOf[T] | None = None) -> tuple[Hit | T, ...]:
    """The customers whom a query finds, best first and in a stable order, each once; at most `limit`.

    Of a customer whose kept line shows what matched, `line_of` makes what is given back in the hit's place.
    """
    lookups = query.lookups
    taken: dict[int, _Found] = {}
    plan: Plan = ()
    has_words = bool(lookups) and lookups[-1].kinds == WORDS
    first, last = 0, len(lookups) - has_words
    while first < last and _is_settled(lookups[first]):
        plan = _ask_terms(reading, lookups, range(first, first + 1), limit, taken, is_masked=line_of is not None)
        first += 1
        if taken:
            return tuple(hits_of_terms(taken.values(), plan, lookups, line_of))
    if first < last:
        plan = _ask_terms(reading, lookups, range(first, last), limit, taken, is_masked=line_of is not None)
    hits = hits_of_terms(taken.values(), plan, lookups, line_of)
    if has_words and len(taken) < limit:
        more = _ask_words(reading, lookups[last], limit + len(taken), taken)
        hits += [hit_of_words(*found, line_of) for found in islice(more, limit - len(taken))]
    return tuple(hits)


def _is_settled(lookup: Lookup) -> bool:
    """Whether what this look-up finds leaves nothing to ask: a whole number that begins no other."""
    return len(lookup.term) >= _WHOLE_NUMBER and lookup.how is How.EXACT and lookup.kinds[0] in NUMBERS


def _ask_terms(
    reading: Reading,
    lookups: Sequence[Lookup],
    places: range,
    limit: int,
    taken: dict[int, _Found],
    *,
    is_masked: bool,
) -> Plan:
    """Look several terms up with one statement, and take whom they find until there are enough; returns its plan."""
    shapes, params, is_cut, is_shared = list[str](), list[str](), False, False
    for place in places:
        kinds, how, term = lookups[place]
        shape, cut = _shape(kinds, how)
        if len(term) > cut:
            is_cut = True
            shape = _BEGIN + shape[1:] if how is _WHOLE else shape
        elif how is _WHOLE:
            shapes.append(shape)
            params += (term, term)
            continue
        if how is _ENDING:
            # four digits may begin a number or end one: both are shown
            is_shared = True
            term = term[::-1]
        shapes.append(shape)
        params += (term[:cut], term[:cut] + _TOP)
    sql, plan, begun = _terms_sql("|".join(shapes), places.start, limit if is_shared else 0, is_masked and not is_cut)
    cursor = reading.driver.execute(sql, params)
    spare: list[_Found] = []
    while len(taken) < limit and (rows := cursor.fetchmany(limit - len(taken))):
        if is_cut:
            rows = [found for found in rows if _holds_whole(found, plan, lookups)]
        if is_shared:
            spare += _take_half(rows, begun, limit // 2, taken)
        else:
            for found in rows:
                taken.setdefault(found[1], found)
    if spare:
        for found in spare[: limit - len(taken)]:
            taken.setdefault(found[1], found)
        best = sorted(taken.items(), key=lambda item: item[1][0])
        taken.clear()
        taken.update(best)
    return plan


def _take_half(rows: list[_Found], begun: Container[int], half: int, taken: dict[int, _Found]) -> list[_Found]:
    """Take these rows, but of those that begin so only until half is full; the rest of them is given back."""
    spare: list[_Found] = []
    for found in rows:
        if found[0] not in begun or found[1] in taken or len(taken) < half:
            taken.setdefault(found[1], found)
        else:
            spare.append(found)
    return spare


@cache
def _shape(kinds: tuple[Kind, ...], how: How) -> tuple[str, int]:
    """How a look-up stands in the shape of a statement, and how many signs the index keeps of its terms."""
    sign = _EXACT if how is _WHOLE else _END if how is _ENDING else _BEGIN
    return sign + "".join(kinds), min(_CUT[kind] for kind in kinds)


@cache
def _terms_sql(shape: str, first: int, most_begun: int, is_masked: bool, /) -> tuple[str, Plan, Container[int]]:
    """Look-up after look-up, kind after kind, each in the order of its terms: SQLite walks the rows of VALUES in order,
    and no further than somebody fetches. `most_begun`, where it is not 0, is how many may begin so in each look-up.

    Returns the statement, its plan, and the places in it of those that begin so.
    """
    parts, together, plan, begun = list[str](), list[str](), list[tuple[int, Kind]](), set[int]()
    for place, own in enumerate(shape.split("|")):
        low, kinds, is_begun = 2 * place + 1, own[1:].upper() if own[0] == _END else own[1:], own[0] == _BEGIN
        rows = list[str]()
        for kind in kinds:
            enough = line_with(kind) if is_masked else NO_LINE
            rows.append(f"({len(plan)},'{kind}',?{low},?{low + 1},'{enough}')")
            begun |= {len(plan)} if is_begun else set()
            plan.append((first + place, KIND_OF[kind]))
        if most_begun and is_begun:
            parts += [_walk(together)] if together else []
            parts.append(_SOME.format(walk=_walk(rows), limit=most_begun))
            together = []
        else:
            together += rows
    sql = " UNION ALL ".join([*parts, _walk(together)] if together else parts)
    return sql, tuple(plan), frozenset(begun)


def _walk(rows: list[str]) -> str:
    return _TERMS.format(asked=",".join(rows))


@cache
def _holding_sql(count: int) -> Sql:
    return Sql(_HOLDING + " AND ".join(f"instr(card, :short{place}) > 0" for place in range(count)))


def _holds_whole(found: _Found, plan: Plan, lookups: Sequence[Lookup]) -> bool:
    """A term longer than the index keeps is compared with the card."""
    place, kind = plan[found[0]]
    card, lookup = Card.read(found[3]), lookups[place]
    whole = lookup.term
    if len(whole) <= _shape(lookup.kinds, lookup.how)[1]:
        return True
    if kind in (Kind.NAME, Kind.NAME_PART, Kind.GROUP):
        text = text_key(card.group_name if kind is Kind.GROUP else card.name)
        exact = lookup.how is How.EXACT
        return text == whole if exact else whole in text if kind is Kind.NAME_PART else text.startswith(whole)
    if kind in NUMBERS:
        return any(number == whole or number.startswith(whole) for number in map(number_key, numbers_of(card, kind)))
    return any(whole in reading.replace(" ", "") for reading in card.readings)


def _ask_words(reading: Reading, lookup: Lookup, most: int, taken: Container[int]) -> Iterator[_Candidate]:
    """Who holds every word, without those who are taken already."""
    words = lookup.term.split(" ")
    matches = {word: _match(word) for word in words}
    is_found = False
    if all(matches.values()):
        params = {"words": " AND ".join(matches.values())}
        for candidate in _verified(reading, _WORDS, params, words, size=most):
            is_found = True
            if candidate[0] not in taken:
                yield candidate
    # single signs and pairs of digits stand in the index for names only; in addresses they are looked for row by row
    known = [word for word in words if matches[word]]
    long = [word for word in known if len(word) > 1] or known[:1]
    short = [word for word in words if word not in long]
    if long and short and not is_found:
        params = {"words": " AND ".join(matches[word] for word in long)}
        params |= {f"short{place}": word for place, word in enumerate(short)}
        for candidate in _verified(reading, _holding_sql(len(short)), params, words, size=most):
            if candidate[0] not in taken:
                yield candidate


def _match(word: str) -> str:
    """The condition of the text index for one word; "" when it has none."""
    if not word.isascii():
        # neither a room, nor digits, nor pinyin
        return " AND ".join([f'"{gram}"' for gram in query_grams(word)])
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


def _verified(reading: Reading, sql: Sql, params: Params, words: list[str], *, size: int) -> Iterator[_Candidate]:
    """The candidates that hold every word, with their cards; fetched no further than somebody asks."""
    for rows in reading.stream(sql, params, size=size):
        for customer_id, line, text in rows:
            _, face, has_more = face_of(text)
            fields: Fields = {}
            for word in words:
                if holds(face[_NAME_AT], word):
                    field: Kind | None = _NAME_PART
                elif stands_in(face[_ADDRESS_AT], word):
                    field = _ADDRESS
                elif has_more or word.isascii():
                    field = _field(text, word, has_more=has_more)
                else:
                    # neither the end of a number nor pinyin: most candidates that do not hold the word end here
                    field = Kind.GROUP if holds(face[_GROUP_AT], word) else None
                if field is None:
                    break
                fields[word] = field
            else:
                yield customer_id, line, text, fields


def _field(text: str, word: str, *, has_more: bool) -> Kind | None:
    """Where on the card a word stands that is neither in the name nor in the first account's address."""
    card = Card.read(text)
    if has_more and any(stands_in(account.address, word) for account in card.accounts[1:]):
        return _ADDRESS
    if holds(card.group_name, word):
        return Kind.GROUP
    if word.isascii() and word[:-1].isdecimal() and len(word) >= 4:
        kinds = (KIND_OF[kind] for kind, number in card.numbers() if number.endswith(word.upper()))
        return next((kind for kind in kinds if kind in TAILED), None)
    if word.isascii() and word.isalpha() and word in latin_words(card.readings):
        return Kind.PINYIN
    return None
