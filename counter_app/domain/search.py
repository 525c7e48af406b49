"""What a teller asks for in the one search box: the text made plain, and the look-ups its shape calls for.

Every sign is ordinary here: no wildcard, quote or bracket has a meaning of its own.
"""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum
from functools import cache, partial
from typing import NamedTuple

LONGEST_TEXT = 256
"""Signs of a typed or pasted text that are looked at."""

MOST_WORDS = 6


class Kind(StrEnum):
    """What a customer can be found by; the values are what the index stores, and their order is the order of merit."""

    PHONE = "a"
    ACCOUNT = "b"
    METER = "c"
    CUSTOMER = "d"
    IDENTITY = "e"
    CONTRACT = "f"
    NAME = "n"
    NAME_PART = "o"
    PINYIN = "p"
    INITIALS = "q"
    PINYIN_PART = "r"
    INITIALS_PART = "s"
    GROUP = "t"
    WORDS = "w"
    ADDRESS = "x"

    # an enumeration hashes its name, in Python; these are equal to their values, and are looked up at every keystroke
    __hash__ = str.__hash__


NUMBERS = (Kind.PHONE, Kind.ACCOUNT, Kind.METER, Kind.CUSTOMER, Kind.IDENTITY, Kind.CONTRACT)
WORDS = (Kind.WORDS,)
TAILED = (Kind.PHONE, Kind.ACCOUNT, Kind.METER, Kind.IDENTITY)
"""Numbers that are found by their last digits, too."""


class How(StrEnum):
    """How much of what is stored the term has to be."""

    EXACT = "exact"
    PREFIX = "prefix"
    SUFFIX = "suffix"
    ANY = "any"

    __hash__ = str.__hash__


class Lookup(NamedTuple):
    """One question: some kinds that share a term, in the form in which the index stores them.

    `term` of `WORDS` is the words with single spaces between them, each of which must be found somewhere.
    """

    kinds: tuple[Kind, ...]
    how: How
    term: str


_lookup = partial(tuple.__new__, Lookup)
"""A look-up without the check of its length: a handful is made at every keystroke."""


class Query(NamedTuple):
    """The plain text and its look-ups, best first; `is_too_short` when an answer would be half the hall."""

    text: str
    lookups: tuple[Lookup, ...]
    is_too_short: bool = False


_LABEL_WORDS = (
    "手机号码|手机号|手机|电话号码|电话|联系电话|户号|缴费号|账号|表号|身份证号码|身份证号|身份证|证件号码|证件号|客户编号|客户号|"
    "客户名称|姓名|户名|地址|用电地址|住址"
)
_TAIL_WORDS = "尾号|后四位|末四位|后6位|后六位"
_LABEL = re.compile(rf"^(?:{_LABEL_WORDS})\s*[:=]\s*")
_TAIL = re.compile(rf"^(?:手机)?(?:{_TAIL_WORDS})(?:是|为)?\s*:?\s*(?=[0-9])")
_LABEL_SIGNS = frozenset(word[0] for word in f"{_LABEL_WORDS}|{_TAIL_WORDS}".split("|"))
"""What a label begins with: most texts begin otherwise, and need no further look."""
_NUMBER = re.compile(r"[0-9A-Za-z](?:[0-9A-Za-z\s./()_#:+-]*[0-9A-Za-z.)])?")
_LATIN = re.compile(r"[A-Za-z][A-Za-z\s'.-]*")
_SCIENTIFIC = re.compile(r"([0-9])(?:\.([0-9]+))?E\+?([0-9]{1,2})", re.IGNORECASE)
_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_ROOM = re.compile(r"[0-9]{1,4}(?:-[0-9]{1,4}){1,3}")
_COUNTRY = re.compile(r"(?:00)?86(1[3-9][0-9]{0,9})")
_DROPPED = frozenset(" \t.,;·•・‧∙⋅●。、,'`´‘’\"“”„«»-‐‑‒–—―−_/\\()（）[]【】〔〕{}<>《》〈〉「」『』")
_SHORTEST_BEGIN = {Kind.PHONE: 3, Kind.IDENTITY: 6}
_SHORTEST_END = {Kind.IDENTITY: 4}
_LONG = 11
"""From here on a number is asked for from its beginning only."""
_Plan = tuple[tuple[tuple[Kind, ...], How], ...]
# written out beforehand: reaching for a member of an enumeration is slow, and this is done at every keystroke
_NAME_PLAN: _Plan = (
    ((Kind.NAME,), How.EXACT),
    ((Kind.NAME,), How.PREFIX),
    ((Kind.NAME_PART,), How.PREFIX),
    ((Kind.GROUP,), How.PREFIX),
)
_EXACT, _PREFIX, _SUFFIX = How.EXACT, How.PREFIX, How.SUFFIX
_LATIN_NAME_PLAN, _LATIN_PART_PLAN = _NAME_PLAN[:2], _NAME_PLAN[2:]
_PINYIN_PLAN: _Plan = (
    ((Kind.PINYIN,), How.EXACT),
    ((Kind.INITIALS,), How.EXACT),
    ((Kind.PINYIN,), How.PREFIX),
    ((Kind.INITIALS,), How.PREFIX),
    ((Kind.PINYIN_PART, Kind.INITIALS_PART), How.PREFIX),
)
_LETTERED = (Kind.ACCOUNT, Kind.METER, Kind.CUSTOMER, Kind.CONTRACT)
"""Numbers that may begin with letters."""
_FIRST_OF_THE_EAST = "\u2e80"
"""From here on there are signs of China, Japan and Korea: neither pinyin nor figures."""
_QUOTES = "\"'“”‘’`\u00b4「」『』"


def read_query(text: str) -> Query:
    """What to look up for a text, whatever it is; never fails on any text."""
    plain = plain_text(text)
    if plain[:1] in _LABEL_SIGNS:
        tail = _TAIL.match(plain)
        if tail:
            digits = number_key(plain[tail.end() :])
            return Query(digits, (Lookup(TAILED, How.SUFFIX, digits),), is_too_short=len(digits) < 3)
        plain = plain[label.end() :] if (label := _LABEL.match(plain)) else plain
    whole = text_key(plain)
    if not whole or (len(whole) == 1 and whole.isascii()):
        return Query(plain, (), is_too_short=True)
    plan: list[Lookup] = []
    is_number = _is_number(plain)
    if is_number:
        plan += _number_lookups(plain)
        if number_key(plain).isdecimal():
            # 138 0000 0013 is one number, 12-3-201 may be a room
            plan += [Lookup(WORDS, How.ANY, plain)] if is_room(plain) else []
            return Query(plain, tuple(plan))
    latin = latin_key(plain)
    plan += _latin_lookups(whole, latin) if latin else _name_lookups(whole)
    # one word of pinyin or of a number is asked for among the terms only
    words = _words(plain) if " " in plain else [] if is_number or latin else [whole]
    if len(words) > 1 or (words and not is_number and not latin and len(words[0]) > 1):
        plan.append(Lookup(WORDS, How.ANY, " ".join(words)))
    return Query(plain, tuple(plan))


def plain_text(text: str) -> str:
    """The text as it is meant: half-width, composed, without what is unseen, single spaces, no spreadsheet quotes."""
    if len(text) <= LONGEST_TEXT and unicodedata.is_normalized("NFKC", text):
        if text.isalnum():
            return text  # nothing to take out of letters and digits
        words = text.split()
        if "".join(words).isalnum():
            return " ".join(words)
    shown = unicodedata.normalize("NFKC", text[: 8 * LONGEST_TEXT])
    kept = [" " if sign.isspace() else sign for sign in shown if sign.isspace() or not _is_unseen(sign)]
    plain = " ".join("".join(kept).split())[:LONGEST_TEXT].strip()
    if plain[:1] == "=" and plain[1:2] in _QUOTES:
        plain = plain[1:]
    return plain.strip(_QUOTES + " ")


def text_key(text: str) -> str:
    """Names, groups and addresses as they are compared: lower case, without spaces, dots, quotes and brackets."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    if folded == text and text.isalnum():
        return text  # as names and addresses are written nearly always; whatever is dropped is no letter or digit
    kept = folded.translate(_KEPT)
    # without the space between them, a letter and a mark that follows are one letter
    return unicodedata.normalize("NFKC", kept)


def number_key(text: str) -> str:
    """Numbers as they are compared: half-width letters and digits, capital letters, nothing else."""
    if text.isascii() and text.isalnum():
        return text.upper()
    return "".join(sign for sign in unicodedata.normalize("NFKC", text).upper() if sign.isalnum())


def phone_key(text: str) -> str:
    """A phone number as it is compared: digits, without the country code before a mobile number."""
    digits = number_key(text)
    if not digits.startswith(("86", "0086")):
        return digits
    country = _COUNTRY.fullmatch(digits)
    return country[1] if country and (len(country[1]) == 11 or digits.startswith("00")) else digits


def local_landline(digits: str) -> str:
    """A landline without its area code (01x and 02x have three digits, others four); "" when there is no code."""
    if not digits.startswith("0") or not 10 <= len(digits) <= 18:
        return ""
    return digits[3 if digits[1] in "12" else 4 :]


def latin_key(text: str) -> str:
    """Letters of pinyin or a Latin name run together in lower case, ü as v; "" when the text has anything else."""
    if text[:1] >= _FIRST_OF_THE_EAST:
        return ""
    if text.isascii():
        plain = text.lower()
        if not plain.isalpha():  # no mark on any letter
            plain = "".join(filter(str.isalpha, plain)) if _LATIN.fullmatch(plain.strip()) else ""
        return plain
    # u with dots is typed v on every keyboard; other marks are tones
    parted = unicodedata.normalize("NFD", text.replace("’", "'")).lower().replace("u\u0308", "v")
    letters = "".join(sign for sign in parted if not unicodedata.combining(sign)).strip()
    return "".join(filter(str.isalpha, letters)) if _LATIN.fullmatch(letters) else ""


def is_room(word: str) -> bool:
    """Whether a word names building, unit and room by figures alone, as in 12-3-1201."""
    return _ROOM.fullmatch(word) is not None


def _is_unseen(sign: str) -> bool:
    return unicodedata.category(sign) in {"Cc", "Cf", "Cs"} or _is_selector(sign)


def _is_selector(sign: str) -> bool:
    return "\ufe00" <= sign <= "\ufe0f" or "\U000e0100" <= sign <= "\U000e01ef"


class _Kept(dict[int, int | None]):
    """Which signs a key keeps, found out once for each sign that is met."""

    def __missing__(self, code: int) -> int | None:
        sign = chr(code)
        kept = None if sign in _DROPPED or sign.isspace() or _is_unseen(sign) else code
        self[code] = kept
        return kept


_KEPT = _Kept()


def _is_number(plain: str) -> bool:
    if not plain.isascii() or plain.isalpha():
        return False
    if plain.isdecimal():
        return True
    bare = plain.lstrip("+(")
    return _NUMBER.fullmatch(bare) is not None and any(map(str.isdecimal, bare))


def _number_lookups(plain: str) -> list[Lookup]:
    key = _unscientific(plain)
    phone = phone_key(key) if key.isdecimal() else ""
    if phone != key and phone:
        return [Lookup((Kind.PHONE,), How.EXACT if _MOBILE.fullmatch(phone) else How.PREFIX, phone), *_by_length(key)]
    return _by_length(key)


def _by_length(key: str) -> list[Lookup]:
    exact, begin, end = _kinds_by_length(min(len(key), _LONG), key.isdecimal())
    found = [_lookup((exact, _EXACT, key)), _lookup((begin, _PREFIX, key))]
    return [*found, _lookup((end, _SUFFIX, key))] if end else found


@cache
def _kinds_by_length(size: int, is_decimal: bool) -> tuple[tuple[Kind, ...], tuple[Kind, ...], tuple[Kind, ...]]:
    """The kinds that a number of this length may be, may begin and may end."""
    exact = [kind for kind in NUMBERS if kind is not Kind.PHONE or (is_decimal and size >= 3)]
    begin = [kind for kind in exact if size >= _SHORTEST_BEGIN.get(kind, 2)]
    end = [kind for kind in TAILED if size >= _SHORTEST_END.get(kind, 3) and (is_decimal or kind is not Kind.PHONE)]
    return tuple(exact), tuple(begin), tuple(end) if size < _LONG else ()


def _unscientific(plain: str) -> str:
    """A spreadsheet shows 13800000013 as 1.3800000013E+10 or 13800000013.0; both are the number again."""
    if plain.isalnum() and ("E" not in plain and "e" not in plain):
        return plain.upper()
    cleaned = plain.replace(" ", "")
    if found := _SCIENTIFIC.fullmatch(cleaned):
        first, rest, power = found[1], found[2] or "", int(found[3])
        if rest and len(rest) <= power <= 20:
            return first + rest + "0" * (power - len(rest))
    if re.fullmatch(r"[0-9]{5,}\.0+", cleaned):
        cleaned = cleaned.partition(".")[0]
    return number_key(cleaned)


def _name_lookups(whole: str) -> list[Lookup]:
    return [_lookup((kinds, how, whole)) for kinds, how in _NAME_PLAN]


def _latin_lookups(whole: str, latin: str) -> list[Lookup]:
    found = [_lookup((kinds, how, whole)) for kinds, how in _LATIN_NAME_PLAN]
    found += [_lookup((kinds, how, latin)) for kinds, how in _PINYIN_PLAN]
    found += [_lookup((kinds, how, whole)) for kinds, how in _LATIN_PART_PLAN]
    found.append(_lookup((_LETTERED, _PREFIX, latin.upper())))
    return found


def _words(plain: str) -> list[str]:
    return list(dict.fromkeys(filter(None, map(_word_key, plain.split()))))[:MOST_WORDS]


def _word_key(word: str) -> str:
    if word[0] >= _FIRST_OF_THE_EAST:
        return text_key(word)
    return word if is_room(word) else latin_key(word) or text_key(word)
