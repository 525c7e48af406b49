"""The terms and words that lead to a customer: what the index holds beside the card."""

from __future__ import annotations

from functools import cache, lru_cache
from itertools import chain, filterfalse
from typing import NamedTuple

from counter_app.domain.search import TAILED, Kind, local_landline, text_key
from counter_app.storage.search_card import (
    LATIN_SIGNS,
    LONGEST_PERSON,
    NAME_SIGNS,
    NUMBER_SIGNS,
    PART_SIGNS,
    TEXT_SIGNS,
    Card,
    latin_word,
    latin_words,
    room_word,
    rooms_of,
    stored_tail,
    tail_word,
    wide,
)

Term = tuple[str, str]
"""Stored kind and term."""

_MOST_PARTS = 200
_NAMES_KEPT = 8192
"""Names whose terms are remembered while an index is filled: a register repeats them, and they are the most work."""

# plain text throughout: an enumeration's own hash is the slowest step of them all
_TAIL_OF = {kind.value: stored_tail(kind.value) for kind in TAILED}
_PAIRS_OF_DIGITS = frozenset(f"{number:02d}" for number in range(100))
_PHONE, _GROUP = Kind.PHONE.value, Kind.GROUP.value
_NAME, _NAME_PART = Kind.NAME.value, Kind.NAME_PART.value
_PINYIN, _PINYIN_PART = Kind.PINYIN.value, Kind.PINYIN_PART.value
_INITIALS, _INITIALS_PART = Kind.INITIALS.value, Kind.INITIALS_PART.value


class Words(NamedTuple):
    """Everything that leads to one customer: terms, each once, and the text index's words with spaces between them."""

    terms: tuple[Term, ...]
    body: str


def words_of(card: Card) -> Words:
    """The terms and words of a card, the same each time: what was put into the index is taken out by them."""
    terms, words, latin = _of_name(card.name, card.readings)
    numbers: list[Term] = []
    tails: list[str] = []
    for kind, number in card.numbers():
        tail = _TAIL_OF.get(kind)
        if tail:
            tails.append(tail_word(number))
        if number:
            numbers.append((kind, number[:NUMBER_SIGNS]))
            if tail:
                numbers.append((tail, number[::-1][:NUMBER_SIGNS]))
            if kind == _PHONE and (local := local_landline(number)):
                numbers.append((kind, local[:NUMBER_SIGNS]))
    texts: list[str] = []
    for text in (card.group_name, *[account.address for account in card.accounts]):
        if text:
            texts += _grams(wide(text_key(text))[:TEXT_SIGNS])
            texts += map(room_word, rooms_of(text))
    if group := text_key(card.group_name):
        numbers.append((_GROUP, group[:NAME_SIGNS]))
    return Words(
        tuple(dict.fromkeys(chain(numbers, terms))), " ".join(dict.fromkeys(chain(words, texts, tails, latin)))
    )


@lru_cache(_NAMES_KEPT)
def _of_name(name: str, readings: tuple[str, ...]) -> tuple[tuple[Term, ...], tuple[str, ...], tuple[str, ...]]:
    """Of a name alone: its terms, the words of its signs, and those of its pinyin."""
    key = text_key(name)
    shown = wide(key)[:TEXT_SIGNS]
    terms = [*_name_terms(key), *chain.from_iterable(map(_latin_terms, readings))]
    latin = map(latin_word, latin_words(readings))
    return tuple(dict.fromkeys(terms)), tuple(dict.fromkeys(chain(shown, _grams(shown)))), tuple(dict.fromkeys(latin))


def _grams(text: str) -> list[str]:
    # slices made beforehand: an address has seventy of them, and putting signs together costs twice as much
    size, part = len(text), text.__getitem__
    return [*map(part, _slices(size, 3)), *filterfalse(_PAIRS_OF_DIGITS.__contains__, map(part, _slices(size, 2)))]


@cache
def _slices(size: int, signs: int) -> tuple[slice, ...]:
    """Every run of so many signs in a text of this size, which is at most `TEXT_SIGNS`."""
    return tuple([slice(start, start + signs) for start in range(size - signs + 1)])


def _name_terms(name: str) -> list[Term]:
    parts = [(_NAME_PART, name[start : start + PART_SIGNS]) for start in range(1, min(len(name), _MOST_PARTS))]
    return [(_NAME, name[:NAME_SIGNS]), *parts] if name else []


def _latin_terms(reading: str) -> list[Term]:
    parts = reading.split(" ")
    initials = "".join([part[0] for part in parts])
    found = [(_PINYIN, "".join(parts)[:LATIN_SIGNS]), (_INITIALS, initials[:LATIN_SIGNS])]
    if len(parts) > 1:
        # zhangwm: the surname in full, the rest by initials
        found.append((_INITIALS_PART, (parts[0] + initials[1:])[:LATIN_SIGNS]))
    # of a person the given name alone, of an organisation every word that somebody may know
    for start in range(1, 2 if len(parts) <= LONGEST_PERSON else len(parts)):
        if rest := parts[start:]:
            found.append((_PINYIN_PART, "".join(rest)[:LATIN_SIGNS]))
            if len(rest) > 1:
                found.append((_INITIALS_PART, initials[start:][:PART_SIGNS]))
    return found
