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
    stored_tail,
    tail_word,
)
from counter_app.storage.search_hits import (
    KIND_OF,
    NO_LINE,
    Fields,
    Hit,
    LinesOf,
    Plan,
    T,
    hits_of,
    holds,
    line_with,
    lines_of_terms,
    lines_of_words,
    numbers_of,
    stands_in,
)
from counter_app.storage.sql import Params, Reading, Row, Sql

__all__ = ["MOST_CANDIDATES", "Fields", "Hit", "search"]

MOST_CANDIDATES = 600
"""Rows of the text index that are looked at for one question; a teller adds a word before that."""

_WHOLE_NUMBER = 11
_TOP = "\U0010ffff"
_CUT = {Kind.NAME: NAME_SIGNS, Kind.GROUP: NAME_SIGNS, Kind.NAME_PART: PART_SIGNS, Kind.INITIALS_PART: PART_SIGNS}
_CUT |= dict.fromkeys((Kind.PINYIN, Kind.PINYIN_PART, Kind.INITIALS), LATIN_SIGNS)
_CUT |= dict.fromkeys(NUMBERS, NUMBER_SIGNS)
_SHORTEST_CUT = min(_CUT.values())

# put together as text: what SQLAlchemy would compile anew for each number of kinds, a teller waits for
_TERMS = (
    "SELECT a.column1, s.customer_id, iif(c.line < a.column5, c.card, c.line) FROM (VALUES {asked}) a"
    " CROSS JOIN search_terms s ON s.kind = a.column2 AND s.term BETWEEN a.column3 AND a.column4"
    " CROSS JOIN search_cards c ON c.customer_id = s.customer_id"
)
# every limit is written out: one given as a parameter makes SQLite compile the statement anew for each question
_SOME = "SELECT * FROM ({walk} LIMIT {limit})"
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
_WHOLE, _BEGINNING, _ENDING = How.EXACT, How.PREFIX, How.SUFFIX


_Candidate = tuple[int, str, str, Fields]
"""The customer, the kept line, the card as it is written, and where each word stands."""
_Found = Row
"""The place in the plan, the customer, and the kept line or, where that is not enough, the card as it is written."""
_Asked = tuple[tuple[Kind, ...], How, int, bool]
"""A look-up's kinds and how, which of the statement's terms it asks for, and whether that is longer than is kept."""


@overload
def search(reading: Reading, query: Query, limit: int = 20) -> tuple[Hit, ...]: ...


@overload
def search(reading: Reading, query: Query, limit: int, *, lines_of: LinesOf[T]) -> tuple[T, ...]: ...


def search(
    reading: Reading, query: Query, limit: int = 20, *, lines_of: LinesOf[T] | None = None
) -> tuple[Hit, ...] | tuple[T, ...]:
    """The customers whom a query finds, best first and in a stable order, each once; at most `limit`.

    `lines_of` makes what is given back in the hits' place, of kept lines where they show what matched.
    """
    if lines_of is None:
        return tuple(_search(reading, query, limit, hits_of, is_masked=False))
    return tuple(_search(reading, query, limit, lines_of, is_masked=True))


def _search(reading: Reading, query: Query, limit: int, lines_of: LinesOf[T], *, is_masked: bool) -> list[T]:
    lookups = query.lookups
    taken: dict[int, _Found] = {}
    plan: Plan = ()
    has_words = bool(lookups) and lookups[-1].kinds == WORDS
    first, last = 0, len(lookups) - has_words
    while first < last and _is_settled(lookups[first]):
        plan = _ask_terms(reading, lookups, range(first, first + 1), limit, taken, is_masked=is_masked)
        first += 1
        if taken:
            return lines_of_terms(taken.values(), plan, lookups, lines_of)
    if first < last:
        plan = _ask_terms(reading, lookups, range(first, last), limit, taken, is_masked=is_masked)
    found = lines_of_terms(taken.values(), plan, lookups, lines_of)
    if has_words and len(taken) < limit:
        more = _ask_words(reading, lookups[last], limit + len(taken), taken)
        for candidate in islice(more, limit - len(taken)):
            found += lines_of_words(*candidate, lines_of, is_masked=is_masked)
    return found


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
    # most look-ups of a text share its term, which is given to the statement once
    terms: dict[str, int] = {}
    asked, is_cut, is_shared = list[_Asked](), False, False
    for place in places:
        kinds, how, term = lookups[place]
        is_long = len(term) > _SHORTEST_CUT and len(term) > _cut(kinds)
        is_cut = is_cut or is_long
        if how is _ENDING:
            # four digits may begin a number or end one: both are shown
            is_shared = True
            term = term[::-1]
        asked.append((kinds, how, terms.setdefault(term, len(terms)), is_long))
    key = tuple(asked)
    sql, plan, begun, count = _terms_sql(key, places.start, limit if is_shared else 0, is_masked and not is_cut)
    params = [bound for term in terms for bound in (term, term + _TOP)]
    cursor = reading.driver.execute(sql, params[:count])
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
def _cut(kinds: tuple[Kind, ...]) -> int:
    """How many signs the index keeps of the terms of these kinds."""
    return min(_CUT[kind] for kind in kinds)


@cache
def _terms_sql(
    asked: tuple[_Asked, ...], first: int, most_begun: int, is_masked: bool, /
) -> tuple[str, Plan, Container[int], int]:
    """Look-up after look-up, kind after kind, each in the order of its terms: SQLite walks the rows of VALUES in order,
    and no further than somebody fetches. `most_begun`, where it is not 0, is how many may begin so in each look-up.

    Returns the statement, its plan, the places in it of those that begin so, and how many parameters it has: of each
    term itself and its end, without those that nothing asks for at the end of them.
    """
    count = 0
    parts, together, plan, begun = list[str](), list[str](), list[tuple[int, Kind]](), set[int]()
    for place, (kinds, how, term, is_long) in enumerate(asked, first):
        low, is_begun = f"?{2 * term + 1}", how is _BEGINNING or (how is _WHOLE and is_long)
        count = max(count, 2 * term + 1)
        if is_long:
            low = f"substr({low},1,{_cut(kinds)})"
            high = f"{low}||'{_TOP}'"
        elif how is _WHOLE:
            high = low
        else:
            count = max(count, 2 * term + 2)
            high = f"?{2 * term + 2}"
        rows = list[str]()
        for kind in kinds:
            stored = stored_tail(kind) if how is _ENDING else kind.value
            enough = line_with(stored) if is_masked else NO_LINE
            rows.append(f"({len(plan)},'{stored}',{low},{high},'{enough}')")
            begun |= {len(plan)} if is_begun else set()
            plan.append((place, kind))
        if most_begun and is_begun:
            parts += [_walk(together)] if together else []
            parts.append(_SOME.format(walk=_walk(rows), limit=most_begun))
            together = []
        else:
            together += rows
    sql = " UNION ALL ".join([*parts, _walk(together)] if together else parts)
    return sql, tuple(plan), frozenset(begun), count


def _walk(rows: list[str]) -> str:
    return _TERMS.format(asked=",".join(rows))


@cache
def _holding_sql(count: int) -> Sql:
    return Sql(_HOLDING + " AND ".join(f"instr(card, :short{place}) > 0" for place in range(count)))


def _holds_whole(found: _Found, plan: Plan, lookups: Sequence[Lookup]) -> bool:
    """A term longer than the index keeps is compared with the card."""
    place, kind = plan[found[0]]
    card, lookup = Card.read(found[2]), lookups[place]
    whole = lookup.term
    if len(whole) <= _cut(lookup.kinds):
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
        # of one word nothing else is asked, so that those who are taken need no second look
        known = taken if len(words) == 1 else ()
        for candidate in _verified(reading, _WORDS, params, words, size=most, known=known):
            is_found = True
            if candidate[0] not in taken:
                yield candidate
    # single signs and pairs of digits stand in the index for names only; in addresses they are looked for row by row
    indexed = [word for word in words if matches[word]]
    long = [word for word in indexed if len(word) > 1] or indexed[:1]
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


def _verified(
    reading: Reading, sql: Sql, params: Params, words: list[str], *, size: int, known: Container[int] = ()
) -> Iterator[_Candidate]:
    """The candidates that hold every word, with their cards; fetched no further than somebody asks."""
    for rows in reading.stream(sql, params, size=size):
        for customer_id, line, text in rows:
            if customer_id in known:
                continue
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
