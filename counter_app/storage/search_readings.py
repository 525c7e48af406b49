"""How a name is read aloud, in pinyin without tones: our own surnames and heteronyms first, then the dictionary."""

from __future__ import annotations

import tomllib
from functools import cache
from itertools import islice, product

from counter_app.resources import resource

MOST_READINGS = 6
"""Readings of one name that are kept; three heteronyms in one name would otherwise make dozens."""

_LONGEST_PERSON = 4
_MOST_SYLLABLES = 32

_Reading = tuple[str, ...]


def readings_of(name: str) -> list[_Reading]:
    """The likely readings of a name in its search form, each as syllables, the most usual first.

    A run of Latin letters or digits is one syllable; signs without a reading are left out. At most `MOST_READINGS`.
    """
    runs = _runs(name)[:_MOST_SYLLABLES]
    if not runs:
        return []
    if len(runs) <= _LONGEST_PERSON:
        choices = _surname(runs)
        choices += [_given(sign) for sign in runs[len(choices) :]]
        return list(islice((tuple(filter(None, found)) for found in product(*choices) if any(found)), MOST_READINGS))
    plain = tuple(filter(None, (_given(sign)[0] for sign in runs)))
    return list(dict.fromkeys(found for found in (plain, _phrase(runs)) if found))


def _runs(name: str) -> list[str]:
    runs: list[str] = []
    is_latin = False
    for sign in name:
        if not sign.isalnum():
            continue
        was_latin, is_latin = is_latin, sign.isascii()
        if is_latin and was_latin:
            runs[-1] += sign
        else:
            runs.append(sign)
    return runs


def _surname(runs: list[str]) -> list[_Reading]:
    table = _table()
    if len(runs) > 2 and (double := table["double_surnames"].get(runs[0] + runs[1])):
        return [(double[0],), (double[1],)]
    usual, listed = _from_dictionary(runs[0]), table["surnames"].get(runs[0], ())
    # a teller who does not know the surname's reading types the usual one
    return [tuple(dict.fromkeys((*listed, usual)))]


@cache
def _given(sign: str) -> _Reading:
    return _table()["given_names"].get(sign) or (_from_dictionary(sign),)


def _phrase(runs: list[str]) -> _Reading:
    """Organisations hold words, whose heteronyms the dictionary of phrases knows (银行, 重庆)."""
    from pypinyin import lazy_pinyin

    return tuple(part for part in lazy_pinyin("".join(runs), errors="ignore") if part.isascii())


@cache
def _from_dictionary(sign: str) -> str:
    if sign.isascii():
        return sign
    from pypinyin import lazy_pinyin  # its dictionaries take 0.2 s to load, and only filling the index needs them

    found = lazy_pinyin(sign)[0]
    return found if found.isascii() else ""


@cache
def _table() -> dict[str, dict[str, _Reading]]:
    with resource("search", "readings.toml").open("rb") as file:
        raw = tomllib.load(file)
    return {part: {name: tuple(text.split()) for name, text in rows.items()} for part, rows in raw.items()}
